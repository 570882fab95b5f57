package cfn

import (
	"crypto/rand"
	"fmt"
	"slices"
	"sync"
	"time"

	"provenendpoints/proof"
)

// Options are what an [Engine] works with. The zero value is an engine that
// supports nothing but its own types.
type Options struct {
	// Types are the resource types. Default: only CloudFormation's own.
	Types Types
	// Region, Account and Partition are where the stacks live.
	// Defaults: us-east-1, 123456789012, aws.
	Region, Account, Partition string
	// Zones are what Fn::GetAZs gives. Default: a, b and c of the Region.
	Zones []string
	// Parameters finds the value of an SSM parameter; typ is the type inside
	// AWS::SSM::Parameter::Value<…>. Default: there are none.
	Parameters func(typ, name string) (any, error)
	// Signals carries invocations of custom resources and their answers.
	// Default: custom resources and wait conditions fail.
	Signals Signals
	// Clock passes the time. Default: the wall's.
	Clock proof.Clock
	// OnEvent is told every event, one at a time and in order. It may read from
	// the engine, but not deploy. Optional.
	OnEvent func(Event)
	// NewID makes the unique part of ids. Default: random UUIDs.
	NewID func() string
}

// Engine deploys stacks into one Region of one account. Its methods may be
// called concurrently; one stack has one operation at a time.
type Engine struct {
	opts  Options
	own   map[string]ResourceType
	token ResourceType // custom resources
	waits waits

	events sync.Mutex // serialises OnEvent
	mu     sync.Mutex // guards all below
	stacks map[string]*stack
	gone   []*stack        // deleted ones
	busy   map[string]bool // names of stacks with an operation under way
}

// stack is the state of a stack. The engine's lock guards it.
type stack struct {
	name, id         string
	status           Status
	reason           string
	created, updated time.Time
	plan             *plan
	live             map[string]*live
	// orphans are resources that are no longer in the plan, or not yet, and
	// still exist because an operation was interrupted or a clean-up failed.
	orphans []*live
	stuck   *stuck // the rollback that failed, in UPDATE_ROLLBACK_FAILED
	outputs []Output
	events  []Event
}

// live is one physical resource.
type live struct {
	id, typ, physical string
	rt                ResourceType
	props, attrs      map[string]any
	ref               any
	vendor            string  // names a custom resource's response for messages
	uses              []*live // what it depends on
	deletion, replace string
	status            Status
	reason            string
}

// New makes an engine.
func New(o Options) *Engine {
	if o.Region == "" {
		o.Region = "us-east-1"
	}
	if o.Account == "" {
		o.Account = "123456789012"
	}
	if o.Partition == "" {
		o.Partition = "aws"
	}
	if o.Zones == nil {
		o.Zones = []string{o.Region + "a", o.Region + "b", o.Region + "c"}
	}
	if o.Clock == nil {
		o.Clock = proof.SystemClock()
	}
	if o.NewID == nil {
		o.NewID = newUUID
	}
	e := &Engine{opts: o, stacks: map[string]*stack{}, busy: map[string]bool{}, waits: waits{boxes: map[string]*mailbox{}}}
	e.token = customType{e}
	e.own = map[string]ResourceType{
		"AWS::CDK::Metadata":                       metadataType(e),
		"AWS::CloudFormation::CustomResource":      e.token,
		"AWS::CloudFormation::WaitCondition":       e.waitConditionType(),
		"AWS::CloudFormation::WaitConditionHandle": e.waitHandleType(),
	}
	return e
}

// newUUID returns a random UUID (version 4).
func newUUID() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails
	b[6] = b[6]&0x0f | 0x40
	b[8] = b[8]&0x3f | 0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}

func (e *Engine) typeOf(name string) (ResourceType, bool) {
	if len(name) > len("Custom::") && name[:len("Custom::")] == "Custom::" {
		return e.token, true
	}
	if rt, ok := e.own[name]; ok {
		return rt, true
	}
	if e.opts.Types == nil {
		return nil, false
	}
	return e.opts.Types(name)
}

// pseudo are the pseudo parameters:
// docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/pseudo-parameter-reference.html
func (e *Engine) pseudo(name, id string) map[string]any {
	suffix := "amazonaws.com"
	if e.opts.Partition == "aws-cn" {
		suffix = "amazonaws.com.cn"
	}
	return map[string]any{
		"AWS::AccountId": e.opts.Account, "AWS::NotificationARNs": []any{}, "AWS::Partition": e.opts.Partition,
		"AWS::Region": e.opts.Region, "AWS::StackId": id, "AWS::StackName": name, "AWS::URLSuffix": suffix,
	}
}

func (e *Engine) zones() []any {
	out := make([]any, len(e.opts.Zones))
	for i, z := range e.opts.Zones {
		out[i] = z
	}
	return out
}

func (e *Engine) ssm(name string) (any, error) {
	if e.opts.Parameters == nil {
		return nil, fmt.Errorf("there are no SSM parameters here")
	}
	return e.opts.Parameters("String", name)
}

// export finds an exported value; exporter the stack that exports a name.
func (e *Engine) export(name string) (any, bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, s := range e.stacks {
		for _, o := range s.outputs {
			if o.Export == name {
				return o.Value, true
			}
		}
	}
	return nil, false
}

func (e *Engine) exporter(name string) (string, bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, s := range e.stacks {
		if slices.ContainsFunc(s.outputs, func(o Output) bool { return o.Export == name }) {
			return s.name, true
		}
	}
	return "", false
}

// importers returns the stacks, besides the exporter itself, that use an export.
func (e *Engine) importers(name string) []string {
	e.mu.Lock()
	defer e.mu.Unlock()
	var out []string
	for _, s := range e.stacks {
		if s.plan != nil && s.plan.imports[name] {
			out = append(out, s.name)
		}
	}
	slices.Sort(out)
	return out
}

// emit notes an event and tells it, and returns it complete.
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

// setStatus changes a stack's status and tells it.
func (e *Engine) setStatus(s *stack, status Status, reason string) {
	e.mu.Lock()
	s.status, s.reason = status, reason
	e.mu.Unlock()
	e.emit(s, Event{LogicalID: s.name, PhysicalID: s.id, Type: stackType, Status: status, Reason: reason})
}

// setResource changes a resource's status and tells it.
func (e *Engine) setResource(s *stack, l *live, status Status, reason string) Event {
	e.mu.Lock()
	l.status, l.reason = status, reason
	ev := Event{LogicalID: l.id, PhysicalID: l.physical, Type: l.typ, Status: status, Reason: reason}
	e.mu.Unlock()
	return e.emit(s, ev)
}
