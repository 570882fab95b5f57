package cfn

import (
	"context"
	"slices"
	"sort"
	"strings"
)

// Request is what a [ResourceType] is asked to act on.
type Request struct {
	// Stack is the stack's name, StackID its ARN.
	Stack, StackID string
	// LogicalID is the resource's name in the template, Type its type.
	LogicalID, Type string
	// Properties are the resolved properties: strings, json.Number, bool, []any
	// and map[string]any, no intrinsics left. For Delete they are the properties
	// that the resource was last created or updated with.
	Properties map[string]any
	// OldProperties are those before an update; nil otherwise.
	OldProperties map[string]any
	// PhysicalID is empty for Create.
	PhysicalID string
	// Beside are the resources of the stack, for [Reader] alone.
	Beside []ResourceInfo
	// StackTags are the stack's, which its resources have, too.
	StackTags map[string]string
	// Region and Account are where the stack lives.
	Region, Account string
	// Assets maps an S3 object key (HASH.zip) to the path of the directory or
	// file that `cdk deploy` would upload under it.
	Assets map[string]string
}

// Result is the resource that Create or Update has made.
type Result struct {
	// PhysicalID identifies the resource. Required for Create, even with an
	// error if something was created that must be deleted again. For Update,
	// empty means unchanged; another id than before is a replacement, and the
	// old one is deleted in the cleanup.
	PhysicalID string
	// Attributes are the values of Fn::GetAtt by name; dotted names
	// (Endpoint.Address) are ordinary keys. For Update, nil means unchanged.
	// A [Live] value is asked for at each use.
	Attributes map[string]any
	// Ref is the value of Ref. Default: PhysicalID.
	Ref any
	// Stabilize returns when the resource is ready for use, at CREATE_COMPLETE. The
	// creation of what refers to the resource begins before, that of what DependsOn
	// it does not. Default: it is ready at once.
	Stabilize func(ctx context.Context) error
	// responseKey names a custom resource's response in the messages about it.
	responseKey string
}

// Live is the value of an attribute that other resources change, such as the IPv6
// blocks of a VPC. It is called at each Fn::GetAtt and must not call the engine.
type Live func() any

// ResourceType creates, updates and deletes the resources of one type. Its methods are called
// concurrently for different resources. They return promptly with the context's
// error when the context is done: it ends when another resource has failed.
type ResourceType interface {
	// Check returns [Findings] about properties that are not supported, before
	// anything is created. What depends on other resources is an [Unknown] value.
	Check(properties map[string]any) error
	// Create makes the resource and returns when CloudFormation would show
	// CONFIGURATION_COMPLETE. The result's Stabilize returns at CREATE_COMPLETE.
	Create(ctx context.Context, r Request) (Result, error)
	// Update changes the resource in place.
	Update(ctx context.Context, r Request) (Result, error)
	// Replaces reports whether the change from old to new properties needs a new
	// physical resource.
	Replaces(old, new map[string]any) bool
	// Delete removes the resource. To delete what does not exist succeeds.
	Delete(ctx context.Context, r Request) error
}

// Attributed is a [ResourceType] that names its attributes, so that a Fn::GetAtt
// of any other is refused before anything is created.
type Attributed interface {
	Attributes() []string
}

// AnyOutput among the attributes stands for all that begin with Outputs., as stacks have
// them. A resource's value of it is an [OutputOf].
const AnyOutput = "Outputs.*"

// OutputOf is the value of an output by its name.
type OutputOf func(name string) any

// hasOutput reports whether an attribute is one of a type with outputs.
func hasOutput(a Attributed, attribute string) bool {
	return strings.HasPrefix(attribute, "Outputs.") && slices.Contains(a.Attributes(), AnyOutput)
}

// Inert is a [ResourceType] whose resources may be accepted and do nothing.
type Inert interface {
	// Inert says what of a resource does nothing in the lab, or "".
	Inert(properties map[string]any, assets map[string]string) string
}

// Types finds a resource type by its name, such as AWS::EC2::VPC.
type Types func(typeName string) (ResourceType, bool)

// Unknown is the value, while a template is checked, of an expression that
// depends on resources that do not exist yet.
type Unknown struct {
	// Expr is the expression as JSON, such as {"Ref":"Vpc"}.
	Expr string
}

// Known reports whether v contains no [Unknown] at any depth.
func Known(v any) bool {
	switch v := v.(type) {
	case Unknown:
		return false
	case []any:
		for _, e := range v {
			if !Known(e) {
				return false
			}
		}
	case map[string]any:
		for _, e := range v {
			if !Known(e) {
				return false
			}
		}
	}
	return true
}

// Literal returns v as text if it is a known scalar. CloudFormation takes
// strings for numbers and booleans, and numbers and booleans for strings.
func Literal(v any) (string, bool) {
	return scalarText(v)
}

// Findings are reasons to refuse a template. Each names the place in it.
type Findings []string

// Error returns the findings, sorted, one a line.
func (f Findings) Error() string {
	s := append([]string(nil), f...)
	sort.Strings(s)
	return strings.Join(s, "\n")
}

// Refusal is the error for a template that the lab does not support. Nothing was
// created or changed.
type Refusal struct {
	Stack    string
	Findings Findings
}

// Error returns all findings, sorted, one a line, under the stack's name.
func (r *Refusal) Error() string {
	return "stack " + r.Stack + " is refused:\n  " + strings.ReplaceAll(r.Findings.Error(), "\n", "\n  ")
}
