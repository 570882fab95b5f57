package cfn

import "time"

// stack is the state of a stack. The engine's lock guards it.
type stack struct {
	name, id         string
	status           Status
	reason           string
	created, updated time.Time
	// plan is what the stack was made by, deploying what an update is to make of it.
	plan, deploying *plan
	resources       map[string]*resource // by logical id
	// orphans are physical resources that exist and are not in resources: an
	// operation was interrupted, a clean-up failed, or an update has replaced them.
	orphans []*resource
	// failedRollback is the update whose rollback failed, in UPDATE_ROLLBACK_FAILED.
	failedRollback *operation
	// paused is the operation that failed and was left as it is ([Stack.NoRollback]), in
	// CREATE_FAILED and UPDATE_FAILED; nil if it cannot be rolled back any more.
	paused  *operation
	outputs []Output
	events  []Event
}

// resource is one physical resource. The engine's lock guards it.
type resource struct {
	id, typ, physical string
	rt                ResourceType
	props, attrs      map[string]any
	ref               any
	// responseKey names a custom resource's response in messages.
	responseKey string
	// uses are the resources that it depends on. They are deleted after it.
	uses []*resource
	// deletion and replace are its DeletionPolicy and UpdateReplacePolicy.
	deletion, replace string
	status            Status
	reason            string
	changed           time.Time // when its status did
}

// setResult stores what a resource type returned.
func (r *resource) setResult(res Result) {
	if res.PhysicalID != "" {
		r.physical = res.PhysicalID
		r.ref = res.PhysicalID
	}
	if res.Ref != nil {
		r.ref = res.Ref
	}
	if res.Attributes != nil {
		r.attrs = res.Attributes
	}
	if res.responseKey != "" {
		r.responseKey = res.responseKey
	}
}

// emit records an event, reports it and returns it complete.
func (e *Engine) emit(s *stack, ev Event) Event {
	e.events.Lock()
	defer e.events.Unlock()
	ev.Time, ev.Stack, ev.StackID = e.opts.Clock.Now(), s.name, s.id
	e.mu.Lock()
	s.events = append(s.events, ev)
	e.mu.Unlock()
	if e.opts.OnEvent != nil {
		e.opts.OnEvent(ev)
	}
	return ev
}

// setStatus changes a stack's status and emits the event.
func (e *Engine) setStatus(s *stack, status Status, reason string) {
	e.mu.Lock()
	s.status, s.reason = status, reason
	e.mu.Unlock()
	e.emit(s, Event{LogicalID: s.name, PhysicalID: s.id, Type: stackType, Status: status, Reason: reason})
}

// detail emits the event of a detailed status; the resource's status stays.
func (e *Engine) detail(s *stack, r *resource, d DetailedStatus, reason string) {
	e.mu.Lock()
	ev := Event{LogicalID: r.id, PhysicalID: r.physical, Type: r.typ, Status: r.status, Detailed: d, Reason: reason}
	e.mu.Unlock()
	e.emit(s, ev)
}

// setResource changes a resource's status and emits the event.
func (e *Engine) setResource(s *stack, r *resource, status Status, reason string) Event {
	e.mu.Lock()
	r.status, r.reason, r.changed = status, reason, e.opts.Clock.Now()
	ev := Event{LogicalID: r.id, PhysicalID: r.physical, Type: r.typ, Status: status, Reason: reason}
	e.mu.Unlock()
	return e.emit(s, ev)
}
