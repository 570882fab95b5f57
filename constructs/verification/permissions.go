package verification

import (
	"strings"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	iam "github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/jsii-runtime-go"

	"provenendpoints/internal/suppression"
	"provenendpoints/proof"
)

// Grant is the permission for one call, valid only for requests through one
// endpoint. A successful call therefore proves the path, and a denial from outside
// shows that the grant depends on it.
type Grant struct {
	// Action is the IAM action, without wildcards. Resource is the ARN that it may be
	// used on, without wildcards where possible. Required.
	Action, Resource string
	// Endpoint is the id of the endpoint. Required.
	Endpoint string
}

// allowInterfaces lets Lambda create and delete the functions' interfaces with the
// role, and denies it to the code of the functions. Lambda calls these actions under
// the role without lambda:SourceFunctionArn; the code's own calls carry it (docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html,
// docs.aws.amazon.com/lambda/latest/dg/permissions-source-function-arn.html).
func allowInterfaces(role iam.Role) {
	actions := jsii.Strings(proof.InterfaceActions...)
	role.AddToPolicy(iam.NewPolicyStatement(&iam.PolicyStatementProps{
		Sid:       jsii.String("LambdaManagesInterfaces"),
		Actions:   actions,
		Resources: jsii.Strings("*"),
	}))
	role.AddToPolicy(iam.NewPolicyStatement(&iam.PolicyStatementProps{
		Sid:       jsii.String("DenyInterfacesToFunctionCode"),
		Effect:    iam.Effect_DENY,
		Actions:   actions,
		Resources: jsii.Strings("*"),
		Conditions: &map[string]any{"ArnLike": map[string]any{
			"lambda:SourceFunctionArn": "arn:" + *awscdk.Aws_PARTITION() + ":lambda:" + *awscdk.Aws_REGION() + ":" + *awscdk.Aws_ACCOUNT_ID() + ":function:*",
		}},
	}))
	suppression.Add(role, suppression.Rule{
		ID:        "AwsSolutions-IAM5",
		Same:      []string{"CKV_AWS_111", "IAM_POLICYDOCUMENT_NO_WILDCARD_RESOURCE"},
		Reason:    "Lambda needs these actions on every resource to connect a function to a VPC (AWS documents it); the second statement denies them to the function's code",
		AppliesTo: []string{"Resource::*"},
	})
}

// allowCall grants the role one call, through one endpoint. All grants are in one
// policy of their own, because the role is created before the endpoints.
func (p *probers) allowCall(grant Grant) {
	if p.policy == nil {
		p.policy = iam.NewPolicy(p.scope, jsii.String("Grants"), &iam.PolicyProps{Roles: &[]iam.IRole{p.role}})
	}
	p.policy.AddStatements(iam.NewPolicyStatement(&iam.PolicyStatementProps{
		Sid:       jsii.String("ThroughEndpointOnly" + ordinal(len(p.grants)-1)),
		Actions:   jsii.Strings(grant.Action),
		Resources: jsii.Strings(grant.Resource),
		Conditions: &map[string]any{"StringEquals": map[string]any{
			"aws:SourceVpce": grant.Endpoint,
		}},
	}))
	if strings.Contains(grant.Resource, "*") {
		suppression.Add(p.policy, suppression.Rule{
			ID:     "AwsSolutions-IAM5",
			Same:   []string{"IAM_POLICYDOCUMENT_NO_WILDCARD_RESOURCE"},
			Reason: "IAM knows no narrower resource for a call, or its ARN has an id that is unknown here; each grant is still one call through one endpoint",
		})
	}
}
