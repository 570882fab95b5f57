package picture

// Model is what a picture shows. The order of everything in it is the order in which it is
// drawn. Ids are unique within the model and are not shown.
type Model struct {
	// Name is what the picture is of, such as a stack's name. Required.
	Name string
	// Summary says how the claims are, such as "19 of 19 claims hold"; Text is about the whole.
	Summary, Text string
	// Groups are the security groups that things name.
	Groups []Group
	VPCs   []VPC
	// Outside are the things that are in no VPC: services, the internet, functions.
	Outside []Thing
	Claims  []Claim
}

// VPC is a virtual private cloud.
type VPC struct {
	ID, Name string
	// Text is about it, such as its CIDR blocks.
	Text string
	URL  string
	// Zones are its Availability Zones, and the columns of the subnets.
	Zones   []string
	Subnets []Subnet
	// Edge are the things at the VPC's edge: gateways, endpoints, load balancers, peerings.
	Edge []Thing
}

// Tier says how a subnet is connected.
type Tier string

// The tiers of subnets, as AWS's documentation calls them
// (docs.aws.amazon.com/vpc/latest/userguide/configure-subnets.html#subnet-types).
const (
	Public   Tier = "public"   // it has a route to an internet gateway
	Private  Tier = "private"  // it has a way out through something else
	Isolated Tier = "isolated" // it has none
)

// Subnet is a subnet with what is in it.
type Subnet struct {
	ID, Name, Zone string
	// Text is about it, such as its CIDR block and a network ACL of its own.
	Text string
	URL  string
	Tier Tier
	// Row names subnets that stand side by side, one of each zone.
	Row    string
	Things []Thing
	Table  Table
}

// Table is the route table that is in effect in a subnet.
type Table struct {
	ID, Name, URL string
	Routes        []Route
}

// Route is a route of a table.
type Route struct {
	// Destination and Target are names for people. Key is what a [Hop] calls it.
	Key, Destination, Target string
	// Dead routes lead nowhere.
	Dead bool
}

// Kind is what a thing is. It chooses the sign.
type Kind string

// The kinds of things.
const (
	Instance        Kind = "instance"
	Function        Kind = "function"
	Prober          Kind = "prober"
	Interface       Kind = "network interface"
	Endpoint        Kind = "endpoint"
	EndpointService Kind = "endpoint service"
	Balancer        Kind = "load balancer"
	Gateway         Kind = "gateway"
	NAT             Kind = "NAT gateway"
	Peering         Kind = "peering"
	Resolver        Kind = "DNS resolver"
	Connect         Kind = "EC2 Instance Connect Endpoint"
	Service         Kind = "AWS service"
	Internet        Kind = "internet"
	Stranger        Kind = "another network"
)

// Thing is one box.
type Thing struct {
	ID   string
	Kind Kind
	// Name is its name, Text what there is to know: an address in a subnet, otherwise what
	// it is or does.
	Name, Text string
	URL        string
	// Groups are the ids of the security groups that a thing in a subnet has.
	Groups []string
	// Beside are the ids of the things at edges that lead to a thing: what is outside stands
	// next to the first. Of a thing at an edge they are the other ends of a connection.
	Beside []string
}

// Group is a security group.
type Group struct {
	ID, Name string
	// Text says what it admits, in short.
	Text string
	URL  string
}

// State is a verdict.
type State string

// The states of claims.
const (
	Holds    State = "holds"
	Refuted  State = "refuted"
	Unproven State = "unproven"
)

// Claim is a claim with the way that its packets take.
type Claim struct {
	// ID is unique. Name is the claim's name, Text why it does not hold.
	ID, Name, Text string
	State          State
	URL            string
	// Paths are the ways that its packets take, each in the order of the hops; several if
	// they are spread. A claim that facts alone decide has none.
	Paths [][]Hop
	// About are the ids of the things, subnets, tables or VPCs that a claim without a path is about.
	About []string
	// Stopped says by what its packets are stopped at the last hop; empty: they arrive.
	Stopped string
}

// Hop is a place on a path.
type Hop struct {
	// ID is that of a thing, or of a route table. A hop that the picture does not show, such
	// as a security group, has its place in the words alone.
	ID string
	// Route is the [Route.Key] of the route that a table chose, if it did.
	Route string
	// Name is what the list of claims calls it.
	Name string
}
