package machine

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"mvdan.cc/sh/v3/syntax"

	"provenendpoints/internal/lab/machine/commands"
	"provenendpoints/internal/lab/machine/shell"
)

// Check returns why user data cannot run as it does on AWS: it is no shell script, it does
// not parse, it uses commands that are not known, or it installs packages that bring nothing here. Empty user data is nothing to
// run, and no error. What a variable holds is only known when the script runs.
func Check(userData string) error {
	if strings.TrimSpace(userData) == "" {
		return nil
	}
	script, _, err := parseUserData(userData)
	if err != nil {
		return err
	}
	var failures []error
	for _, finding := range shell.Check(script) {
		failures = append(failures, fmt.Errorf("user data: %w", finding))
	}
	for _, note := range shell.Notes(script) {
		failures = append(failures, fmt.Errorf("user data: %s", note))
	}
	return errors.Join(failures...)
}

// parseUserData reads a script and the shell options of its first line.
func parseUserData(userData string) (script *syntax.File, options []string, err error) {
	options, err = commands.ParseShebang(userData)
	if err == nil {
		script, err = shell.Parse("user-data", userData)
	}
	if err != nil {
		return nil, nil, fmt.Errorf("user data: %w", err)
	}
	return script, options, nil
}

// runUserData runs the script to its end. Its output goes to the console.
func (m *Machine) runUserData(ctx context.Context, userData string) error {
	script, options, err := parseUserData(userData)
	if err != nil {
		return err
	}
	p := &commands.Process{System: m.system, Dir: "/", Out: &m.console, Err: &m.console}
	status, err := shell.Run(ctx, p, script, options, nil)
	switch {
	case ctx.Err() != nil:
		return fmt.Errorf("the machine was stopped: %w", ctx.Err())
	case err != nil:
		return err
	case status != 0:
		return fmt.Errorf("exit status %d", status)
	}
	return nil
}
