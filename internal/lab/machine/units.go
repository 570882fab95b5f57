package machine

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"sync"
	"time"
)

// unitDir is where units that user data writes lie.
const unitDir = "/etc/systemd/system/"

// units are the services of a machine by name.
type units struct {
	machine *Machine
	mu      sync.Mutex
	running map[string]*unit
}

// unit is a service that was started once.
type unit struct {
	cancel  context.CancelFunc
	done    chan struct{}
	journal *lockedBuffer

	mu    sync.Mutex
	state string // active, inactive, failed, activating
}

func newUnits(m *Machine) *units { return &units{machine: m, running: map[string]*unit{}} }

func (u *unit) setState(state string) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.state = state
}

func (u *unit) getState() string {
	u.mu.Lock()
	defer u.mu.Unlock()
	return u.state
}

func (us *units) get(name string) *unit {
	us.mu.Lock()
	defer us.mu.Unlock()
	return us.running[name]
}

// load reads a unit file; its error names the file that is missing or the
// directive that is not known.
func (us *units) load(name string) (service, error) {
	text, err := us.machine.files.read(unitDir + name)
	if err != nil {
		return service{}, fmt.Errorf("unit %s not found", name)
	}
	return parseUnit(name, string(text))
}

// start starts a service. For oneshot services it waits for their end and
// tells whether they succeeded; others run on their own.
func (us *units) start(ctx context.Context, s service) error {
	if old := us.get(s.name); old != nil {
		select {
		case <-old.done:
		default:
			return nil
		}
	}
	m := us.machine
	serviceCtx, cancel := context.WithCancel(m.ctx)
	u := &unit{cancel: cancel, done: make(chan struct{}), journal: new(lockedBuffer), state: "active"}
	us.mu.Lock()
	if old := us.running[s.name]; old != nil {
		u.journal = old.journal
	}
	us.running[s.name] = u
	us.mu.Unlock()
	m.work.Add(1)
	go func() {
		defer m.work.Done()
		defer close(u.done)
		defer cancel()
		u.setState(us.keepRunning(serviceCtx, s, u))
	}()
	if s.kind != "oneshot" {
		return nil
	}
	select {
	case <-u.done:
	case <-ctx.Done():
		return ctx.Err()
	}
	if u.getState() == "failed" {
		return fmt.Errorf("job for %s failed", s.name)
	}
	return nil
}

// systemd gives up on a service that started this often within that time
// (DefaultStartLimitBurst, DefaultStartLimitIntervalSec).
const (
	startLimit  = 5
	startWithin = 10 * time.Second
)

// keepRunning runs a service and starts it again as Restart= says. It returns
// the state that the service ends in.
func (us *units) keepRunning(ctx context.Context, s service, u *unit) string {
	clock := us.machine.clock
	var starts []time.Time
	for {
		starts = append(starts, clock.Now())
		if n := len(starts); n > startLimit && starts[n-1].Sub(starts[n-1-startLimit]) < startWithin {
			fmt.Fprintf(u.journal, "%s: Start request repeated too quickly.\n", s.name)
			return "failed"
		}
		status := us.runOnce(ctx, s, u)
		switch {
		case ctx.Err() != nil:
			return "inactive"
		case s.restart == "always", s.restart == "on-failure" && status != 0, s.restart == "on-success" && status == 0:
		case status != 0:
			return "failed"
		default:
			return "inactive"
		}
		u.setState("activating")
		if clock.Sleep(ctx, s.restartDelay) != nil {
			return "inactive"
		}
		u.setState("active")
	}
}

func (us *units) runOnce(ctx context.Context, s service, u *unit) int {
	for _, line := range append(slices.Clone(s.startPre), s.start...) {
		env := append(us.machine.loginEnvironment(), s.env...)
		p := &process{
			Machine: us.machine, dir: s.dir, in: bytes.NewReader(nil), out: u.journal, err: u.journal,
			env: listEnviron(env), unprivileged: s.unprivileged,
		}
		args := make([]string, len(line))
		for i, word := range line {
			args[i] = expandWord(word, env)
		}
		if status := p.run(ctx, args); status != 0 {
			if ctx.Err() == nil {
				fmt.Fprintf(u.journal, "%s: Main process exited, code=exited, status=%d\n", s.name, status)
			}
			return status
		}
	}
	return 0
}
