package cost

// Prices are what AWS asks per hour in one Region, in US dollars.
type Prices struct {
	// Endpoint is an interface, Lattice or Gateway Load Balancer endpoint in one
	// Availability Zone.
	Endpoint float64
	// Balancer is a Network or an Application Load Balancer, without its capacity units.
	// Gateway is a Gateway Load Balancer.
	Balancer, Gateway float64
	// NAT is a NAT gateway, without its address.
	NAT float64
	// Instances are instances with Linux, by their type.
	Instances map[string]float64
	// Volume is a gigabyte of a gp3 volume.
	Volume float64
	// Attachment is one of a transit gateway, and VPN a Site-to-Site VPN connection.
	Attachment, VPN float64
}

// everywhere are prices that are the same in all these Regions: of a public IPv4 address,
// an interface of a Route 53 Resolver endpoint, a Route 53 profile, a hosted zone, an
// alarm, a dashboard beyond an account's third, a key, a secret, an endpoint of a firewall.
var everywhere = struct{ address, resolver, profile, zone, alarm, dashboard, key, secret, firewall float64 }{
	address: 0.005, resolver: 0.125, profile: 0.75, zone: 0.50 / hours, alarm: 0.10 / hours, dashboard: 3.0 / hours, key: 1.0 / hours, secret: 0.40 / hours,
	firewall: 0.395,
}

// Date is when the prices were written down, and Sources says from where. They are
// nobody's promise: aws.amazon.com/privatelink/pricing, …/vpc/pricing,
// …/elasticloadbalancing/pricing, …/ec2/pricing/on-demand, …/ebs/pricing and the pages of the
// other services have today's.
const (
	Date    = "2026-11-26"
	Sources = "no page of AWS's could be read with its prices. Load balancers: a third party's copy of AWS's page. " +
		"Interface endpoints and t4g.micro in us-east-1 and ap-northeast-2, NAT gateways in us-east-1, eu-west-1, eu-central-1 and " +
		"ap-southeast-1, t3.micro in us-east-1 and eu-central-1: as third parties quote them. All others: from memory, unchecked"
)

// hours are those of a month, as AWS counts them.
const hours = 730

// burstable are the prices of small burstable instances, by those of a micro: a nano is half
// of it, and a small is twice.
func burstable(t4g, t3 float64) map[string]float64 {
	return map[string]float64{
		"t4g.nano": t4g / 2, "t4g.micro": t4g, "t4g.small": 2 * t4g, "t4g.medium": 4 * t4g,
		"t3.nano": t3 / 2, "t3.micro": t3, "t3.small": 2 * t3, "t3.medium": 4 * t3,
	}
}

// table are the prices by Region.
var table = map[string]Prices{
	"ap-northeast-1": {Endpoint: 0.014, Balancer: 0.0243, Gateway: 0.0135, NAT: 0.062, Instances: burstable(0.0108, 0.0136), Volume: 0.096 / hours, Attachment: 0.07, VPN: 0.048},
	"ap-northeast-2": {Endpoint: 0.013, Balancer: 0.0225, Gateway: 0.0125, NAT: 0.059, Instances: burstable(0.0104, 0.0130), Volume: 0.0912 / hours, Attachment: 0.07, VPN: 0.05},
	"ap-southeast-1": {Endpoint: 0.013, Balancer: 0.0252, Gateway: 0.0140, NAT: 0.059, Instances: burstable(0.0106, 0.0132), Volume: 0.096 / hours, Attachment: 0.07, VPN: 0.05},
	"ap-southeast-2": {Endpoint: 0.013, Balancer: 0.0252, Gateway: 0.0140, NAT: 0.059, Instances: burstable(0.0106, 0.0132), Volume: 0.096 / hours, Attachment: 0.07, VPN: 0.05},
	"eu-central-1":   {Endpoint: 0.012, Balancer: 0.0270, Gateway: 0.0150, NAT: 0.052, Instances: burstable(0.0096, 0.0120), Volume: 0.0952 / hours, Attachment: 0.06, VPN: 0.05},
	"eu-west-1":      {Endpoint: 0.011, Balancer: 0.0252, Gateway: 0.0140, NAT: 0.048, Instances: burstable(0.0092, 0.0114), Volume: 0.088 / hours, Attachment: 0.05, VPN: 0.05},
	"eu-west-2":      {Endpoint: 0.011, Balancer: 0.02646, Gateway: 0.0147, NAT: 0.050, Instances: burstable(0.0094, 0.0118), Volume: 0.0928 / hours, Attachment: 0.05, VPN: 0.05},
	"us-east-1":      {Endpoint: 0.010, Balancer: 0.0225, Gateway: 0.0125, NAT: 0.045, Instances: burstable(0.0084, 0.0104), Volume: 0.08 / hours, Attachment: 0.05, VPN: 0.05},
	"us-east-2":      {Endpoint: 0.010, Balancer: 0.0225, Gateway: 0.0125, NAT: 0.045, Instances: burstable(0.0084, 0.0104), Volume: 0.08 / hours, Attachment: 0.05, VPN: 0.05},
	"us-west-2":      {Endpoint: 0.010, Balancer: 0.0225, Gateway: 0.0125, NAT: 0.045, Instances: burstable(0.0084, 0.0104), Volume: 0.08 / hours, Attachment: 0.05, VPN: 0.05},
}
