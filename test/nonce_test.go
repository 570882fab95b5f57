package test

import (
	"encoding/json"
	"os"
	"path/filepath"
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
	"provenendpoints/internal/test/assembled"
	"provenendpoints/internal/test/templates"
)

const nestedType = "AWS::CloudFormation::Stack"

// nonceARN is the ARN of the parameter into which a proof writes its nonce, as a template holds it.
func nonceARN(proof *resource) any {
	ref := func(name string) map[string]any { return map[string]any{"Ref": name} }
	return map[string]any{"Fn::Join": []any{"", []any{
		"arn:", ref("AWS::Partition"), ":ssm:", ref("AWS::Region"), ":", ref("AWS::AccountId"), ":parameter/", proof.Properties["NonceParameter"],
	}}}
}

// What the verifier writes is fetched by the nested stack in every update, and changes
// the proof: parameter, nested stack, its parameter, its resource, its output, proof.
func TestEveryUpdateChangesTheProof(t *testing.T) {
	t.Parallel()
	for _, stack := range assembled.Scenarios {
		template := load(t, stack)
		proof, nested := template.proofOf(t), template.one(t, nestedType, "", nil)
		parameter := template.Resources[templates.Target(proof.Properties["NonceParameter"])]
		if parameter == nil || parameter.Type != "AWS::SSM::Parameter" || parameter.Properties["Name"] != nil {
			t.Fatalf("%s: the nonce goes to %v, want a parameter of the stack without a name of its own", stack, proof.Properties["NonceParameter"])
		}
		if want := (map[string]any{"Fn::GetAtt": []any{nested.ID, "Outputs.Nonce"}}); !equal(proof.Properties["Nonce"], want) {
			t.Errorf("%s: the nonce is %s, want %s", stack, text(proof.Properties["Nonce"]), text(want))
		}
		if want := (map[string]any{"Parameter": map[string]any{"Ref": parameter.ID}}); !equal(nested.Properties["Parameters"], want) || !slices.Contains(nested.DependsOn, parameter.ID) {
			t.Errorf("%s: the nested stack has the parameters %s and waits for %s", stack, text(nested.Properties["Parameters"]), nested.DependsOn)
		}
		if !slices.Contains(proof.DependsOn, nested.ID) {
			t.Errorf("%s: the proof does not wait until the nested stack is complete", stack)
		}

		child := nestedTemplate(t, stack, nested)
		if got := child.Parameters["Parameter"].Type; got != "AWS::SSM::Parameter::Value<String>" {
			t.Errorf("%s: the nested stack's parameter is of type %s", stack, got)
		}
		seen := child.one(t, "AWS::SSM::Parameter", "Value", map[string]any{"Ref": "Parameter"})
		if want := (map[string]any{"Fn::GetAtt": []any{seen.ID, "Value"}}); !equal(child.Outputs["Nonce"].Value, want) || len(child.Resources) != 1 {
			t.Errorf("%s: the nested stack's output is %s of %d resources", stack, text(child.Outputs["Nonce"].Value), len(child.Resources))
		}
	}
}

// nestedTemplate reads the one nested template of a scenario, which its TemplateURL names by the hash
// of its text.
func nestedTemplate(t *testing.T, stack string, nested *resource) *template {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(assembly, stack+"EndpointVerification*.nested.template.json"))
	if err != nil || len(files) != 1 {
		t.Fatalf("%s: nested templates %q, error %v", stack, files, err)
	}
	data, err := os.ReadFile(files[0])
	if err != nil {
		t.Fatal(err)
	}
	if strings.Count(text(nested.Properties["TemplateURL"]), ".json") != 1 {
		t.Errorf("%s: the template's URL is %s", stack, text(nested.Properties["TemplateURL"]))
	}
	child := &template{}
	if err := json.Unmarshal(data, child); err != nil {
		t.Fatal(err)
	}
	for id, r := range child.Resources {
		r.ID = id
	}
	return child
}

// All proofs of a stack have the same nonce. Those that are to skip updates that change nothing have
// none, and add nothing for it.
func TestNonceIsShared(t *testing.T) {
	make := func(skip bool) (*template, string) {
		app := testApp(t, map[string]any{"@aws-cdk/core:validateAgainstDefaultRules": false})
		stack := awscdk.NewStack(app, jsii.String("Stack"), nil)
		net := network.New(stack, "Net", &network.Props{CIDR: "10.0.0.0/16", Private: &network.Subnet{CIDR: "10.0.1.0/24"}})
		set := verification.NewSet(stack, "Set", &verification.SetProps{SkipUnchanged: skip})
		interfaceTo := func(id string, service ec2.IInterfaceVpcEndpointService, props *endpoint.VerificationProps) {
			endpoint.NewInterface(stack, id, &endpoint.InterfaceProps{Vpc: net.Vpc(), Service: service, Subnets: subnets(net.Private()), Verification: props})
		}
		interfaceTo("Keys", ec2.InterfaceVpcEndpointAwsService_KMS(), &endpoint.VerificationProps{Set: set})
		interfaceTo("Queues", ec2.InterfaceVpcEndpointAwsService_SQS(), &endpoint.VerificationProps{SkipUnchanged: skip})
		interfaceTo("Topics", ec2.InterfaceVpcEndpointAwsService_SNS(), &endpoint.VerificationProps{SkipUnchanged: skip})
		said := mustPanic(t, func() {
			interfaceTo("Logs", ec2.InterfaceVpcEndpointAwsService_CLOUDWATCH_LOGS(), &endpoint.VerificationProps{Set: set, SkipUnchanged: true})
		})
		return synth(t, app, "Stack"), said
	}
	template, said := make(false)
	if want := "SkipUnchanged: must be left out in a set"; !strings.Contains(said, want) {
		t.Errorf("said %q, want %q", said, want)
	}
	proofs := template.all(contract.ResourceType)
	if len(proofs) != 3 || len(template.all(nestedType)) != 1 {
		t.Fatalf("%d proofs, %d nested stacks", len(proofs), len(template.all(nestedType)))
	}
	for _, proof := range proofs {
		for _, name := range []string{"Nonce", "NonceParameter"} {
			if got := proof.Properties[name]; got == nil || !equal(got, proofs[0].Properties[name]) {
				t.Errorf("%s: %s is %s", proof.ID, name, text(got))
			}
		}
	}
	template, _ = make(true)
	for _, proof := range template.all(contract.ResourceType) {
		if proof.Properties["Nonce"] != nil || proof.Properties["NonceParameter"] != nil {
			t.Errorf("%s has a nonce", proof.ID)
		}
	}
	if n := len(template.all(nestedType)) + len(template.all("AWS::SSM::Parameter")); n > 0 {
		t.Errorf("%d resources for a nonce that nobody wants", n)
	}
}
