package code

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
)

// Fate is how a mutant ended.
type Fate string

const (
	// Killed: a test failed, or did not end.
	Killed Fate = "killed"
	// Survived: all tests passed.
	Survived Fate = "survived"
	// Invalid: it does not compile, so it is no mutant.
	Invalid Fate = "invalid"
)

// testLimit ends tests that a mutant keeps from ending. Those of a whole package
// take a small part of it.
const testLimit = "-test.timeout=30s"

// Runner runs a package's tests with mutants of it.
type Runner struct {
	dir     string
	invalid map[string]bool
	// program has switches for the mutants in keys; the others are compiled one
	// by one.
	program string
	keys    map[string]string
}

// NewRunner finds out which mutants of the package in dir compile, and compiles
// those that can be switched into one program. Work is a folder of its own.
func NewRunner(ctx context.Context, dir string, ms []Mutant, work string) (*Runner, error) {
	r := &Runner{dir: dir, invalid: map[string]bool{}, keys: map[string]string{}}
	compiles, err := compiling(dir, ms)
	if err != nil {
		return nil, err
	}
	files := map[string]map[string]Mutant{}
	for i, m := range ms {
		switch {
		case !compiles[i]:
			r.invalid[m.Name] = true
		case m.scope.form != none:
			key := strconv.Itoa(i)
			r.keys[m.Name] = key
			if files[m.File] == nil {
				files[m.File] = map[string]Mutant{}
			}
			files[m.File][key] = m
		}
	}
	sources := map[string][]byte{filepath.Join(dir, "switch_of_mutants.go"): []byte(switchSource(filepath.Base(dir)))}
	for name, of := range files {
		if sources[name], err = switched(name, of); err != nil {
			return nil, err
		}
	}
	r.program, err = r.compile(ctx, work, sources)
	if err != nil {
		return nil, fmt.Errorf("the program with all switches: %w", err)
	}
	return r, nil
}

// Switched tells how many mutants are in the one program.
func (r *Runner) Switched() int { return len(r.keys) }

// Run runs the tests with the mutant, which must be one of the runner's. Work is
// a folder of its own for each call that runs at the same time.
func (r *Runner) Run(ctx context.Context, m Mutant, work string) (Fate, error) {
	if r.invalid[m.Name] {
		return Invalid, nil
	}
	program, environment := r.program, switchVariable+"="+r.keys[m.Name]
	if r.keys[m.Name] == "" {
		source, err := m.Source()
		if err != nil {
			return "", err
		}
		if program, err = r.compile(ctx, work, map[string][]byte{m.File: source}); err != nil {
			return "", err
		}
	}
	cmd := exec.CommandContext(ctx, program, "-test.failfast", "-test.parallel=16", testLimit)
	cmd.Dir = r.dir
	cmd.Env = append(os.Environ(), environment)
	out, err := cmd.CombinedOutput()
	var exit *exec.ExitError
	switch {
	case ctx.Err() != nil:
		return "", ctx.Err()
	case err == nil && !bytes.Contains(out, []byte("PASS")):
		return "", fmt.Errorf("no tests ran: %s", out)
	case err == nil:
		return Survived, nil
	case errors.As(err, &exit):
		return Killed, nil
	}
	return "", err
}

// compile compiles the package's tests with other sources in place of its own.
func (r *Runner) compile(ctx context.Context, work string, sources map[string][]byte) (string, error) {
	replace := map[string]string{}
	for name, source := range sources {
		original, err := filepath.Abs(name)
		if err != nil {
			return "", err
		}
		replace[original] = filepath.Join(work, filepath.Base(name))
		if err := os.WriteFile(replace[original], source, 0o600); err != nil {
			return "", err
		}
	}
	overlay, err := json.Marshal(map[string]any{"Replace": replace})
	if err != nil {
		return "", err
	}
	list, program := filepath.Join(work, "overlay.json"), filepath.Join(work, "mutant.test")
	if err := os.WriteFile(list, overlay, 0o600); err != nil {
		return "", err
	}
	cmd := exec.CommandContext(ctx, "go", "test", "-c", "-vet=off", "-ldflags=-s -w", "-overlay", list, "-o", program, ".")
	cmd.Dir = r.dir
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("go test -c: %w\n%s", err, out)
	}
	return program, nil
}
