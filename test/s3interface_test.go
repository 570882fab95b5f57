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
// resolvers alone, where the default name leads to the gateway endpoint. Without one, EC2
// refuses the last.
func TestInterfacesToS3(t *testing.T) {
	app := testApp(t, map[string]any{"@aws-cdk/core:validateAgainstDefaultRules": false})
	type services struct {
		gateway bool
		only    ec2.VpcEndpointPrivateDnsOnlyForInboundResolverEndpoint
		refused string
	}
	cases := map[string]services{
		"Beside":  {gateway: true},
		"All":     {only: ec2.VpcEndpointPrivateDnsOnlyForInboundResolverEndpoint_ALL_RESOLVERS},
		"Inbound": {gateway: true, only: ec2.VpcEndpointPrivateDnsOnlyForInboundResolverEndpoint_ONLY_INBOUND_RESOLVER},
		"Refused": {only: ec2.VpcEndpointPrivateDnsOnlyForInboundResolverEndpoint_ONLY_INBOUND_RESOLVER, refused: "must have a Gateway endpoint for the service"},
	}
	for name, c := range cases {
		stack := awscdk.NewStack(app, &name, nil)
		net := network.New(stack, "Net", &network.Props{CIDR: "10.0.0.0/16", Private: &network.Subnet{CIDR: "10.0.1.0/24"}})
		for _, service := range []string{"s3", "dynamodb"} {
			made := endpoint.NewInterface(stack, service, &endpoint.InterfaceProps{
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
			gateway := endpoint.NewGateway(stack, service+"Gateway", &endpoint.GatewayProps{
				Vpc: net.Vpc(), Service: kind, Subnets: subnets(net.Private()), Verification: &endpoint.VerificationProps{Call: endpoint.CallTo(service)},
			})
			made.Node().AddDependency(gateway.Node().FindChild(jsii.String("Resource")))
		}
	}
	app.Synth(nil)
	read, err := cfn.ReadAssembly(*app.Outdir())
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			stack, _ := read.Stack(name)
			w := deployed.New(t, name, region.Options{})
			if err := w.Deploy(stack); (err != nil) != (c.refused != "") || err != nil && !strings.Contains(deployed.Reason(err), c.refused) {
				t.Error(err)
			}
			w.Remove(name)
		})
	}
}
