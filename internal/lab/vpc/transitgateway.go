package vpc

import (
	"cmp"
	"net/netip"
	"slices"

	"provenendpoints/internal/lab/awsid"
	"provenendpoints/internal/lab/store"
)

// TransitGateway connects VPCs of the Region with each other, by its route tables. It has
// no other attachments
// (docs.aws.amazon.com/vpc/latest/tgw/how-transit-gateways-work.html).
type TransitGateway struct {
	// ID is tgw-…. Required.
	ID string
	// NoAssociation and NoPropagation keep new attachments out of the default route table:
	// they are not associated with it, or their blocks are not in it. With both there is
	// none.
	NoAssociation, NoPropagation bool
	// GroupReferences lets inbound rules of an attached VPC's security groups name groups of
	// the others. Default: they cannot
	// (docs.aws.amazon.com/vpc/latest/tgw/tgw-vpc-attachments.html, "Security group referencing").
	GroupReferences bool
	// Default is the id of the default route table; empty: there is none. Set by the network.
	Default string
	// Tables are its route tables. Set by the network.
	Tables []TransitRouteTable
	// Attachments are those of its VPCs. Set by the network.
	Attachments []TransitAttachment
}

// TransitAttachment attaches a VPC to a transit gateway, by an interface in each of its
// subnets.
type TransitAttachment struct {
	// ID is tgw-attach-…; Gateway, VPC and Subnets are ids. Required.
	ID, Gateway, VPC string
	Subnets          []string
	// Appliance is appliance mode: both directions of a flow that goes into the VPC use one
	// interface. Default: that of the sender's zone, where there is one
	// (docs.aws.amazon.com/vpc/latest/tgw/transit-gateway-appliance-scenario.html).
	Appliance bool
	// IPv6 has the attachment carry IPv6. Default: it does not.
	IPv6 bool
	// NoGroupReferences takes the VPC out of the gateway's GroupReferences.
	NoGroupReferences bool
}

type transitGateway struct {
	TransitGateway
	attachments map[string]*transitAttachment
	tables      map[string]*transitTable
}

type transitAttachment struct {
	TransitAttachment
	vpc   *vpc
	enis  []*ENI
	table *transitTable // that it is associated with; nil: none
}

// Receive implements [Device]: nothing is sent to an attachment's interface itself.
func (a *transitAttachment) Receive(at *ENI, p *Transit) *Host {
	return p.Drop(at.ID, "no host")
}

// TransitGateways are the transit gateways of a network.
type TransitGateways struct{ network *Network }

// TransitGateways returns the network's transit gateways.
func (n *Network) TransitGateways() TransitGateways { return TransitGateways{n} }

// Create creates a transit gateway.
func (a TransitGateways) Create(c TransitGateway) error {
	n := a.network
	n.mu.Lock()
	defer n.mu.Unlock()
	if err := n.transits.CheckFree(c.ID); err != nil {
		return err
	}
	c.Attachments, c.Tables = nil, nil
	g := &transitGateway{TransitGateway: c, attachments: map[string]*transitAttachment{}, tables: map[string]*transitTable{}}
	if !c.NoAssociation || !c.NoPropagation {
		g.Default = awsid.Derived("tgw-rtb-", c.ID)
		g.tables[g.Default] = &transitTable{id: g.Default, propagates: map[string]bool{}}
	}
	n.transits.ByID[c.ID], n.targets[c.ID] = g, g
	return nil
}

// Delete deletes a transit gateway without attachments.
func (a TransitGateways) Delete(id string) error {
	n := a.network
	n.mu.Lock()
	defer n.mu.Unlock()
	g, err := n.transits.Get(id)
	if err != nil {
		return err
	}
	for user := range g.attachments {
		return dependency("transit gateway", id, user)
	}
	for user := range g.tables {
		if user != g.Default {
			return dependency("transit gateway", id, user)
		}
	}
	delete(n.transits.ByID, id)
	delete(n.targets, id)
	return nil
}

