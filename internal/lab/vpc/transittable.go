package vpc

import (
	"maps"
	"net/netip"
	"slices"
)

// TransitRouteTable is a route table of a transit gateway
// (docs.aws.amazon.com/vpc/latest/tgw/tgw-route-tables.html).
type TransitRouteTable struct {
	// ID is tgw-rtb-…. Required.
	ID string
	// Associations are the attachments whose packets it routes.
	Associations []string
	// Routes are all of its routes.
	Routes []TransitRoute
}

// TransitRoute leads a block to an attachment.
type TransitRoute struct {
	Destination netip.Prefix
	// Attachment is the id of one; empty: packets are dropped.
	Attachment string
	// Propagated routes are those of an attachment's own blocks. A static route of the
	// same block comes before them.
	Propagated bool
}

type transitTable struct {
	id         string
	propagates map[string]bool // the attachments whose blocks it has
	static     []TransitRoute
}

// nextOf is the route with the longest prefix for a destination.
func nextOf(routes []TransitRoute, dst netip.Addr) (TransitRoute, bool) {
	var best TransitRoute
	found := false
	for _, r := range routes {
		if r.Destination.Contains(dst) && (!found || r.Destination.Bits() > best.Destination.Bits() || r.Destination.Bits() == best.Destination.Bits() && best.Propagated && !r.Propagated) {
			best, found = r, true
		}
	}
	return best, found
}

// Next is where packets to a destination go from the attachment of a VPC; false: nowhere.
func (g TransitGateway) Next(vpcID string, dst netip.Addr) (TransitAttachment, bool) {
	from := slices.IndexFunc(g.Attachments, func(a TransitAttachment) bool { return a.VPC == vpcID })
	if from < 0 {
		return TransitAttachment{}, false
	}
	for _, t := range g.Tables {
		if !slices.Contains(t.Associations, g.Attachments[from].ID) {
			continue
		}
		if r, ok := nextOf(t.Routes, dst); ok {
			to := slices.IndexFunc(g.Attachments, func(a TransitAttachment) bool { return a.ID == r.Attachment })
			if to >= 0 {
				return g.Attachments[to], true
			}
		}
	}
	return TransitAttachment{}, false
}

// routes are a table's static routes and those that attachments propagate.
func (g *transitGateway) routes(t *transitTable) []TransitRoute {
	out := slices.Clone(t.static)
	for _, id := range slices.Sorted(maps.Keys(t.propagates)) {
		for _, block := range g.attachments[id].vpc.blocks() {
			out = append(out, TransitRoute{block, id, true})
		}
	}
	return out
}

func (g *transitGateway) describeTables() []TransitRouteTable {
	var out []TransitRouteTable
	for _, id := range slices.Sorted(maps.Keys(g.tables)) {
		d := TransitRouteTable{ID: id, Routes: g.routes(g.tables[id])}
		for _, name := range slices.Sorted(maps.Keys(g.attachments)) {
			if g.attachments[name].table == g.tables[id] {
				d.Associations = append(d.Associations, name)
			}
		}
		out = append(out, d)
	}
	return out
}

// CreateTable creates a route table of a transit gateway.
func (a TransitGateways) CreateTable(gateway, id string) error {
	n := a.network
	n.mu.Lock()
	defer n.mu.Unlock()
	g, err := n.transits.Get(gateway)
	if err != nil {
		return err
	}
	g.tables[id] = &transitTable{id: id, propagates: map[string]bool{}}
	return nil
}

// DeleteTable deletes a route table without associations.
func (a TransitGateways) DeleteTable(id string) error {
	return a.change(id, func(g *transitGateway, t *transitTable) error {
		for name, user := range g.attachments {
			if user.table == t {
				return refuse("IncorrectState", "%s is associated with %s.", id, name)
			}
		}
		delete(g.tables, id)
		return nil
	})
}

// Associate has a table route the packets of an attachment, which has none yet.
func (a TransitGateways) Associate(table, attachment string) error {
	return a.changeFor(table, attachment, func(_ *transitGateway, t *transitTable, to *transitAttachment) error {
		if to.table != nil {
			return refuse("Resource.AlreadyAssociated", "Transit Gateway Attachment %s is already associated to a route table.", attachment)
		}
		to.table = t
		return nil
	})
}

// Disassociate takes an attachment from its table.
func (a TransitGateways) Disassociate(table, attachment string) error {
	return a.changeFor(table, attachment, func(_ *transitGateway, t *transitTable, to *transitAttachment) error {
		if to.table == t {
			to.table = nil
		}
		return nil
	})
}

// Propagate puts the blocks of an attachment into a table, or takes them out.
func (a TransitGateways) Propagate(table, attachment string, on bool) error {
	return a.changeFor(table, attachment, func(_ *transitGateway, t *transitTable, _ *transitAttachment) error {
		switch {
		case !on:
			delete(t.propagates, attachment)
		case t.propagates[attachment]:
			return refuse("TransitGatewayRouteTablePropagation.Duplicate", "Propagation for attachment %s already exists in route table %s.", attachment, table)
		default:
			t.propagates[attachment] = true
		}
		return nil
	})
}

// CreateTransitRoute adds a static route to a table.
func (a TransitGateways) CreateTransitRoute(table string, r TransitRoute) error {
	return a.change(table, func(g *transitGateway, t *transitTable) error {
		if r.Attachment != "" && g.attachments[r.Attachment] == nil {
			return refuse("InvalidTransitGatewayAttachmentID.NotFound", "Transit Gateway Attachment %s was deleted or does not exist.", r.Attachment)
		}
		if slices.ContainsFunc(t.static, func(o TransitRoute) bool { return o.Destination == r.Destination }) {
			return refuse("RouteAlreadyExists", "Route %s already exists in Transit Gateway Route Table %s.", r.Destination, table)
		}
		t.static = append(t.static, TransitRoute{r.Destination.Masked(), r.Attachment, false})
		return nil
	})
}

// DeleteTransitRoute removes a static route.
func (a TransitGateways) DeleteTransitRoute(table string, destination netip.Prefix) error {
	return a.change(table, func(_ *transitGateway, t *transitTable) error {
		t.static = slices.DeleteFunc(t.static, func(o TransitRoute) bool { return o.Destination == destination.Masked() })
		return nil
	})
}

// change works on a table under the lock.
func (a TransitGateways) change(table string, do func(*transitGateway, *transitTable) error) error {
	n := a.network
	n.mu.Lock()
	defer n.mu.Unlock()
	for _, g := range n.transits.ByID {
		if t := g.tables[table]; t != nil {
			return do(g, t)
		}
	}
	return refuse("InvalidRouteTableID.NotFound", "Transit Gateway Route Table %s was deleted or does not exist.", table)
}

// changeFor is change for an attachment of the table's gateway.
func (a TransitGateways) changeFor(table, attachment string, do func(*transitGateway, *transitTable, *transitAttachment) error) error {
	return a.change(table, func(g *transitGateway, t *transitTable) error {
		to := g.attachments[attachment]
		if to == nil {
			return refuse("InvalidTransitGatewayAttachmentID.NotFound", "Transit Gateway Attachment %s was deleted or does not exist.", attachment)
		}
		return do(g, t, to)
	})
}
