package machine

import (
	"context"
	"errors"
	"io"

	"provenendpoints/internal/lab/machine/commands"
	"provenendpoints/internal/lab/machine/shell"
)

// errStopped is the failure of a command on a machine that has been stopped.
var errStopped = errors.New("the machine was stopped")

// Exec runs a script as root in a shell of its own, as somebody does who has logged in, and
// returns its exit status. Its output goes to out. What it leaves behind are files and
// services, no variables. The error is that of ctx, or that the machine was stopped.
func (m *Machine) Exec(ctx context.Context, script string, out io.Writer) (status int, err error) {
	m.mu.Lock()
	if m.stopped {
		m.mu.Unlock()
		return 0, errStopped
	}
	m.logins.Add(1)
	m.mu.Unlock()
	defer m.logins.Done()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(m.running, cancel)()
	select {
	case <-m.installed:
	case <-ctx.Done():
	}
	if ctx.Err() == nil {
		p := &commands.Process{System: m.system, Dir: "/", Out: out, Err: out}
		status = shell.RunChild(ctx, p, commands.Script{Name: "bash", Text: script})
	}
	if m.running.Err() != nil {
		return 0, errStopped
	}
	return status, ctx.Err()
}
