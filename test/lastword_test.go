package test

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudwatch"
	ec2 "github.com/aws/aws-cdk-go/awscdk/v2/awsec2"
	iam "github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"provenendpoints/constructs/endpoint"
	"provenendpoints/constructs/network"
	"provenendpoints/internal/contract"
	cfntemplate "provenendpoints/internal/template"
	"provenendpoints/internal/test/assembled"
)

// fixture is a small stack with an interface endpoint, to be changed. The
// subnet belongs to another stack of the app.
type fixture struct {
	app          awscdk.App
	outer, stack awscdk.Stack
	network      network.Network
	endpoint     endpoint.Interface
}

func newFixture(t *testing.T, context map[string]any) *fixture {
	t.Helper()
	// What is added is not all that its type requires.
	all := map[string]any{"@aws-cdk/core:validateAgainstDefaultRules": false}
	maps.Copy(all, context)
	f := &fixture{app: testApp(t, all)}
	f.outer = awscdk.NewStack(f.app, jsii.String("Outer"), nil)
	f.network = network.New(f.outer, "Network", &network.Props{CIDR: "10.0.0.0/16", Private: &network.Subnet{CIDR: "10.0.0.0/24"}})
	f.stack = awscdk.NewStack(f.app, jsii.String("Stack"), nil)
	f.endpoint = endpoint.NewInterface(f.stack, "Endpoint", &endpoint.InterfaceProps{
		Vpc:          f.network.Vpc(),
		Service:      ec2.InterfaceVpcEndpointAwsService_CLOUDFORMATION(),
		Subnets:      &ec2.SubnetSelection{Subnets: &[]ec2.ISubnet{f.network.Private()}},
		Verification: &endpoint.VerificationProps{Call: endpoint.GetStackPolicy(f.stack)},
	})
	return f
}

// proofAfter synthesizes the fixture with a change and returns the proof's
// properties.
func proofAfter(t *testing.T, context map[string]any, change func(*fixture)) map[string]any {
	t.Helper()
	f := newFixture(t, context)
	change(f)
	return synth(t, f.app, "Stack").proofOf(t).Properties
}

// changed are the properties that differ, with those inside Stacks by name. The
// digest that the claim Last repeats does not count.
func changed(before, after map[string]any) []string {
	flat := func(properties map[string]any) map[string]any {
		properties = maps.Clone(properties)
		for name, digest := range properties["Stacks"].(map[string]any) {
			properties["Stacks."+name] = digest
		}
		delete(properties, "Stacks")
		for _, claim := range properties["Claims"].([]any) {
			delete(claim.(map[string]any), "Digest")
			delete(claim.(map[string]any), "Proofs")
		}
		return properties
	}
	before, after = flat(before), flat(after)
	found := map[string]bool{}
	for key := range before {
		found[key] = !equal(before[key], after[key])
	}
	for key := range after {
		found[key] = !equal(before[key], after[key])
	}
	maps.DeleteFunc(found, func(_ string, differs bool) bool { return !differs })
	return slices.Sorted(maps.Keys(found))
}

