package test

import (
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	ec2 "github.com/aws/aws-cdk-go/awscdk/v2/awsec2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskms"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslogs"
	"github.com/aws/jsii-runtime-go"

	"provenendpoints/constructs/endpoint"
	"provenendpoints/constructs/network"
	"provenendpoints/constructs/verification"
)

// What is configured for an app holds for the functions of its stacks, and what is
// configured for one stack goes before; other stacks of other apps know nothing of it.
func TestConfigure(t *testing.T) {
	app := testApp(t, map[string]any{"@aws-cdk/core:validateAgainstDefaultRules": false})
	verification.Configure(app, &verification.FunctionProps{LogRetention: awslogs.RetentionDays_ONE_YEAR})
	stacks := map[string]awscdk.Stack{}
	for _, id := range []string{"One", "Other"} {
		stacks[id] = awscdk.NewStack(app, jsii.String(id), nil)
	}
	key := awskms.NewKey(stacks["Other"], jsii.String("Key"), nil)
	verification.Configure(stacks["Other"], &verification.FunctionProps{LogEncryptionKey: key, LogRemovalPolicy: awscdk.RemovalPolicy_DESTROY})
	for _, stack := range stacks {
		net := network.New(stack, "Net", &network.Props{CIDR: "10.0.0.0/16", Private: &network.Subnet{CIDR: "10.0.1.0/24"}})
		endpoint.NewInterface(stack, "Keys", &endpoint.InterfaceProps{Vpc: net.Vpc(), Service: ec2.InterfaceVpcEndpointAwsService_KMS(), Subnets: subnets(net.Private())})
	}
	if said := mustPanic(t, func() { verification.Configure(app, &verification.FunctionProps{}) }); !strings.Contains(said, "scope: must have no verification yet, got the app, in which ") {
		t.Error(said)
	}
	app.Synth(nil)
	for id, want := range map[string]struct {
		days    float64
		removal string
		key     bool
	}{"One": {365, "Retain", false}, "Other": {7, "Delete", true}} {
		template := loadFrom(t, *app.Outdir(), id)
		groups := template.all("AWS::Logs::LogGroup")
		if len(groups) != 2 {
			t.Fatalf("%s has %d log groups, want the verifier's and the probers'", id, len(groups))
		}
		for _, group := range groups {
			if group.Properties["RetentionInDays"] != want.days || group.DeletionPolicy != want.removal || (group.Properties["KmsKeyId"] != nil) != want.key {
				t.Errorf("%s: %s keeps its logs for %v days, %s, with the key %v", id, group.ID, group.Properties["RetentionInDays"], group.DeletionPolicy, group.Properties["KmsKeyId"])
			}
		}
	}
}

// Subnets in zones in which AWS does not offer the service are left out of the endpoint
// and of its claims. In the first synthesis, before the CLI has asked, all are in it.
func TestLookupSupportedAzs(t *testing.T) {
	const key = "endpoint-service-availability-zones:account=111122223333:region=eu-west-1:serviceName=com.amazonaws.eu-west-1.kms"
	for name, test := range map[string]struct {
		context map[string]any
		zones   []string
	}{
		"asked":     {map[string]any{key: []any{"eu-west-1c", "eu-west-1a"}}, []string{"eu-west-1a"}},
		"not asked": {nil, []string{"eu-west-1a", "eu-west-1b"}},
	} {
		context := map[string]any{"@aws-cdk/core:validateAgainstDefaultRules": false}
		for key, value := range test.context {
			context[key] = value
		}
		app := testApp(t, context)
		stack := awscdk.NewStack(app, jsii.String("Stack"), &awscdk.StackProps{Env: &awscdk.Environment{Account: jsii.String("111122223333"), Region: jsii.String("eu-west-1")}})
		vpc := ec2.NewVpc(stack, jsii.String("Vpc"), &ec2.VpcProps{AvailabilityZones: jsii.Strings("eu-west-1a", "eu-west-1b")})
		endpoint.NewInterface(stack, "Keys", &endpoint.InterfaceProps{Vpc: vpc, Service: ec2.InterfaceVpcEndpointAwsService_KMS(), LookupSupportedAzs: true})
		template := synth(t, app, "Stack")
		var zones []string
		for _, claim := range template.claims(t) {
			if claim.Zone != "" {
				zones = append(zones, claim.Zone)
			}
		}
		if !slices.Equal(zones, test.zones) {
			t.Errorf("%s: claims about the zones %q, want %q", name, zones, test.zones)
		}
		made := template.one(t, "AWS::EC2::VPCEndpoint", "", nil)
		if ids := made.Properties["SubnetIds"].([]any); len(ids) != len(test.zones) {
			t.Errorf("%s: the endpoint is in %d subnets, want %d", name, len(ids), len(test.zones))
		}
		if probers := len(template.all("AWS::Lambda::Function")) - 2; probers != len(test.zones) { // the verifier, and CDK's own for the default group
			t.Errorf("%s: %d probers, want %d", name, probers, len(test.zones))
		}
	}
}

// A vantage point may lie in a subnet that is known by its id alone: nothing is claimed
// there about a zone.
func TestVantagePointByID(t *testing.T) {
	app := testApp(t, map[string]any{"@aws-cdk/core:validateAgainstDefaultRules": false})
	stack := awscdk.NewStack(app, jsii.String("Stack"), nil)
	vpc := ec2.NewVpc(stack, jsii.String("Vpc"), &ec2.VpcProps{MaxAzs: jsii.Number(1)})
	far := ec2.Subnet_FromSubnetId(stack, jsii.String("Far"), jsii.String("subnet-0123"))
	endpoint.NewInterface(stack, "Keys", &endpoint.InterfaceProps{
		Vpc: vpc, Service: ec2.InterfaceVpcEndpointAwsService_KMS(),
		Verification: &endpoint.VerificationProps{VantagePoints: []verification.VantagePoint{{Name: "Far", Vpc: vpc, Subnet: far}}},
	})
	for _, claim := range synth(t, app, "Stack").claims(t) {
		if claim.Zone != "" || claim.From != "" && claim.From != "Far" {
			t.Errorf("%s is about the zone %q, from %s", claim.ID, claim.Zone, claim.From)
		}
	}
}
