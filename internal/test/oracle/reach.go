package oracle

import (
	"net/netip"
	"slices"
	"strings"
	"sync"

	"provenendpoints/internal/lab/reach"
	"provenendpoints/internal/lab/vpc"
)

// The ports that are tried: those of shells and of the web, their neighbours, and
// one that nobody uses.
var (
	ports    = []int{22, 23, 80, 81, 443, 444, 8443}
	fewPorts = []int{22, 80, 443}
)

// outsides are hosts on the internet, by the name and what it is called here.
func (m *measurement) outsides() map[string]string {
	region := m.Network.Region()
	out := map[string]string{"example.com": outside + "example.com"}
	for _, service := range []string{"s3", "dynamodb", "cloudformation", "sts"} {
		out[service+"."+region+".amazonaws.com"] = outside + service
	}
	return out
}

// lookOutside notes the first public address of each host on the internet.
func (m *measurement) lookOutside() {
	m.outside = map[string][]netip.Addr{}
	asker := m.places[slices.IndexFunc(m.places, func(p place) bool { return p.name == internet })]
	for name, called := range m.outsides() {
		addrs, err := m.lookup(asker.host, name)
		if err == nil && len(addrs) > 0 {
			m.outside[called] = addrs
			m.things = append(m.things, thing{name: called, addr: addrs[0], open: true})
		}
	}
}

// reach dials everything from everywhere. A refused connection has reached its
// target as well as one that is accepted.
func (m *measurement) reach() error {
	var waiting sync.WaitGroup
	for _, from := range m.places {
		for _, to := range m.things {
			if to.at == from.host.Name() || from.name == internet && !strings.HasPrefix(to.name, publicOf) ||
				from.outward && !strings.HasPrefix(to.name, outside) || from.name != internet && strings.HasSuffix(to.name, withPublic) {
				continue
			}
			waiting.Go(func() { m.reachOne(from, to) })
		}
	}
	waiting.Wait()
	return nil
}

func (m *measurement) reachOne(from place, to thing) {
	tried := ports
	if to.open {
		tried = fewPorts
	}
	var mu sync.Mutex
	var ways []string
	var accepting []int
	var waiting sync.WaitGroup
	for _, port := range tried {
		waiting.Go(func() {
			state := m.survey.Attempt(m.ctx, from.host, to.addr, port)
			mu.Lock()
			defer mu.Unlock()
			if state.Reached() {
				ways = append(ways, reach.Way(port))
			}
			if state == reach.Open {
				accepting = append(accepting, port)
			}
		})
	}
	waiting.Go(func() {
		if m.survey.Attempt(m.ctx, from.host, to.addr, reach.Ping).Reached() {
			mu.Lock()
			defer mu.Unlock()
			ways = append(ways, reach.Way(reach.Ping))
		}
	})
	waiting.Wait()
	if isLocal(to.name) && !m.survey.Delivered(from.host.Name(), to.at) {
		ways = nil // another VPC has the address too, and the packets went there
	}
	m.add(from.name, "reaches", to.name, ways...)
	slices.Sort(accepting)
	if isForwarder(to.name) {
		for _, port := range accepting {
			m.forwards(from, to, port)
		}
	}
}

// control notes of each function whether its security groups let everything out.
// What a prober does not reach, the network then keeps from it.
func (m *measurement) control() error {
	for _, i := range m.Network.Interfaces().All() {
		name := m.survey.Owner(i)
		if !strings.HasPrefix(name, "function ") {
			continue
		}
		var can []string
		for _, id := range i.Groups {
			g, err := m.Network.SecurityGroups().Get(id)
			if err != nil {
				return err
			}
			for _, rule := range g.Egress {
				if rule.Protocol == vpc.AllowAll.Protocol && rule.CIDR == vpc.AllowAll.CIDR {
					can = []string{"yes"}
				}
			}
		}
		m.add(name, "may send", "anything to anywhere", can...)
	}
	return nil
}

// isForwarder reports whether a thing passes connections on to instances.
func isForwarder(name string) bool {
	name = strings.TrimPrefix(name, publicOf)
	return strings.HasPrefix(name, "balancer ") || strings.HasPrefix(name, "endpoint ")
}

// spreading is how many connections find out who is behind a balancer. One of two
// targets with equal shares is missed once in 2^31 times.
const spreading = 32

// forwards notes on which instances connections through a balancer end. The
// network tells where the packets of each host ended; so the connections come
// from a host of their own, which nothing else uses.
func (m *measurement) forwards(from place, to thing, port int) {
	if !from.own || from.name == internet {
		return
	}
	m.spreads.Lock()
	defer m.spreads.Unlock()
	i, err := m.Network.Interfaces().Get(from.host.Name())
	if err != nil {
		return
	}
	_, host, err := m.survey.Fresh(i.Subnet)
	if err != nil {
		return
	}
	for range spreading {
		m.survey.Attempt(m.ctx, host, to.addr, port)
	}
	var ends []string
	for _, id := range m.survey.Ends(host.Name()) {
		if i, err := m.Network.Interfaces().Get(id); err == nil {
			ends = append(ends, m.survey.Owner(i))
		}
	}
	if len(ends) > 0 {
		m.add(from.name, "is served by", to.name+" "+reach.Way(port), ends...)
	}
}