// Whatever changes in the proof's stack, or in one that it depends on, changes
// the proof, and so CloudFormation runs it again. Each change is made after the
// construct and outside it.
func TestAnyChangeRunsTheProof(t *testing.T) {
	resource := func(scope constructs.Construct, kind string, properties map[string]any) awscdk.CfnResource {
		return awscdk.NewCfnResource(scope, jsii.String("Added"), &awscdk.CfnResourceProps{Type: &kind, Properties: &properties})
	}
	before := proofAfter(t, nil, func(*fixture) {})
	own, outer := []string{"Stacks.Stack"}, []string{"Stacks.Outer"}
	tests := []struct {
		name   string
		change func(*fixture)
		want   []string
	}{
		{"nothing", func(*fixture) {}, nil},
		{"an output", func(f *fixture) {
			awscdk.NewCfnOutput(f.stack, jsii.String("Added"), &awscdk.CfnOutputProps{Value: jsii.String("x")})
		}, nil},
		{"an unrelated stack", func(f *fixture) {
			awscdk.NewStack(f.app, jsii.String("Other"), nil)
		}, nil},

		{"a route in the other stack", func(f *fixture) {
			resource(f.outer, "AWS::EC2::Route", map[string]any{"RouteTableId": *f.network.Private().RouteTable().RouteTableId(), "NatGatewayId": "nat-1"})
		}, outer},
		{"the VPC's DNS", func(f *fixture) {
			f.network.Vpc().Node().DefaultChild().(ec2.CfnVPC).SetEnableDnsSupport(false)
		}, outer},
		{"another rule", func(f *fixture) {
			resource(f.stack, "AWS::EC2::SecurityGroupIngress", map[string]any{"GroupId": "sg-1", "IpProtocol": "-1"})
		}, own},
		{"the policy", func(f *fixture) {
			f.endpoint.AddToPolicy(iam.NewPolicyStatement(&iam.PolicyStatementProps{
				Principals: &[]iam.IPrincipal{iam.NewStarPrincipal()}, Actions: jsii.Strings("*"), Resources: jsii.Strings("*"),
			}))
		}, []string{"Claims", "Stacks.Stack"}}, // one claim holds the policy itself
		{"an escape hatch", func(f *fixture) {
			f.endpoint.Node().DefaultChild().(awscdk.CfnResource).AddPropertyOverride(jsii.String("PrivateDnsEnabled"), false)
		}, own},
		{"a deletion by an escape hatch", func(f *fixture) {
			f.endpoint.Node().DefaultChild().(awscdk.CfnResource).AddPropertyDeletionOverride(jsii.String("SecurityGroupIds"))
		}, own},
		{"a condition", func(f *fixture) {
			awscdk.NewCfnCondition(f.stack, jsii.String("Added"), &awscdk.CfnConditionProps{Expression: awscdk.Fn_ConditionEquals("a", "a")})
		}, own},
		{"a parameter's default", func(f *fixture) {
			awscdk.NewCfnParameter(f.stack, jsii.String("Added"), &awscdk.CfnParameterProps{Default: "x"})
		}, own},
		{"a mapping", func(f *fixture) {
			awscdk.NewCfnMapping(f.stack, jsii.String("Added"), &awscdk.CfnMappingProps{Mapping: &map[string]*map[string]any{"a": {"b": "c"}}})
		}, own},
		{"a transform", func(f *fixture) { f.stack.AddTransform(jsii.String("AWS::LanguageExtensions")) }, own},
		{"the functions", func(f *fixture) {
			for _, child := range *f.stack.Node().FindAll(constructs.ConstructOrder_PREORDER) {
				if function, ok := child.(interface{ SetMemorySize(*float64) }); ok {
					function.SetMemorySize(jsii.Number(512))
				}
			}
		}, own},
		{"the probers' role", func(f *fixture) {
			for _, child := range *f.stack.Node().FindAll(constructs.ConstructOrder_PREORDER) {
				if role, ok := child.(iam.CfnRole); ok {
					role.AddPropertyOverride(jsii.String("ManagedPolicyArns"), []string{"arn:aws:iam::aws:policy/AdministratorAccess"})
				}
			}
		}, own},
		{"a tag", func(f *fixture) {
			awscdk.Tags_Of(f.endpoint).Add(jsii.String("team"), jsii.String("x"), nil)
		}, own},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := changed(before, proofAfter(t, nil, test.change)); !slices.Equal(got, test.want) {
				t.Errorf("changed %q, want %q", got, test.want)
			}
		})
	}
	t.Run("-c run", func(t *testing.T) {
		first := proofAfter(t, map[string]any{"run": "monday"}, func(*fixture) {})
		if got := changed(before, first); !slices.Equal(got, []string{"Run"}) {
			t.Errorf("changed %q, want Run alone", got)
		}
		again := proofAfter(t, map[string]any{"run": "tuesday"}, func(*fixture) {})
		if got := changed(first, again); !slices.Equal(got, []string{"Run"}) {
			t.Errorf("changed %q, want Run alone", got)
		}
	})
}

