package commands

import (
	"context"
	"fmt"
	"strings"
)

func init() { register(runSystemctl, "systemctl") }

// systemctl is one run of the command on one unit.
type systemctl struct {
	*Process
	unit       string
	now, quiet bool
}

// systemctlVerbs are the commands of systemctl that are about units.
var systemctlVerbs = map[string]func(systemctl, context.Context) int{
	"start": systemctl.start, "stop": systemctl.stop, "restart": systemctl.restart,
	"enable": systemctl.enable, "disable": systemctl.disable,
	"status": systemctl.status, "is-active": systemctl.isActive, "reload": systemctl.restart,
}

// runSystemctl is systemctl daemon-reload and systemctl VERB UNIT….
func runSystemctl(ctx context.Context, p *Process) int {
	f := p.flags()
	now, quiet := f.toggle("", "now"), f.toggle("q", "quiet")
	f.toggle("", "no-pager")
	f.toggle("", "no-block")
	words, status := f.parse()
	if status != 0 {
		return status
	}
	if len(words) == 0 {
		return p.Fail(1, "systemctl: want a command")
	}
	verb, units := words[0], words[1:]
	if verb == "daemon-reload" {
		return 0
	}
	if len(units) == 0 {
		return p.Fail(1, "Too few arguments.")
	}
	do, ok := systemctlVerbs[verb]
	if !ok {
		return p.Fail(1, "systemctl: unsupported command %q", verb)
	}
	for _, unit := range units {
		status = max(status, do(systemctl{p, unitName(unit), *now, *quiet}, ctx))
	}
	return status
}

// unitName completes the name of a unit.
func unitName(name string) string {
	if strings.Contains(name, ".") {
		return name
	}
	return name + ".service"
}

// unknown reports whether a unit may be one of a package that brings nothing here, and
// says that nothing of it runs.
func (s systemctl) unknown() bool {
	if s.Services.Has(s.unit) || !s.Packages.Any() && s.unit != "cfn-hup.service" {
		return false
	}
	fmt.Fprintf(s.Err, "%s: it is taken as started: nothing of it runs here\n", s.unit)
	return true
}

func (s systemctl) start(ctx context.Context) int {
	if s.unknown() {
		return 0
	}
	if err := s.Services.Start(ctx, s.unit); err != nil {
		return s.Fail(5, "Failed to start %s: %v", s.unit, err)
	}
	return 0
}

func (s systemctl) stop(ctx context.Context) int {
	if s.Services.Stop(ctx, s.unit) != nil {
		return 1
	}
	return 0
}

func (s systemctl) restart(ctx context.Context) int { return max(s.stop(ctx), s.start(ctx)) }

// enable has no next boot to prepare; with --now it starts the unit.
func (s systemctl) enable(ctx context.Context) int {
	if s.unknown() {
		return 0
	}
	if err := s.Services.Load(s.unit); err != nil {
		return s.Fail(1, "Failed to enable unit: %v", err)
	}
	if s.now {
		return s.start(ctx)
	}
	return 0
}

func (s systemctl) disable(ctx context.Context) int {
	if s.now {
		return s.stop(ctx)
	}
	return 0
}

// statusNotActive is what status and is-active return for a unit that does not run.
const statusNotActive = 3

func (s systemctl) isActive(context.Context) int {
	state := s.Services.State(s.unit)
	if !s.quiet {
		fmt.Fprintln(s.Out, state)
	}
	if state != "active" {
		return statusNotActive
	}
	return 0
}

func (s systemctl) status(context.Context) int {
	if err := s.Services.Load(s.unit); err != nil {
		return s.Fail(4, "Unit %s could not be found.", s.unit)
	}
	state := s.Services.State(s.unit)
	fmt.Fprintf(s.Out, "● %s\n     Active: %s\n", s.unit, state)
	if journal, ok := s.Services.Journal(s.unit); ok {
		fmt.Fprintf(s.Out, "\n%s", journal)
	}
	if state != "active" {
		return statusNotActive
	}
	return 0
}
