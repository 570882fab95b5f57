package topology

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"provenendpoints/internal/lab/elb"
	"provenendpoints/internal/lab/picture"
	"provenendpoints/internal/lab/privatelink"
	"provenendpoints/internal/lab/vpc"
)

// trail is the way of a packet as far as it has come.
type trail struct {
	hops []picture.Hop
	// stopped says by what it is stopped; empty: it arrives.
	stopped string
}

func (t *trail) add(id, route, name string) {
	t.hops = append(t.hops, picture.Hop{ID: id, Route: route, Name: name})
}

func (t trail) stop(format string, args ...any) []trail {
	t.stopped = fmt.Sprintf(format, args...)
	return []trail{t}
}

// fork is a copy that goes on by itself.
func (t trail) fork() trail {
	t.hops = slices.Clone(t.hops)
	return t
}

// most is the number of route tables after which a way is a circle.
const most = 8

// walk follows TCP packets from an interface. where is what the address is outside of the
// VPCs. There are several trails where a load balancer spreads them.
func (b *builder) walk(t trail, from vpc.Interface, to traffic, where string) []trail {
	if !b.passes(from, true, to.to, to.port) {
		return t.stop("%s lets nothing out to %s on TCP %d", b.groupWords(from), to.to, to.port)
	}
	return b.route(t, from, from.PrivateAddr, to, where, most)
}

// route follows packets that leave an interface, whoever has sent them.
func (b *builder) route(t trail, at vpc.Interface, source netip.Addr, to traffic, where string, left int) []trail {
	s, _ := b.subnet(at.Subnet)
	table := b.tableOf(s)
	name := "routes of " + last(b.named(table.ID, "the VPC"))
	if left == 0 {
		return t.stop("the packets circle")
	}
	if !s.CIDR.Contains(to.to) {
		if acl, ok := b.crosses(s, true, to.to, to.port); !ok {
			return t.stop("network ACL %s lets no TCP %d out to %s", last(b.named(acl, "")), to.port, to.to)
		}
	}
	r, ok := b.chosen(table, to.to)
	if !ok {
		t.add(table.ID, "", name)
		return t.stop("no route to %s", to.to)
	}
	t.add(table.ID, r.Destination, "route "+b.destination(r.Destination)+" to "+b.target(r.Target))
	if !r.Active {
		return t.stop("the route is a black hole")
	}
	kind, _, _ := strings.Cut(r.Target, "-")
	switch {
	case r.Target == "local":
		return b.arrive(t, at.VPC, source, to, s)
	case kind == "igw":
		return b.leave(t, r.Target, at, to, where)
	case kind == "nat":
		g, _ := find(b.nats, func(g vpc.NatGateway) bool { return g.ID == r.Target })
		own, ok := b.interfaceOf(g.Interface)
		if !ok {
			return t.stop("the NAT gateway is gone")
		}
		t.add(own.ID, "", "NAT gateway "+last(b.named(g.ID, "")))
		return b.route(t, own, own.PrivateAddr, to, where, left-1)
	case kind == "pcx":
		p, _ := find(b.peerings, func(p vpc.Peering) bool { return p.ID == r.Target })
		t.add(endOf(p, at.VPC), "", "peering "+last(b.named(p.ID, "")))
		other := p.Accepter
		if other == at.VPC {
			other = p.Requester
		}
		return b.arrive(t, other, source, to, vpc.Subnet{})
	case kind == "tgw":
		return b.transit(t, r.Target, at, source, to)
	}
	if e, ok := b.endpoint(r.Target); ok {
		return b.through(t, e, at)
	}
	if i, ok := b.interfaceOf(r.Target); ok {
		t.add(i.ID, "", b.inside(i).Name)
		return []trail{t} // what is behind it decides
	}
	t.add(r.Target, "", b.target(r.Target))
	return []trail{t}
}

// leave goes through an internet gateway.
func (b *builder) leave(t trail, gateway string, at vpc.Interface, to traffic, where string) []trail {
	t.add(gateway, "", "internet gateway")
	if !at.PublicAddr.IsValid() && !to.to.Is6() {
		return t.stop("%s has no public address", b.inside(at).Name)
	}
	if to.to.IsPrivate() {
		return t.stop("the internet has no private addresses such as %s", to.to)
	}
	if i, ok := find(b.interfaces, func(i vpc.Interface) bool { return i.PublicAddr == to.to }); ok {
		if back, ok := find(b.gateways, func(g vpc.InternetGateway) bool { return g.VPC == i.VPC }); ok && back.ID != gateway {
			t.add(back.ID, "", "internet gateway of "+b.named(i.VPC, ""))
		}
		return b.arrive(t, i.VPC, at.PublicAddr, traffic{i.PrivateAddr, to.port}, vpc.Subnet{})
	}
	id := b.somewhere(where)
	t.add(id, "", where)
	return []trail{t}
}

// transit goes through a transit gateway to the VPC that has the address.
func (b *builder) transit(t trail, id string, at vpc.Interface, source netip.Addr, to traffic) []trail {
	g, _ := find(b.transits, func(g vpc.TransitGateway) bool { return g.ID == id })
	for _, a := range g.Attachments {
		if a.VPC == at.VPC {
			t.add(a.ID, "", "transit gateway "+last(b.named(id, "")))
		}
	}
	a, ok := g.Next(at.VPC, to.to)
	if !ok {
		return t.stop("the transit gateway has no route to %s from there", to.to)
	}
	if v, _ := b.vpcOf(a.VPC); !slices.ContainsFunc(v.CIDRs, func(p netip.Prefix) bool { return p.Contains(to.to) }) {
		t.add(a.ID, "", "the VPC "+last(b.named(a.VPC, "")))
		return []trail{t} // what its route tables do with it decides
	}
	return b.arrive(t, a.VPC, source, to, vpc.Subnet{})
}

