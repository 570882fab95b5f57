package cost

// Prices are what AWS asks per hour in one Region, in US dollars.
type Prices struct {
	// Endpoint is an interface, Lattice or Gateway Load Balancer endpoint in one
	// Availability Zone.
	Endpoint float64
	// Network, Application and Gateway are load balancers of these types, without
	// their capacity units.
	Network, Application, Gateway float64
	// Address is a public IPv4 address, in use or not.
	Address float64
	// NAT is a NAT gateway, without its address.
	NAT float64
	// Resolver is an interface of a Route 53 Resolver endpoint.
	Resolver float64
	// Instances are instances with Linux, by their type.
	Instances map[string]float64
	// Volume is a gigabyte of a gp3 volume.
	Volume float64
}

// Date is when the prices were read, and Sources from where. They are nobody's promise:
// aws.amazon.com/privatelink/pricing, …/vpc/pricing, …/elasticloadbalancing/pricing,
// …/ec2/pricing/on-demand and …/ebs/pricing have today's.
const (
	Date    = "2026-10-01"
	Sources = "interface endpoint, NLB and t4g.micro as third parties read AWS's price list, all others from memory, unchecked"
)

// hours are those of a month, as AWS counts them.
const hours = 730

// table are the prices by Region.
var table = map[string]Prices{
	"ap-northeast-2": {
		Endpoint: 0.013, Network: 0.0225, Application: 0.0225, Gateway: 0.0125, Address: 0.005, NAT: 0.059, Resolver: 0.125,
		Instances: map[string]float64{"t4g.nano": 0.0052, "t4g.micro": 0.0104, "t4g.small": 0.0208, "t3.micro": 0.013}, Volume: 0.0912 / hours,
	},
	"us-east-1": {
		Endpoint: 0.01, Network: 0.0225, Application: 0.0225, Gateway: 0.0125, Address: 0.005, NAT: 0.045, Resolver: 0.125,
		Instances: map[string]float64{"t4g.nano": 0.0042, "t4g.micro": 0.0084, "t4g.small": 0.0168, "t3.micro": 0.0104}, Volume: 0.08 / hours,
	},
}
