package proof

import (
	"net/netip"
	"slices"
	"strings"
)

// Apart: no route of the VPC of Subnets leads into the VPC of Balancer, and none
// back, and no instance is in both, but by Ways.
const Apart Kind = "apart"

var _ = define(Apart, definition[apartFacts]{
	required: []string{"Subnets", "Balancer"},
	optional: []string{"Ways"},
	lookups:  always(SubnetsLookup, BalancerLookup, VPCLookup, VPCRouteTablesLookup, EndpointLookup, NetworkInterfacesLookup),
	gather:   gatherApart,
	target:   Claim.vpcTarget,
	subject:  Claim.vpcTarget,
	expected: func(c Claim, _ apartFacts) string {
		text := "have no route into the VPC of " + balancerName(c.Balancer) + ", nor that VPC one back, and no instance in both"
		if len(c.Ways) > 0 {
			text += ", but by " + joinWords(c.Ways)
		}
		return text
	},
	judge: judgeApart,
})

type apartFacts struct {
	// sides are the consumer's VPCs, then the load balancer's.
	sides []side
	// gateways are the ids of gateway endpoints to which routes lead.
	gateways []string
}

// side is a VPC with its CIDR blocks, route tables and network interfaces.
type side struct {
	vpc        string
	blocks     []netip.Prefix
	tables     []RouteTable
	interfaces []NetworkInterface
}

func gatherApart(g *gatherer, c Claim) (f apartFacts) {
	vpcs := vpcsOf(g.subnets(c.Subnets))
	balancer := g.balancer(c.Balancer)
	for _, vpc := range append(vpcs, balancer.VPC) {
		f.sides = append(f.sides, side{vpc, g.vpc(vpc), g.routeTablesOf(vpc), g.networkInterfacesOf(vpc)})
	}
	var asked []string
	for _, s := range f.sides {
		for _, table := range s.tables {
			for _, route := range table.Routes {
				if strings.HasPrefix(route.Target, "vpce-") && !slices.Contains(asked, route.Target) {
					asked = append(asked, route.Target)
					if g.endpoint(route.Target).isGateway() {
						f.gateways = append(f.gateways, route.Target)
					}
				}
			}
		}
	}
	return f
}

// judgeApart looks at every table of both VPCs that serves a subnet, not only at
// those of the vantage points: a gateway in another subnet passes on by its own
// table. A route that leads into only a part of the other VPC counts: whom it
// leaves out may be the prober alone. So does one way of two: a datagram needs no
// answer. And so does a black hole: it is a way again when its target comes back.
// An instance with interfaces in both VPCs passes on what it likes, without any route
// (docs.aws.amazon.com/AWSEC2/latest/UserGuide/ec2-create-eni-multi-vpc-attach.html).
func judgeApart(c Claim, f apartFacts, _ Observation) finding {
	if len(f.sides) < 2 {
		return unproven("", "the two VPCs are unknown")
	}
	provider := f.sides[len(f.sides)-1]
	count := len(provider.tables)
	for _, consumer := range f.sides[:len(f.sides)-1] {
		count += len(consumer.tables)
		if consumer.vpc == provider.vpc {
			return refuted("which VPC the endpoint is for", "the load balancer is in the same VPC, %s", provider.vpc)
		}
		for _, way := range [][2]side{{consumer, provider}, {provider, consumer}} {
			if wrong := f.way(c, way[0], way[1]); wrong != nil {
				return *wrong
			}
		}
		if wrong := astride(c, consumer, provider); wrong != nil {
			return *wrong
		}
	}
	return holds("none in %s", plural(count, "route table"))
}

// astride refutes by an instance that has interfaces in both VPCs.
func astride(c Claim, consumer, provider side) *finding {
	for _, here := range consumer.interfaces {
		at := slices.IndexFunc(provider.interfaces, func(there NetworkInterface) bool {
			return here.Instance != "" && here.Instance == there.Instance
		})
		if at < 0 || slices.Contains(c.Ways, here.Instance) || slices.Contains(c.Ways, here.ID) || slices.Contains(c.Ways, provider.interfaces[at].ID) {
			continue
		}
		wrong := refuted("who attached these interfaces; declare the instance if it is wanted",
			"the instance %s has the interface %s in %s and %s in %s, and can pass on what it gets", here.Instance, here.ID, consumer.vpc, provider.interfaces[at].ID, provider.vpc)
		return &wrong
	}
	return nil
}

// way refutes by a route from one VPC into the other.
func (f apartFacts) way(c Claim, from, to side) *finding {
	for _, table := range from.tables {
		if len(table.Subnets) == 0 && !table.Main {
			continue
		}
		for _, route := range table.Routes {
			if f.leadsInto(to, route) && !slices.Contains(c.Ways, route.Target) {
				wrong := refuted("that route, and what added it; declare it if it is wanted",
					"%s of %s sends %s to %s, which may lead into %s", table.ID, from.vpc, route.Destination, route.Target, to.vpc)
				return &wrong
			}
		}
	}
	return nil
}

// leadsInto reports whether a route may lead into the other VPC. A prefix list
// may hold anything. An internet gateway (egress-only, carrier) leads to public addresses alone, a NAT
// gateway by the table of its own subnet, and a gateway endpoint to its service.
func (f apartFacts) leadsInto(other side, route Route) bool {
	for _, prefix := range []string{"igw-", "eigw-", "cagw-", "nat-"} {
		if strings.HasPrefix(route.Target, prefix) {
			return false
		}
	}
	if route.Target == localTarget || slices.Contains(f.gateways, route.Target) {
		return false
	}
	destination, err := netip.ParsePrefix(route.Destination)
	return err != nil || slices.ContainsFunc(other.blocks, destination.Overlaps)
}
