package topology

import (
	"net/netip"
	"slices"
	"strings"

	"provenendpoints/internal/lab/elb"
	"provenendpoints/internal/lab/privatelink"
	"provenendpoints/internal/lab/region"
	"provenendpoints/internal/lab/vpc"
)

type group = vpc.SecurityGroup

// world is what exists in a Region, as of one moment.
type world struct {
	region     *region.Region
	vpcs       []vpc.VPC
	subnets    []vpc.Subnet
	tables     []vpc.RouteTable
	allGroups  []group
	acls       []vpc.NetworkACL
	lists      []vpc.PrefixList
	interfaces []vpc.Interface
	gateways   []vpc.InternetGateway
	egressOnly []vpc.EgressOnlyInternetGateway
	nats       []vpc.NatGateway
	peerings   []vpc.Peering
	transits   []vpc.TransitGateway
	vpns       []vpc.VPNGateway
	endpoints  []privatelink.Endpoint
	offered    []privatelink.EndpointService
	balancers  []elb.LoadBalancer
	targets    []elb.TargetGroup
}

// look reads what exists.
func look(r *region.Region) *world {
	n := r.Network
	return &world{
		region: r, vpcs: n.VPCs().All(), subnets: n.Subnets().All(), tables: n.RouteTables().All(), allGroups: n.SecurityGroups().All(),
		acls: n.NetworkACLs().All(), lists: n.PrefixLists().All(), interfaces: n.Interfaces().All(), gateways: n.InternetGateways().All(),
		egressOnly: n.EgressOnlyInternetGateways().All(), nats: n.NatGateways().All(), peerings: n.Peerings().All(),
		transits: n.TransitGateways().All(), vpns: n.VPNGateways().All(), endpoints: r.PrivateLink.Endpoints(),
		offered: r.PrivateLink.EndpointServices(), balancers: r.LoadBalancing.LoadBalancers(), targets: r.LoadBalancing.TargetGroups(),
	}
}

func find[T any](list []T, is func(T) bool) (T, bool) {
	if i := slices.IndexFunc(list, is); i >= 0 {
		return list[i], true
	}
	var none T
	return none, false
}

func (w *world) vpcOf(id string) (vpc.VPC, bool) {
	return find(w.vpcs, func(v vpc.VPC) bool { return v.ID == id })
}

func (w *world) subnet(id string) (vpc.Subnet, bool) {
	return find(w.subnets, func(s vpc.Subnet) bool { return s.ID == id })
}

func (w *world) endpoint(id string) (privatelink.Endpoint, bool) {
	return find(w.endpoints, func(e privatelink.Endpoint) bool { return e.ID == id })
}

func (w *world) interfaceOf(id string) (vpc.Interface, bool) {
	return find(w.interfaces, func(i vpc.Interface) bool { return i.ID == id })
}

// tableOf is the route table that is in effect in a subnet: its own, or the VPC's main one.
func (w *world) tableOf(s vpc.Subnet) vpc.RouteTable {
	main := vpc.RouteTable{}
	for _, t := range w.tables {
		if slices.Contains(t.Subnets, s.ID) {
			return t
		}
		if t.VPC == s.VPC && t.Main {
			main = t
		}
	}
	return main
}

// aclOf is the network ACL of a subnet.
func (w *world) aclOf(s vpc.Subnet) (vpc.NetworkACL, bool) {
	return find(w.acls, func(a vpc.NetworkACL) bool { return slices.Contains(a.Subnets, s.ID) })
}

// at is the interface of a VPC that has an address.
func (w *world) at(vpcID string, a netip.Addr) (vpc.Interface, bool) {
	return find(w.interfaces, func(i vpc.Interface) bool {
		return i.VPC == vpcID && (i.PrivateAddr == a || slices.Contains(i.IPv6Addrs, a))
	})
}

// owner is what an interface belongs to.
type owner struct{ kind, id string }

// The kinds of owners.
const (
	ofEndpoint = "endpoint"
	ofBalancer = "balancer"
	ofNAT      = "nat"
	ofTransit  = "transit"
	ofFunction = "function"
	ofConnect  = "connect"
	ofInstance = "instance"
)

// The beginnings of the descriptions of interfaces that AWS's services make, as AWS writes
// them (docs.aws.amazon.com/AWSEC2/latest/UserGuide/using-eni.html).
const (
	functionInterface = "AWS Lambda VPC ENI-"
	connectInterface  = "EC2 Instance Connect Endpoint "
	transitInterface  = "Network Interface for Transit Gateway Attachment "
)

func (w *world) ownerOf(i vpc.Interface) owner {
	for _, e := range w.endpoints {
		if slices.Contains(e.Interfaces, i.ID) {
			return owner{ofEndpoint, e.ID}
		}
	}
	for _, b := range w.balancers {
		if slices.ContainsFunc(b.Nodes, func(n elb.Node) bool { return n.Interface == i.ID }) {
			return owner{ofBalancer, b.ID}
		}
	}
	for _, g := range w.nats {
		if g.Interface == i.ID {
			return owner{ofNAT, g.ID}
		}
	}
	if name, ok := strings.CutPrefix(i.Description, functionInterface); ok {
		return owner{ofFunction, name}
	}
	if id, ok := strings.CutPrefix(i.Description, connectInterface); ok {
		return owner{ofConnect, id}
	}
	if id, ok := strings.CutPrefix(i.Description, transitInterface); ok {
		return owner{ofTransit, id}
	}
	if i.Instance != "" {
		return owner{ofInstance, i.Instance}
	}
	return owner{}
}
