package endpoint_test

import (
	"fmt"
	"os"
	"slices"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	ec2 "github.com/aws/aws-cdk-go/awscdk/v2/awsec2"
	elb "github.com/aws/aws-cdk-go/awscdk/v2/awselasticloadbalancingv2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awss3"
	"github.com/aws/jsii-runtime-go"

	"provenendpoints/constructs/endpoint"
	"provenendpoints/constructs/verification"
	"provenendpoints/internal/kernel"
	"provenendpoints/proof"
)

func TestMain(m *testing.M) {
	code := m.Run()
	kernel.Close()
	os.Exit(code)
}

// printTypes prints how many resources of some types a stack has.
func printTypes(app awscdk.App, stack awscdk.Stack, types ...string) {
	template := app.Synth(nil).GetStackByName(stack.StackName()).Template().(map[string]any)
	counts := map[string]int{}
	for _, resource := range template["Resources"].(map[string]any) {
		counts[resource.(map[string]any)["Type"].(string)]++
	}
	slices.Sort(types)
	for _, name := range types {
		fmt.Println(counts[name], name)
	}
}

// newStack makes an app with a stack.
func newStack() (awscdk.App, awscdk.Stack) {
	app := awscdk.NewApp(&awscdk.AppProps{Context: &map[string]any{"@aws-cdk/core:validateAgainstDefaultRules": false}})
	return app, awscdk.NewStack(app, jsii.String("Stack"), nil)
}

// A gateway endpoint to S3 in CDK's default VPC, proved with a call on a bucket.
func ExampleNewGateway() {
	app, stack := newStack()
	vpc := ec2.NewVpc(stack, jsii.String("Vpc"), nil)
	bucket := awss3.NewBucket(stack, jsii.String("Bucket"), nil)
	s3 := endpoint.NewGateway(stack, "S3", &endpoint.GatewayProps{
		Vpc:          vpc,
		Service:      ec2.GatewayVpcEndpointAwsService_S3(),
		Verification: &endpoint.VerificationProps{Call: endpoint.ListBucket(bucket)},
	})
	awscdk.NewCfnOutput(stack, jsii.String("Report"), &awscdk.CfnOutputProps{Value: s3.Verification().Report()})
	printTypes(app, stack, "AWS::EC2::VPCEndpoint", "Custom::EndpointProof")
	// Output:
	// 1 AWS::EC2::VPCEndpoint
	// 1 Custom::EndpointProof
}

// An interface endpoint to KMS, with claims of one's own.
func ExampleNewInterface() {
	app, stack := newStack()
	vpc := ec2.NewVpc(stack, jsii.String("Vpc"), nil)
	keys := endpoint.NewInterface(stack, "Keys", &endpoint.InterfaceProps{
		Vpc:     vpc,
		Service: ec2.InterfaceVpcEndpointAwsService_KMS(),
		Verification: &endpoint.VerificationProps{
			Call:           endpoint.CallTo("kms"),
			AllowedSources: []string{"10.8.0.0/16"}, // a peered network
			Omit:           []string{"Sole"},
			Claims: []proof.Claim{
				{ID: "LegacyGone", Kind: proof.Nonexistent, From: "PrivateSubnet1", Host: "legacy.corp.example"},
				{ID: "DatabaseConnects", Kind: proof.Connects, From: "PrivateSubnet1", Host: "db.corp.example", Port: 5432},
			},
		},
	})
	// It is an ec2.IConnectable with a default port.
	keys.Connections().AllowDefaultPortFrom(ec2.Peer_Ipv4(jsii.String("10.8.0.0/16")), jsii.String("The peered network"))
	printTypes(app, stack, "AWS::EC2::VPCEndpoint", "Custom::EndpointProof")
	// Output:
	// 1 AWS::EC2::VPCEndpoint
	// 1 Custom::EndpointProof
}

