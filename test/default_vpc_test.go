package test

import (
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	ec2 "github.com/aws/aws-cdk-go/awscdk/v2/awsec2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awss3"
	"github.com/aws/jsii-runtime-go"

	"provenendpoints/constructs/endpoint"
	"provenendpoints/internal/lab/cfn"
	"provenendpoints/internal/lab/region"
	"provenendpoints/internal/test/deployed"
	"provenendpoints/proof"
)

// deployInLab synthesizes an app, deploys one of its stacks in the lab, and removes it.
func deployInLab(t *testing.T, app awscdk.App, name string) {
	t.Helper()
	app.Synth(nil)
	read, err := cfn.ReadAssembly(*app.Outdir())
	if err != nil {
		t.Fatal(err)
	}
	stack, found := read.Stack(name)
	if !found {
		t.Fatalf("no stack %s", name)
	}
	w := deployed.New(t, name, region.Options{})
	if err := w.Deploy(stack); err != nil {
		t.Fatal(deployed.Reason(err))
	}
	w.Remove(name)
}

// On CDK's default VPC, with public and private subnets and a NAT gateway, endpoints
// to AWS's own services are proved by what a person writes first: the README's
// snippet, and the other service of gateway endpoints; interface endpoints to both;
// and a service whose default name is built in nowhere.
func TestDefaultVpc(t *testing.T) {
	app := testApp(t, map[string]any{"@aws-cdk/core:validateAgainstDefaultRules": false})
	stack := awscdk.NewStack(app, jsii.String("Default"), nil)
	vpc := ec2.NewVpc(stack, jsii.String("Vpc"), &ec2.VpcProps{NatGateways: jsii.Number(1), RestrictDefaultSecurityGroup: jsii.Bool(false)})
	bucket := awss3.NewBucket(stack, jsii.String("Bucket"), &awss3.BucketProps{RemovalPolicy: awscdk.RemovalPolicy_DESTROY})
	endpoint.NewGateway(stack, "S3", &endpoint.GatewayProps{
		Vpc: vpc, Service: ec2.GatewayVpcEndpointAwsService_S3(),
		Verification: &endpoint.VerificationProps{Call: endpoint.ListBucket(bucket)},
	})
	// The cookbook of docs/library.md: claims of one's own.
	own := []proof.Claim{
		{ID: "WebResolves", Kind: proof.Resolves, From: "PrivateSubnet1", Host: "www.example.com", Answer: proof.AnswerAddresses, Addresses: []string{"93.184.215.14"}},
		{ID: "WebConnects", Kind: proof.Connects, From: "PrivateSubnet1", Host: "www.example.com", Port: 443},
		{ID: "WebUnreachable", Kind: proof.Unreachable, From: "PublicSubnet1", Host: "www.example.com", Port: 443}, // a function has no public address
		{ID: "WebGone", Kind: proof.Nonexistent, From: "PrivateSubnet1", Host: "legacy.example.com"},
	}
	endpoint.NewGateway(stack, "DynamoDB", &endpoint.GatewayProps{
		Vpc: vpc, Service: ec2.GatewayVpcEndpointAwsService_DYNAMODB(), Verification: &endpoint.VerificationProps{Claims: own},
	})
	endpoint.NewInterface(stack, "S3Interface", &endpoint.InterfaceProps{
		Vpc: vpc, Service: ec2.InterfaceVpcEndpointAwsService_S3(),
		Verification: &endpoint.VerificationProps{Call: endpoint.ListBucket(bucket)},
	})
	endpoint.NewInterface(stack, "Profiles", &endpoint.InterfaceProps{Vpc: vpc, Service: ec2.NewInterfaceVpcEndpointAwsService(jsii.String("route53profiles"), nil, nil, nil)})
	deployInLab(t, app, "Default")
}
