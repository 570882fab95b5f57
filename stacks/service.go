package stacks

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	ec2 "github.com/aws/aws-cdk-go/awscdk/v2/awsec2"
	elb "github.com/aws/aws-cdk-go/awscdk/v2/awselasticloadbalancingv2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awselasticloadbalancingv2targets"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"provenendpoints/constructs/endpoint"
	"provenendpoints/constructs/host"
	"provenendpoints/constructs/network"
	"provenendpoints/constructs/verification"
	"provenendpoints/internal/suppression"
)

// The names of scenario 3's hosts, and of its vantage points.
const (
	web1, web2       = "WEB1", "WEB2"
	myVPC, customVPC = "MyVpc", "CustomVpc"
)

// NewEndpointService makes scenario 3: two web hosts in one VPC, reached from
// another through an endpoint service, and in no other way.
func NewEndpointService(scope constructs.Construct, id string) awscdk.Stack {
	stack := newStack(scope, id, "A VPC reaches web hosts of another VPC through an endpoint service, and in no other way; proved during the deployment")
	mine := network.New(stack, myVPC, &network.Props{
		Name:   "My-VPC",
		CIDR:   "10.0.0.0/16",
		Public: &network.Subnet{CIDR: "10.0.0.0/24"},
	})
	custom := network.New(stack, customVPC, &network.Props{
		Name: "Custom-VPC",
		// Public address space, as in the example: what is private is never to be
		// judged by RFC 1918.
		CIDR:   "20.0.0.0/16",
		Public: &network.Subnet{CIDR: "20.0.0.0/24"},
	})
	site := newSite(stack, custom, mine)
	instance := host.New(stack, "Instance", &host.Props{Vpc: mine.Vpc(), Subnet: mine.Public()})
	host.NewDoor(stack, "MyDoor", &host.DoorProps{Vpc: mine.Vpc(), Subnet: mine.Public()}).Admit(instance)
	host.NewDoor(stack, "CustomDoor", &host.DoorProps{Vpc: custom.Vpc(), Subnet: custom.Public()}).Admit(site.hosts...)

	service := endpoint.NewService(stack, "Web", &endpoint.ServiceProps{
		Balancer: site.balancer,
		Consumer: &endpoint.ConsumerProps{
			Vpc:     mine.Vpc(),
			Subnets: &ec2.SubnetSelection{Subnets: &[]ec2.ISubnet{mine.Public()}},
			Port:    host.WebPort,
		},
		Verification: site.verification(mine, custom),
	})

	evidence := service.Verification()
	output(stack, "EndpointName", "What the endpoint's name resolves to in My-VPC", evidence.Evidence(myVPC+"Resolves"))
	output(stack, "Spread", "How requests from My-VPC to the endpoint spread over the web hosts", evidence.Evidence(myVPC+"Spreads"))
	output(stack, "BalancerSpread", "How requests in Custom-VPC to the load balancer spread over the web hosts", evidence.Evidence(customVPC+"Spreads"))
	output(stack, "ServiceName", "The name by which others connect", service.Service().VpcEndpointServiceName())
	output(stack, "DnsEntries", "The endpoint's names, each after the id of its hosted zone",
		awscdk.Fn_Join(jsii.String(" "), service.Endpoint().VpcEndpointDnsEntries()))
	output(stack, "InstanceId", "The instance to work from: aws ec2-instance-connect ssh --connection-type eice --instance-id ID", instance.InstanceId())
	outputReport(stack, evidence)
	return stack
}

// site is two web hosts behind a load balancer.
type site struct {
	constructs.Construct
	balancer elb.NetworkLoadBalancer
	group    elb.NetworkTargetGroup
	hosts    []ec2.Instance
}

