package vpc

import "provenendpoints/internal/lab/store"

// Peering connects two VPCs. It is not transitive: its packets reach
// the other VPC's own interfaces and nothing further
// (docs.aws.amazon.com/vpc/latest/peering/vpc-peering-basics.html).
type Peering struct {
	// ID is pcx-…; Requester and Accepter are ids of VPCs whose blocks do not
	// overlap. Required.
	ID, Requester, Accepter string
}

type peering struct {
	Peering
	a, b *vpc
}

// Peerings are the VPC peerings of a network.
type Peerings struct{ network *Network }

// Peerings returns the network's VPC peerings.
func (n *Network) Peerings() Peerings { return Peerings{n} }

// Create creates a peering that both sides have accepted.
func (a Peerings) Create(c Peering) error {
	n := a.network
	n.mu.Lock()
	defer n.mu.Unlock()
	if err := n.peerings.CheckFree(c.ID); err != nil {
		return err
	}
	requester, err := n.vpcs.Get(c.Requester)
	if err != nil {
		return err
	}
	accepter, err := n.vpcs.Get(c.Accepter)
	if err != nil {
		return err
	}
	for _, x := range requester.blocks() {
		for _, y := range accepter.blocks() {
			if x.Overlaps(y) {
				return refuse("InvalidParameterValue", "The VPCs %s and %s have overlapping CIDR blocks (%s, %s)", requester.ID, accepter.ID, x, y)
			}
		}
	}
	p := &peering{Peering: c, a: requester, b: accepter}
	requester.peerings[c.ID], accepter.peerings[c.ID], n.peerings.ByID[c.ID] = p, p, p
	n.targets[c.ID] = p
	return nil
}

// Delete deletes a peering. Routes to it become black holes.
func (a Peerings) Delete(id string) error {
	n := a.network
	n.mu.Lock()
	defer n.mu.Unlock()
	p, err := n.peerings.Get(id)
	if err != nil {
		return err
	}
	for _, v := range []*vpc{p.a, p.b} {
		delete(v.peerings, id)
		v.blackhole(id)
	}
	delete(n.peerings.ByID, id)
	delete(n.targets, id)
	return nil
}

// All describes all peerings in the order of their ids.
func (a Peerings) All() []Peering {
	n := a.network
	n.mu.RLock()
	defer n.mu.RUnlock()
	return store.Describe(n.peerings, func(p *peering) Peering { return p.Peering })
}

// far returns the VPC on the other side of v; nil if v is on neither.
func (p *peering) far(v *vpc) *vpc {
	switch v {
	case p.a:
		return p.b
	case p.b:
		return p.a
	}
	return nil
}

func (p *peering) Active(string) bool { return true }

// checkRoute implements routeTarget.
func (p *peering) checkRoute(from *vpc) error {
	if p.far(from) == nil {
		return noTarget(from, p.ID)
	}
	return nil
}

// Forward implements Hop.
func (p *peering) Forward(e *ENI, pk *Transit) *Host {
	far := p.far(e.vpc())
	pk.TellForwarded(p.ID, far.ID)
	return pk.local(far)
}