// Many endpoints, proved as a set by one resource.
func ExampleNewInterface_set() {
	app, stack := newStack()
	vpc := ec2.NewVpc(stack, jsii.String("Vpc"), nil)
	set := verification.NewSet(stack, "Proof", nil)
	for _, service := range []string{"kms", "logs", "sqs", "ssm"} {
		endpoint.NewInterface(stack, service, &endpoint.InterfaceProps{
			Vpc:          vpc,
			Service:      ec2.NewInterfaceVpcEndpointAwsService(&service, nil, nil, nil),
			Verification: &endpoint.VerificationProps{Set: set, Call: endpoint.CallTo(service)},
		})
	}
	printTypes(app, stack, "AWS::EC2::VPCEndpoint", "Custom::EndpointProof")
	// Output:
	// 4 AWS::EC2::VPCEndpoint
	// 1 Custom::EndpointProof
}

// An endpoint service on a load balancer, and an endpoint to it in another VPC.
func ExampleNewService() {
	app, stack := newStack()
	provider := ec2.NewVpc(stack, jsii.String("Provider"), nil)
	consumer := ec2.NewVpc(stack, jsii.String("Consumer"), nil)
	balancer := elb.NewNetworkLoadBalancer(stack, jsii.String("Balancer"), &elb.NetworkLoadBalancerProps{Vpc: provider})
	targets := elb.NewNetworkTargetGroup(stack, jsii.String("Targets"), &elb.NetworkTargetGroupProps{
		Vpc: provider, Port: jsii.Number(443), TargetType: elb.TargetType_IP,
	})
	balancer.AddListener(jsii.String("Listener"), &elb.BaseNetworkListenerProps{
		Port: jsii.Number(443), DefaultTargetGroups: &[]elb.INetworkTargetGroup{targets},
	})
	endpoint.NewService(stack, "Service", &endpoint.ServiceProps{
		Balancers:       []elb.INetworkLoadBalancer{balancer},
		AllowedAccounts: []string{"111122223333", "444455556666"},
		Consumer:        &endpoint.ConsumerProps{Vpc: consumer, Port: 443},
	})
	printTypes(app, stack, "AWS::EC2::VPCEndpoint", "AWS::EC2::VPCEndpointService", "Custom::EndpointProof")
	// Output:
	// 1 AWS::EC2::VPCEndpoint
	// 1 AWS::EC2::VPCEndpointService
	// 1 Custom::EndpointProof
}

// An endpoint service on a Gateway Load Balancer, and an endpoint to it, to which routes
// can lead.
func ExampleNewGatewayLoadBalancer() {
	app, stack := newStack()
	vpc := ec2.NewVpc(stack, jsii.String("Vpc"), nil)
	service := endpoint.NewService(stack, "Inspection", &endpoint.ServiceProps{
		GatewayLoadBalancerArns: []string{"arn:aws:elasticloadbalancing:eu-central-1:111122223333:loadbalancer/gwy/firewall/0123456789abcdef"},
	})
	endpoint.NewGatewayLoadBalancer(stack, "Inspected", &endpoint.GatewayLoadBalancerProps{
		Vpc: vpc, ServiceName: *service.VpcEndpointServiceName(), Subnet: (*vpc.PublicSubnets())[0],
	})
	printTypes(app, stack, "AWS::EC2::VPCEndpoint", "AWS::EC2::VPCEndpointService")
	// Output:
	// 1 AWS::EC2::VPCEndpoint
	// 1 AWS::EC2::VPCEndpointService
}

// A resource endpoint to a database that somebody shares by VPC Lattice.
func ExampleNewResource() {
	app, stack := newStack()
	vpc := ec2.NewVpc(stack, jsii.String("Vpc"), nil)
	endpoint.NewResource(stack, "Database", &endpoint.ResourceProps{
		ResourceConfigurationArn: "arn:aws:vpc-lattice:eu-central-1:111122223333:resourceconfiguration/rcfg-0123456789abcdef0",
		LatticeProps:             endpoint.LatticeProps{Vpc: vpc, Port: 5432, PrivateDnsEnabled: jsii.Bool(true), Names: []string{"db.partner.example"}},
	})
	printTypes(app, stack, "AWS::EC2::VPCEndpoint", "Custom::EndpointProof")
	// Output:
	// 1 AWS::EC2::VPCEndpoint
	// 1 Custom::EndpointProof
}

