package test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	ec2 "github.com/aws/aws-cdk-go/awscdk/v2/awsec2"
	"github.com/aws/jsii-runtime-go"

	"provenendpoints/constructs/endpoint"
	"provenendpoints/constructs/network"
	"provenendpoints/constructs/verification"
	"provenendpoints/internal/lab/cfn"
	"provenendpoints/internal/lab/region"
	"provenendpoints/internal/test/assembled"
	"provenendpoints/internal/test/deployed"
	"provenendpoints/internal/test/templates"
	"provenendpoints/proof"
)

// How the endpoints of a fleet are proved.
const (
	unproved = iota
	each     // each by a resource of its own
	together // by one resource
	goingOn  // by one resource, and again every quarter of an hour
)

// fleet is what a platform team has: endpoints to many services, in three zones.
func fleet(stack awscdk.Stack, services []string, how int) {
	verified := func(service string) *endpoint.VerificationProps {
		props := &endpoint.VerificationProps{Disabled: how == unproved}
		if slices.Contains(endpoint.CallServices(), service) {
			props.Call = endpoint.CallTo(service)
		}
		return props
	}
	if how >= together {
		var props *verification.SetProps
		if how == goingOn {
			props = &verification.SetProps{Schedule: &verification.Schedule{Every: 15 * time.Minute}}
		}
		set := verification.NewSet(stack, "Verification", props)
		alone := verified
		verified = func(service string) *endpoint.VerificationProps {
			props := alone(service)
			props.Set = set
			return props
		}
	}
	vpc := ec2.NewVpc(stack, jsii.String("Vpc"), &ec2.VpcProps{AvailabilityZones: jsii.Strings("ap-northeast-2a", "ap-northeast-2b", "ap-northeast-2c")})
	private := &ec2.SubnetSelection{SubnetType: ec2.SubnetType_PRIVATE_WITH_EGRESS}
	for name, service := range map[string]ec2.GatewayVpcEndpointAwsService{"S3": ec2.GatewayVpcEndpointAwsService_S3(), "DynamoDB": ec2.GatewayVpcEndpointAwsService_DYNAMODB()} {
		endpoint.NewGateway(stack, name, &endpoint.GatewayProps{
			Vpc: vpc, Service: service, Subnets: private,
			Verification: verified(strings.ToLower(name)),
		})
	}
	for _, service := range services {
		endpoint.NewInterface(stack, strings.ReplaceAll(service, ".", "-"), &endpoint.InterfaceProps{
			Vpc: vpc, Service: ec2.NewInterfaceVpcEndpointAwsService(&service, nil, nil, nil), Subnets: private,
			Verification: verified(service),
		})
	}
}

var fleetServices = []string{"ec2", "ecr.api", "ecs", "events", "kms", "logs", "secretsmanager", "sqs", "ssm"}

// Eleven endpoints in three zones share one verifier and one prober in each
// subnet: the verification of a fleet fits a stack. As a set they are proved by one
// resource.
func TestFleet(t *testing.T) {
	app := testApp(t, map[string]any{"@aws-cdk/core:validateAgainstDefaultRules": false})
	for how, name := range []string{"Bare", "Each", "Together"} {
		fleet(awscdk.NewStack(app, &name, nil), fleetServices, how)
	}
	app.Synth(nil)
	bare := len(loadFrom(t, *app.Outdir(), "Bare").Resources)
	for name, most := range map[string]struct{ proofs, bytes int }{"Each": {11, 125_000}, "Together": {1, 90_000}} {
		proven := loadFrom(t, *app.Outdir(), name)
		written := readTemplate(t, *app.Outdir(), name)
		var compact bytes.Buffer
		if err := json.Compact(&compact, written); err != nil {
			t.Fatal(err)
		}
		functions := len(proven.all("AWS::Lambda::Function"))
		t.Logf("%s: %d resources (%d without verification), %d functions, %d bytes, %d without indentation",
			name, len(proven.Resources), bare, functions, len(written), compact.Len())
		if len(proven.Resources) > 100 || functions > 6 || compact.Len() > most.bytes {
			t.Errorf("%s: %d resources, %d functions, %d bytes without indentation, want at most 100, 6, %d", name, len(proven.Resources), functions, compact.Len(), most.bytes)
		}
		if proofs := len(proven.all("Custom::EndpointProof")); proofs != most.proofs {
			t.Errorf("%s: %d proofs, want %d", name, proofs, most.proofs)
		}
	}
}

