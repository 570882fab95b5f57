package verification_test

import (
	"fmt"
	"os"
	"testing"
	"time"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	ec2 "github.com/aws/aws-cdk-go/awscdk/v2/awsec2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslogs"
	"github.com/aws/jsii-runtime-go"

	"provenendpoints/constructs/verification"
	"provenendpoints/internal/kernel"
	"provenendpoints/proof"
)

func TestMain(m *testing.M) {
	code := m.Run()
	kernel.Close()
	os.Exit(code)
}

// newStack makes an app with a stack.
func newStack() (awscdk.App, awscdk.Stack) {
	app := awscdk.NewApp(&awscdk.AppProps{Context: &map[string]any{"@aws-cdk/core:validateAgainstDefaultRules": false}})
	return app, awscdk.NewStack(app, jsii.String("Stack"), nil)
}

// count is how many resources of a type the stack has.
func count(app awscdk.App, stack awscdk.Stack, kind string) (n int) {
	template := app.Synth(nil).GetStackByName(stack.StackName()).Template().(map[string]any)
	for _, resource := range template["Resources"].(map[string]any) {
		if resource.(map[string]any)["Type"] == kind {
			n++
		}
	}
	return n
}

// imported is a network that somebody else has made.
func imported(stack awscdk.Stack) (ec2.IVpc, ec2.ISubnet) {
	vpc := ec2.Vpc_FromVpcAttributes(stack, jsii.String("Vpc"), &ec2.VpcAttributes{
		VpcId: jsii.String("vpc-0123456789abcdef0"), AvailabilityZones: jsii.Strings("eu-central-1a"),
	})
	subnet := ec2.Subnet_FromSubnetAttributes(stack, jsii.String("App"), &ec2.SubnetAttributes{
		SubnetId: jsii.String("subnet-0123456789abcdef0"), AvailabilityZone: jsii.String("eu-central-1a"),
	})
	return vpc, subnet
}

// What exists already is proved by claims of one's own, from a subnet that exists already.
func ExampleNew() {
	app, stack := newStack()
	vpc, subnet := imported(stack)
	made := verification.New(stack, "Proof", &verification.Props{
		Subject:       "the way to the database",
		VantagePoints: []verification.VantagePoint{{Name: "App", Vpc: vpc, Subnet: subnet}},
		Claims: []proof.Claim{
			{ID: "DatabaseConnects", Kind: proof.Connects, From: "App", Host: "db.corp.example", Port: 5432},
			{ID: "AdminUnreachable", Kind: proof.Unreachable, From: "App", Host: "10.8.0.99", Port: 22},
			{ID: "LegacyGone", Kind: proof.Nonexistent, From: "App", Host: "legacy.corp.example"},
		},
	})
	awscdk.NewCfnOutput(stack, jsii.String("Database"), &awscdk.CfnOutputProps{Value: made.Evidence("DatabaseConnects")})
	fmt.Println(count(app, stack, "Custom::EndpointProof"), "proof,", count(app, stack, "AWS::Lambda::Function"), "functions")
	// Output: 1 proof, 2 functions
}

// Several things are proved together by one resource, and again every hour for as long as
// the stack lives.
func ExampleNewSet() {
	app, stack := newStack()
	vpc, subnet := imported(stack)
	set := verification.NewSet(stack, "Proof", &verification.SetProps{Schedule: &verification.Schedule{Every: time.Hour}})
	for _, host := range []string{"db", "queue"} {
		set.Add(stack, host, host, &verification.Props{
			Subject:       "the way to " + host,
			VantagePoints: []verification.VantagePoint{{Name: "App", Vpc: vpc, Subnet: subnet}},
			Claims:        []proof.Claim{{ID: "Connects", Kind: proof.Connects, From: "App", Host: host + ".corp.example", Port: 443}},
		})
	}
	fmt.Println(count(app, stack, "Custom::EndpointProof"), "proof,", count(app, stack, "AWS::Scheduler::Schedule"), "schedule,", count(app, stack, "AWS::CloudWatch::Alarm"), "alarms")
	// Output: 1 proof, 1 schedule, 2 alarms
}

// The functions of all verifications of an app keep their logs for a year.
func ExampleConfigure() {
	app, stack := newStack()
	verification.Configure(app, &verification.FunctionProps{LogRetention: awslogs.RetentionDays_ONE_YEAR})
	verification.New(stack, "Proof", &verification.Props{
		Subject: "an endpoint", Claims: []proof.Claim{{ID: "Unrouted", Kind: proof.Unrouted, Endpoint: "vpce-0123456789abcdef0"}},
	})
	template := app.Synth(nil).GetStackByName(stack.StackName()).Template().(map[string]any)
	for _, resource := range template["Resources"].(map[string]any) {
		if properties, ok := resource.(map[string]any)["Properties"].(map[string]any); ok && resource.(map[string]any)["Type"] == "AWS::Logs::LogGroup" {
			fmt.Println(properties["RetentionInDays"], "days")
		}
	}
	// Output: 365 days
}
