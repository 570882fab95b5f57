package test

import (
	"fmt"
	"maps"
	"strings"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	ec2 "github.com/aws/aws-cdk-go/awscdk/v2/awsec2"
	iam "github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssns"
	"github.com/aws/jsii-runtime-go"

	"provenendpoints/constructs/endpoint"
	"provenendpoints/constructs/host"
	"provenendpoints/constructs/network"
	"provenendpoints/internal/lab/cfn"
	"provenendpoints/internal/lab/region"
	"provenendpoints/internal/test/assembled"
	"provenendpoints/internal/test/deployed"
	"provenendpoints/internal/test/templates"
)

// reporting are the types that are replaced together: the instance that pings, the
// handle that its report goes to, and the condition that waits for it.
var reporting = []string{"AWS::EC2::Instance", "AWS::CloudFormation::WaitConditionHandle", "AWS::CloudFormation::WaitCondition"}

// pinging synthesizes a stack with a host that pings from a private subnet.
func pinging(t *testing.T, cidr string, also func(awscdk.Stack, host.Ping)) cfn.Stack {
	t.Helper()
	app := testApp(t, map[string]any{"@aws-cdk/core:validateAgainstDefaultRules": false})
	stack := awscdk.NewStack(app, jsii.String("Pinging"), nil)
	net := network.New(stack, "Network", &network.Props{CIDR: "10.0.0.0/16", Private: &network.Subnet{CIDR: cidr}})
	s3 := endpoint.NewGateway(stack, "S3", &endpoint.GatewayProps{
		Vpc: net.Vpc(), Service: ec2.GatewayVpcEndpointAwsService_S3(),
		Subnets: &ec2.SubnetSelection{Subnets: &[]ec2.ISubnet{net.Private()}},
		Policy: []iam.PolicyStatement{iam.NewPolicyStatement(&iam.PolicyStatementProps{
			Principals: &[]iam.IPrincipal{iam.NewStarPrincipal()}, Actions: jsii.Strings("s3:PutObject"), Resources: jsii.Strings("*"),
		})},
		Verification: &endpoint.VerificationProps{Disabled: true},
	})
	ping := host.NewPing(stack, "Host", &host.PingProps{
		Vpc: net.Vpc(), Subnet: net.Private(), Target: "s3." + *stack.Region() + "." + *stack.UrlSuffix(),
	})
	ping.Instance().Instance().Node().AddDependency(net.Private(), s3)
	awscdk.NewCfnOutput(stack, jsii.String("Ping"), &awscdk.CfnOutputProps{Value: ping.Report()})
	if also != nil {
		also(stack, ping)
	}
	synth(t, app, "Pinging")
	read, err := cfn.ReadAssembly(*app.Outdir())
	if err != nil {
		t.Fatal(err)
	}
	found, _ := read.Stack("Pinging")
	return found
}

// A report is that of the instance that exists: whatever makes another instance makes
// another handle and another condition, and what does not, a newer image included,
// leaves all three alone.
func TestTheReportFollowsTheInstance(t *testing.T) {
	base := pinging(t, "10.0.0.0/24", nil)
	for _, test := range []struct {
		name     string
		stack    cfn.Stack
		newImage bool
		replaced bool
	}{
		{"a newer image", pinging(t, "10.0.0.0/24", func(stack awscdk.Stack, _ host.Ping) {
			awssns.NewTopic(stack, jsii.String("Topic"), nil)
		}), true, false},
		{"its subnet", pinging(t, "10.0.1.0/24", nil), false, true},
		{"its group", pinging(t, "10.0.0.0/24", func(_ awscdk.Stack, ping host.Ping) {
			ping.Instance().Connections().AllowFrom(ec2.Peer_Ipv4(jsii.String("10.0.0.0/16")), ec2.Port_Tcp(jsii.Number(22)), nil)
		}), false, true},
	} {
		t.Run(test.name, func(t *testing.T) {
			w := deployed.New(t, base.Name, region.Options{})
			before := deployOf(t, w, base)
			if test.newImage {
				w.ReleaseImages()
			}
			after := deployOf(t, w, test.stack)
			for _, typ := range reporting {
				if replaced := before[typ] != after[typ]; replaced != test.replaced {
					t.Errorf("%s: %s, then %s; want another: %t", typ, before[typ], after[typ], test.replaced)
				}
			}
			w.Remove(base.Name)
		})
	}
}

// An image by a parameter that CloudFormation reads, as it was here once, is what the
// test above would find: the newer image replaces the instance alone, and the
// condition goes on to tell of the old one.
func TestAnImageOfTheTemplateReplacesTheInstanceAlone(t *testing.T) {
	stack := pinging(t, "10.0.0.0/24", nil)
	stack = assembled.Changed(t, stack, func(read templates.Template) {
		read["Parameters"].(templates.Object)["Image"] = templates.Object{
			"Type": "AWS::SSM::Parameter::Value<AWS::EC2::Image::Id>", "Default": "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-arm64",
		}
		read.Each("AWS::EC2::Instance", func(_ string, p templates.Object) { p["ImageId"] = templates.RefTo("Image") })
	})
	w := deployed.New(t, stack.Name, region.Options{})
	before := deployOf(t, w, stack)
	w.ReleaseImages()
	after := deployOf(t, w, stack)
	if before["AWS::EC2::Instance"] == after["AWS::EC2::Instance"] {
		t.Error("the newer image did not replace the instance")
	}
	delete(before, "AWS::EC2::Instance")
	delete(after, "AWS::EC2::Instance")
	if !maps.Equal(before, after) {
		t.Errorf("replaced as well: %v, then %v", before, after)
	}
	w.Remove(stack.Name)
}

// deployOf deploys a stack and returns the physical ids of what reports, by type.
func deployOf(t *testing.T, w *deployed.World, stack cfn.Stack) map[string]string {
	t.Helper()
	if err := w.Deploy(stack); err != nil {
		t.Fatal(deployed.Reason(err))
	}
	found := map[string]string{}
	for _, resource := range w.Resources(stack.Name) {
		for _, typ := range reporting {
			if resource.Type == typ {
				found[typ], _, _ = strings.Cut(resource.PhysicalID, "?") // without a URL's signature
			}
		}
	}
	info, _ := w.Stack(stack.Name)
	if len(found) != len(reporting) || len(info.Outputs) != 1 || !strings.Contains(info.Outputs[0].Value, "4 received") {
		t.Fatal(fmt.Sprint("what reports: ", found, info.Outputs))
	}
	return found
}
