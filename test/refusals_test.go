package test

import (
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	ec2 "github.com/aws/aws-cdk-go/awscdk/v2/awsec2"
	elb "github.com/aws/aws-cdk-go/awscdk/v2/awselasticloadbalancingv2"
	iam "github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"provenendpoints/constructs/endpoint"
	"provenendpoints/constructs/host"
	"provenendpoints/constructs/network"
	"provenendpoints/constructs/verification"
	"provenendpoints/proof"
)

// subnets selects subnets one by one.
func subnets(all ...ec2.ISubnet) *ec2.SubnetSelection {
	return &ec2.SubnetSelection{Subnets: &all}
}

// policy is a statement for a principal.
func policy(principal iam.IPrincipal) []iam.PolicyStatement {
	return []iam.PolicyStatement{iam.NewPolicyStatement(&iam.PolicyStatementProps{
		Principals: &[]iam.IPrincipal{principal}, Actions: jsii.Strings("s3:*"), Resources: jsii.Strings("*"),
	})}
}

// Wrong combinations are refused before anything is synthesized, with the
// property, the value received, and what is allowed.
func TestRefusals(t *testing.T) {
	stack := awscdk.NewStack(testApp(t, nil), jsii.String("Stack"), nil)
	net := network.New(stack, "Net", &network.Props{CIDR: "10.0.0.0/16", Public: &network.Subnet{CIDR: "10.0.0.0/24"}, Private: &network.Subnet{CIDR: "10.0.1.0/24"}})
	far := network.New(stack, "Far", &network.Props{CIDR: "10.1.0.0/16", Public: &network.Subnet{CIDR: "10.1.0.0/24", Zone: 1}})
	s3, cloudFormation := ec2.GatewayVpcEndpointAwsService_S3(), ec2.InterfaceVpcEndpointAwsService_CLOUDFORMATION()
	foreign := ec2.NewInterfaceVpcEndpointService(jsii.String("com.amazonaws.vpce.eu-central-1.vpce-svc-0123"), nil)
	idle := elb.NewNetworkLoadBalancer(stack, jsii.String("Idle"), &elb.NetworkLoadBalancerProps{Vpc: net.Vpc(), VpcSubnets: subnets(net.Public())})
	balancer := elb.NewNetworkLoadBalancer(stack, jsii.String("Balancer"), &elb.NetworkLoadBalancerProps{Vpc: net.Vpc(), VpcSubnets: subnets(net.Public())})
	balancer.AddListener(jsii.String("Listener"), &elb.BaseNetworkListenerProps{
		Port: jsii.Number(80), DefaultTargetGroups: &[]elb.INetworkTargetGroup{elb.NewNetworkTargetGroup(stack, jsii.String("Targets"), &elb.NetworkTargetGroupProps{Port: jsii.Number(80), Vpc: net.Vpc()})},
	})
	consumer := &endpoint.ConsumerProps{Vpc: net.Vpc(), Subnets: subnets(net.Public())}
	claim := proof.Claim{ID: "A", Kind: proof.Unrouted, Endpoint: "vpce-1"}

	tests := []struct {
		name string
		make func(scope constructs.Construct)
		want string
	}{
		{"gateway: no props", func(s constructs.Construct) { endpoint.NewGateway(s, "E", nil) }, "props: required, got none"},
		{"gateway: nothing", func(s constructs.Construct) { endpoint.NewGateway(s, "E", &endpoint.GatewayProps{}) }, "Vpc: required, got none\nService: required, got none"},
		{"gateway: no subnet", func(s constructs.Construct) {
			endpoint.NewGateway(s, "E", &endpoint.GatewayProps{Vpc: net.Vpc(), Service: s3, Subnets: subnets()})
		}, "Subnets: at least one is required, got none"},
		{"gateway: a subnet of another VPC", func(s constructs.Construct) {
			endpoint.NewGateway(s, "E", &endpoint.GatewayProps{Vpc: net.Vpc(), Service: s3, Subnets: subnets(far.Public())})
		}, `Subnets: must lie in the endpoint's VPC {"Ref":"NetVpc`},
		{"gateway: a policy for one principal", func(s constructs.Construct) {
			endpoint.NewGateway(s, "E", &endpoint.GatewayProps{Vpc: net.Vpc(), Service: s3, Policy: policy(iam.NewAccountRootPrincipal())})
		}, `Policy[0]: a gateway endpoint's statements must have the principal "*" (narrow them with aws:PrincipalArn), got {"AWS":`},
		{"gateway: half a call", func(s constructs.Construct) {
			endpoint.NewGateway(s, "E", &endpoint.GatewayProps{Vpc: net.Vpc(), Service: s3, Verification: &endpoint.VerificationProps{Call: &endpoint.Call{}}})
		}, "Verification.Call.Action: required, got none"},
		{"gateway: a point outside", func(s constructs.Construct) {
			endpoint.NewGateway(s, "E", &endpoint.GatewayProps{
				Vpc: net.Vpc(), Service: s3, Subnets: subnets(net.Private()),
				Verification: &endpoint.VerificationProps{VantagePoints: []verification.VantagePoint{{Name: "Mine"}}},
			})
		}, "Verification.VantagePoints[0].Subnet: required, got none: the point outside is added where a call is proved"},

		{"gateway: what isolation alone reads", func(s constructs.Construct) {
			endpoint.NewGateway(s, "E", &endpoint.GatewayProps{
				Vpc: net.Vpc(), Service: s3, Subnets: subnets(net.Private()),
				Verification: &endpoint.VerificationProps{IsolatedSubnets: []ec2.ISubnet{net.Private()}, Ways: []string{"tgw-1"}, Public: []string{"i-1"}, Zones: []string{"Z1"}, OtherHost: "a.example"},
			})
		}, "Verification.IsolatedSubnets: used only where Isolated is true, got Isolated false\nVerification.Ways: used only where Isolated is true, got Isolated false\n" +
			"Verification.Public: used only where Isolated is true, got Isolated false\nVerification.Zones: used only where Isolated is true, got Isolated false\n" +
			"Verification.OtherHost: used only where Isolated is true, got Isolated false"},
		{"interface: an isolated subnet of another VPC", func(s constructs.Construct) {
			endpoint.NewInterface(s, "E", &endpoint.InterfaceProps{
				Vpc: net.Vpc(), Service: cloudFormation, Subnets: subnets(net.Public()),
				Verification: &endpoint.VerificationProps{Isolated: true, IsolatedSubnets: []ec2.ISubnet{net.Private(), far.Public()}},
			})
		}, "Verification.IsolatedSubnets: must lie in the endpoint's VPC {\"Ref\":\"NetVpc"},

		{"interface: no props", func(s constructs.Construct) { endpoint.NewInterface(s, "E", nil) }, "props: required, got none"},
		{"interface: no subnet", func(s constructs.Construct) {
			endpoint.NewInterface(s, "E", &endpoint.InterfaceProps{Vpc: net.Vpc(), Service: cloudFormation, Subnets: subnets()})
		}, "Subnets: at least one is required, got none"},
		{"interface: two subnets in a zone", func(s constructs.Construct) {
			endpoint.NewInterface(s, "E", &endpoint.InterfaceProps{Vpc: net.Vpc(), Service: cloudFormation, Subnets: subnets(net.Public(), net.Private())})
		}, `Subnets: must lie in different Availability Zones, got Stack/Net/Public and Stack/Net/Private both in {"Fn::Select":[0,{"Fn::GetAZs":""}]}`},
		{"interface: a subnet of another VPC", func(s constructs.Construct) {
			endpoint.NewInterface(s, "E", &endpoint.InterfaceProps{Vpc: net.Vpc(), Service: cloudFormation, Subnets: subnets(net.Public(), far.Public())})
		}, "got Stack/Far/Public of the VPC"},
		{"interface: inbound resolvers only, without private DNS", func(s constructs.Construct) {
			endpoint.NewInterface(s, "E", &endpoint.InterfaceProps{Vpc: net.Vpc(), Service: ec2.InterfaceVpcEndpointAwsService_S3(), Subnets: subnets(net.Public()), PrivateDnsOnlyForInboundResolverEndpoint: "ONLY_INBOUND_RESOLVER"})
		}, "PrivateDnsOnlyForInboundResolverEndpoint: used only where PrivateDnsEnabled is true, got ONLY_INBOUND_RESOLVER"},
		{"interface: a subnet known by its id alone", func(s constructs.Construct) {
			subnet := ec2.Subnet_FromSubnetId(s, jsii.String("Known"), jsii.String("subnet-1"))
			endpoint.NewInterface(s, "E", &endpoint.InterfaceProps{Vpc: net.Vpc(), Service: cloudFormation, Subnets: subnets(subnet)})
		}, "Subnets: must know their Availability Zones, got Stack/interfaceasubnetknownbyitsidalone/Known without one; import it with Subnet_FromSubnetAttributes"},
		{"gateway: a subnet known by its id alone", func(s constructs.Construct) {
			subnet := ec2.Subnet_FromSubnetId(s, jsii.String("Known"), jsii.String("subnet-1"))
			endpoint.NewGateway(s, "E", &endpoint.GatewayProps{Vpc: net.Vpc(), Service: s3, Subnets: subnets(subnet)})
		}, "Subnets: must know their route tables, got Stack/gatewayasubnetknownbyitsidalone/Known without one; give VpcAttributes the route tables of its subnets (PrivateSubnetRouteTableIds, …), or import the subnet with Subnet_FromSubnetAttributes"},
		{"interface: a VPC without a known range", func(s constructs.Construct) {
			vpc := ec2.Vpc_FromVpcAttributes(s, jsii.String("Vpc"), &ec2.VpcAttributes{
				VpcId: jsii.String("vpc-1"), AvailabilityZones: jsii.Strings("eu-central-1a"), PrivateSubnetIds: jsii.Strings("subnet-1"),
			})
			endpoint.NewInterface(s, "E", &endpoint.InterfaceProps{Vpc: vpc, Service: cloudFormation})
		}, "Vpc: must know its address range, which the endpoint's security group admits, got Stack/interfaceaVPCwithoutaknownrange/Vpc without one; give VpcAttributes its VpcCidrBlock"},
		{"interface: subnets that the VPC does not have", func(s constructs.Construct) {
			endpoint.NewInterface(s, "E", &endpoint.InterfaceProps{Vpc: net.Vpc(), Service: cloudFormation, Subnets: &ec2.SubnetSelection{SubnetGroupName: jsii.String("Moon")}})
		}, "Subnets: "},
		{"interface: a claim to omit that there is not", func(s constructs.Construct) {
			endpoint.NewInterface(s, "E", &endpoint.InterfaceProps{Vpc: net.Vpc(), Service: cloudFormation, Subnets: subnets(net.Public()), Verification: &endpoint.VerificationProps{Omit: []string{"Guard"}}})
		}, `Verification.Omit: must be ids of the pattern's claims (PublicEndpointResolves, `},
		{"interface: an event that AWS does not send", func(s constructs.Construct) {
			endpoint.NewInterface(s, "E", &endpoint.InterfaceProps{Vpc: net.Vpc(), Service: cloudFormation, Notifications: []endpoint.Notification{{Events: []string{"Sing"}}}})
		}, "Notifications[0].Topic: required, got none\nNotifications[0].Events: must be of Accept, Connect, Delete, Reject, got \"Sing\""},
		{"service: a port without a listener", func(s constructs.Construct) {
			endpoint.NewService(s, "E", &endpoint.ServiceProps{Balancers: []elb.INetworkLoadBalancer{balancer}, Consumer: &endpoint.ConsumerProps{Vpc: net.Vpc(), Subnets: subnets(net.Public()), Port: 8080}})
		}, "Consumer.Port: must be that of a listener of Balancers[0] (80), got 8080"},
		{"service: a load balancer without a name", func(s constructs.Construct) {
			imported := elb.NetworkLoadBalancer_FromNetworkLoadBalancerAttributes(s, jsii.String("Imported"), &elb.NetworkLoadBalancerAttributes{
				LoadBalancerArn: jsii.String("arn:aws:elasticloadbalancing:eu-central-1:111122223333:loadbalancer/net/a/b"),
			})
			endpoint.NewService(s, "E", &endpoint.ServiceProps{Balancers: []elb.INetworkLoadBalancer{imported}, Consumer: consumer})
		}, "Balancers: must know their DNS names where the Consumer is verified, got Stack/servicealoadbalancerwithoutaname/Imported without one"},
		{"service: two types of load balancers", func(s constructs.Construct) {
			endpoint.NewService(s, "E", &endpoint.ServiceProps{Balancers: []elb.INetworkLoadBalancer{balancer}, GatewayLoadBalancerArns: []string{"arn:x"}})
		}, "GatewayLoadBalancerArns: must be empty where there are Balancers"},
		{"service: hosts of several load balancers", func(s constructs.Construct) {
			endpoint.NewService(s, "E", &endpoint.ServiceProps{Balancers: []elb.INetworkLoadBalancer{balancer, balancer}, Consumer: consumer, Verification: &endpoint.ServiceVerificationProps{
				Hosts: []endpoint.Host{{Name: "A", ID: "i-1", Address: "10.0.0.5"}},
			}})
		}, "Verification.Hosts: must be empty where there are several Balancers, got 1"},
		{"service: a private name that there is not", func(s constructs.Construct) {
			endpoint.NewService(s, "E", &endpoint.ServiceProps{Balancers: []elb.INetworkLoadBalancer{balancer}, Consumer: &endpoint.ConsumerProps{Vpc: net.Vpc(), Subnets: subnets(net.Public()), PrivateDnsEnabled: jsii.Bool(true)}})
		}, "Consumer.PrivateDnsEnabled: needs a PrivateDnsName of the service, got none"},
		{"service: somebody else pays", func(s constructs.Construct) {
			endpoint.NewService(s, "E", &endpoint.ServiceProps{Balancers: []elb.INetworkLoadBalancer{balancer}, PayerResponsibility: "Nobody"})
		}, `PayerResponsibility: must be ServiceOwner or left out, got "Nobody"`},
		{"interface: a policy where none applies", func(s constructs.Construct) {
			endpoint.NewInterface(s, "E", &endpoint.InterfaceProps{Vpc: net.Vpc(), Service: foreign, Subnets: subnets(net.Public()), Policy: policy(iam.NewStarPrincipal())})
		}, "Policy: must be empty for a service that is not AWS's own, where endpoint policies do not apply, got one for com.amazonaws.vpce.eu-central-1.vpce-svc-0123"},
		{"interface: a policy and none", func(s constructs.Construct) {
			endpoint.NewInterface(s, "E", &endpoint.InterfaceProps{Vpc: net.Vpc(), Service: cloudFormation, Subnets: subnets(net.Public()), Policy: policy(iam.NewStarPrincipal()), WithoutPolicy: true})
		}, "WithoutPolicy: must be false where Policy is set"},
		{"interface: a claim twice", func(s constructs.Construct) {
			endpoint.NewInterface(s, "E", &endpoint.InterfaceProps{
				Vpc: net.Vpc(), Service: cloudFormation, Subnets: subnets(net.Public()),
				Verification: &endpoint.VerificationProps{Claims: []proof.Claim{{ID: "Unrouted", Kind: proof.Unrouted, Endpoint: "vpce-1"}}},
			})
		}, "claim Unrouted: Id: must differ from the others, got it twice"},
		{"interface: a long time limit", func(s constructs.Construct) {
			endpoint.NewInterface(s, "E", &endpoint.InterfaceProps{
				Vpc: net.Vpc(), Service: cloudFormation, Subnets: subnets(net.Public()),
				Verification: &endpoint.VerificationProps{TimeLimit: time.Hour},
			})
		}, "TimeLimit: must be whole seconds from 10s to 13m0s, got 1h0m0s"},

		{"service: nothing", func(s constructs.Construct) { endpoint.NewService(s, "E", &endpoint.ServiceProps{}) }, "Balancers: required, got none"},
		{"service: no listener", func(s constructs.Construct) {
			endpoint.NewService(s, "E", &endpoint.ServiceProps{Balancers: []elb.INetworkLoadBalancer{idle}})
		}, "Balancers[0]: must have a listener, got a load balancer without one"},
		{"service: acceptance by hand", func(s constructs.Construct) {
			endpoint.NewService(s, "E", &endpoint.ServiceProps{Balancers: []elb.INetworkLoadBalancer{balancer}, Consumer: consumer, AcceptanceRequired: true})
		}, "AcceptanceRequired: must be false where the Consumer is verified"},
		{"service: out of the balancer's zones", func(s constructs.Construct) {
			endpoint.NewService(s, "E", &endpoint.ServiceProps{Balancers: []elb.INetworkLoadBalancer{balancer}, Consumer: &endpoint.ConsumerProps{Vpc: far.Vpc(), Subnets: subnets(far.Public())}})
		}, `Consumer.Subnets: must lie in Availability Zones of the load balancer ({"Fn::Select":[0,{"Fn::GetAZs":""}]}), got Stack/Far/Public in {"Fn::Select":[1`},
		{"service: no port", func(s constructs.Construct) {
			endpoint.NewService(s, "E", &endpoint.ServiceProps{Balancers: []elb.INetworkLoadBalancer{balancer}, Consumer: &endpoint.ConsumerProps{Vpc: net.Vpc(), Subnets: subnets(net.Public()), Port: 70000}})
		}, "Consumer.Port: must be 1 to 65535, got 70000"},
		{"service: no consumer to verify", func(s constructs.Construct) {
			endpoint.NewService(s, "E", &endpoint.ServiceProps{Balancers: []elb.INetworkLoadBalancer{balancer}, Verification: &endpoint.ServiceVerificationProps{}})
		}, "Verification: needs a Consumer to measure from, got none"},
		{"service: a call", func(s constructs.Construct) {
			endpoint.NewService(s, "E", &endpoint.ServiceProps{Balancers: []elb.INetworkLoadBalancer{balancer}, Consumer: consumer, Verification: &endpoint.ServiceVerificationProps{
				VerificationProps: endpoint.VerificationProps{Call: endpoint.GetStackPolicy(stack)},
			}})
		}, "Verification.Call: an endpoint service answers no AWS call, got one"},
		{"service: hosts without names", func(s constructs.Construct) {
			endpoint.NewService(s, "E", &endpoint.ServiceProps{Balancers: []elb.INetworkLoadBalancer{balancer}, Consumer: consumer, Verification: &endpoint.ServiceVerificationProps{
				Hosts: []endpoint.Host{{Name: "A", ID: "i-1", Address: "10.0.0.5"}, {Name: "A", ID: "i-2"}},
			}})
		}, "Verification.Hosts[1].Address: required, got none\nVerification.Hosts[1].Name: must differ from the others, got \"A\" twice"},

		{"verification: no props", func(s constructs.Construct) { verification.New(s, "V", nil) }, "props: required, got none"},
		{"verification: evidence of nothing", func(s constructs.Construct) {
			verification.New(s, "V", &verification.Props{Subject: "x", Claims: []proof.Claim{claim}}).Evidence("B")
		}, `got "B"`},

		{"network: overlapping", func(s constructs.Construct) {
			network.New(s, "N", &network.Props{CIDR: "10.0.0.0/16", Public: &network.Subnet{CIDR: "10.0.0.0/24"}, Private: &network.Subnet{CIDR: "10.0.0.0/25"}})
		}, "Private.CIDR: must not overlap 10.0.0.0/24, got 10.0.0.0/25"},
		{"host: no VPC", func(s constructs.Construct) { host.New(s, "H", &host.Props{}) }, "Vpc: required, got none"},
		{"host: another architecture", func(s constructs.Construct) {
			host.New(s, "H", &host.Props{Vpc: net.Vpc(), Subnet: net.Public(), InstanceType: ec2.InstanceType_Of(ec2.InstanceClass_T3, ec2.InstanceSize_MICRO)})
		}, "InstanceType: must be of Graviton, as the image is, got t3.micro"},
		{"host: no name", func(s constructs.Construct) {
			host.NewWeb(s, "H", &host.WebProps{Vpc: net.Vpc(), Subnet: net.Public()})
		}, `Name: must be 1 to 63 letters, digits and hyphens, got ""`},
		{"host: no target", func(s constructs.Construct) {
			host.NewPing(s, "H", &host.PingProps{Vpc: net.Vpc(), Subnet: net.Public()})
		}, "Target: the name to ping is required, got none"},
		{"instance connect endpoint: no VPC", func(s constructs.Construct) { host.NewInstanceConnectEndpoint(s, "E", nil) }, "Vpc: required, got none"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			scope := constructs.NewConstruct(stack, jsii.String(strings.NewReplacer(":", "", " ", "", "'", "").Replace(test.name)))
			if said := mustPanic(t, func() { test.make(scope) }); !strings.Contains(said, test.want) {
				t.Errorf("said\n%s\nwant\n%s", said, test.want)
			}
		})
	}
}

// Statements can be added to a policy until the end, so its size is checked there.
func TestRefusesLongPolicy(t *testing.T) {
	app := testApp(t, nil)
	stack := awscdk.NewStack(app, jsii.String("Stack"), nil)
	net := network.New(stack, "Net", &network.Props{CIDR: "10.0.0.0/16", Private: &network.Subnet{CIDR: "10.0.1.0/24"}})
	gateway := endpoint.NewGateway(stack, "E", &endpoint.GatewayProps{
		Vpc: net.Vpc(), Service: ec2.GatewayVpcEndpointAwsService_S3(), Subnets: subnets(net.Private()),
		Verification: &endpoint.VerificationProps{Disabled: true},
	})
	gateway.AddToPolicy(iam.NewPolicyStatement(&iam.PolicyStatementProps{
		Principals: &[]iam.IPrincipal{iam.NewStarPrincipal()}, Actions: jsii.Strings("s3:GetObject"),
		Resources: jsii.Strings("arn:aws:s3:::bucket/" + strings.Repeat("x", 20_480)),
	}))
	if said := mustPanic(t, func() { app.Synth(nil) }); !strings.Contains(said, "Policy: must have at most 20480 characters, got 20") {
		t.Errorf("said %q", said)
	}
}