// newSite makes the web hosts and their load balancer. Who comes through an
// endpoint comes to the load balancer's security group with the client's own
// address, so that group admits the address ranges of both VPCs; the hosts see
// the load balancer, and admit it alone
// (docs.aws.amazon.com/elasticloadbalancing/latest/network/load-balancer-security-groups.html).
func newSite(scope constructs.Construct, provider, consumer network.Network) *site {
	s := &site{Construct: constructs.NewConstruct(scope, jsii.String("Site"))}
	port := ec2.Port_Tcp(jsii.Number(host.WebPort))
	group := ec2.NewSecurityGroup(s.Construct, jsii.String("BalancerGroup"), &ec2.SecurityGroupProps{
		Vpc:              provider.Vpc(),
		Description:      jsii.String("The load balancer: HTTP from My-VPC and Custom-VPC, and to the web hosts"),
		AllowAllOutbound: jsii.Bool(false),
	})
	group.AddIngressRule(ec2.Peer_Ipv4(consumer.Vpc().VpcCidrBlock()), port, jsii.String("Through the endpoint service, from My-VPC"), nil)
	group.AddIngressRule(ec2.Peer_Ipv4(provider.Vpc().VpcCidrBlock()), port, jsii.String("From inside Custom-VPC"), nil)
	group.AddEgressRule(ec2.Peer_Ipv4(provider.Vpc().VpcCidrBlock()), port, jsii.String("To the web hosts"), nil)
	suppression.Add(group, suppression.UnknownCIDR)

	targets := []elb.INetworkLoadBalancerTarget{}
	for _, name := range []string{web1, web2} {
		web := host.NewWeb(s.Construct, name, &host.WebProps{Vpc: provider.Vpc(), Subnet: provider.Public(), Name: name})
		host.Admit(web, group, port, "From the load balancer")
		s.hosts = append(s.hosts, web)
		targets = append(targets, awselasticloadbalancingv2targets.NewInstanceTarget(web, jsii.Number(host.WebPort)))
	}
	s.balancer = elb.NewNetworkLoadBalancer(s.Construct, jsii.String("Balancer"), &elb.NetworkLoadBalancerProps{
		Vpc:            provider.Vpc(),
		VpcSubnets:     &ec2.SubnetSelection{Subnets: &[]ec2.ISubnet{provider.Public()}},
		InternetFacing: jsii.Bool(false),
		SecurityGroups: &[]ec2.ISecurityGroup{group},
		EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic: jsii.Bool(true),
	})
	s.group = elb.NewNetworkTargetGroup(s.Construct, jsii.String("Targets"), &elb.NetworkTargetGroupProps{
		Vpc:      provider.Vpc(),
		Protocol: elb.Protocol_TCP,
		Port:     jsii.Number(host.WebPort),
		Targets:  &targets,
		// Whichever way a request came, a host sees the load balancer's address.
		PreserveClientIp: jsii.Bool(false),
		// The quickest there is: the proof waits for the hosts to be healthy.
		HealthCheck: &elb.HealthCheck{
			Protocol:                elb.Protocol_TCP,
			Interval:                awscdk.Duration_Seconds(jsii.Number(5)),
			Timeout:                 awscdk.Duration_Seconds(jsii.Number(2)),
			HealthyThresholdCount:   jsii.Number(2),
			UnhealthyThresholdCount: jsii.Number(2),
		},
		DeregistrationDelay: awscdk.Duration_Seconds(jsii.Number(0)),
	})
	s.balancer.AddListener(jsii.String("Http"), &elb.BaseNetworkListenerProps{
		Port:                jsii.Number(host.WebPort),
		Protocol:            elb.Protocol_TCP,
		DefaultTargetGroups: &[]elb.INetworkTargetGroup{s.group},
	})
	suppression.Add(s.balancer, suppression.Rule{
		ID:     "AwsSolutions-ELB2",
		Reason: "access logs of a Network Load Balancer exist for TLS listeners only, and its listener is TCP",
	})
	return s
}

// verification says where to measure from, and what stands behind the load
// balancer.
func (s *site) verification(mine, custom network.Network) *endpoint.ServiceVerificationProps {
	props := &endpoint.ServiceVerificationProps{
		VerificationProps: endpoint.VerificationProps{
			VantagePoints: []verification.VantagePoint{{Name: myVPC, Vpc: mine.Vpc(), Subnet: mine.Public()}},
			Watch:         []constructs.IConstruct{s.Construct},
		},
		Inside:      []verification.VantagePoint{{Name: customVPC, Vpc: custom.Vpc(), Subnet: custom.Public()}},
		TargetGroup: s.group,
	}
	for i, name := range []string{web1, web2} {
		web := s.hosts[i]
		props.Hosts = append(props.Hosts, endpoint.Host{Name: name, ID: *web.InstanceId(), Address: *web.InstancePrivateIp()})
	}
	return props
}
