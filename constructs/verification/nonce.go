package verification

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsssm"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"provenendpoints/internal/suppression"
)

// nonce is a value that differs in every update of the stack, so that CloudFormation runs
// the proofs in each, also where a template was edited after synthesis and its digest is
// the old one.
//
//	parameter ◀──next value── verifier, in every run
//	   └─fetched anew─▶ nested stack ──output──▶ Custom::EndpointProof
//
// An update of a stack updates its nested stacks, also where nothing of them changes in
// the template
// (docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-cloudformation-stack.html),
// and an update fetches the values of parameters of the types AWS::SSM::Parameter::Value
// (docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/systems-manager-parameter-types.html).
// The stack's own parameter of such a type would not do: it cannot name a parameter that
// the stack makes, and the CDK CLI would never leave such a stack alone.
type nonce struct {
	// value and parameter are tokens: the nonce, and the name of the parameter.
	value, parameter string
}

// nonceOutput is the name of the nested stack's output, nonceParameter that of its parameter.
const (
	nonceOutput    = "Nonce"
	nonceParameter = "Parameter"
)

// nonceOf is the nonce of the stack's proofs, made when the first asks for it.
func (s *shared) nonceOf() *nonce {
	if s.nonce != nil {
		return s.nonce
	}
	scope := constructs.NewConstruct(s.scope, jsii.String("Nonce"))
	// Its drift is its purpose. CloudFormation writes the value only where the template
	// changes it; a change of tags leaves it alone
	// (github.com/aws-cloudformation/aws-cloudformation-resource-providers-ssm, UpdateHandler).
	next := awsssm.NewCfnParameter(scope, jsii.String("Next"), &awsssm.CfnParameterProps{
		Type: jsii.String("String"), Value: jsii.String("none yet"),
		Description: jsii.String("Differs in every update of the stack, so that each runs the endpoint proofs; the verifier writes it"),
	})
	name := *next.Ref()
	nested := awscdk.NewNestedStack(scope, jsii.String("Reader"), &awscdk.NestedStackProps{
		Description: jsii.String("Finds another value in every update of its parent, which therefore runs its endpoint proofs"),
		Parameters:  &map[string]*string{nonceParameter: &name},
	})
	resource := nested.NestedStackResource()
	// Not by the reference alone: that does not wait until the parameter can be read.
	resource.AddResourceDependency(next, nil)
	suppression.Add(resource, suppression.StableFirst)
	fetched := awscdk.NewCfnParameter(nested, jsii.String(nonceParameter), &awscdk.CfnParameterProps{
		Type: jsii.String("AWS::SSM::Parameter::Value<String>"),
	})
	// A resource, because an output that changes is not a change of the nested stack's
	// resources.
	seen := awsssm.NewCfnParameter(nested, jsii.String("Seen"), &awsssm.CfnParameterProps{
		Type: jsii.String("String"), Value: fetched.ValueAsString(),
		Description: jsii.String("The value that the last update of the stack has found"),
	})
	awscdk.NewCfnOutput(nested, jsii.String(nonceOutput), &awscdk.CfnOutputProps{Value: seen.AttrValue()})
	s.verifier.statement("WriteNonce", []string{"ssm:PutParameter"}, *arnIn(s.scope, "ssm", "parameter", name))
	s.nonce = &nonce{value: *awscdk.Token_AsString(resource.GetAtt(jsii.String("Outputs."+nonceOutput), ""), nil), parameter: name}
	return s.nonce
}