// Attach attaches a VPC, with subnets in different zones. interfaces are the ids of the
// interfaces, one for each subnet.
func (a TransitGateways) Attach(c TransitAttachment, interfaces []string) error {
	n := a.network
	n.mu.Lock()
	defer n.mu.Unlock()
	g, err := n.transits.Get(c.Gateway)
	if err != nil {
		return err
	}
	v, err := n.vpcs.Get(c.VPC)
	if err != nil {
		return err
	}
	if len(c.Subnets) == 0 {
		return refuse("MissingParameter", "The request must contain the parameter SubnetIds")
	}
	zones := map[string]bool{}
	for _, id := range c.Subnets {
		s, err := n.subnets.Get(id)
		switch {
		case err != nil:
			return err
		case s.vpc != v:
			return refuse("InvalidSubnetID.NotFound", "The subnet %s is not in %s", id, c.VPC)
		case zones[s.Zone]:
			return refuse("DuplicateSubnetsInSameZone", "Duplicate Subnets for same AZ")
		}
		zones[s.Zone] = true
	}
	for _, other := range g.attachments {
		if other.vpc == v {
			return refuse("DuplicateTransitGatewayAttachment", "%s has non-deleted Transit Gateway Attachments with same VPC ID.", c.Gateway)
		}
	}
	made := &transitAttachment{TransitAttachment: c, vpc: v}
	for i, subnet := range c.Subnets {
		e, err := n.addInterface(Interface{
			ID: interfaces[i], Subnet: subnet, Managed: true, Type: "transit_gateway",
			Description: "Network Interface for Transit Gateway Attachment " + c.ID,
		}, made)
		if err != nil {
			made.removeInterfaces(n)
			return err
		}
		made.enis = append(made.enis, e)
	}
	g.attachments[c.ID] = made
	if !g.NoAssociation {
		made.table = g.tables[g.Default]
	}
	if !g.NoPropagation {
		g.tables[g.Default].propagates[c.ID] = true
	}
	return nil
}

func (t *transitAttachment) removeInterfaces(n *Network) {
	for _, e := range t.enis {
		n.removeInterface(e)
	}
}

// Detach deletes an attachment. The VPC's routes to the gateway become black holes.
func (a TransitGateways) Detach(id string) error {
	n := a.network
	n.mu.Lock()
	defer n.mu.Unlock()
	for _, g := range n.transits.ByID {
		if t := g.attachments[id]; t != nil {
			t.removeInterfaces(n)
			delete(g.attachments, id)
			for _, table := range g.tables {
				delete(table.propagates, id) // static routes to it are black holes
			}
			t.vpc.blackhole(g.ID)
			return nil
		}
	}
	return refuse("InvalidTransitGatewayAttachmentID.NotFound", "Transit Gateway Attachment %s was deleted or does not exist.", id)
}

// All describes all transit gateways in the order of their ids.
func (a TransitGateways) All() []TransitGateway {
	n := a.network
	n.mu.RLock()
	defer n.mu.RUnlock()
	return store.Describe(n.transits, func(g *transitGateway) TransitGateway {
		c := g.TransitGateway
		for _, t := range g.attachments {
			c.Attachments = append(c.Attachments, t.TransitAttachment)
		}
		slices.SortFunc(c.Attachments, func(a, b TransitAttachment) int { return cmp.Compare(a.ID, b.ID) })
		c.Tables = g.describeTables()
		return c
	})
}

// attachmentOf is a VPC's attachment; nil if it has none.
func (g *transitGateway) attachmentOf(vpcID string) *transitAttachment {
	for _, t := range g.attachments {
		if t.VPC == vpcID {
			return t
		}
	}
	return nil
}

// Active implements [Hop].
func (g *transitGateway) Active(vpc string) bool { return g.attachmentOf(vpc) != nil }

// checkRoute implements routeTarget.
func (g *transitGateway) checkRoute(from *vpc) error {
	if g.attachmentOf(from.ID) == nil {
		return refuse("InvalidTransitGatewayID.NotFound", "Transit Gateway %s was deleted or does not exist in %s.", g.ID, from.ID)
	}
	return nil
}

