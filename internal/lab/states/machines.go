package states

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"sync"
	"time"

	"provenendpoints/internal/lab/awserr"
	"provenendpoints/internal/lab/awsid"
	"provenendpoints/proof"
)

// Options say where machines run. All are required.
type Options struct {
	Scope awsid.Scope
	Clock proof.Clock
	// Invoke invokes a function with a role and waits for its answer; failed: the answer
	// describes the function's error.
	Invoke func(ctx context.Context, role, function string, payload []byte) (answer []byte, failed bool, err error)
}

// The statuses of executions.
const (
	Running   = "RUNNING"
	Succeeded = "SUCCEEDED"
	Failed    = "FAILED"
	TimedOut  = "TIMED_OUT"
	Aborted   = "ABORTED"
)

// Machines are the state machines of a Region, with their executions. They are safe for
// concurrent use.
type Machines struct {
	Options
	ctx  context.Context
	stop context.CancelFunc
	work sync.WaitGroup

	mu         sync.Mutex
	byARN      map[string]*machine
	executions map[string]*execution // by ARN
}

type machine struct {
	owner      *Machines
	arn, role  string
	definition Definition
	started    int
}

// Execution is one run of a machine.
type Execution struct {
	ARN, Machine, Name string
	Input, Output      string
	Status             string
	Error, Cause       string
	Started, Stopped   time.Time // Stopped is zero while it runs
}

type execution struct {
	Execution
	stop context.CancelFunc
}

// New makes no machines. Close them.
func New(o Options) *Machines {
	ctx, stop := context.WithCancel(context.Background())
	return &Machines{Options: o, ctx: ctx, stop: stop, byARN: map[string]*machine{}, executions: map[string]*execution{}}
}

// Close ends all executions.
func (m *Machines) Close() {
	m.stop()
	m.work.Wait()
}

// Put makes a machine or changes it; executions that run go on as they began.
func (m *Machines) Put(arn, role, definition string) error {
	d, err := Parse(definition)
	if err != nil {
		return awserr.New("InvalidDefinition", "%v", err)
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	n := 0
	if old := m.byARN[arn]; old != nil {
		n = old.started
	}
	m.byARN[arn] = &machine{owner: m, arn: arn, role: role, definition: d, started: n}
	return nil
}

// Delete removes a machine and ends its executions.
func (m *Machines) Delete(arn string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.byARN, arn)
	for _, e := range m.executions {
		if e.Machine == arn {
			e.stop()
		}
	}
}

// Start starts an execution; without a name it gets one
// (docs.aws.amazon.com/step-functions/latest/apireference/API_StartExecution.html).
func (m *Machines) Start(arn, name, input string) (Execution, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	one := m.byARN[arn]
	if one == nil {
		return Execution{}, awserr.New("StateMachineDoesNotExist", "State Machine Does Not Exist: '%s'", arn)
	}
	if strings.TrimSpace(input) == "" {
		input = "{}"
	}
	var value any
	if err := json.Unmarshal([]byte(input), &value); err != nil {
		return Execution{}, awserr.New("InvalidExecutionInput", "Invalid State Machine Execution Input: '%v'", err)
	}
	one.started++
	if name == "" {
		name = awsid.UUID(arn, "execution", awsid.Hex(8, input), time.Duration(one.started).String())
	}
	id := strings.Replace(arn, ":stateMachine:", ":execution:", 1) + ":" + name
	if old, taken := m.executions[id]; taken {
		if old.Input == input && old.Status == Running {
			return old.Execution, nil
		}
		return Execution{}, awserr.New("ExecutionAlreadyExists", "Execution Already Exists: '%s'", id)
	}
	ctx, stop := context.WithCancel(m.ctx)
	e := &execution{Execution{ARN: id, Machine: arn, Name: name, Input: input, Status: Running, Started: m.Clock.Now()}, stop}
	m.executions[id] = e
	about := map[string]any{
		"Execution":    map[string]any{"Id": id, "Name": name, "Input": value, "RoleArn": one.role, "StartTime": e.Started.UTC().Format(time.RFC3339)},
		"StateMachine": map[string]any{"Id": arn, "Name": arn[strings.LastIndex(arn, ":")+1:]},
	}
	m.work.Add(1)
	go func() {
		defer m.work.Done()
		defer stop()
		m.follow(ctx, one, e, value, about)
	}()
	return e.Execution, nil
}

// follow runs an execution and notes its end.
func (m *Machines) follow(ctx context.Context, one *machine, e *execution, input any, about map[string]any) {
	limited := ctx
	if limit := one.definition.TimeoutSeconds; limit != nil {
		var stop context.CancelFunc
		limited, stop = m.Clock.WithTimeout(ctx, time.Duration(*limit*float64(time.Second)))
		defer stop()
	}
	output, err := one.run(limited, input, about)
	m.mu.Lock()
	defer m.mu.Unlock()
	e.Stopped = m.Clock.Now()
	var f Failure
	switch {
	case err == nil:
		text, _ := json.Marshal(output) // it came from JSON
		e.Status, e.Output = Succeeded, string(text)
	case ctx.Err() != nil:
		e.Status = Aborted
	case limited.Err() != nil:
		e.Status = TimedOut
	case errors.As(err, &f):
		e.Status, e.Error, e.Cause = Failed, f.Name, f.Cause
	default:
		e.Status, e.Error, e.Cause = Failed, "States.Runtime", err.Error()
	}
}

// Execution returns an execution by its ARN.
func (m *Machines) Execution(arn string) (Execution, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if e := m.executions[arn]; e != nil {
		return e.Execution, nil
	}
	return Execution{}, awserr.WithStatus(http.StatusBadRequest, "ExecutionDoesNotExist", "Execution Does Not Exist: '%s'", arn)
}

// Stop ends an execution.
func (m *Machines) Stop(arn string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	e := m.executions[arn]
	if e == nil {
		return awserr.New("ExecutionDoesNotExist", "Execution Does Not Exist: '%s'", arn)
	}
	e.stop()
	return nil
}

// Has reports whether there is a machine.
func (m *Machines) Has(arn string) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.byARN[arn] != nil
}
