package proof

import (
	"context"
	"net/netip"
)

// Lookups reads facts from AWS's own APIs. It comes from outside. Each method
// returns an error when it could not find out, never an empty answer instead.
type Lookups interface {
	// Endpoint describes a VPC endpoint with its network interfaces
	// (ec2:DescribeVpcEndpoints, ec2:DescribeNetworkInterfaces).
	Endpoint(ctx context.Context, id string) (Endpoint, error)
	// VPC returns the CIDR blocks of a VPC (ec2:DescribeVpcs).
	VPC(ctx context.Context, id string) ([]netip.Prefix, error)
	// PrefixList returns the id and entries of an AWS-managed prefix list by
	// its name (ec2:DescribePrefixLists).
	PrefixList(ctx context.Context, name string) (PrefixList, error)
	// RouteTables returns the route tables with these ids, or, if there are no
	// ids, all of the VPC (ec2:DescribeRouteTables). The VPC is empty where ids
	// are given.
	RouteTables(ctx context.Context, vpc string, ids []string) ([]RouteTable, error)
	// SecurityGroups returns security groups with their VPC and ingress rules
	// (ec2:DescribeSecurityGroups).
	SecurityGroups(ctx context.Context, ids []string) ([]SecurityGroup, error)
	// Connection returns the state of an endpoint's connection as the endpoint
	// service sees it (ec2:DescribeVpcEndpointConnections).
	Connection(ctx context.Context, service, endpoint string) (string, error)
	// Principals returns who may connect to an endpoint service
	// (ec2:DescribeVpcEndpointServicePermissions). None is an error too: EC2's
	// word that nobody may cannot be told from an answer that was not read.
	Principals(ctx context.Context, service string) ([]string, error)
	// Targets returns the health of a target group's targets
	// (elasticloadbalancing:DescribeTargetHealth).
	Targets(ctx context.Context, targetGroup string) ([]Target, error)
	Functions
}

// Functions reads where the probers are. It is the one part of [Lookups] that
// is about the verification itself, not about what it verifies.
type Functions interface {
	// Function returns where the prober of a vantage point runs
	// (lambda:GetFunctionConfiguration).
	Function(ctx context.Context, vantagePoint string) (Function, error)
}

// Facts are what AWS's own APIs said about the things that one claim names.
// Fields that the claim does not need are empty.
type Facts struct {
	Endpoint    Endpoint
	VPC         []netip.Prefix
	PrefixList  PrefixList
	RouteTables []RouteTable
	// Groups are the endpoint's security groups, Referenced those that their
	// rules name as sources.
	Groups, Referenced []SecurityGroup
	// Gateways are the VPC endpoints that routes of RouteTables lead to.
	Gateways   []Endpoint
	Connection string
	// Principals are who may connect to the endpoint service.
	Principals []string
	Targets    []Target
	// Function is where the prober runs.
	Function Function
}

// Endpoint is a VPC endpoint as ec2:DescribeVpcEndpoints tells of it.
type Endpoint struct {
	ID, VPC, Service, State string
	// Type is Gateway, Interface, GatewayLoadBalancer, Resource or ServiceNetwork.
	Type string
	// Names are its DNS names in the order of DnsEntries, which AWS does not
	// promise for every service; see [Endpoint.RegionalName].
	Names      []string
	Interfaces []Interface
	Groups     []string
	// Policy is its policy document, as JSON text.
	Policy string
}

// Function is where a Lambda function has its interfaces; without any it is in
// no VPC.
type Function struct {
	// Name is the function's own; without it the place is unknown.
	Name string
	// Role is the ARN of its execution role.
	Role            string
	Subnets, Groups []string
}

// Interface is a network interface of an endpoint. One that has several
// addresses (IPv4 and IPv6) appears once for each.
type Interface struct {
	ID, Subnet, Zone string
	Address          netip.Addr
}

// PrefixList is an AWS-managed prefix list.
type PrefixList struct {
	ID      string
	Entries []netip.Prefix
}

// RouteTable is a route table with its routes.
type RouteTable struct {
	ID     string
	Routes []Route
	// Subnets are those that it is explicitly associated with. Main tells whether
	// it serves every subnet of the VPC that has no association of its own.
	Subnets []string
	Main    bool
}

// Route leads a destination (a CIDR block or a prefix list id) to a target (the
// id of a gateway, endpoint, interface, …; "local" for the VPC itself).
type Route struct {
	Destination, Target string
	// Active is false for a black hole.
	Active bool
}

// SecurityGroup is a security group with the rules that let traffic in.
type SecurityGroup struct {
	ID, VPC string
	Ingress []Rule
}

// Rule admits Protocol (tcp, udp, icmp, or -1 for all) on FromPort to ToPort
// from a CIDR block, a prefix list or a security group.
type Rule struct {
	Protocol         string
	FromPort, ToPort int
	CIDR             netip.Prefix
	PrefixList       string
	Group            string
}

// Target is a target of a load balancer with its health (healthy, unhealthy,
// initial, unused, draining) and AWS's reason where it is not healthy.
type Target struct {
	ID     string
	Port   int
	State  string
	Reason string
}
