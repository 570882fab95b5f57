package proof

import (
	"net/netip"
	"slices"
	"strings"
)

// Unaddressed: nothing in the VPC of Subnets has a public address but Public.
const Unaddressed Kind = "unaddressed"

var _ = define(Unaddressed, definition[unaddressedFacts]{
	required: []string{"Subnets"},
	optional: []string{"Public"},
	lookups:  always(SubnetsLookup, NetworkInterfacesLookup, VPCRouteTablesLookup),
	gather: func(g *gatherer, c Claim) unaddressedFacts {
		vpcs := vpcsOf(g.subnets(c.Subnets))
		return unaddressedFacts{vpcs, g.networkInterfacesOf(vpcs...), g.routeTablesOf(vpcs...)}
	},
	target:  Claim.vpcTarget,
	subject: Claim.vpcTarget,
	expected: func(c Claim, _ unaddressedFacts) string {
		if len(c.Public) > 0 {
			return "have no public address but those of " + joinWords(c.Public)
		}
		return "have no public address"
	},
	judge: judgeUnaddressed,
})

type unaddressedFacts struct {
	vpcs       []string
	interfaces []NetworkInterface
	tables     []RouteTable
}

// judgeUnaddressed refutes by an interface that the internet reaches: whoever
// runs there can pass on what the subnets send it. An IPv6 address is public
// where a route for IPv6 leads out of its subnet.
func judgeUnaddressed(c Claim, f unaddressedFacts, _ Observation) finding {
	if len(f.interfaces) == 0 {
		return unproven("", "the network interfaces of the VPC are unknown")
	}
	var declared []string
	for _, i := range f.interfaces {
		for _, address := range f.publicAddresses(i) {
			if !slices.ContainsFunc(c.Public, func(id string) bool { return i.belongsTo(id, address) }) {
				return refuted("what gave it that address; declare it if it is wanted", "%s has the public address %s", i.about(), address.Address)
			}
			declared = append(declared, address.Address.String())
		}
	}
	if len(declared) > 0 {
		return holds("only %s", joinCommas(compact(declared)))
	}
	return holds("none on %s", plural(len(f.interfaces), "network interface"))
}

// publicAddresses are the interface's addresses that lead out of the VPC.
func (f unaddressedFacts) publicAddresses(i NetworkInterface) []PublicAddress {
	public := slices.Clone(i.Public)
	for _, address := range i.Addresses {
		if address.Is6() && address.IsGlobalUnicast() && !address.IsPrivate() && f.leadsOutByIPv6(i) {
			public = append(public, PublicAddress{Address: address})
		}
	}
	return public
}

// leadsOutByIPv6 reports whether a route for IPv6 addresses leads out of the
// interface's subnet. Where the table is unknown, one does.
func (f unaddressedFacts) leadsOutByIPv6(i NetworkInterface) bool {
	tables := inEffect(Subnet{ID: i.Subnet, VPC: i.VPC}, f.tables)
	for _, table := range tables {
		if slices.ContainsFunc(table.Routes, func(r Route) bool {
			block, err := netip.ParsePrefix(r.Destination)
			return r.Target != localTarget && err == nil && block.Addr().Is6()
		}) {
			return true
		}
	}
	return len(tables) == 0
}

// belongsTo reports whether the id is that of the interface, its instance, the
// address's allocation, or of the NAT gateway or load balancer whose interface it
// is. AWS names these two in the description
// (docs.aws.amazon.com/vpc/latest/userguide/vpc-nat-gateway.html and
// docs.aws.amazon.com/elasticloadbalancing/latest/network/network-load-balancers.html:
// "ELB net/NAME/ID").
func (i NetworkInterface) belongsTo(id string, address PublicAddress) bool {
	if _, name, balancer := strings.Cut(id, ":loadbalancer/"); balancer {
		return i.Description == "ELB "+name
	}
	return id != "" && (id == i.ID || id == i.Instance || id == address.Allocation || strings.HasPrefix(id, "nat-") && strings.HasSuffix(i.Description, " "+id))
}

// about says for people whose interface it is.
func (i NetworkInterface) about() string {
	switch {
	case i.Instance != "":
		return i.ID + " of " + i.Instance
	case i.Description != "":
		return i.ID + " (" + printable(shorten(i.Description, 100)) + ")"
	}
	return i.ID
}
