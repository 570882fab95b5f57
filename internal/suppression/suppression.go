// Package suppression records, beside the code that it concerns, why a rule of a validator
// of templates does not apply: cdk-nag (github.com/cdklabs/cdk-nag), Checkov
// (github.com/bridgecrewio/checkov), the AWS Guard Rules Registry
// (github.com/aws-cloudformation/aws-guard-rules-registry) and cfn-lint
// (github.com/aws-cloudformation/cfn-lint).
//
// It writes the resource metadata that they read. The constructs therefore do
// not load cdk-nag itself, which only the tests run, and the reason is visible in
// the template to its reviewers.
package suppression

import (
	"regexp"
	"strings"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	iam "github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"provenendpoints/internal/known"
)

// Where validators look for the rules to suppress on a resource.
const (
	nagKey     = "cdk_nag"
	checkovKey = "checkov"
	guardKey   = "guard"
	lintKey    = "cfn-lint"
)

// Rule is a rule that does not apply, with the reason.
type Rule struct {
	// ID is the rule of cdk-nag, such as AwsSolutions-IAM5. Default: none; it has no such
	// rule.
	ID string
	// Same are the rules of other validators that ask for the same: Checkov's, such as
	// CKV_AWS_116, cfn-lint's, such as W3005, and Guard's, such as LAMBDA_DLQ_CHECK.
	// Default: none.
	Same []string
	// Reason says why the rule does not apply here; cdk-nag wants at least ten
	// characters. Guard and cfn-lint have no place for it. Required.
	Reason string
	// AppliesTo narrows a rule that reports several findings on one resource to
	// these findings, such as "Action::ec2:*". Default: all its findings.
	AppliesTo []string
}

// UnknownCIDR is for a security group that admits a VPC's address range: the
// range is a reference, which cdk-nag cannot resolve.
var UnknownCIDR = Rule{
	ID:     "CdkNagValidationFailure",
	Reason: "the source is the VPC's own address range, which is known at deployment",
}

// StableFirst is for what waits for something explicitly beside a reference to it:
// CloudFormation begins with what refers to a resource at CONFIGURATION_COMPLETE already
// (github.com/aws-cloudformation/cloudformation-coverage-roadmap/issues/1951).
var StableFirst = Rule{Same: []string{"W3005"}, Reason: "a reference does not wait until a resource is stable"}

// rolePolicy is the id of the construct that holds the statements of a role.
const rolePolicy = "DefaultPolicy"

// Add suppresses the rules on a construct's own resource, and on no other in or
// below it, so that each suppression in a template is where it is needed. The
// resource of a role is the policy with its statements, which must exist
// already. A second call for the same resource replaces what the
// first has told the same validator. It panics if
// there is no such resource: that is a mistake in the constructs, not of their
// user.
func Add(scope constructs.IConstruct, rules ...Rule) {
	resource := resourceOf(scope)
	if resource == nil {
		panic("suppression: " + known.Path(scope) + " has no resource of its own")
	}
	var nag, checkov []map[string]any
	var guard, lint []string
	for _, rule := range rules {
		if rule.ID != "" {
			suppression := map[string]any{"id": rule.ID, "reason": rule.Reason}
			if len(rule.AppliesTo) > 0 {
				suppression["applies_to"] = rule.AppliesTo
			}
			nag = append(nag, suppression)
		}
		for _, id := range rule.Same {
			switch {
			case strings.HasPrefix(id, "CKV"):
				checkov = append(checkov, map[string]any{"id": id, "comment": rule.Reason})
			case lintRule.MatchString(id):
				lint = append(lint, id)
			default:
				guard = append(guard, id)
			}
		}
	}
	write(resource, nagKey, "rules_to_suppress", nag)
	write(resource, checkovKey, "skip", checkov)
	write(resource, guardKey, "SuppressedRules", guard)
	if len(lint) > 0 {
		resource.AddMetadata(jsii.String(lintKey), map[string]any{"config": map[string]any{"ignore_checks": lint}})
	}
}

// lintRule are cfn-lint's ids
// (github.com/aws-cloudformation/cfn-lint/blob/main/docs/rules.md).
var lintRule = regexp.MustCompile(`^[EWI][0-9]{4}$`)

// write writes a list into a resource's metadata, unless it is empty.
func write[T any](resource awscdk.CfnResource, key, list string, items []T) {
	if len(items) > 0 {
		resource.AddMetadata(&key, map[string]any{list: items})
	}
}

func resourceOf(scope constructs.IConstruct) awscdk.CfnResource {
	if resource, is := scope.(awscdk.CfnResource); is {
		return resource
	}
	// Only a role has such a policy; to ask others would be a call to JavaScript for nothing.
	if _, role := scope.(iam.IRole); role {
		if policy := known.Node(scope).TryFindChild(jsii.String(rolePolicy)); policy != nil {
			scope = policy
		}
	}
	resource, _ := known.Resource(scope).(awscdk.CfnResource)
	return resource
}
