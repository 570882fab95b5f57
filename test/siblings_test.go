package test

import (
	"strings"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	ec2 "github.com/aws/aws-cdk-go/awscdk/v2/awsec2"
	"github.com/aws/jsii-runtime-go"

	"provenendpoints/constructs/endpoint"
	"provenendpoints/constructs/network"
	"provenendpoints/labtest"
	"provenendpoints/proof"
)

// An isolated VPC may have several endpoints, in whatever order they are made:
// those that are proved are declared to each other. The control by name is no
// service that one of them leads to.
func TestIsolatedSiblings(t *testing.T) {
	app := testApp(t, map[string]any{"@aws-cdk/core:validateAgainstDefaultRules": false})
	stack := awscdk.NewStack(app, jsii.String("Siblings"), nil)
	net := network.New(stack, "Network", &network.Props{CIDR: "10.0.0.0/16", Private: &network.Subnet{CIDR: "10.0.0.0/24"}})
	subnets := &ec2.SubnetSelection{Subnets: &[]ec2.ISubnet{net.Private()}}
	isolated := &endpoint.VerificationProps{Isolated: true}
	endpoint.NewGateway(stack, "S3", &endpoint.GatewayProps{
		Vpc: net.Vpc(), Service: ec2.GatewayVpcEndpointAwsService_S3(), Subnets: subnets, Verification: isolated,
	})
	for id, service := range map[string]ec2.InterfaceVpcEndpointAwsService{
		"CloudFormation": ec2.InterfaceVpcEndpointAwsService_CLOUDFORMATION(), "Sts": ec2.InterfaceVpcEndpointAwsService_STS(),
	} {
		endpoint.NewInterface(stack, id, &endpoint.InterfaceProps{Vpc: net.Vpc(), Service: service, Subnets: subnets, Verification: isolated})
	}
	template := synth(t, app, "Siblings")
	for _, resource := range template.all("Custom::EndpointProof") {
		for _, item := range resource.Properties["Claims"].([]any) {
			claim := item.(map[string]any)
			switch proof.Kind(claim["Kind"].(string)) {
			case proof.Accounted:
				if endpoints := claim["Endpoints"].([]any); len(endpoints) != 3 {
					t.Errorf("%s: accounted for %d endpoints, want 3", resource.ID, len(endpoints))
				}
			case proof.Unreachable:
				if host := text(claim["Host"]); !strings.Contains(host, "sqs.") {
					t.Errorf("%s: the control is %s, want a service without an endpoint", resource.ID, host)
				}
			}
		}
	}
	lab := labtest.Deploy(t, *app.Outdir())
	lab.Subnet("Private").Reaches("endpoint:CloudFormation:443", "endpoint:Sts:443", "s3.ap-northeast-2.amazonaws.com:443")
	lab.Subnet("Private").DoesNotReach("sqs.ap-northeast-2.amazonaws.com:443", "internet:443")
	wantHolds(t, lab.Stack("Siblings"))
	lab.Destroy()
}
