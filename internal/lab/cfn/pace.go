package cfn

import "context"

// Action is what CloudFormation does in a [Step].
type Action string

// The actions.
const (
	// Begin is the time from when a resource, or a stack, could begin until
	// CloudFormation turns to it.
	Begin Action = "begin"
	// Creating, Updating and Deleting are the time from then until the service has
	// the call.
	Creating Action = "create"
	Updating Action = "update"
	Deleting Action = "delete"
	// Cancelling is the time until CloudFormation notes that another resource's failure
	// has cancelled this one.
	Cancelling Action = "cancel"
)

// Step is a part of an operation that takes time.
type Step struct {
	// Stack is the stack's name, LogicalID the resource's and Type its type. The last two
	// are empty for the stack itself.
	Stack, LogicalID, Type string
	Action                 Action
	// Awaited reports whether a resource of the stack waits for signals from its instances,
	// for which the stack's other resources must be there in time.
	Awaited bool
	// Count is how many equal steps the engine has made before.
	Count int
}

// pause lets the time of a step pass, or returns the context's error.
func (e *Engine) pause(ctx context.Context, s Step) error {
	if e.opts.Pace == nil {
		return nil
	}
	e.mu.Lock()
	key := s
	s.Count = e.steps[key]
	e.steps[key]++
	e.mu.Unlock()
	return e.opts.Clock.Sleep(ctx, e.opts.Pace(s))
}

// pause is the pause of a step with a resource.
func (o *operation) pause(ctx context.Context, id, typ string, a Action) error {
	return o.engine.pause(ctx, Step{Stack: o.stack.name, LogicalID: id, Type: typ, Action: a, Awaited: o.plan.awaits})
}