// Thirty endpoints in three zones fit a stack: 500 resources, and a template of 1 MB
// (docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html).
// As a set, the request to the verifier is small enough for an event of Lambda's, of
// which an update has two: 256 KB
// (docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html; it was raised since).
func TestFleetOfThirty(t *testing.T) {
	services := append(callServices(), "athena", "cloudtrail", "codebuild", "codepipeline", "config", "glue")
	app := testApp(t, map[string]any{"@aws-cdk/core:validateAgainstDefaultRules": false})
	for how, name := range []string{each: "Each", together: "Together"} {
		if name != "" {
			fleet(awscdk.NewStack(app, &name, nil), services, how)
		}
	}
	app.Synth(nil)
	for _, name := range []string{"Each", "Together"} {
		template := loadFrom(t, *app.Outdir(), name)
		written := readTemplate(t, *app.Outdir(), name)
		t.Logf("%s: %d endpoints, %d resources, %d bytes", name, len(template.all("AWS::EC2::VPCEndpoint")), len(template.Resources), len(written))
		if endpoints := len(template.all("AWS::EC2::VPCEndpoint")); endpoints != 30 || len(template.Resources) > 500 || len(written) > 1_000_000 {
			t.Errorf("%s: %d endpoints, %d resources, %d bytes", name, endpoints, len(template.Resources), len(written))
		}
		for _, proof := range template.all("Custom::EndpointProof") {
			event, err := json.Marshal(proof.Properties)
			if err != nil {
				t.Fatal(err)
			}
			if len(event) > 120_000 {
				t.Errorf("%s: the properties of %s have %d bytes, twice of which an event of Lambda's has no room for", name, proof.ID, len(event))
			}
		}
	}
}

// callServices are the services with a ready-made call and an interface endpoint in a
// fleet: it has gateway endpoints to the others.
func callServices() []string {
	return slices.DeleteFunc(endpoint.CallServices(), func(service string) bool { return service == "s3" || service == "dynamodb" })
}

// A further endpoint takes four resources at most, and grants stay one for each.
func TestFleetGrows(t *testing.T) {
	count := func(services []string) (resources, grants int) {
		app := testApp(t, map[string]any{"@aws-cdk/core:validateAgainstDefaultRules": false})
		fleet(awscdk.NewStack(app, jsii.String("Stack"), nil), services, each)
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
				fleet(awscdk.NewStack(app, jsii.String("Stack"), nil), fleetServices[:n], each)
				app.Synth(nil)
			}
		})
	}
}

