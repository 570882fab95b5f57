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
		// Public address space, as in the example: RFC 1918 does not decide what
		// is private.
		CIDR:   "20.0.0.0/16",
		Public: &network.Subnet{CIDR: "20.0.0.0/24"},
	})
	web := newWebTier(stack, custom, mine)
	instance := host.New(stack, "Instance", &host.Props{Vpc: mine.Vpc(), Subnet: mine.Public()})
	host.NewInstanceConnectEndpoint(stack, myVPC+"InstanceConnect", &host.InstanceConnectEndpointProps{Vpc: mine.Vpc(), Subnet: mine.Public()}).Admit(instance)
	shell := host.NewInstanceConnectEndpoint(stack, customVPC+"InstanceConnect", &host.InstanceConnectEndpointProps{Vpc: custom.Vpc(), Subnet: custom.Public()})
	shell.Admit(web.hosts...)

	service := endpoint.NewService(stack, "Web", &endpoint.ServiceProps{
		Balancers: []elb.INetworkLoadBalancer{web.balancer},
		Consumer: &endpoint.ConsumerProps{
			Vpc:     mine.Vpc(),
			Subnets: &ec2.SubnetSelection{Subnets: &[]ec2.ISubnet{mine.Public()}},
			Port:    host.WebPort,
		},
		Verification: web.verification(mine, custom, shell),
	})

	evidence := service.Verification()
	output(stack, "EndpointName", "What the endpoint's name resolves to in My-VPC", evidence.Evidence(myVPC+"Resolves"))
	output(stack, "Spread", "How requests from My-VPC to the endpoint spread over the web hosts", evidence.Evidence(myVPC+"Spreads"))
	output(stack, "BalancerSpread", "How requests in Custom-VPC to the load balancer spread over the web hosts", evidence.Evidence(customVPC+"Spreads"))
	output(stack, "ServiceName", "The name to which other VPCs connect", service.VpcEndpointServiceName())
	output(stack, "DnsEntries", "The endpoint's names, each after the id of its hosted zone",
		awscdk.Fn_Join(jsii.String(" "), service.Endpoint().VpcEndpointDnsEntries()))
	output(stack, "InstanceId", "The instance to work from: aws ec2-instance-connect ssh --connection-type eice --instance-id ID", instance.InstanceId())
	outputReport(stack, evidence)
	return stack
}

// webTier is two web hosts behind a load balancer.
type webTier struct {
	balancer    elb.NetworkLoadBalancer
	targetGroup elb.NetworkTargetGroup
	hosts       []ec2.Instance
}

// newWebTier makes the web hosts and their load balancer. The load balancer's
// security group sees connections through the endpoint with the client's own
// address, so it admits the address ranges of both VPCs. The hosts see the load
// balancer's address and admit its group alone
// (docs.aws.amazon.com/elasticloadbalancing/latest/network/load-balancer-security-groups.html).
func newWebTier(scope constructs.Construct, provider, consumer network.Network) *webTier {
	w := &webTier{}
	port := ec2.Port_Tcp(jsii.Number(host.WebPort))
	group := ec2.NewSecurityGroup(scope, jsii.String("LoadBalancerSecurityGroup"), &ec2.SecurityGroupProps{
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
		web := host.NewWeb(scope, name, &host.WebProps{Vpc: provider.Vpc(), Subnet: provider.Public(), Name: name})
		host.Admit(web, group, port, "From the load balancer")
		w.hosts = append(w.hosts, web)
		targets = append(targets, awselasticloadbalancingv2targets.NewInstanceTarget(web, jsii.Number(host.WebPort)))
	}
	w.balancer = elb.NewNetworkLoadBalancer(scope, jsii.String("LoadBalancer"), &elb.NetworkLoadBalancerProps{
		Vpc:            provider.Vpc(),
		VpcSubnets:     &ec2.SubnetSelection{Subnets: &[]ec2.ISubnet{provider.Public()}},
		InternetFacing: jsii.Bool(false),
		SecurityGroups: &[]ec2.ISecurityGroup{group},
		EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic: jsii.Bool(true),
	})
	w.targetGroup = elb.NewNetworkTargetGroup(scope, jsii.String("TargetGroup"), &elb.NetworkTargetGroupProps{
		Vpc:      provider.Vpc(),
		Protocol: elb.Protocol_TCP,
		Port:     jsii.Number(host.WebPort),
		Targets:  &targets,
		// The hosts see the load balancer's address, whether or not a request came
		// through the endpoint.
		PreserveClientIp: jsii.Bool(false),
		// The shortest that AWS allows: the proof waits for the hosts to be healthy.
		HealthCheck: &elb.HealthCheck{
			Protocol:                elb.Protocol_TCP,
			Interval:                awscdk.Duration_Seconds(jsii.Number(5)),
			Timeout:                 awscdk.Duration_Seconds(jsii.Number(2)),
			HealthyThresholdCount:   jsii.Number(2),
			UnhealthyThresholdCount: jsii.Number(2),
		},
		DeregistrationDelay: awscdk.Duration_Seconds(jsii.Number(0)),
	})
	w.balancer.AddListener(jsii.String("Listener"), &elb.BaseNetworkListenerProps{
		Port:                jsii.Number(host.WebPort),
		Protocol:            elb.Protocol_TCP,
		DefaultTargetGroups: &[]elb.INetworkTargetGroup{w.targetGroup},
	})
	suppression.Add(w.balancer, suppression.Rule{
		ID:     "AwsSolutions-ELB2",
		Same:   []string{"CKV_AWS_91", "ELBV2_ACCESS_LOGGING_RULE"},
		Reason: "a Network Load Balancer writes access logs for TLS listeners only, and this listener is TCP",
	}, suppression.Rule{
		Same:   []string{"ELB_DELETION_PROTECTION_ENABLED"},
		Reason: "the load balancer must come down with its stack",
	})
	return w
}

// verification says where to measure from, what is behind the load balancer, and
// who else may come to the hosts.
func (w *webTier) verification(mine, custom network.Network, shell host.InstanceConnectEndpoint) *endpoint.ServiceVerificationProps {
	props := &endpoint.ServiceVerificationProps{
		VerificationProps: endpoint.VerificationProps{
			VantagePoints: []verification.VantagePoint{{Name: myVPC, Vpc: mine.Vpc(), Subnet: mine.Public()}},
			Schedule:      scheduleOf(shell),
			// The internet gateway leads nobody out who has no public address, and nobody has.
			Isolated: true,
			Ways:     []string{*mine.InternetGatewayId()},
		},
		Inside:          []verification.VantagePoint{{Name: customVPC, Vpc: custom.Vpc(), Subnet: custom.Public()}},
		InsideIsolation: &endpoint.IsolationProps{Ways: []string{*custom.InternetGatewayId()}},
		TargetGroup:     w.targetGroup,
		HostSources:     []string{*shell.SecurityGroup().SecurityGroupId()},
	}
	for i, name := range []string{web1, web2} {
		web := w.hosts[i]
		props.Hosts = append(props.Hosts, endpoint.Host{Name: name, ID: *web.InstanceId(), Address: *web.InstancePrivateIp()})
	}
	return props
}
