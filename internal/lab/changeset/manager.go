package changeset

import (
	"context"
	"errors"
	"sync"
	"time"

	"provenendpoints/internal/lab/awserr"
	"provenendpoints/internal/lab/awsid"
	"provenendpoints/internal/lab/cfn"
	"provenendpoints/proof"
)

// Options say what a [Manager] works with.
type Options struct {
	// Engine deploys. Required.
	Engine *cfn.Engine
	// Scope is where the stacks are. Required.
	Scope awsid.Scope
	// Clock passes the time. Required.
	Clock proof.Clock
	// Work is called around operations: see [clock.Clock.Work]. Default: nothing.
	Work func() (done func())
	// Settle is how long an operation's effects may take after its end, such as policies
	// that take effect. The clock passes it at once. Default: no time.
	Settle time.Duration
	// Fetch reads the template at a TemplateURL. Required for templates that are not in
	// the request.
	Fetch func(url string) ([]byte, error)
}

// Manager runs the operations that callers of the API ask for. It is safe for concurrent
// use.
type Manager struct {
	Options
	ctx    context.Context
	cancel context.CancelFunc
	work   sync.WaitGroup

	mu        sync.Mutex
	closed    bool
	made      int
	sets      map[string][]*ChangeSet  // by stack id, oldest first
	protected map[string]bool          // by stack id: termination protection
	begun     map[string]chan struct{} // by stack name: closed when its operation is under way
}

// New returns a manager without change sets.
func New(o Options) *Manager {
	if o.Work == nil {
		o.Work = func() func() { return func() {} }
	}
	m := &Manager{Options: o, sets: map[string][]*ChangeSet{}, protected: map[string]bool{}, begun: map[string]chan struct{}{}}
	m.ctx, m.cancel = context.WithCancel(context.Background())
	return m
}

// Close interrupts the operations under way and waits for their ends.
func (m *Manager) Close() {
	m.mu.Lock()
	m.closed = true
	m.mu.Unlock()
	m.cancel()
	m.work.Wait()
}

// OnEvent must see every event of the engine: it is for [cfn.Options].
func (m *Manager) OnEvent(e cfn.Event) {
	if !e.OfStack() || !e.Status.InProgress() {
		return
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if c := m.begun[e.Stack]; c != nil {
		close(c)
		delete(m.begun, e.Stack)
	}
}

// start begins an operation on a stack and returns when it is under way or has ended. The
// error is that of an operation that touched nothing.
func (m *Manager) start(stack string, operate func(context.Context) error) error {
	m.mu.Lock()
	if m.closed {
		m.mu.Unlock()
		return errors.New("the lab is closing")
	}
	if m.begun[stack] != nil {
		m.mu.Unlock()
		return validation("stack %s has an operation in progress", stack)
	}
	begun := make(chan struct{})
	m.begun[stack] = begun
	m.work.Add(1)
	m.mu.Unlock()
	done := m.Work()
	ended := make(chan error, 1)
	go func() {
		defer m.work.Done()
		defer done()
		err := operate(m.ctx)
		m.mu.Lock()
		if m.begun[stack] == begun {
			delete(m.begun, stack)
		}
		m.mu.Unlock()
		ended <- err
		_ = m.Clock.Sleep(m.ctx, m.Settle) // an error means that the lab is closing
	}()
	select {
	case <-begun:
		return nil
	case err := <-ended:
		var failure *cfn.Failure
		if errors.As(err, &failure) { // it began, and has failed already
			return nil
		}
		return err
	}
}

// validation is the error of most mistakes in requests to CloudFormation
// (docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/CommonErrors.html).
func validation(format string, args ...any) error {
	return awserr.New("ValidationError", format, args...)
}

// asValidation is an error of the engine as CloudFormation's API returns it.
func asValidation(err error) error {
	if err == nil || awserr.Code(err) != "" {
		return err
	}
	return validation("%v", err)
}
