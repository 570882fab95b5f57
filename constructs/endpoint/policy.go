package endpoint

import (
	"encoding/json"
	"fmt"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	ec2 "github.com/aws/aws-cdk-go/awscdk/v2/awsec2"
	iam "github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/jsii-runtime-go"

	"provenendpoints/internal/known"
	"provenendpoints/internal/lazy"
)

// maxPolicySize is the largest endpoint policy in characters, white space included
// (docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-access.html).
const maxPolicySize = 20_480

// provedCall is the Sid of the statement that allows the call that is proved.
const provedCall = "ProvedCall"

// OnlyCall is the narrowest policy of an endpoint: principals of the stack's account
// may make the one call, and nobody anything else. Whatever else uses the endpoint
// needs further statements. That is more than one thinks: for S3, image layers,
// package repositories, and what CloudFormation signs
// (docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-s3.html). It panics
// without a call.
func OnlyCall(call *Call) []iam.PolicyStatement {
	if call == nil {
		panic(required("call", true))
	}
	return []iam.PolicyStatement{ownAccount(provedCall, call.Action, call.Resource)}
}

// OwnAccount is a policy that lets principals of the stack's account make every call,
// and nobody else any. Requests without a signature, and those that others have
// signed, are nobody's of the account: package repositories in S3 for one.
func OwnAccount() []iam.PolicyStatement {
	return []iam.PolicyStatement{ownAccount("OwnAccountOnly", "*", "*")}
}

// ownAccount lets the principals of the stack's account use an action. A gateway
// endpoint's policy must have the principal "*"; the condition narrows it
// (docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-s3.html).
func ownAccount(id, action, resource string) iam.PolicyStatement {
	return iam.NewPolicyStatement(&iam.PolicyStatementProps{
		Sid:        &id,
		Principals: &[]iam.IPrincipal{iam.NewStarPrincipal()},
		Actions:    &[]*string{&action},
		Resources:  &[]*string{&resource},
		Conditions: &map[string]any{"StringEquals": map[string]any{
			"aws:PrincipalAccount": awscdk.Aws_ACCOUNT_ID(),
		}},
	})
}

// statefulEndpoint is an endpoint whose policy is made in this app.
type statefulEndpoint interface {
	ec2.IVpcEndpoint
	AddToPolicy(iam.PolicyStatement)
	// PolicyDocument is nil as long as there is no statement.
	PolicyDocument() iam.PolicyDocument
}

// setPolicy gives the endpoint the statements. What is proved is added to what they
// allow, and to what AddToPolicy allows later. Without any the endpoint has no policy
// of its own and AWS's default, which lets everything pass: the proof of a call never
// forbids another.
func setPolicy(endpoint statefulEndpoint, statements []iam.PolicyStatement, call *Call) {
	for i, statement := range statements {
		mustAsk(fmt.Sprintf("Policy[%d]", i), func() any { endpoint.AddToPolicy(statement); return nil })
	}
	if call != nil {
		resource := known.Resource(endpoint).(ec2.CfnVPCEndpoint)
		lazy.AddProved(resource, endpoint, ownAccount(provedCall, call.Action, call.Resource))
	}
	// The size is checked at synthesis: statements may be added until then.
	known.Node(endpoint).AddValidation(&policySize{endpoint: endpoint})
}

// fullAccess is the policy that an endpoint has where none is given
// (docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-access.html).
var fullAccess = map[string]any{"Statement": []any{
	map[string]any{"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"},
}}

// policyText returns the policy that the endpoint will have as JSON text, with the
// statements that will be added later.
func policyText(endpoint ec2.IVpcEndpoint) string {
	resource, ok := known.Resource(endpoint).(ec2.CfnVPCEndpoint)
	if !ok {
		return ""
	}
	return lazy.Policy(resource, fullAccess)
}

// policySize refuses an endpoint policy that is too long for AWS.
type policySize struct{ endpoint ec2.IVpcEndpoint }

// Validate implements constructs.IValidation. JavaScript calls it: it must not
// panic.
func (p *policySize) Validate() *[]*string {
	resource, ok := known.Resource(p.endpoint).(ec2.CfnVPCEndpoint)
	if !ok {
		return &[]*string{}
	}
	policy := known.Stack(p.endpoint).Resolve(resource.PolicyDocument())
	if err := checkPolicySize(policy); err != nil {
		return jsii.Strings(err.Error())
	}
	return &[]*string{}
}

func checkPolicySize(policy any) error {
	data, err := json.Marshal(policy)
	if err != nil {
		return err
	}
	if len(data) > maxPolicySize {
		return fmt.Errorf("Policy: must have at most %d characters, got %d", maxPolicySize, len(data))
	}
	return nil
}
