package test

import (
	"strings"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	ec2 "github.com/aws/aws-cdk-go/awscdk/v2/awsec2"
	"github.com/aws/jsii-runtime-go"

	"provenendpoints/constructs/endpoint"
	"provenendpoints/constructs/network"
	"provenendpoints/internal/lab/cfn"
	"provenendpoints/internal/lab/region"
	"provenendpoints/internal/test/deployed"
)

// Interface endpoints to S3 and DynamoDB are proved in the lab: beside gateway endpoints
// without private DNS; with private DNS for all; and with private DNS for inbound
// resolvers alone, where the default name leads to the gateway endpoint, for which the
// interface endpoint waits, whichever is written first.
func TestInterfacesToS3(t *testing.T) {
	app := testApp(t, map[string]any{"@aws-cdk/core:validateAgainstDefaultRules": false})
	type services struct {
		gateway bool
		only    ec2.VpcEndpointPrivateDnsOnlyForInboundResolverEndpoint
	}
	cases := map[string]services{
		"Beside":  {gateway: true},
		"All":     {only: ec2.VpcEndpointPrivateDnsOnlyForInboundResolverEndpoint_ALL_RESOLVERS},
		"Inbound": {gateway: true, only: ec2.VpcEndpointPrivateDnsOnlyForInboundResolverEndpoint_ONLY_INBOUND_RESOLVER},
	}
	for name, c := range cases {
		stack := awscdk.NewStack(app, &name, nil)
		net := network.New(stack, "Net", &network.Props{CIDR: "10.0.0.0/16", Private: &network.Subnet{CIDR: "10.0.1.0/24"}})
		for _, service := range []string{"s3", "dynamodb"} {
			endpoint.NewInterface(stack, service, &endpoint.InterfaceProps{
				Vpc: net.Vpc(), Service: ec2.NewInterfaceVpcEndpointAwsService(&service, nil, nil, nil), Subnets: subnets(net.Private()),
				PrivateDnsEnabled: jsii.Bool(c.only != ""), PrivateDnsOnlyForInboundResolverEndpoint: c.only,
				Verification: &endpoint.VerificationProps{Call: endpoint.CallTo(service)},
			})
			if !c.gateway {
				continue
			}
			kind := ec2.GatewayVpcEndpointAwsService_S3()
			if service == "dynamodb" {
				kind = ec2.GatewayVpcEndpointAwsService_DYNAMODB()
			}
			endpoint.NewGateway(stack, service+"Gateway", &endpoint.GatewayProps{
				Vpc: net.Vpc(), Service: kind, Subnets: subnets(net.Private()), Verification: &endpoint.VerificationProps{Call: endpoint.CallTo(service)},
			})
		}
	}
	app.Synth(nil)
	read, err := cfn.ReadAssembly(*app.Outdir())
	if err != nil {
		t.Fatal(err)
	}
	for name := range cases {
		t.Run(name, func(t *testing.T) {
			stack, _ := read.Stack(name)
			w := deployed.New(t, name, region.Options{})
			if err := w.Deploy(stack); err != nil {
				t.Error(err)
			}
			w.Remove(name)
		})
	}
}

// Private DNS for inbound resolvers alone is refused where the VPC is the app's and has no gateway
// endpoint to the service, or has one that need not be there in time. CDK's own gateway
// endpoints count, in the stack of the VPC too.
func TestInboundNeedsAGateway(t *testing.T) {
	make := func(scope awscdk.Stack, vpc ec2.IVpc) endpoint.Interface {
		return endpoint.NewInterface(scope, "S3", &endpoint.InterfaceProps{
			Vpc: vpc, Service: ec2.InterfaceVpcEndpointAwsService_S3(), PrivateDnsEnabled: jsii.Bool(true),
			PrivateDnsOnlyForInboundResolverEndpoint: ec2.VpcEndpointPrivateDnsOnlyForInboundResolverEndpoint_ONLY_INBOUND_RESOLVER,
			Verification:                             &endpoint.VerificationProps{Disabled: true},
		})
	}
	gateway := func(vpc ec2.Vpc, service ec2.GatewayVpcEndpointAwsService) ec2.GatewayVpcEndpoint {
		return vpc.AddGatewayEndpoint(jsii.String("Gateway"), &ec2.GatewayVpcEndpointOptions{Service: service})
	}
	for name, test := range map[string]struct {
		add  func(network, stack awscdk.Stack, vpc ec2.Vpc)
		want string
	}{
		"none": {func(_, stack awscdk.Stack, vpc ec2.Vpc) { make(stack, vpc) }, "must be ALL_RESOLVERS where the VPC has no gateway endpoint to s3, got ONLY_INBOUND_RESOLVER in Network/Vpc"},
		"to another service": {func(network, _ awscdk.Stack, vpc ec2.Vpc) {
			gateway(vpc, ec2.GatewayVpcEndpointAwsService_DYNAMODB())
			make(network, vpc)
		}, "must be ALL_RESOLVERS where the VPC has no gateway endpoint to s3"},
		"in any order": {func(network, _ awscdk.Stack, vpc ec2.Vpc) {
			gateway(vpc, ec2.GatewayVpcEndpointAwsService_S3())
			make(network, vpc)
		}, "the endpoint must wait for the gateway endpoint VpcGateway"},
		"in order": {func(network, _ awscdk.Stack, vpc ec2.Vpc) {
			first := gateway(vpc, ec2.GatewayVpcEndpointAwsService_S3())
			make(network, vpc).Node().AddDependency(first)
		}, ""},
		"in the stack of the VPC": {func(_, stack awscdk.Stack, vpc ec2.Vpc) {
			gateway(vpc, ec2.GatewayVpcEndpointAwsService_S3())
			make(stack, vpc)
		}, ""},
		"of an imported VPC": {func(_, stack awscdk.Stack, _ ec2.Vpc) {
			make(stack, ec2.Vpc_FromVpcAttributes(stack, jsii.String("Old"), &ec2.VpcAttributes{
				VpcId: jsii.String("vpc-0123456789abcdef0"), VpcCidrBlock: jsii.String("10.0.0.0/16"), AvailabilityZones: jsii.Strings("eu-central-1a"),
				PrivateSubnetIds: jsii.Strings("subnet-0123456789abcdef0"), PrivateSubnetRouteTableIds: jsii.Strings("rtb-0123456789abcdef0"),
			}))
		}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			app := testApp(t, map[string]any{"@aws-cdk/core:validateAgainstDefaultRules": false})
			network, stack := awscdk.NewStack(app, jsii.String("Network"), nil), awscdk.NewStack(app, jsii.String("Stack"), nil)
			vpc := ec2.NewVpc(network, jsii.String("Vpc"), &ec2.VpcProps{MaxAzs: jsii.Number(1), RestrictDefaultSecurityGroup: jsii.Bool(false)})
			test.add(network, stack, vpc)
			if test.want == "" {
				app.Synth(nil)
			} else if said := mustPanic(t, func() { app.Synth(nil) }); !strings.Contains(said, test.want) {
				t.Errorf("said %q, want %q", said, test.want)
			}
		})
	}
}
