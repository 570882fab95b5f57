package verification

import (
	"slices"
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
	arn      string // of the function
	roleARN  string
	limit    time.Duration // the longest of its verifications
	// statements are those of its role, by id. Further verifications add to them.
	statements map[string]*statement
	// services is the statement of its policy for endpoint services; nil, if it has none.
	services *statement
}

func newVerifier(scope constructs.Construct, props FunctionProps, code string) *verifier {
	v := &verifier{scope: constructs.NewConstruct(scope, jsii.String("Verifier")), statements: map[string]*statement{}}
	v.logs = newLogs(v.scope, props)
	v.role = newRole(v.scope, v.logs, "Judges the claims of endpoint verifications")
	settings := commonProps(code, v.role, v.logs, contract.VerifierTimeout(0), verifierMemory)
	settings.Description = jsii.String("Judges the claims of endpoint verifications and answers CloudFormation")
	// It always answers, unless its process ends. Lambda then invokes it again, after
	// one minute and after two more, as long as CloudFormation waits. A second
	// invocation does no harm: a verification changes nothing but the nonce, which is the
	// request's, and CloudFormation ignores a second answer to a request.
	settings.RetryAttempts = jsii.Number(2)
	settings.MaxEventAge = duration(contract.ServiceTimeout(0))
	v.function = newFunction(v.scope, "Function", settings)
	v.arn, v.roleARN = *v.function.FunctionArn(), *v.role.RoleArn()
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
func (v *verifier) allow(stackID string, claims []proof.Claim, probers *probers, functions []prober) {
	// For whether the stack is rolling back: a verification must not fail then.
	seen := append(proof.Actions(claims, proof.OwnStack), "cloudformation:DescribeStacks")
	v.statement("DescribeOwnStack", seen, stackID)
	for _, prober := range functions {
		actions := append(proof.Actions(claims, proof.ProberFunctions), "lambda:InvokeFunction")
		v.statement("InvokeProbers", actions, prober.arn)
	}
	if actions := proof.Actions(claims, proof.ProberRole); len(actions) > 0 {
		v.statement("DescribeProberRole", actions, probers.arn)
	}
	if actions := proof.Actions(claims, proof.VerifierRole); len(actions) > 0 {
		v.statement("DescribeOwnRole", actions, v.roleARN)
	}
	for _, claim := range claims {
		if actions := proof.Actions([]proof.Claim{claim}, proof.NamedServices); len(actions) > 0 {
			v.allowService(actions, claim.Service)
		}
	}
	if actions := proof.Actions(claims, proof.AnyResource); len(actions) > 0 && v.statement("LookUpFacts", actions, "*") {
		suppression.Add(v.role, suppression.Rule{
			ID:        "AwsSolutions-IAM5",
			Same:      []string{"IAM_POLICYDOCUMENT_NO_WILDCARD_RESOURCE"},
			Reason:    "these describe calls of EC2 and Elastic Load Balancing and lists of Route 53 cannot be narrowed to a resource",
			AppliesTo: []string{"Resource::*"},
		})
	}
}

// allowService grants the role actions on an endpoint service, by its id. The grants are in a
// policy of their own: the function waits for that of the role's others, and the service may
// wait for the function.
func (v *verifier) allowService(actions []string, service string) {
	arn := "arn:" + *awscdk.Aws_PARTITION() + ":ec2:" + *awscdk.Aws_REGION() + ":" + *awscdk.Aws_ACCOUNT_ID() + ":vpc-endpoint-service/" + service
	if v.services == nil {
		v.services = &statement{
			iam.NewPolicyStatement(&iam.PolicyStatementProps{Sid: jsii.String("DescribeServices"), Actions: jsii.Strings(actions...), Resources: jsii.Strings(arn)}),
			actions, []string{arn},
		}
		iam.NewPolicy(v.scope, jsii.String("Services"), &iam.PolicyProps{
			Roles: &[]iam.IRole{v.role}, Statements: &[]iam.PolicyStatement{v.services.PolicyStatement},
		})
		return
	}
	v.services.add(actions, arn)
}

// statement is one of the role, with what it has: to add it once more would be a call to
// JavaScript for nothing.
type statement struct {
	iam.PolicyStatement
	actions, resources []string
}

// statement adds actions and a resource to a statement of the role, and reports whether
// that made it.
func (v *verifier) statement(id string, actions []string, resource string) (made bool) {
	s := v.statements[id]
	if s == nil {
		s = &statement{
			iam.NewPolicyStatement(&iam.PolicyStatementProps{Sid: &id, Actions: jsii.Strings(actions...), Resources: &[]*string{&resource}}),
			actions, []string{resource},
		}
		v.statements[id] = s
		v.role.AddToPolicy(s.PolicyStatement)
		return true
	}
	s.add(actions, resource)
	return false
}

// add adds what is missing.
func (s *statement) add(actions []string, resource string) {
	if more := slices.DeleteFunc(slices.Clone(actions), func(a string) bool { return slices.Contains(s.actions, a) }); len(more) > 0 {
		s.AddActions(*jsii.Strings(more...)...)
		s.actions = append(s.actions, more...)
	}
	if !slices.Contains(s.resources, resource) {
		s.AddResources(&resource)
		s.resources = append(s.resources, resource)
	}
}
