package stacks

import "github.com/aws/aws-cdk-go/awscdk/v2"

// lintExceptions are the rules of cfn-lint that do not apply to these templates. They stand
// in the templates, where cfn-lint and people who review them see them.
var lintExceptions = []string{
	// A dependency beside a reference says more than the reference: CloudFormation begins
	// with what refers to a resource at CONFIGURATION_COMPLETE already, and a proof needs
	// what it refers to stable
	// (github.com/aws-cloudformation/cloudformation-coverage-roadmap/issues/1951).
	"W3005",
	// The data of a wait condition is a text, which AWS's own example puts into an output
	// (docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-cloudformation-waitcondition.html).
	// cfn-lint takes it for an object.
	"E6101",
}

// except writes the exceptions into a template, as cfn-lint reads them.
func except(stack awscdk.Stack) {
	stack.TemplateOptions().SetMetadata(&map[string]any{
		"cfn-lint": map[string]any{"config": map[string]any{"ignore_checks": lintExceptions}},
	})
}
