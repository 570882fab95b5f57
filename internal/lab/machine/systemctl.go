package machine

import (
	"context"
	"fmt"
	"strings"
)

// systemctl is systemctl daemon-reload, enable [--now], disable [--now], start,
// stop, restart, status, is-active and is-enabled.
func systemctl(ctx context.Context, p *process) int {
	f, unknown := parseFlags(p.args, "q", "", "--now", "--no-pager", "--quiet", "--no-block")
	if unknown != "" {
		return p.unknownFlag(unknown)
	}
	if len(f.operands) == 0 {
		return p.fail(1, "systemctl: want a command")
	}
	verb, names := f.operands[0], f.operands[1:]
	if verb == "daemon-reload" {
		return 0
	}
	if len(names) == 0 {
		return p.fail(1, "Too few arguments.")
	}
	do, ok := map[string]func(context.Context, *process, string, flagSet) int{
		"start": startUnit, "stop": stopUnit, "restart": restartUnit, "enable": enableUnit, "disable": disableUnit,
		"status": unitStatus, "is-active": unitActive,
	}[verb]
	if !ok {
		return p.fail(1, "systemctl: unsupported command %q", verb)
	}
	status := 0
	for _, name := range names {
		if !strings.Contains(name, ".") {
			name += ".service"
		}
		status = max(status, do(ctx, p, name, f))
	}
	return status
}

func startUnit(ctx context.Context, p *process, name string, _ flagSet) int {
	s, err := p.units.load(name)
	if err == nil {
		err = p.units.start(ctx, s)
	}
	if err != nil {
		return p.fail(5, "Failed to start %s: %v", name, err)
	}
	return 0
}

func stopUnit(ctx context.Context, p *process, name string, _ flagSet) int {
	if u := p.units.get(name); u != nil {
		u.cancel()
		select {
		case <-u.done:
		case <-ctx.Done():
			return 1
		}
	}
	return 0
}

func restartUnit(ctx context.Context, p *process, name string, f flagSet) int {
	return max(stopUnit(ctx, p, name, f), startUnit(ctx, p, name, f))
}

// enableUnit has no next boot to prepare; with --now it starts the unit.
func enableUnit(ctx context.Context, p *process, name string, f flagSet) int {
	if _, err := p.units.load(name); err != nil {
		return p.fail(1, "Failed to enable unit: %v", err)
	}
	if f.on["--now"] {
		return startUnit(ctx, p, name, f)
	}
	return 0
}

func disableUnit(ctx context.Context, p *process, name string, f flagSet) int {
	if f.on["--now"] {
		return stopUnit(ctx, p, name, f)
	}
	return 0
}

// unitState is the state of a unit, started or not.
func (p *process) unitState(name string) string {
	if u := p.units.get(name); u != nil {
		return u.getState()
	}
	return "inactive"
}

func unitActive(_ context.Context, p *process, name string, f flagSet) int {
	state := p.unitState(name)
	if !f.on["q"] && !f.on["--quiet"] {
		fmt.Fprintln(p.out, state)
	}
	if state == "active" {
		return 0
	}
	return 3
}

func unitStatus(_ context.Context, p *process, name string, _ flagSet) int {
	if _, err := p.units.load(name); err != nil {
		return p.fail(4, "Unit %s could not be found.", name)
	}
	state := p.unitState(name)
	fmt.Fprintf(p.out, "● %s\n     Active: %s\n", name, state)
	if u := p.units.get(name); u != nil {
		fmt.Fprintf(p.out, "\n%s", u.journal)
	}
	if state == "active" {
		return 0
	}
	return 3
}

// journalctl is journalctl -u UNIT.
func journalctl(_ context.Context, p *process) int {
	f, unknown := parseFlags(p.args, "", "u", "--no-pager", "--unit=")
	name := f.values["u"] + f.values["--unit"]
	if unknown != "" || name == "" || len(f.operands) > 0 {
		return p.fail(1, "journalctl: only -u UNIT is supported")
	}
	if !strings.Contains(name, ".") {
		name += ".service"
	}
	if u := p.units.get(name); u != nil {
		fmt.Fprint(p.out, u.journal)
	}
	return 0
}