// The proof waits for what is added anywhere in its stack, unless it moves no
// packet; and deletion takes the proof first.
func TestProofWaitsForWhatIsAdded(t *testing.T) {
	f := newFixture(t, nil)
	added := awscdk.NewCfnResource(f.stack, jsii.String("Added"), &awscdk.CfnResourceProps{
		Type: jsii.String("AWS::EC2::Route"), Properties: &map[string]any{"RouteTableId": "rtb-1", "NatGatewayId": "nat-1"},
	})
	awscdk.NewCfnResource(f.stack, jsii.String("Conditional"), &awscdk.CfnResourceProps{Type: jsii.String("AWS::EC2::VPCPeeringConnection")}).
		AddOverride(jsii.String("DependsOn"), []string{*added.LogicalId()})
	awscloudwatch.NewCfnDashboard(f.stack, jsii.String("Dashboard"), &awscloudwatch.CfnDashboardProps{DashboardBody: jsii.String("{}")})
	synthesized := synth(t, f.app, "Stack")
	needed := synthesized.needs(synthesized.proofOf(t).ID)
	for id, want := range map[string]bool{"Added": true, "Conditional": true, "Dashboard": false} {
		if needed[id] != want {
			t.Errorf("the proof waits for %s: %v, want %v", id, needed[id], want)
		}
	}
}

// What waits for the proof and could change what was proved is refused.
func TestFollowersThatMatterAreRefused(t *testing.T) {
	f := newFixture(t, nil)
	route := ec2.NewCfnRoute(f.stack, jsii.String("Late"), &ec2.CfnRouteProps{RouteTableId: jsii.String("rtb-1"), DestinationCidrBlock: jsii.String("0.0.0.0/0"), GatewayId: jsii.String("igw-1")})
	route.Node().AddDependency(f.endpoint.Verification())
	said := mustPanic(t, func() { f.app.Synth(nil) })
	if want := "Late waits for the proof, which could not see it: a resource of the type AWS::EC2::Route can change who reaches whom"; !strings.Contains(said, want) {
		t.Errorf("said %q, want %q in it", said, want)
	}
}

// An application may wait for the proof.
func TestFollowersThatDoNotMatter(t *testing.T) {
	f := newFixture(t, nil)
	topic := awscdk.NewCfnResource(f.stack, jsii.String("App"), &awscdk.CfnResourceProps{Type: jsii.String("AWS::Lambda::Function")})
	topic.Node().AddDependency(f.endpoint.Verification())
	synthesized := synth(t, f.app, "Stack")
	if proof := synthesized.proofOf(t).ID; !synthesized.needs("App")[proof] || synthesized.needs(proof)["App"] {
		t.Error("the application does not wait for the proof alone")
	}
}

// The digest in the template is that of the template: who edits one by hand can
// tell, and so can a test that stands for synthesis.
func TestDigestIsTheTemplates(t *testing.T) {
	t.Parallel()
	for _, stack := range assembled.Scenarios {
		read, err := cfntemplate.Parse(readTemplate(t, assembly, stack))
		if err != nil {
			t.Fatal(err)
		}
		want := map[string]any{stack: read.Digest(contract.ResourceType)}
		if got := load(t, stack).proofOf(t).Properties["Stacks"]; !equal(got, want) {
			t.Errorf("%s: digests %v, want %v", stack, got, want)
		}
		for _, claim := range load(t, stack).claims(t) {
			if claim.ID == "Last" && (claim.Digest != want[stack] || claim.Proofs != read.ProofsDigest()) {
				t.Errorf("%s: the claim has the digests %v and %v, want %v and %v", stack, claim.Digest, claim.Proofs, want[stack], read.ProofsDigest())
			}
		}
	}
}
