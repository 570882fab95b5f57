package machine

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"mvdan.cc/sh/v3/syntax"

	"provenendpoints/internal/lab/machine/commands"
	"provenendpoints/internal/lab/machine/shell"
)

// Check returns why user data cannot run as it does on AWS: it is in no form that is known,
// it does not parse, it uses commands that are not known, or it installs packages that bring
// nothing here. Empty user data is nothing to run, and no error. What a variable holds is
// only known when the script runs.
func Check(userData string) error {
	steps, err := readUserData(userData)
	if err != nil {
		return err
	}
	var failures []error
	for _, s := range steps {
		if s.script == nil {
			continue
		}
		for _, finding := range shell.Check(s.script) {
			failures = append(failures, fmt.Errorf("user data: %w", finding))
		}
		for _, note := range shell.Notes(s.script) {
			failures = append(failures, fmt.Errorf("user data: %s", note))
		}
	}
	return errors.Join(failures...)
}

// step is a part of what user data does: a script, or a file to write.
type step struct {
	script  *syntax.File
	options []string // of the shell

	file *cloudFile
}

// readUserData reads user data in the forms of cloud-init: a script, cloud-config, a boothook, or several
// of them in a MIME message
// (docs.aws.amazon.com/AWSEC2/latest/UserGuide/user-data.html,
// cloudinit.readthedocs.io/en/latest/explanation/format.html). The steps are in the order in
// which cloud-init does them: boothooks, cloud-config, scripts.
func readUserData(userData string) ([]step, error) {
	if strings.TrimSpace(userData) == "" {
		return nil, nil
	}
	parts, err := splitParts(userData)
	if err != nil {
		return nil, fmt.Errorf("user data: %w", err)
	}
	var hooks, boot, config, scripts []step
	for _, p := range parts {
		switch p.kind {
		case cloudConfig:
			before, steps, err := readCloudConfig(p.text)
			if err != nil {
				return nil, fmt.Errorf("user data: %w", err)
			}
			boot, config = append(boot, before...), append(config, steps...)
		case boothook:
			s, err := scriptStep("boothook", strings.TrimPrefix(p.text, boothookMark))
			if err != nil {
				return nil, err
			}
			hooks = append(hooks, s)
		default:
			s, err := parseScript(p.text)
			if err != nil {
				return nil, err
			}
			scripts = append(scripts, s)
		}
	}
	return slices.Concat(hooks, boot, config, scripts), nil
}

// parseScript reads a script and the shell options of its first line.
func parseScript(text string) (step, error) {
	options, err := commands.ParseShebang(text)
	if err != nil {
		return step{}, fmt.Errorf("user data: %w", err)
	}
	s, err := scriptStep("user-data", text)
	s.options = options
	return s, err
}

func scriptStep(name, text string) (step, error) {
	script, err := shell.Parse(name, text)
	if err != nil {
		return step{}, fmt.Errorf("user data: %w", err)
	}
	return step{script: script}, nil
}

// runUserData runs the steps to their end. Their output goes to the console. A step that
// fails does not keep the others from running.
func (m *Machine) runUserData(ctx context.Context, userData string) error {
	steps, err := readUserData(userData)
	if err != nil {
		return err
	}
	var failures []error
	for _, s := range steps {
		failures = append(failures, m.runStep(ctx, s))
		if ctx.Err() != nil {
			return fmt.Errorf("the machine was stopped: %w", ctx.Err())
		}
	}
	return errors.Join(failures...)
}

func (m *Machine) runStep(ctx context.Context, s step) error {
	p := &commands.Process{System: m.system, Dir: "/", Out: &m.console, Err: &m.console}
	if s.file != nil {
		return s.file.write(m.system.Files)
	}
	status, err := shell.Run(ctx, p, s.script, s.options, nil)
	switch {
	case ctx.Err() != nil, err != nil:
		return err
	case status != 0:
		return fmt.Errorf("exit status %d", status)
	}
	return nil
}
