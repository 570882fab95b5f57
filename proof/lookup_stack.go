package proof

import "errors"

// StackLookup describes the stack that a verification belongs to, by its ARN.
var StackLookup = newLookup[string, Stack]("stack", OwnStack,
	"cloudformation:GetTemplate", "cloudformation:ListStackResources")

// Stack is a stack while it is deployed.
type Stack struct {
	// Template is the template as it was sent, in JSON.
	Template string
	// Resources are those that exist or are being made, changed or deleted. One
	// that is still to be made is not among them.
	Resources []StackResource
}

// StackResource is a resource of a stack.
type StackResource struct {
	// ID is the logical id.
	ID, Type string
	// Status is such as CREATE_COMPLETE.
	Status string
}

// stack looks up a stack.
func (g *gatherer) stack(arn string) Stack {
	return look(g, StackLookup, "the stack "+arn, arn, func(s Stack) error {
		if s.Template == "" || len(s.Resources) == 0 {
			return errors.New("it was described without its template or resources")
		}
		return nil
	})
}
