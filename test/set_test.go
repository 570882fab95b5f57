package test

import (
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	ec2 "github.com/aws/aws-cdk-go/awscdk/v2/awsec2"
	"github.com/aws/jsii-runtime-go"

	"provenendpoints/constructs/endpoint"
	"provenendpoints/constructs/network"
	"provenendpoints/constructs/verification"
	"provenendpoints/internal/contract"
)

// The members of a set have one resource; each has its own claims and its own evidence
// there, and what depends on one waits for it.
func TestSet(t *testing.T) {
	app := testApp(t, map[string]any{"@aws-cdk/core:validateAgainstDefaultRules": false})
	stack := awscdk.NewStack(app, jsii.String("Stack"), nil)
	net := network.New(stack, "Net", &network.Props{CIDR: "10.0.0.0/16", Private: &network.Subnet{CIDR: "10.0.1.0/24"}})
	set := verification.NewSet(stack, "Proof", nil)
	interfaceTo := func(id string, service ec2.IInterfaceVpcEndpointService, call *endpoint.Call) endpoint.Interface {
		return endpoint.NewInterface(stack, id, &endpoint.InterfaceProps{
			Vpc: net.Vpc(), Service: service, Subnets: subnets(net.Private()), Verification: &endpoint.VerificationProps{Set: set, Call: call},
		})
	}
	keys := interfaceTo("my-keys", ec2.InterfaceVpcEndpointAwsService_KMS(), endpoint.CallTo("kms"))
	interfaceTo("mykeys", ec2.InterfaceVpcEndpointAwsService_SQS(), nil)
	waiting := awscdk.NewCfnWaitConditionHandle(stack, jsii.String("Waiting"), nil)
	waiting.Node().AddDependency(keys.Verification())
	awscdk.NewCfnOutput(stack, jsii.String("Answers"), &awscdk.CfnOutputProps{Value: keys.Verification().Evidence("PrivateEndpointResolves")})
	template := synth(t, app, "Stack")

	resource := template.proofOf(t)
	decoded, err := contract.Decode(literal(resource.Properties))
	if err != nil {
		t.Fatal(err)
	}
	var ids []string
	for _, claim := range decoded.All() {
		if slices.Contains(ids, claim.ID) {
			t.Errorf("the claim %s is made twice", claim.ID)
		}
		ids = append(ids, claim.ID)
	}
	for _, want := range []string{"PrivatePlaced", "OutsidePlaced", "Last", "mykeysPrivateEndpointResolves", "mykeys2PrivateEndpointResolves", "mykeysProbersGranted", "mykeysOutsideDenied"} {
		if !slices.Contains(ids, want) {
			t.Errorf("no claim %s among %q", want, ids)
		}
	}
	if want := []string{"mykeysPrivateEndpointResolves"}; !slices.Equal(decoded.Evidence, want) {
		t.Errorf("evidence of %q, want %q", decoded.Evidence, want)
	}
	if got := text(template.Outputs["Answers"].Value); !strings.Contains(got, resource.ID) || !strings.Contains(got, "mykeysPrivateEndpointResolves") {
		t.Errorf("the evidence is %s", got)
	}
	if depends := template.one(t, "AWS::CloudFormation::WaitConditionHandle", "", "").DependsOn; !slices.Contains(depends, resource.ID) {
		t.Errorf("what waits for a member depends on %q, want %s", depends, resource.ID)
	}

	if said := mustPanic(t, func() { keys.Verification().Evidence("Moon") }); !strings.Contains(said, `got "mykeysMoon"`) {
		t.Errorf("said %q", said)
	}
	empty := testApp(t, nil)
	verification.NewSet(awscdk.NewStack(empty, jsii.String("Stack"), nil), "Proof", nil)
	if said := mustPanic(t, func() { empty.Synth(nil) }); !strings.Contains(said, "a set needs a member, got none") {
		t.Errorf("said %q", said)
	}
}

// literal writes references as texts, as CloudFormation would hand values over.
func literal(value map[string]any) map[string]any {
	var plain func(key string, v any) any
	plain = func(key string, v any) any {
		switch v := v.(type) {
		case map[string]any:
			for name := range v {
				if name == "Ref" || strings.HasPrefix(name, "Fn::") {
					switch key {
					case "Endpoint", "Endpoints":
						return "vpce-1"
					case "Zone":
						return "eu-central-1a"
					case "Host":
						return "host.example"
					}
					return "arn:x"
				}
			}
			object := map[string]any{}
			for name, item := range v {
				object[name] = plain(name, item)
			}
			return object
		case []any:
			list := make([]any, len(v))
			for i, item := range v {
				list[i] = plain(key, item)
			}
			return list
		}
		return v
	}
	return plain("", value).(map[string]any)
}

// Three zones with three tiers, a call and isolation: the answer to CloudFormation has
// room for what is asked for, however many claims there are.
func TestThreeTiers(t *testing.T) {
	app := testApp(t, map[string]any{"@aws-cdk/core:validateAgainstDefaultRules": false})
	stack := awscdk.NewStack(app, jsii.String("Tiers"), nil)
	vpc := ec2.NewVpc(stack, jsii.String("Vpc"), &ec2.VpcProps{
		AvailabilityZones: jsii.Strings("ap-northeast-2a", "ap-northeast-2b", "ap-northeast-2c"), NatGateways: jsii.Number(1), RestrictDefaultSecurityGroup: jsii.Bool(false),
		SubnetConfiguration: &[]*ec2.SubnetConfiguration{
			{Name: jsii.String("public"), SubnetType: ec2.SubnetType_PUBLIC},
			{Name: jsii.String("application"), SubnetType: ec2.SubnetType_PRIVATE_WITH_EGRESS},
			{Name: jsii.String("database"), SubnetType: ec2.SubnetType_PRIVATE_ISOLATED},
		},
	})
	s3 := endpoint.NewGateway(stack, "S3", &endpoint.GatewayProps{
		Vpc: vpc, Service: ec2.GatewayVpcEndpointAwsService_S3(),
		Verification: &endpoint.VerificationProps{
			Call: endpoint.CallTo("s3"), Isolated: true, IsolatedSubnets: *vpc.IsolatedSubnets(),
			// The NAT gateway has a public address, and is wanted.
			Omit: []string{"Unaddressed"},
		},
	})
	awscdk.NewCfnOutput(stack, jsii.String("Report"), &awscdk.CfnOutputProps{Value: s3.Verification().Report()})
	deployInLab(t, app, "Tiers")
}
