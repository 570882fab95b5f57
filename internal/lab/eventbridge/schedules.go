package eventbridge

import (
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"gvisor.dev/gvisor/pkg/tcpip"

	"provenendpoints/internal/lab/awserr"
	"provenendpoints/internal/lab/awsid"
	"provenendpoints/internal/lab/clock"
)

// Schedule is one of EventBridge Scheduler.
type Schedule struct {
	// Name is unique in the Region. Required.
	Name string
	// Expression is a rate or a cron expression, in Zone. Required.
	Expression string
	Zone       *time.Location
	// Target is the ARN of a function, Role that of the role that invokes it.
	Target, Role string
	// Input is what it is invoked with; context attributes are put in.
	Input    string
	Disabled bool
}

// Scheduler is the service principal of EventBridge Scheduler. It assumes a role for the
// group of a schedule, here always the default one
// (docs.aws.amazon.com/scheduler/latest/UserGuide/cross-service-confused-deputy-prevention.html).
const Scheduler = "scheduler.amazonaws.com"

// GroupARN is the ARN of the default group.
func GroupARN(scope awsid.Scope) string { return scope.ARN("scheduler", "schedule-group/default") }

// Schedules are the schedules of the default group. They are safe for concurrent use.
type Schedules struct {
	Options
	mu     sync.Mutex
	closed bool
	byName map[string]*schedule
	failed []Failure
}

type schedule struct {
	Schedule
	ticking *ticker
}

// NewSchedules makes no schedules.
func NewSchedules(o Options) *Schedules {
	return &Schedules{Options: o, byName: map[string]*schedule{}}
}

// Close ends them.
func (s *Schedules) Close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closed = true
	for _, one := range s.byName {
		one.ticking.stop()
	}
}

// Put makes a schedule or replaces it. A rate begins at once.
func (s *Schedules) Put(given Schedule) error {
	every, err := ParseExpression(given.Expression)
	if err != nil {
		return err
	}
	every.zone = given.Zone
	s.mu.Lock()
	defer s.mu.Unlock()
	one := &schedule{Schedule: given}
	if old := s.byName[given.Name]; old != nil {
		old.ticking.stop()
	}
	s.byName[given.Name] = one
	if !given.Disabled {
		one.ticking = start(s.Clock, every, s.Clock.Now(), func(at time.Time) { s.run(one, at) })
	}
	return nil
}

// run invokes the target of a schedule
// (docs.aws.amazon.com/scheduler/latest/UserGuide/managing-schedule-context-attributes.html).
func (s *Schedules) run(one *schedule, at time.Time) {
	s.mu.Lock()
	current := s.byName[one.Name] == one && !s.closed
	s.mu.Unlock()
	if !current {
		return
	}
	due := at.UTC().Format(time.RFC3339)
	input := strings.NewReplacer(
		"<aws.scheduler.scheduled-time>", due,
		"<aws.scheduler.schedule-arn>", s.Scope.ARN("scheduler", "schedule/default/"+one.Name),
		"<aws.scheduler.execution-id>", awsid.UUID(one.Name, due),
		"<aws.scheduler.attempt-number>", "1",
	).Replace(one.Input)
	if err := s.InvokeAs(one.Role, one.Target, []byte(input)); err != nil {
		s.mu.Lock()
		s.failed = append(s.failed, Failure{s.Clock.Now(), one.Name, err})
		s.mu.Unlock()
	}
}

// Get returns a schedule.
func (s *Schedules) Get(name string) (Schedule, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if one := s.byName[name]; one != nil {
		return one.Schedule, nil
	}
	return Schedule{}, awserr.WithStatus(http.StatusNotFound, "ResourceNotFoundException", "Schedule %s does not exist.", name)
}

// Delete removes a schedule.
func (s *Schedules) Delete(name string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if one := s.byName[name]; one != nil {
		one.ticking.stop()
		delete(s.byName, name)
	}
}

// Names returns the names of all schedules, sorted.
func (s *Schedules) Names() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Sorted(maps.Keys(s.byName))
}

// Failed returns the invocations that were refused.
func (s *Schedules) Failed() []Failure {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.failed)
}

// ticker calls a function whenever an expression says so.
type ticker struct {
	clock *clock.Clock
	when  expression
	do    func(time.Time)

	mu      sync.Mutex
	stopped bool
	timer   tcpip.Timer
}

// start makes a ticker. first is the first time of a rate.
func start(c *clock.Clock, when expression, first time.Time, do func(time.Time)) *ticker {
	t := &ticker{clock: c, when: when, do: do}
	if when.period == 0 {
		first = when.next(first)
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.arm(first)
	return t
}

// arm sets the timer. The caller holds the lock.
func (t *ticker) arm(at time.Time) {
	if t.stopped || at.IsZero() {
		return
	}
	t.timer = t.clock.AfterFunc(at.Sub(t.clock.Now()), func() {
		t.mu.Lock()
		t.arm(t.when.next(at))
		stopped := t.stopped
		t.mu.Unlock()
		if !stopped {
			t.do(at)
		}
	})
}

func (t *ticker) stop() {
	if t == nil {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.stopped = true
	if t.timer != nil {
		t.timer.Stop()
	}
}