// arrive ends at the interface of a VPC that has the address.
func (b *builder) arrive(t trail, vpcID string, source netip.Addr, to traffic, from vpc.Subnet) []trail {
	i, ok := b.at(vpcID, to.to)
	if !ok {
		return t.stop("nothing has the address %s", to.to)
	}
	thing := b.inside(i)
	t.add(i.ID, "", thing.Name+" "+to.to.String())
	s, _ := b.subnet(i.Subnet)
	if s.ID != from.ID {
		if acl, ok := b.crosses(s, false, source, to.port); !ok {
			return t.stop("network ACL %s lets no TCP %d in from %s", last(b.named(acl, "")), to.port, source)
		}
	}
	if !b.passes(i, false, source, to.port) {
		return t.stop("%s admits no TCP %d from %s", b.groupWords(i), to.port, source)
	}
	switch o := b.ownerOf(i); o.kind {
	case ofEndpoint:
		e, _ := b.endpoint(o.id)
		return b.through(t, e, i)
	case ofBalancer:
		return b.balanced(t, o.id, to.port, i.Zone, source)
	case ofNAT:
		return t.stop("a NAT gateway takes no connections")
	case ofTransit:
		return t.stop("nothing answers behind it")
	}
	if !i.InUse {
		return t.stop("nothing is behind it")
	}
	return []trail{t}
}

// through goes through an endpoint to its service.
func (b *builder) through(t trail, e privatelink.Endpoint, at vpc.Interface) []trail {
	t.add(e.ID, "", strings.ToLower(e.Type)+" endpoint "+b.endpointName(e))
	if e.State != "available" {
		return t.stop("the endpoint is %s", e.State)
	}
	if id, ok := b.offeredAs(e.Service); ok {
		s, _ := find(b.offered, func(s privatelink.EndpointService) bool { return s.ID == id })
		t.add(id, "", "endpoint service "+last(b.named(id, "")))
		var out []trail
		for _, l := range s.LoadBalancers {
			out = append(out, b.served(t.fork(), l, at)...)
		}
		if len(out) > 0 {
			return out
		}
		return t.stop("the endpoint service has no load balancer")
	}
	if _, host, ok := b.serviceHost(e.Service); ok {
		t.add(host, "", host)
	} else {
		t.add(e.Service, "", e.Service)
	}
	return []trail{t}
}

// served goes from an endpoint service to the targets of its load balancer.
func (b *builder) served(t trail, balancer string, at vpc.Interface) []trail {
	l, ok := find(b.balancers, func(l elb.LoadBalancer) bool { return l.ID == balancer })
	if !ok {
		return t.stop("the load balancer is gone")
	}
	listeners, err := b.region.LoadBalancing.Listeners(l.ID)
	if err != nil || len(listeners) == 0 {
		t.add(l.ID, "", "load balancer "+last(b.named(l.ID, l.Name)))
		return t.stop("it has no listener")
	}
	t.add(l.ID, "", "load balancer "+last(b.named(l.ID, l.Name)))
	return b.targetsOf(t, l, at.Zone, at.PrivateAddr)
}

// balanced goes from a load balancer's node to its targets.
func (b *builder) balanced(t trail, balancer string, port int, zone string, source netip.Addr) []trail {
	l, _ := find(b.balancers, func(l elb.LoadBalancer) bool { return l.ID == balancer })
	listeners, err := b.region.LoadBalancing.Listeners(balancer)
	if err != nil || !slices.ContainsFunc(listeners, func(x elb.Listener) bool { return x.Port == port }) {
		return t.stop("the load balancer has no listener on TCP %d", port)
	}
	return b.targetsOf(t, l, zone, source)
}

// targetsOf are the ways to the targets that take connections.
func (b *builder) targetsOf(t trail, l elb.LoadBalancer, zone string, source netip.Addr) []trail {
	var out []trail
	for _, id := range b.targetGroupsOf(l.ID) {
		health, err := b.region.LoadBalancing.TargetHealth(id)
		if err != nil {
			continue
		}
		for _, h := range health {
			if h.State != elb.StateHealthy || !l.CrossZone && h.Zone != zone && l.Type != elb.Application {
				continue
			}
			i, ok := b.interfaceOf(h.Interface)
			if !ok {
				if a, err := netip.ParseAddr(h.ID); err == nil {
					i, ok = b.at(l.VPC, a)
				}
			}
			if !ok {
				continue
			}
			way := t.fork()
			way.add(i.ID, "", b.inside(i).Name)
			out = append(out, way)
		}
	}
	switch {
	case len(out) > 0:
		return out
	case l.Type == elb.Application:
		return []trail{t} // it takes the connection, and answers that there is no target
	}
	return t.stop("no target in the zone takes connections")
}

// groupWords names the security groups of an interface.
func (b *builder) groupWords(i vpc.Interface) string {
	var out []string
	for _, g := range i.Groups {
		out = append(out, b.groupName(g))
	}
	if len(out) == 0 {
		return "no security group"
	}
	return "security group " + strings.Join(out, ", ")
}