// A service network endpoint to all that a service network of VPC Lattice holds.
func ExampleNewServiceNetwork() {
	app, stack := newStack()
	vpc := ec2.NewVpc(stack, jsii.String("Vpc"), nil)
	endpoint.NewServiceNetwork(stack, "Services", &endpoint.ServiceNetworkProps{
		ServiceNetworkArn: "arn:aws:vpc-lattice:eu-central-1:111122223333:servicenetwork/sn-0123456789abcdef0",
		LatticeProps:      endpoint.LatticeProps{Vpc: vpc, Port: 443},
	})
	printTypes(app, stack, "AWS::EC2::VPCEndpoint", "Custom::EndpointProof")
	// Output:
	// 1 AWS::EC2::VPCEndpoint
	// 1 Custom::EndpointProof
}

// Calls that prove the path to AWS services are ready made.
func ExampleCallTo() {
	call := endpoint.CallTo("secretsmanager")
	fmt.Println(call.Action, call.Method, call.Body)
	// Output: secretsmanager:GetRandomPassword POST {"PasswordLength":8}
}

// A gateway endpoint for one call alone, and nobody outside the account.
func ExampleOnlyCall() {
	app, stack := newStack()
	vpc := ec2.NewVpc(stack, jsii.String("Vpc"), nil)
	call := endpoint.CallTo("dynamodb")
	endpoint.NewGateway(stack, "DynamoDB", &endpoint.GatewayProps{
		Vpc: vpc, Service: ec2.GatewayVpcEndpointAwsService_DYNAMODB(), Policy: endpoint.OnlyCall(call),
		Verification: &endpoint.VerificationProps{Call: call},
	})
	printTypes(app, stack, "AWS::EC2::VPCEndpoint")
	// Output: 1 AWS::EC2::VPCEndpoint
}

// What a stack costs while nothing uses it.
func ExampleCostOf() {
	_, stack := newStack()
	vpc := ec2.NewVpc(stack, jsii.String("Vpc"), &ec2.VpcProps{AvailabilityZones: jsii.Strings("eu-west-1a", "eu-west-1b"), NatGateways: jsii.Number(0), SubnetConfiguration: &[]*ec2.SubnetConfiguration{
		{Name: jsii.String("app"), SubnetType: ec2.SubnetType_PRIVATE_ISOLATED},
	}})
	endpoint.NewInterface(stack, "Keys", &endpoint.InterfaceProps{Vpc: vpc, Service: ec2.InterfaceVpcEndpointAwsService_KMS()})
	cost, err := endpoint.CostOf(stack, "eu-west-1")
	for _, line := range cost.Lines {
		fmt.Printf("%g %s at %.3f US dollars an hour\n", line.Count, line.What, line.Each)
	}
	fmt.Println(err)
	// Output:
	// 2 endpoint interfaces at 0.011 US dollars an hour
	// <nil>
}

// The claims of a pattern are data. They can be proved of an endpoint that exists already.
func ExampleInterfaceSubject() {
	claims := endpoint.InterfaceSubject{
		Endpoint: "vpce-0123456789abcdef0", DefaultName: "kms.eu-central-1.amazonaws.com", PrivateDnsEnabled: true, Port: 443,
		From: []endpoint.ZonedPoint{{Name: "App", Zone: "eu-central-1a"}},
	}.Claims()
	for _, claim := range claims {
		fmt.Println(claim.ID)
	}
	// Output:
	// AppEndpointResolves
	// AppZonalResolves
	// AppEndpointSecures
	// AppDefaultResolves
	// Unrouted
	// Guarded
	// Sole
}
