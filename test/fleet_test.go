package test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	ec2 "github.com/aws/aws-cdk-go/awscdk/v2/awsec2"
	"github.com/aws/jsii-runtime-go"

	"provenendpoints/constructs/endpoint"
)

// fleet is what a platform team has: endpoints to many services, in three zones.
func fleet(stack awscdk.Stack, services []string, disabled bool) {
	vpc := ec2.NewVpc(stack, jsii.String("Vpc"), &ec2.VpcProps{AvailabilityZones: jsii.Strings("ap-northeast-2a", "ap-northeast-2b", "ap-northeast-2c")})
	private := &ec2.SubnetSelection{SubnetType: ec2.SubnetType_PRIVATE_WITH_EGRESS}
	for name, service := range map[string]ec2.GatewayVpcEndpointAwsService{"S3": ec2.GatewayVpcEndpointAwsService_S3(), "DynamoDB": ec2.GatewayVpcEndpointAwsService_DYNAMODB()} {
		endpoint.NewGateway(stack, name, &endpoint.GatewayProps{
			Vpc: vpc, Service: service, Subnets: private,
			Verification: &endpoint.VerificationProps{Disabled: disabled, Call: endpoint.CallTo(strings.ToLower(name))},
		})
	}
	for _, service := range services {
		endpoint.NewInterface(stack, strings.ReplaceAll(service, ".", "-"), &endpoint.InterfaceProps{
			Vpc: vpc, Service: ec2.NewInterfaceVpcEndpointAwsService(&service, nil, nil, nil), Subnets: private,
			Verification: &endpoint.VerificationProps{Disabled: disabled, Call: endpoint.CallTo(service)},
		})
	}
}

var fleetServices = []string{"ec2", "ecr.api", "ecs", "events", "kms", "logs", "secretsmanager", "sqs", "ssm"}

// Eleven endpoints in three zones share one verifier and one prober in each
// subnet: the verification of a fleet fits a stack.
func TestFleet(t *testing.T) {
	app := testApp(t, map[string]any{"@aws-cdk/core:validateAgainstDefaultRules": false})
	fleet(awscdk.NewStack(app, jsii.String("Bare"), nil), fleetServices, true)
	fleet(awscdk.NewStack(app, jsii.String("Proven"), nil), fleetServices, false)
	app.Synth(nil)
	bare, proven := loadFrom(t, *app.Outdir(), "Bare"), loadFrom(t, *app.Outdir(), "Proven")
	written := readTemplate(t, *app.Outdir(), "Proven")
	var compact bytes.Buffer
	if err := json.Compact(&compact, written); err != nil {
		t.Fatal(err)
	}
	functions := len(proven.all("AWS::Lambda::Function"))
	t.Logf("%d resources (%d without verification), %d functions, %d bytes, %d without indentation",
		len(proven.Resources), len(bare.Resources), functions, len(written), compact.Len())
	if len(proven.Resources) > 100 || functions > 6 || compact.Len() > 150_000 {
		t.Errorf("%d resources, %d functions, %d bytes without indentation, want at most 100, 6, 150,000", len(proven.Resources), functions, compact.Len())
	}
	if proofs := len(proven.all("Custom::EndpointProof")); proofs != 11 {
		t.Errorf("%d proofs, want one for each endpoint", proofs)
	}
}

// A further endpoint takes four resources at most, and grants stay one for each.
func TestFleetGrows(t *testing.T) {
	count := func(services []string) (resources, grants int) {
		app := testApp(t, map[string]any{"@aws-cdk/core:validateAgainstDefaultRules": false})
		fleet(awscdk.NewStack(app, jsii.String("Stack"), nil), services, false)
		template := synth(t, app, "Stack")
		for _, policy := range template.all("AWS::IAM::Policy") {
			document, err := json.Marshal(policy.Properties["PolicyDocument"])
			if err != nil {
				t.Fatal(err)
			}
			grants += strings.Count(string(document), "aws:SourceVpce")
		}
		return len(template.Resources), grants
	}
	few, fewGrants := count(fleetServices[:3])
	more, moreGrants := count(fleetServices[:5])
	if more-few > 2*4 || moreGrants-fewGrants != 2 {
		t.Errorf("two endpoints more take %d resources and %d grants, want at most 8 and 2", more-few, moreGrants-fewGrants)
	}
}

// BenchmarkFleet is the synthesis of verified endpoints, by their number.
func BenchmarkFleet(b *testing.B) {
	for _, n := range []int{1, 5, 9} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			for b.Loop() {
				app := testApp(b, map[string]any{"@aws-cdk/core:validateAgainstDefaultRules": false})
				fleet(awscdk.NewStack(app, jsii.String("Stack"), nil), fleetServices[:n], false)
				app.Synth(nil)
			}
		})
	}
}
