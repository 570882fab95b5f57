package eventbridge

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	"provenendpoints/internal/lab/awsid"
	"provenendpoints/internal/lab/clock"
)

// Event is an event
// (docs.aws.amazon.com/eventbridge/latest/userguide/eb-events-structure.html).
type Event struct {
	Source, DetailType string
	Resources          []string
	// Detail is a JSON object.
	Detail json.RawMessage
	// ID and Time are set when it is put.
	ID   string
	Time time.Time
}

// Options describe a bus and its schedules.
type Options struct {
	// Scope is the account and the Region. Required.
	Scope awsid.Scope
	// Clock passes the time. Required.
	Clock *clock.Clock
	// Invoke puts an event into a function's queue for a rule, by the rule's ARN. It
	// refuses what the function's policy does not allow. Required.
	Invoke func(rule, function string, payload []byte) error
	// InvokeAs does the same for a schedule, with the schedule's role. Required.
	InvokeAs func(role, function string, payload []byte) error
}

// Rule is a rule with one target or more.
type Rule struct {
	// Name is unique in the Region, ARN is its ARN.
	Name, ARN string
	// Pattern is what events must be like; nil: it has none.
	Pattern Pattern
	// Expression is its schedule; empty: it has none.
	Expression string
	Targets    []Target
	Disabled   bool
}

// Target is what a rule invokes.
type Target struct {
	// Function is its ARN.
	Function string
	// Input replaces the event; empty: it does not.
	Input string
	// Paths and Template transform the event; an empty template does not.
	Paths    map[string]string
	Template string
}

// delay is how long after an event its targets are invoked: EventBridge speaks of about
// half a second (aws.amazon.com/blogs/aws/amazon-eventbridge-latency).
const delay = 500 * time.Millisecond

// Bus is the default bus. It is safe for concurrent use.
type Bus struct {
	Options
	mu     sync.Mutex
	closed bool
	rules  map[string]*rule
	events []Event
	failed []Failure
}

type rule struct {
	Rule
	ticking *ticker
}

// Failure is an invocation that was refused.
type Failure struct {
	Time time.Time
	// By is the rule's or the schedule's name.
	By  string
	Err error
}

// NewBus makes a bus without rules.
func NewBus(o Options) *Bus { return &Bus{Options: o, rules: map[string]*rule{}} }

// Close ends the deliveries.
func (b *Bus) Close() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.closed = true
	for _, r := range b.rules {
		r.ticking.stop()
	}
}

// PutRule makes a rule or replaces it.
func (b *Bus) PutRule(given Rule) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	r := &rule{Rule: given}
	if given.Expression != "" && !given.Disabled {
		every, err := ParseExpression(given.Expression)
		if err != nil {
			return err
		}
		r.ticking = start(b.Clock, every, b.Clock.Now().Add(every.period), func(at time.Time) {
			b.deliver(given.Name, Event{Source: "aws.events", DetailType: "Scheduled Event", Resources: []string{given.ARN}, Detail: json.RawMessage(`{}`), Time: at, ID: b.id()})
		})
	}
	if old := b.rules[given.Name]; old != nil {
		old.ticking.stop()
	}
	b.rules[given.Name] = r
	return nil
}

// DeleteRule removes a rule.
func (b *Bus) DeleteRule(name string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if r := b.rules[name]; r != nil {
		r.ticking.stop()
		delete(b.rules, name)
	}
}

// Rules returns the names of all rules, sorted.
func (b *Bus) Rules() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.Sorted(maps.Keys(b.rules))
}

// All returns all rules by their names.
func (b *Bus) All() []Rule {
	b.mu.Lock()
	defer b.mu.Unlock()
	var out []Rule
	for _, name := range slices.Sorted(maps.Keys(b.rules)) {
		out = append(out, b.rules[name].Rule)
	}
	return out
}

func (b *Bus) id() string { return awsid.UUID("event", fmt.Sprint(len(b.events))) }

// Put puts an event on the bus and returns its id.
func (b *Bus) Put(e Event) string {
	b.mu.Lock()
	defer b.mu.Unlock()
	e.Time, e.ID = b.Clock.Now().UTC(), b.id()
	b.events = append(b.events, e)
	if b.closed {
		return e.ID
	}
	for _, name := range slices.Sorted(maps.Keys(b.rules)) {
		if r := b.rules[name]; !r.Disabled && r.Pattern != nil && r.Pattern.Matches(e.object(b.Scope)) {
			b.Clock.AfterFunc(delay, func() { b.deliver(name, e) })
		}
	}
	return e.ID
}

// deliver invokes the targets of a rule.
func (b *Bus) deliver(name string, e Event) {
	b.mu.Lock()
	r := b.rules[name]
	if r == nil || b.closed {
		b.mu.Unlock()
		return
	}
	targets, arn := r.Targets, r.ARN
	b.mu.Unlock()
	for _, t := range targets {
		if err := b.Invoke(arn, t.Function, t.payload(e, b.Scope)); err != nil {
			b.mu.Lock()
			b.failed = append(b.failed, Failure{b.Clock.Now(), name, err})
			b.mu.Unlock()
		}
	}
}

// Events returns all events that were put, oldest first.
func (b *Bus) Events() []Event {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.Clone(b.events)
}

// Failed returns the invocations that were refused.
func (b *Bus) Failed() []Failure {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.Clone(b.failed)
}

// object is the event as patterns and targets see it.
func (e Event) object(scope awsid.Scope) map[string]any {
	resources := make([]any, len(e.Resources))
	for i, r := range e.Resources {
		resources[i] = r
	}
	var detail any
	if json.Unmarshal(e.Detail, &detail) != nil {
		detail = map[string]any{}
	}
	return map[string]any{
		"version": "0", "id": e.ID, "detail-type": e.DetailType, "source": e.Source, "account": scope.Account,
		"time": e.Time.UTC().Format(time.RFC3339), "region": scope.Region, "resources": resources, "detail": detail,
	}
}