// lookup returns the attachment that a destination leads to from another, by the route table
// that this one is associated with; nil, and why, if there is none.
func (g *transitGateway) lookup(from *transitAttachment, dst netip.Addr) (*transitAttachment, string) {
	if from.table == nil {
		return nil, "the attachment has no route table"
	}
	r, ok := nextOf(g.routes(from.table), dst)
	switch {
	case !ok:
		return nil, "no route"
	case g.attachments[r.Attachment] == nil:
		return nil, "a black hole"
	}
	return g.attachments[r.Attachment], ""
}

// Forward implements [Hop]. A packet needs an attachment in the sender's zone, and goes
// on in the other VPC by the route table of the subnet in which it arrives: to what is
// local, or by a NAT gateway, an interface or a middlebox, but by no internet gateway,
// gateway endpoint or peering
// (docs.aws.amazon.com/vpc/latest/tgw/tgw-vpc-attachments.html,
// …/how-transit-gateways-work.html, "Availability Zones").
func (g *transitGateway) Forward(from *ENI, p *Transit) *Host {
	if !p.enter() {
		return p.Drop(g.ID, "too many hops")
	}
	source := g.attachmentOf(from.VPC)
	if source == nil || source.in(from.Zone) == nil {
		return p.Drop(g.ID, "no attachment in the zone")
	}
	to, why := g.lookup(source, p.Destination())
	if to == nil {
		return p.Drop(g.ID, why)
	}
	if p.IsIPv6() && !(source.IPv6 && to.IPv6) {
		return p.Drop(g.ID, "no IPv6")
	}
	at := to.arrival(from.Zone, p)
	p.left = at.subnet
	p.TellForwarded(g.ID, at.ID)
	p.at(at)
	t := at.subnet.routes()
	r := t.lookup(p.Destination())
	if r == nil {
		return p.Drop(t.ID, "no route")
	}
	switch via := r.via.(type) {
	case *vpc, *natGateway, *ENI, middlebox:
		if !via.Active(to.VPC) {
			return p.Drop(t.ID, "black hole")
		}
		p.routedBy(t, r)
		return via.Forward(at, p)
	}
	return p.Drop(t.ID, "not for packets of a transit gateway")
}

// arrival is the attachment's interface at which a packet from a zone comes out.
func (t *transitAttachment) arrival(zone string, p *Transit) *ENI {
	if t.Appliance {
		return t.enis[p.Flow.SymmetricHash()%uint64(len(t.enis))]
	}
	if e := t.in(zone); e != nil {
		return e
	}
	return t.enis[0]
}

// SetTransitOptions gives an attachment the Appliance, IPv6 and NoGroupReferences of c.
func (a TransitGateways) SetTransitOptions(c TransitAttachment) error {
	n := a.network
	n.mu.Lock()
	defer n.mu.Unlock()
	for _, g := range n.transits.ByID {
		if t := g.attachments[c.ID]; t != nil {
			t.Appliance, t.IPv6, t.NoGroupReferences = c.Appliance, c.IPv6, c.NoGroupReferences
			return nil
		}
	}
	return refuse("InvalidTransitGatewayAttachmentID.NotFound", "Transit Gateway Attachment %s was deleted or does not exist.", c.ID)
}

// SetGroupReferences changes GroupReferences of a transit gateway.
func (a TransitGateways) SetGroupReferences(id string, on bool) error {
	n := a.network
	n.mu.Lock()
	defer n.mu.Unlock()
	g, err := n.transits.Get(id)
	if err == nil {
		g.GroupReferences = on
	}
	return err
}

// refers reports whether the gateway lets groups of a VPC name those of another.
func (g *transitGateway) refers(one, other string) bool {
	a, b := g.attachmentOf(one), g.attachmentOf(other)
	return g.GroupReferences && a != nil && b != nil && !a.NoGroupReferences && !b.NoGroupReferences
}

// in is the attachment's interface in a zone; nil if it has none.
func (t *transitAttachment) in(zone string) *ENI {
	for _, e := range t.enis {
		if e.Zone == zone {
			return e
		}
	}
	return nil
}
