package host

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/jsii-runtime-go"

	"provenendpoints/internal/rendering"
	"provenendpoints/internal/template"
)

// follower gives a wait condition and its handle other logical ids whenever the
// instance that reports may be another one. CloudFormation updates and uses neither
// a second time, so that the report would stay that of the first instance
// (docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-waitcondition.html).
// The handle's URL is part of the user data, and a change of that replaces the
// instance: all three are replaced together.
//
// What makes another instance is read from the stack's template: the instance's
// properties, and all that they refer to. It stands there only when the template is
// written, and so do the ids.
type follower struct {
	stack awscdk.Stack
	// handle is the handle's id without a suffix; the instance is found by it.
	handle string
	// suffix ends the ids. It is computed once for a synthesis, from a template that
	// has no suffixes; asking is set meanwhile.
	suffix string
	asking bool
}

// follow gives the elements, of which the first is the handle, ids that follow the
// instance.
func follow(handle awscdk.CfnWaitConditionHandle, others ...awscdk.CfnElement) {
	stack := handle.Stack()
	f := &follower{stack: stack, handle: resolvedID(handle)}
	for _, element := range append([]awscdk.CfnElement{handle}, others...) {
		element.OverrideLogicalId(awscdk.Lazy_UncachedString(&followingID{f, resolvedID(element)}, nil))
	}
	handle.Node().AddValidation(f)
}

// resolvedID is the logical id as text.
func resolvedID(element awscdk.CfnElement) string {
	id, _ := element.Stack().Resolve(element.LogicalId()).(string)
	return id
}

// Validate implements constructs.IValidation. It finds nothing, and forgets what was
// computed before the construct tree was complete. JavaScript calls it: it must not panic.
func (f *follower) Validate() *[]*string {
	f.suffix = ""
	return &[]*string{}
}

// followingID is an id with the suffix.
type followingID struct {
	of *follower // not embedded: jsii would take the two for one object
	id string
}

// Produce implements awscdk.IStringProducer. JavaScript calls it: it must not panic.
func (f *followingID) Produce(context awscdk.IResolveContext) *string {
	if f.of.asking || *context.Preparing() {
		return &f.id
	}
	if f.of.suffix == "" {
		f.of.ask()
	}
	return jsii.String(f.id + f.of.suffix)
}

// ask computes the suffix. If the template cannot be rendered there is none; CDK
// fails for the same cause.
func (f *follower) ask() {
	f.asking = true
	defer func() { f.asking = false }()
	rendered, err := rendering.Of(f.stack)
	if err != nil {
		return
	}
	for _, id := range rendered.OfType("AWS::EC2::Instance") {
		template.VisitReferences(map[string]any(rendered.Resource(id).Properties()), func(to string) {
			if to == f.handle {
				f.suffix = rendered.DigestOf(id, f.handle)[:8]
			}
		})
	}
}
