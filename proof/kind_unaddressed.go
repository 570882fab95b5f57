package proof

import (
	"net/netip"
	"slices"
	"strings"
)

// Unaddressed: nobody outside comes into the VPC of Subnets but through Public: nothing has
// a public address, no AWS service has an interface there that brings others in, no
// endpoint service leads to a load balancer there, and no instance is in another VPC as well.
const Unaddressed Kind = "unaddressed"

var _ = define(Unaddressed, definition[unaddressedFacts]{
	required: []string{"Subnets"},
	optional: []string{"Public"},
	lookups:  always(SubnetsLookup, NetworkInterfacesLookup, InstanceInterfacesLookup, VPCRouteTablesLookup, AccountServicesLookup),
	gather: func(g *gatherer, c Claim) unaddressedFacts {
		vpcs := vpcsOf(g.subnets(c.Subnets))
		interfaces := g.networkInterfacesOf(vpcs...)
		return unaddressedFacts{vpcs, interfaces, g.routeTablesOf(vpcs...), g.accountServices(vpcs...), g.instanceInterfaces(instancesOf(interfaces))}
	},
	target:  Claim.vpcTarget,
	subject: Claim.vpcTarget,
	expected: func(c Claim, _ unaddressedFacts) string {
		if len(c.Public) > 0 {
			return "have no public address and no way in for others but those of " + joinWords(c.Public)
		}
		return "have no public address and no way in for others"
	},
	judge: judgeUnaddressed,
})

type unaddressedFacts struct {
	vpcs       []string
	interfaces []NetworkInterface
	tables     []RouteTable
	services   []EndpointService // of the account
	// all are the interfaces of the instances that have one in the VPC.
	all []NetworkInterface
}

// instancesOf are the instances that the interfaces are attached to.
func instancesOf(interfaces []NetworkInterface) []string {
	var ids []string
	for _, i := range interfaces {
		if i.Instance != "" {
			ids = append(ids, i.Instance)
		}
	}
	return compact(ids)
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
		if !i.staysInside() && !slices.Contains(c.Public, i.ID) && !slices.Contains(c.Public, i.kind()) {
			return refuted("which service made it; declare its type if it is wanted",
				"%s is of the type %s, by which an AWS service may bring others into the VPC", i.about(), printable(i.kind()))
		}
		for _, address := range f.publicAddresses(i) {
			if !slices.ContainsFunc(c.Public, func(id string) bool { return i.belongsTo(id, address) }) {
				return refuted("what gave it that address; declare it if it is wanted", "%s has the public address %s", i.about(), address.Address)
			}
			declared = append(declared, address.Address.String())
		}
	}
	for _, i := range f.all {
		if i.VPC != "" && !slices.Contains(f.vpcs, i.VPC) && !slices.Contains(c.Public, i.ID) && !slices.Contains(c.Public, i.Instance) {
			return refuted("who attached that interface; declare it if it is wanted",
				"the instance %s has the interface %s in %s as well, and can pass on what it gets", i.Instance, i.ID, i.VPC)
		}
	}
	for _, service := range f.services {
		if balancer := f.inside(service); balancer != "" && !slices.Contains(c.Public, service.ID) {
			return refuted("who made "+service.ID+"; declare it if it is wanted",
				"the endpoint service %s leads from other VPCs to the load balancer %s", service.ID, balancerName(balancer))
		}
	}
	if len(declared) > 0 {
		return holds("only %s", joinCommas(compact(declared)))
	}
	return holds("none on %s", plural(len(f.interfaces), "network interface"))
}

// inside is a load balancer of the endpoint service that is in the VPC; empty if none is.
func (f unaddressedFacts) inside(service EndpointService) string {
	for _, balancer := range service.Balancers {
		if slices.ContainsFunc(f.interfaces, func(i NetworkInterface) bool { return i.isNodeOf(balancer) }) {
			return balancer
		}
	}
	return ""
}

// insideTypes are the types of interfaces through which nobody comes from outside the VPC but by
// what other claims are about, or this one: routes, public addresses, endpoints, load
// balancers. Who opens a tunnel at an EC2 Instance Connect Endpoint, IAM decides. Others are
// those of services that connect the VPC with the outside by themselves, such as
// api_gateway_managed, global_accelerator_managed, quicksight and iot_rules_managed, and those
// that are new (docs.aws.amazon.com/AWSEC2/latest/APIReference/API_NetworkInterface.html).
var insideTypes = []string{
	"", "interface", "efa", "efa-only", "trunk", "branch", "lambda", "efs", "nat_gateway", "transit_gateway",
	"load_balancer", "network_load_balancer", "gateway_load_balancer", "vpc_endpoint", "gateway_load_balancer_endpoint",
	"ec2_instance_connect_endpoint",
}

func (i NetworkInterface) staysInside() bool { return slices.Contains(insideTypes, i.kind()) }

// describedTypes are services that bring others into the VPC by interfaces of the type
// interface, by the beginning of the description that AWS gives these, in lower case. AWS
// documents neither; this is how its API is seen to describe them.
var describedTypes = map[string]string{
	"clientvpn endpoint resource":                  "client_vpn",
	"created by amazon workspaces for aws account": "workspaces",
}

// kind is the interface's type, and for interfaces of certain services what they are of.
func (i NetworkInterface) kind() string {
	for beginning, kind := range describedTypes {
		if i.Type == "interface" && strings.HasPrefix(strings.ToLower(i.Description), beginning) {
			return kind
		}
	}
	return i.Type
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
		if slices.ContainsFunc(table.Routes, Route.leadsOutByIPv6) {
			return true
		}
	}
	return len(tables) == 0
}

// leadsOutByIPv6 reports whether the route leads IPv6 addresses out of the VPC. A prefix
// list may hold such addresses; one that leads to an endpoint leads to its service alone.
func (r Route) leadsOutByIPv6() bool {
	if r.Target == localTarget {
		return false
	}
	if block, err := netip.ParsePrefix(r.Destination); err == nil {
		return block.Addr().Is6()
	}
	return !strings.HasPrefix(r.Target, "vpce-")
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
