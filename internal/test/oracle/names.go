package oracle

import (
	"net/netip"
	"slices"
	"strings"
	"sync"

	"provenendpoints/internal/lab/reach"
	"provenendpoints/internal/lab/vpc"
)

// lookup resolves a name from a host, with the resolvers that the host has.
func (m *measurement) lookup(from *vpc.Host, name string) ([]netip.Addr, error) {
	return m.survey.Lookup(m.ctx, reach.Place{Host: from}, name)
}

// resolve asks for the names that matter, from every subnet and the internet.
func (m *measurement) resolve() error {
	var waiting sync.WaitGroup
	for _, from := range m.places {
		if !from.own {
			continue
		}
		for name, called := range m.hostnames() {
			waiting.Go(func() {
				var to []string
				if addrs, err := m.lookup(from.host, name); err == nil {
					for _, addr := range addrs {
						to = append(to, m.ownerOfAddr(from, addr))
					}
				}
				m.add(from.name, "resolves", called, to...)
			})
		}
	}
	waiting.Wait()
	return nil
}

// hostnames are the names to resolve, and what they are called here: those of
// services, of endpoints with their zones, and of balancers.
func (m *measurement) hostnames() map[string]string {
	out := map[string]string{}
	for name := range m.outsides() {
		out[name] = nameOf + name
	}
	for _, e := range m.PrivateLink.Endpoints() {
		if !m.survey.Knows(e.ID) {
			continue // the oracle's own
		}
		for _, entry := range e.DNSNames {
			name, wild := strings.CutPrefix(entry.Name, "*.")
			switch {
			case !strings.Contains(name, ".vpce."):
				// A private name: one of a service, or the service's own.
				if out[name] == "" && !wild {
					out[name] = nameOf + name
				}
			case wild:
				out["bucket."+name] = nameOf + "of endpoint " + m.named(e.ID) + zoneIn(name, m.Network.Zones())
			default:
				out[name] = nameOf + "of endpoint " + m.named(e.ID) + zoneIn(name, m.Network.Zones())
			}
		}
	}
	for _, b := range m.LoadBalancing.LoadBalancers() {
		out[b.DNSName] = nameOf + "of balancer " + m.named(b.ID)
	}
	return out
}

func zoneIn(name string, zones []string) string {
	for _, zone := range zones {
		if strings.Contains(name, "-"+zone+".") {
			return " in " + zone
		}
	}
	return ""
}

// ownerOfAddr names the thing with an address. Several VPCs may have it: the
// place's own goes first.
func (m *measurement) ownerOfAddr(from place, addr netip.Addr) string {
	found := ""
	for _, t := range m.things {
		if t.addr == addr && (found == "" || m.matrix.Homes[t.name] == m.matrix.Homes[from.name]) {
			found = t.name
		}
	}
	for called, addrs := range m.outside {
		if found == "" && slices.Contains(addrs, addr) {
			found = called
		}
	}
	if found == "" {
		return addr.String()
	}
	return found
}
