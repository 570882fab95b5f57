package topology

import (
	"fmt"
	"strings"

	"provenendpoints/internal/lab/elb"
	"provenendpoints/internal/lab/picture"
	"provenendpoints/internal/lab/privatelink"
	"provenendpoints/internal/lab/vpc"
)

// resolverOf is the id of a VPC's resolver in the picture.
func resolverOf(vpcID string) string { return "resolver of " + vpcID }

// edge are the things at a VPC's edge.
func (b *builder) edge(v vpc.VPC) []picture.Thing {
	var out []picture.Thing
	add := func(id string, kind picture.Kind, name, text string) {
		out = append(out, picture.Thing{ID: id, Kind: kind, Name: name, Text: text, URL: b.link(id)})
	}
	for _, g := range b.gateways {
		if g.VPC == v.ID {
			add(g.ID, picture.Gateway, "Internet gateway", last(b.named(g.ID, "")))
		}
	}
	for _, g := range b.egressOnly {
		if g.VPC == v.ID {
			add(g.ID, picture.Gateway, "Egress-only gateway", last(b.named(g.ID, "")))
		}
	}
	for _, e := range b.endpoints {
		if e.VPC == v.ID {
			add(e.ID, picture.Endpoint, b.endpointName(e), endpointText(e))
		}
	}
	for _, l := range b.balancers {
		if l.VPC == v.ID {
			add(l.ID, picture.Balancer, last(b.named(l.ID, l.Name)), b.balancerText(l))
		}
	}
	for _, p := range b.peerings {
		switch v.ID {
		case p.Requester:
			add(endOf(p, v.ID), picture.Peering, "Peering", "with "+b.named(p.Accepter, ""))
			out[len(out)-1].Beside = []string{endOf(p, p.Accepter)}
		case p.Accepter:
			add(endOf(p, v.ID), picture.Peering, "Peering", "with "+b.named(p.Requester, ""))
		}
	}
	for _, g := range b.transits {
		for _, a := range g.Attachments {
			if a.VPC == v.ID {
				add(a.ID, picture.Gateway, "Transit gateway", last(b.named(g.ID, "")))
				for _, other := range g.Attachments {
					if other.ID != a.ID {
						out[len(out)-1].Beside = append(out[len(out)-1].Beside, other.ID)
					}
				}
			}
		}
	}
	for _, g := range b.vpns {
		if g.VPC == v.ID {
			add(g.ID, picture.Gateway, "VPN gateway", last(b.named(g.ID, "")))
		}
	}
	if b.asksNames(v.ID) {
		text := "off"
		if v.DNSSupport {
			text = v.CIDRs[0].Addr().Next().Next().String()
		}
		add(resolverOf(v.ID), picture.Resolver, "DNS resolver", text)
	}
	return out
}

// endOf is the id of one end of a peering in the picture.
func endOf(p vpc.Peering, vpcID string) string { return p.ID + " in " + vpcID }

func endpointText(e privatelink.Endpoint) string {
	text := strings.ToLower(e.Type) + " endpoint"
	switch {
	case e.State != "available":
		text += ", " + e.State
	case e.PrivateDNS:
		text = strings.ToLower(e.Type) + ", private DNS"
	}
	return text
}

// endpointName is the service that an endpoint leads to if it is one of AWS's, or the
// endpoint's own name.
func (b *builder) endpointName(e privatelink.Endpoint) string {
	if name, ok := b.shortService(e.Service); ok {
		return name
	}
	return last(b.named(e.ID, ""))
}

// shortService is what follows the Region in the name of one of AWS's services.
func (b *builder) shortService(name string) (string, bool) {
	return strings.CutPrefix(name, "com.amazonaws."+b.region.Network.Region()+".")
}

func (b *builder) balancerText(l elb.LoadBalancer) string {
	kind := map[string]string{"": "NLB", elb.Network: "NLB", elb.Application: "ALB", elb.Gateway: "GWLB"}[l.Type]
	if l.InternetFacing {
		kind = "public " + kind
	}
	listeners, err := b.region.LoadBalancing.Listeners(l.ID)
	if err != nil { // it was deleted meanwhile
		return kind
	}
	for i, x := range listeners {
		if l.Type == elb.Gateway {
			break // it takes all ports
		}
		sep := ", "
		if i == 0 {
			sep = " "
		}
		kind += fmt.Sprintf("%s:%d", sep, x.Port)
	}
	healthy, all := 0, 0
	for _, g := range b.targetGroupsOf(l.ID) {
		health, err := b.region.LoadBalancing.TargetHealth(g)
		if err != nil {
			continue
		}
		for _, h := range health {
			if all++; h.State == elb.StateHealthy {
				healthy++
			}
		}
	}
	if all > 0 {
		kind += fmt.Sprintf(", %d/%d healthy", healthy, all)
	}
	return kind
}

// targetGroupsOf are the ids of the target groups that a load balancer leads to.
func (b *builder) targetGroupsOf(balancer string) []string {
	var out []string
	for _, g := range b.targets {
		owners, err := b.region.LoadBalancing.BalancersOf(g.ID)
		if err != nil {
			continue
		}
		for _, o := range owners {
			if o == balancer {
				out = append(out, g.ID)
			}
		}
	}
	return out
}
