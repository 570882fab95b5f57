package firewall

import (
	"net/netip"
	"slices"

	"provenendpoints/internal/lab/vpc"
)

// endpoint is a firewall endpoint: the target of routes that lead through the firewall.
type endpoint struct {
	id          string
	firewalls   *Firewalls
	firewall    *firewall
	at          *vpc.ENI
	blocks      []netip.Prefix // of its VPC
	association bool           // by Associate
}

func (f *Firewalls) addEndpoint(locked vpc.Locked, w *firewall, id, subnet string) (*endpoint, error) {
	e := &endpoint{id: id, firewalls: f, firewall: w}
	at, err := locked.AddInterface(vpc.Interface{
		ID: "eni-" + id[len("vpce-"):], Subnet: subnet, Description: "VPC Endpoint Interface " + id, Type: "gateway_load_balancer_endpoint",
	}, e)
	if err != nil {
		return nil, err
	}
	v, err := locked.VPC(at.VPC)
	if err != nil {
		return nil, err
	}
	e.at, e.blocks = at, slices.Concat(v.CIDRs, v.IPv6CIDRs)
	if w.engines[at.Zone] == nil {
		w.engines[at.Zone] = newEngine(f.network.Clock())
	}
	f.endpoints[id] = e
	locked.Use(at.VPC, id)
	locked.AddMiddlebox(id, e)
	return e, nil
}

func (f *Firewalls) removeEndpoint(locked vpc.Locked, id string) {
	e := f.endpoints[id]
	locked.RemoveMiddlebox(id)
	locked.Release(e.at.VPC, id)
	locked.RemoveInterface(e.at)
	delete(f.endpoints, id)
}

// Entrance implements vpc.Middlebox.
func (e *endpoint) Entrance() *vpc.ENI { return e.at }

// Takes implements vpc.Middlebox.
func (e *endpoint) Takes() bool { return true }

// Receive implements vpc.Device.
func (e *endpoint) Receive(at *vpc.ENI, p *vpc.Transit) *vpc.Host {
	if p.Destination() == at.PrivateAddr {
		return p.Drop(e.id, "not for an endpoint")
	}
	f := e.firewalls
	policy := f.policies.ByID[e.firewall.Policy]
	switch f.stateless(e.firewall, policy, p) {
	case Pass:
		p.TellForwarded(e.id, at.ID)
		return p.Output(at)
	case Drop:
		return p.Drop(e.id, "stateless rule of a firewall")
	}
	e.firewall.mu.Lock()
	verdict := f.stateful(e.firewall, policy, e.firewall.engines[at.Zone], p)
	e.firewall.mu.Unlock()
	switch {
	case verdict == passed:
		p.TellForwarded(e.id, at.ID)
		return p.Output(at)
	case verdict == rejected && p.Reset():
		p.TellRefused(e.id, "stateful rule of a firewall")
		return p.Output(at)
	case verdict == unknown:
		return p.Drop(e.id, "flow that began elsewhere")
	}
	return p.Drop(e.id, "stateful rule of a firewall")
}
