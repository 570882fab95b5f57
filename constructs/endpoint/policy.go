package endpoint

import (
	"encoding/json"
	"fmt"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	ec2 "github.com/aws/aws-cdk-go/awscdk/v2/awsec2"
	iam "github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/jsii-runtime-go"
)

// maxPolicySize is the largest endpoint policy in characters, white space included
// (docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-access.html).
const maxPolicySize = 20_480

// statefulEndpoint is an endpoint whose policy is made in this app.
type statefulEndpoint interface {
	ec2.IVpcEndpoint
	AddToPolicy(iam.PolicyStatement)
}

// setPolicy gives the endpoint the statements, or the default policy if there
// are none.
func setPolicy(endpoint statefulEndpoint, statements []iam.PolicyStatement, call *Call) {
	if len(statements) == 0 {
		statements = []iam.PolicyStatement{defaultStatement(call)}
	}
	for _, statement := range statements {
		endpoint.AddToPolicy(statement)
	}
	// The size is checked at synthesis: statements may be added until then.
	endpoint.Node().AddValidation(&policySize{endpoint: endpoint})
}

// defaultStatement allows the call that is proved, or every call if none is, to
// the principals of the stack's account. A gateway endpoint's policy must have
// the principal "*"; the condition narrows it
// (docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-s3.html).
func defaultStatement(call *Call) iam.PolicyStatement {
	action, resource := "*", "*"
	if call != nil {
		action, resource = call.Action, call.Resource
	}
	return iam.NewPolicyStatement(&iam.PolicyStatementProps{
		Sid:        jsii.String("OwnAccountOnly"),
		Principals: &[]iam.IPrincipal{iam.NewStarPrincipal()},
		Actions:    &[]*string{&action},
		Resources:  &[]*string{&resource},
		Conditions: &map[string]any{"StringEquals": map[string]any{
			"aws:PrincipalAccount": awscdk.Aws_ACCOUNT_ID(),
		}},
	})
}

// policyText returns the endpoint's policy as JSON text, with the statements that
// will be added later.
func policyText(endpoint ec2.IVpcEndpoint) string {
	resource, ok := endpoint.Node().DefaultChild().(ec2.CfnVPCEndpoint)
	if !ok {
		return ""
	}
	return *awscdk.Stack_Of(endpoint).ToJsonString(resource.PolicyDocument(), nil)
}

// policySize refuses an endpoint policy that is too long for AWS.
type policySize struct{ endpoint ec2.IVpcEndpoint }

// Validate implements constructs.IValidation. JavaScript calls it: it must not
// panic.
func (p *policySize) Validate() *[]*string {
	resource, ok := p.endpoint.Node().DefaultChild().(ec2.CfnVPCEndpoint)
	if !ok {
		return &[]*string{}
	}
	policy := awscdk.Stack_Of(p.endpoint).Resolve(resource.PolicyDocument())
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