// Thirty proofs in one stack, each with three probers, do not use up the ten functions
// that a new account may run at a time: no more than four proofs run together, and a
// prober is invoked again while it is throttled. All at a time they would.
func TestThirtyProofsFitASmallAccount(t *testing.T) {
	app := testApp(t, map[string]any{"@aws-cdk/core:validateAgainstDefaultRules": false, "@aws-cdk/aws-ec2:restrictDefaultSecurityGroup": false})
	stack := awscdk.NewStack(app, jsii.String("Many"), nil)
	vpc := ec2.NewVpc(stack, jsii.String("Vpc"), &ec2.VpcProps{
		AvailabilityZones:   jsii.Strings("ap-northeast-2a", "ap-northeast-2b", "ap-northeast-2c"),
		SubnetConfiguration: &[]*ec2.SubnetConfiguration{{Name: jsii.String("app"), SubnetType: ec2.SubnetType_PRIVATE_ISOLATED}},
	})
	var points []verification.VantagePoint
	for i, subnet := range *vpc.IsolatedSubnets() {
		points = append(points, verification.VantagePoint{Name: fmt.Sprintf("App%d", i+1), Vpc: vpc, Subnet: subnet})
	}
	for n := range 30 {
		var claims []proof.Claim
		for _, point := range points {
			claims = append(claims, proof.Claim{ID: point.Name + "Gone", Kind: proof.Nonexistent, From: point.Name, Host: fmt.Sprintf("legacy%d.example", n)})
		}
		verification.New(stack, fmt.Sprintf("Proof%d", n), &verification.Props{
			Subject: "a name that is gone", Claims: claims, VantagePoints: points, TimeLimit: 2 * time.Minute,
		})
	}
	app.Synth(nil)
	read, err := cfn.ReadAssembly(*app.Outdir())
	if err != nil {
		t.Fatal(err)
	}
	many, _ := read.Stack("Many")
	apart := func(template templates.Template) {
		proofs := template.OfType("Custom::EndpointProof")
		isProof := func(on string) bool { return template.Type(on) == "Custom::EndpointProof" }
		first := slices.IndexFunc(proofs, func(id string) bool { return !slices.ContainsFunc(template.DependsOn(id), isProof) })
		for _, id := range proofs {
			template.SetDependsOn(id, template.DependsOn(proofs[first]))
		}
	}
	for name, test := range map[string]struct {
		stack cfn.Stack
		holds bool
	}{"four at a time": {many, true}, "all at a time": {assembled.Changed(t, many, apart), false}} {
		t.Run(name, func(t *testing.T) {
			w := deployed.New(t, many.Name, region.Options{Concurrency: 10})
			err := w.Deploy(test.stack)
			if (err == nil) != test.holds || err != nil && !strings.Contains(deployed.Reason(err), "Rate Exceeded") {
				t.Error(err)
			}
			w.Remove(many.Name)
		})
	}
}

// A proof that comes after a conditional one waits for everything by itself: where the
// condition is false, nobody else does.
func TestProofAfterAConditionalOne(t *testing.T) {
	app := testApp(t, map[string]any{"@aws-cdk/core:validateAgainstDefaultRules": false})
	stack := awscdk.NewStack(app, jsii.String("Many"), nil)
	network.New(stack, "Network", &network.Props{CIDR: "10.0.0.0/16", Private: &network.Subnet{CIDR: "10.0.0.0/24"}})
	never := awscdk.NewCfnCondition(stack, jsii.String("Never"), &awscdk.CfnConditionProps{Expression: awscdk.Fn_ConditionEquals(jsii.String("a"), jsii.String("b"))})
	for n := range 6 {
		made := verification.New(stack, fmt.Sprintf("Proof%d", n), &verification.Props{
			Subject: "an endpoint", Claims: []proof.Claim{{ID: "Unrouted", Kind: proof.Unrouted, Endpoint: "vpce-1"}},
		})
		if n == 0 {
			made.Node().FindChild(jsii.String("Proof")).Node().DefaultChild().(awscdk.CfnResource).CfnOptions().SetCondition(never)
		}
	}
	template := synth(t, app, "Many")
	waits := map[string][]string{}
	for _, found := range template.all("Custom::EndpointProof") {
		waits[found.ID[:len("Proof0")]] = found.DependsOn
	}
	if after := waits["Proof4"]; len(after) != len(waits["Proof3"])+1 || !slices.ContainsFunc(after, func(id string) bool { return strings.HasPrefix(id, "Proof0") }) {
		t.Errorf("after a conditional proof the fifth waits for %q, want all that the fourth waits for (%q) and it", after, waits["Proof3"])
	}
	if after := waits["Proof5"]; len(after) != 1 || !strings.HasPrefix(after[0], "Proof1") {
		t.Errorf("the sixth proof waits for %q, want the second alone", after)
	}
}
