package vpc

import (
	"net/netip"

	"provenendpoints/internal/lab/store"
)

// InternetGateway connects a VPC with the internet. It translates between an
// interface's private and public address; packets of interfaces without one are
// dropped (docs.aws.amazon.com/vpc/latest/userguide/VPC_Internet_Gateway.html).
type InternetGateway struct {
	// ID is igw-…. Required.
	ID string
	// VPC is the id of the VPC that it is attached to, if any. Set by the network.
	VPC string
}

type internetGateway struct {
	ID  string
	vpc *vpc // attached to; may be nil
}

// InternetGateways are the internet gateways of a network.
type InternetGateways struct{ network *Network }

// InternetGateways returns the network's internet gateways.
func (n *Network) InternetGateways() InternetGateways { return InternetGateways{n} }

// Create creates a gateway that is attached to nothing.
func (a InternetGateways) Create(id string) error {
	n := a.network
	n.mu.Lock()
	defer n.mu.Unlock()
	if err := n.gateways.CheckFree(id); err != nil {
		return err
	}
	g := &internetGateway{ID: id}
	n.gateways.ByID[id], n.targets[id] = g, g
	return nil
}

// Attach attaches a gateway to a VPC; each can have one of the other.
func (a InternetGateways) Attach(id, vpcID string) error {
	n := a.network
	n.mu.Lock()
	defer n.mu.Unlock()
	g, err := n.gateways.Get(id)
	if err != nil {
		return err
	}
	v, err := n.vpcs.Get(vpcID)
	if err != nil {
		return err
	}
	if g.vpc != nil {
		return refuse("Resource.AlreadyAssociated", "resource %s is already attached to network %s", id, g.vpc.ID)
	}
	if v.gateway != nil {
		return refuse("InvalidParameterValue", "Network %s already has an internet gateway attached", vpcID)
	}
	g.vpc, v.gateway = v, g
	v.lead(id, g)
	return nil
}

// Detach detaches a gateway. No interface of the VPC may still have a public
// address; routes to the gateway become black holes.
func (a InternetGateways) Detach(id, vpcID string) error {
	n := a.network
	n.mu.Lock()
	defer n.mu.Unlock()
	g, err := n.gateways.Get(id)
	if err != nil {
		return err
	}
	if g.vpc == nil || g.vpc.ID != vpcID {
		return refuse("Gateway.NotAttached", "resource %s is not attached to network %s", id, vpcID)
	}
	for _, e := range g.vpc.byAddr {
		if e.PublicAddr.IsValid() { // IPv6 addresses do not count
			return refuse("DependencyViolation", "Network %s has some mapped public address(es). Please unmap those public address(es) before detaching the gateway.", vpcID)
		}
	}
	g.vpc.blackhole(id)
	delete(n.edges, id)
	g.vpc.gateway, g.vpc = nil, nil
	return nil
}

// Delete deletes a gateway that is attached to nothing.
func (a InternetGateways) Delete(id string) error {
	n := a.network
	n.mu.Lock()
	defer n.mu.Unlock()
	g, err := n.gateways.Get(id)
	if err != nil {
		return err
	}
	if g.vpc != nil {
		return dependency("internetGateway", id, g.vpc.ID)
	}
	delete(n.gateways.ByID, id)
	delete(n.targets, id)
	return nil
}

// All describes all internet gateways in the order of their ids.
func (a InternetGateways) All() []InternetGateway {
	n := a.network
	n.mu.RLock()
	defer n.mu.RUnlock()
	return store.Describe(n.gateways, func(g *internetGateway) InternetGateway {
		c := InternetGateway{ID: g.ID}
		if g.vpc != nil {
			c.VPC = g.vpc.ID
		}
		return c
	})
}

func (g *internetGateway) Active(vpc string) bool { return g.vpc != nil && g.vpc.ID == vpc }

// checkRoute implements routeTarget.
func (g *internetGateway) checkRoute(from *vpc) error {
	if g.vpc != from {
		return refuse("InvalidParameterValue", "route table and network gateway %s belong to different networks", g.ID)
	}
	return nil
}

// Forward lets a packet out under the public address of the interface that it comes from,
// which need not be the one that it leaves by: a middlebox passes on the packets of others
// (docs.aws.amazon.com/vpc/latest/userguide/VPC_Internet_Gateway.html,
// …/gwlb-route.html). An IPv6 address is a public one already.
func (g *internetGateway) Forward(_ *ENI, p *Transit) *Host {
	e := g.vpc.byAddr[p.Source()]
	if e == nil {
		return p.Drop(g.ID, "no public address")
	}
	if p.IsIPv6() {
		p.TellForwarded(g.ID, "")
		return p.internet()
	}
	if !e.PublicAddr.IsValid() {
		return p.Drop(g.ID, "no public address")
	}
	p.SetSource(e.PublicAddr)
	p.TellTranslated(g.ID)
	return p.internet()
}

// fromInternet lets a packet in that was sent to the interface's public address.
func (e *ENI) fromInternet(p *Transit) *Host {
	if e.vpc().gateway == nil {
		if p.IsIPv6() && p.network.answersEgressOnly(e, p) {
			return p.Input(e)
		}
		return p.Drop(e.VPC, "no internet gateway")
	}
	if p.IsIPv6() {
		p.TellForwarded(e.vpc().gateway.ID, e.ID)
		return p.enterBy(e.vpc().gateway.ID, e)
	}
	p.SetDestination(e.PrivateAddr)
	p.TellTranslated(e.vpc().gateway.ID)
	return p.enterBy(e.vpc().gateway.ID, e)
}

// addressPool allocates public addresses from a block of the Seoul Region.
type addressPool struct{ next netip.Addr }

var firstPublic = netip.AddrFrom4([4]byte{3, 36, 0, 10})

func (p *addressPool) take(taken map[netip.Addr]publicOwner) netip.Addr {
	for {
		a := p.next
		p.next = a.Next()
		if _, ok := taken[a]; !ok {
			return a
		}
	}
}
