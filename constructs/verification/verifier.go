package verification

import (
	"time"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	iam "github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslambda"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslogs"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

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
	logs     awslogs.LogGroup
	role     iam.Role
	function awslambda.Function
	limit    time.Duration // the longest of its verifications
	// statements are those of its role, by id. Further verifications add to them.
	statements map[string]iam.PolicyStatement
}

func newVerifier(scope constructs.Construct, retention awslogs.RetentionDays, code string) *verifier {
	v := &verifier{scope: constructs.NewConstruct(scope, jsii.String("Verifier")), statements: map[string]iam.PolicyStatement{}}
	v.logs = newLogs(v.scope, retention)
	v.role = newRole(v.scope, v.logs, "Judges the claims of endpoint verifications")
	settings := commonProps(code, v.role, v.logs, contract.VerifierTimeout(0), verifierMemory)
	settings.Description = jsii.String("Judges the claims of endpoint verifications and answers CloudFormation")
	// It always answers, unless its process ends. Lambda then invokes it again, after
	// one minute and after two more, as long as CloudFormation waits. A second
	// invocation does no harm: a verification changes nothing, and CloudFormation
	// ignores a second answer to a request.
	settings.RetryAttempts = jsii.Number(2)
	settings.MaxEventAge = duration(contract.ServiceTimeout(0))
	v.function = awslambda.NewFunction(v.scope, jsii.String("Function"), settings)
	return v
}

// allowTime lets the function run for a verification with the time limit. The
// longest of all decides.
func (v *verifier) allowTime(limit time.Duration) {
	if limit == 0 {
		limit = contract.DefaultTimeLimit
	}
	if limit <= v.limit {
		return
	}
	v.limit = limit
	v.function.Node().DefaultChild().(awslambda.CfnFunction).SetTimeout(jsii.Number(contract.VerifierTimeout(limit).Seconds()))
	invocation := v.function.Node().FindChild(jsii.String("EventInvokeConfig")).Node().DefaultChild().(awslambda.CfnEventInvokeConfig)
	invocation.SetMaximumEventAgeInSeconds(jsii.Number(contract.ServiceTimeout(limit).Seconds()))
}

// allow grants the role what the claims need that the functions measure, and no
// more.
func (v *verifier) allow(claims []proof.Claim, probers *probers, functions []prober) {
	// For whether the stack is rolling back: a verification must not fail then.
	seen := append(proof.Actions(claims, proof.OwnStack), "cloudformation:DescribeStacks")
	v.statement("DescribeOwnStack", seen, awscdk.Aws_STACK_ID())
	for _, prober := range functions {
		actions := append(proof.Actions(claims, proof.ProberFunctions), "lambda:InvokeFunction")
		v.statement("InvokeProbers", actions, prober.function.FunctionArn())
	}
	if actions := proof.Actions(claims, proof.ProberRole); len(actions) > 0 {
		v.statement("DescribeProberRole", actions, probers.role.RoleArn())
	}
	if actions := proof.Actions(claims, proof.VerifierRole); len(actions) > 0 {
		v.statement("DescribeOwnRole", actions, v.role.RoleArn())
	}
	if actions := proof.Actions(claims, proof.AnyResource); len(actions) > 0 {
		v.statement("LookUpFacts", actions, jsii.String("*"))
		suppression.Add(v.role, suppression.Rule{
			ID:        "AwsSolutions-IAM5",
			Reason:    "the describe calls of EC2 and Elastic Load Balancing and the lists of Route 53 cannot be narrowed to a resource",
			AppliesTo: []string{"Resource::*"},
		})
	}
}

// statement adds actions and a resource to a statement of the role.
func (v *verifier) statement(id string, actions []string, resource *string) {
	if known := v.statements[id]; known != nil {
		known.AddActions(*jsii.Strings(actions...)...)
		known.AddResources(resource)
		return
	}
	v.statements[id] = iam.NewPolicyStatement(&iam.PolicyStatementProps{
		Sid: &id, Actions: jsii.Strings(actions...), Resources: &[]*string{resource},
	})
	v.role.AddToPolicy(v.statements[id])
}
