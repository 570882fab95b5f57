// Package suppression records, beside the code that it concerns, why a rule of cdk-nag
// (github.com/cdklabs/cdk-nag) does not apply.
//
// It writes the resource metadata that cdk-nag reads. The constructs therefore do
// not load cdk-nag itself, which only the tests run, and the reason is visible in
// the template to its reviewers.
package suppression

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	iam "github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"provenendpoints/internal/known"
)

// metadataKey is where cdk-nag looks for the rules to suppress on a resource.
const metadataKey = "cdk_nag"

// Rule is a rule that does not apply, with the reason.
type Rule struct {
	// ID is the rule, such as AwsSolutions-IAM5. Required.
	ID string
	// Reason says why the rule does not apply here; cdk-nag wants at least ten
	// characters. Required.
	Reason string
	// AppliesTo narrows a rule that reports several findings on one resource to
	// these findings, such as "Action::ec2:*". Default: all its findings.
	AppliesTo []string
}

// UnknownCIDR is for a security group that admits a VPC's address range: the
// range is a reference, which cdk-nag cannot resolve.
var UnknownCIDR = Rule{
	ID:     "CdkNagValidationFailure",
	Reason: "the source is a VPC's own address range, known at deployment only; so cdk-nag cannot check that the rule admits nobody from the internet",
}

// rolePolicy is the id of the construct that holds the statements of a role.
const rolePolicy = "DefaultPolicy"

// Add suppresses the rules on a construct's own resource, and on no other in or
// below it, so that each suppression in a template is where it is needed. The
// resource of a role is the policy with its statements, which must exist
// already. A second call for the same resource replaces the first. It panics if
// there is no such resource: that is a mistake in the constructs, not of their
// user.
func Add(scope constructs.IConstruct, rules ...Rule) {
	resource := resourceOf(scope)
	if resource == nil {
		panic("suppression: " + known.Path(scope) + " has no resource of its own")
	}
	suppressions := make([]map[string]any, 0, len(rules))
	for _, rule := range rules {
		suppression := map[string]any{"id": rule.ID, "reason": rule.Reason}
		if len(rule.AppliesTo) > 0 {
			suppression["applies_to"] = rule.AppliesTo
		}
		suppressions = append(suppressions, suppression)
	}
	resource.AddMetadata(jsii.String(metadataKey), map[string]any{"rules_to_suppress": suppressions})
}

func resourceOf(scope constructs.IConstruct) awscdk.CfnResource {
	// Only a role has such a policy; to ask others would be a call to JavaScript for nothing.
	if _, role := scope.(iam.IRole); role {
		if policy := known.Node(scope).TryFindChild(jsii.String(rolePolicy)); policy != nil {
			scope = policy
		}
	}
	resource, _ := known.Resource(scope).(awscdk.CfnResource)
	return resource
}
