package systemd

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"provenendpoints/internal/lab/machine/commands"
	"provenendpoints/internal/lab/machine/logbuffer"
)

// unitDirs are where unit files lie: those of user data before those of packages.
var unitDirs = []string{"/etc/systemd/system/", "/usr/lib/systemd/system/"}

// The states of a unit.
const (
	stateActive     = "active"
	stateActivating = "activating" // waiting for its restart
	stateInactive   = "inactive"
	stateFailed     = "failed"
)

// Manager runs the services of one machine. It implements [commands.Services].
type Manager struct {
	system *commands.System
	ctx    context.Context
	work   sync.WaitGroup // the services that run

	mu    sync.Mutex
	units map[string]*unit // by name, from their first start on
}

// New returns a manager without services. Its services run until they end or
// ctx does.
func New(ctx context.Context, system *commands.System) *Manager {
	return &Manager{system: system, ctx: ctx, units: map[string]*unit{}}
}

// Wait waits for the end of all services.
func (m *Manager) Wait() { m.work.Wait() }

// unit is a service that has been started.
type unit struct {
	cancel  context.CancelFunc
	done    chan struct{}
	journal *logbuffer.Buffer // of all its starts

	mu    sync.Mutex
	state string
}

func (u *unit) setState(state string) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.state = state
}

func (u *unit) currentState() string {
	u.mu.Lock()
	defer u.mu.Unlock()
	return u.state
}

func (m *Manager) unit(name string) *unit {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.units[name]
}

// Load reads a unit file. Its error names the file that is missing or the
// directive that is not supported.
func (m *Manager) Load(name string) error {
	_, err := m.load(name)
	return err
}

func (m *Manager) load(name string) (service, error) {
	for _, dir := range unitDirs {
		if text, err := m.system.Files.ReadFile(dir + name); err == nil {
			return parseUnit(name, string(text))
		}
	}
	return service{}, fmt.Errorf("unit %s not found", name)
}

// Has reports whether there is a file of the unit.
func (m *Manager) Has(name string) bool {
	return slices.ContainsFunc(unitDirs, func(dir string) bool {
		_, err := m.system.Files.Stat(dir + name)
		return err == nil
	})
}

// State is the state of a unit; inactive if it was never started.
func (m *Manager) State(name string) string {
	if u := m.unit(name); u != nil {
		return u.currentState()
	}
	return stateInactive
}

// Journal is what a unit has printed. ok reports whether it was ever started.
func (m *Manager) Journal(name string) (text string, ok bool) {
	if u := m.unit(name); u != nil {
		return u.journal.String(), true
	}
	return "", false
}

// Stop stops a unit and waits for its end.
func (m *Manager) Stop(ctx context.Context, name string) error {
	u := m.unit(name)
	if u == nil {
		return nil
	}
	u.cancel()
	select {
	case <-u.done:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Start starts a unit unless it runs already. It waits for the end of a oneshot
// service and returns an error if that failed; others run on their own.
func (m *Manager) Start(ctx context.Context, name string) error {
	s, err := m.load(name)
	if err != nil {
		return err
	}
	u := m.launch(s)
	if u == nil || !s.oneshot {
		return nil
	}
	select {
	case <-u.done:
	case <-ctx.Done():
		return ctx.Err()
	}
	if u.currentState() == stateFailed {
		return fmt.Errorf("job for %s failed", s.name)
	}
	return nil
}

// launch starts a service and returns its unit, or nil if it runs already.
func (m *Manager) launch(s service) *unit {
	m.mu.Lock()
	defer m.mu.Unlock()
	ctx, cancel := context.WithCancel(m.ctx)
	u := &unit{cancel: cancel, done: make(chan struct{}), journal: new(logbuffer.Buffer), state: stateActive}
	if old := m.units[s.name]; old != nil {
		select {
		case <-old.done:
			u.journal = old.journal
		default:
			cancel()
			return nil
		}
	}
	m.units[s.name] = u
	m.work.Add(1)
	go func() {
		defer m.work.Done()
		defer close(u.done)
		defer cancel()
		u.setState(m.keepRunning(ctx, s, u))
	}()
	return u
}

// systemd gives up on a service that started this often within that time
// (DefaultStartLimitBurst, DefaultStartLimitIntervalSec).
const (
	startLimitBurst    = 5
	startLimitInterval = 10 * time.Second
)

// keepRunning runs a service and starts it again as Restart= says. It returns
// the state that the service ends in.
func (m *Manager) keepRunning(ctx context.Context, s service, u *unit) string {
	clock := m.system.Clock
	var starts []time.Time
	for {
		starts = append(starts, clock.Now())
		if n := len(starts); n > startLimitBurst && starts[n-1].Sub(starts[n-1-startLimitBurst]) < startLimitInterval {
			fmt.Fprintf(u.journal, "%s: Start request repeated too quickly.\n", s.name)
			return stateFailed
		}
		status := m.runOnce(ctx, s, u)
		switch {
		case ctx.Err() != nil:
			return stateInactive
		case s.restart == "always", s.restart == "on-failure" && status != 0, s.restart == "on-success" && status == 0:
		case status != 0:
			return stateFailed
		default:
			return stateInactive
		}
		u.setState(stateActivating)
		if clock.Sleep(ctx, s.restartDelay) != nil {
			return stateInactive
		}
		u.setState(stateActive)
	}
}

// runOnce runs the command lines of a service until one fails, and returns the
// exit status.
func (m *Manager) runOnce(ctx context.Context, s service, u *unit) int {
	env := commands.MergeEnv(append(m.system.LoginEnvironment(), s.env...)...)
	for _, line := range slices.Concat(s.startPre, s.start) {
		p := &commands.Process{
			System: m.system, Dir: s.dir, Env: env, In: bytes.NewReader(nil), Out: u.journal, Err: u.journal,
			Unprivileged: s.unprivileged,
		}
		words := make([]string, len(line))
		for i, word := range line {
			words[i] = expandWord(word, env)
		}
		if status := p.Run(ctx, words); status != 0 {
			if ctx.Err() == nil {
				fmt.Fprintf(u.journal, "%s: Main process exited, code=exited, status=%d\n", s.name, status)
			}
			return status
		}
	}
	return 0
}
