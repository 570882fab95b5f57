package verification

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	iam "github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslambda"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"
	"slices"

	"provenendpoints/internal/contract"
	"provenendpoints/internal/suppression"
	"provenendpoints/proof"
)

// verifierMemory is in MiB; it also decides the share of a CPU.
const verifierMemory = 256

// verifier is the function that answers CloudFormation. It runs outside every
// VPC: in a VPC without a path to S3 it could not answer, and the stack would
// hang.
type verifier struct {
	scope    constructs.Construct
	function awslambda.Function
}

func newVerifier(scope constructs.Construct, props *Props, probers *probers, own []proof.Claim, code string) *verifier {
	v := &verifier{scope: constructs.NewConstruct(scope, jsii.String("Verifier"))}
	logs := newLogs(v.scope, props)
	role := newRole(v.scope, logs, "Judges the claims of an endpoint verification")
	v.allow(role, props, probers, own)

	settings := commonProps(code, role, logs, contract.VerifierTimeout(props.TimeLimit), verifierMemory)
	settings.Description = jsii.String("Judges the claims of an endpoint verification and answers CloudFormation")
	// It always answers, unless its process ends. Lambda then invokes it again, after
	// one minute and after two more, as long as CloudFormation waits. A second
	// invocation does no harm: a verification changes nothing, and CloudFormation
	// ignores a second answer to a request.
	settings.RetryAttempts = jsii.Number(2)
	settings.MaxEventAge = duration(contract.ServiceTimeout(props.TimeLimit))
	v.function = awslambda.NewFunction(v.scope, jsii.String("Function"), settings)
	return v
}

// allow grants the role what the claims need, and no more. The own claims are those
// about the verification itself.
func (v *verifier) allow(role iam.Role, props *Props, probers *probers, own []proof.Claim) {
	statement := func(sid string, actions, resources []*string) {
		role.AddToPolicy(iam.NewPolicyStatement(&iam.PolicyStatementProps{
			Sid: &sid, Actions: &actions, Resources: &resources,
		}))
	}
	// For whether the stack is rolling back: a verification must not fail then.
	seen := append(proof.Actions(own, proof.OwnStack), "cloudformation:DescribeStacks")
	statement("DescribeOwnStack", *jsii.Strings(seen...), []*string{awscdk.Aws_STACK_ID()})

	var functions []*string
	for _, name := range probers.names {
		functions = append(functions, probers.functions[name].FunctionArn())
	}
	claims := slices.Concat(props.Claims, own)
	if len(functions) > 0 {
		statement("InvokeProbers", *jsii.Strings(append(proof.Actions(claims, proof.ProberFunctions), "lambda:InvokeFunction")...), functions)
	}
	if actions := proof.Actions(claims, proof.ProberRole); len(actions) > 0 {
		statement("DescribeProberRole", *jsii.Strings(actions...), []*string{probers.role.RoleArn()})
	}
	if actions := proof.Actions(claims, proof.AnyResource); len(actions) > 0 {
		statement("LookUpFacts", *jsii.Strings(actions...), *jsii.Strings("*"))
		suppression.Add(role, suppression.Rule{
			ID:        "AwsSolutions-IAM5",
			Reason:    "the describe calls of EC2 and Elastic Load Balancing and the lists of Route 53 cannot be narrowed to a resource",
			AppliesTo: []string{"Resource::*"},
		})
	}
}
