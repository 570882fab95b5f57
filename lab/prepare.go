package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"time"

	"provenendpoints/internal/lab/cfn"
	"provenendpoints/proof"
)

// prepared is what is deployed.
type prepared struct {
	stacks []cfn.Stack
	stubs  map[string]cfn.Stub
	timing timing
	// clean removes the files of the stacks' assets. It is never nil.
	clean func()
}

// timing is the wall time of the phases before the deployment.
type timing struct {
	Compile, Synth time.Duration
}

// prepare reads the stacks of the assembly that the options name. Without one it
// compiles and synthesizes those of this project.
func prepare(ctx context.Context, o options, p *progress) (out prepared, err error) {
	out.clean = func() {}
	if out.stubs, err = readStubs(o.Stubs); err != nil {
		return out, err
	}
	dir := o.Assembly
	if dir == "" {
		module, err := findModule(ctx)
		if err != nil {
			return out, err
		}
		work, err := os.MkdirTemp("", "lab-")
		if err != nil {
			return out, err
		}
		out.clean = func() { _ = os.RemoveAll(work) }
		if dir, err = out.synthesize(ctx, synthesizer{Module: module, Work: work}, p); err != nil {
			return out, err
		}
	}
	assembly, err := cfn.ReadAssembly(dir)
	if err != nil {
		return out, err
	}
	if out.stacks, err = choose(assembly, o.Stacks); err != nil {
		return out, err
	}
	return out, setParameters(out.stacks, o.Parameters)
}

// readStubs reads the file of -stub.
func readStubs(file string) (map[string]cfn.Stub, error) {
	if file == "" {
		return nil, nil
	}
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("-stub: %w", err)
	}
	var stubs map[string]cfn.Stub
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(&stubs); err != nil {
		return nil, fmt.Errorf("-stub %s: %w; want {\"STACK/LOGICALID or TYPE\": {\"Data\": {…}, \"PhysicalResourceId\": \"…\"}}", file, err)
	}
	return stubs, nil
}

// setParameters gives the stacks the parameters of the command line. Each must be
// one of a template's.
func setParameters(stacks []cfn.Stack, given map[string]map[string]string) error {
	for _, stack := range slices.Sorted(maps.Keys(given)) {
		for _, name := range slices.Sorted(maps.Keys(given[stack])) {
			found := false
			for i := range stacks {
				s := &stacks[i]
				if stack != "" && stack != s.ID && stack != s.Name || !slices.Contains(s.ParameterNames(), name) {
					continue
				}
				found = true
				s.Parameters = maps.Clone(s.Parameters)
				if s.Parameters == nil {
					s.Parameters = map[string]string{}
				}
				s.Parameters[name] = given[stack][name]
			}
			switch {
			case !found && stack == "":
				return fmt.Errorf("-parameter %s: no stack has a parameter of this name", name)
			case !found:
				return fmt.Errorf("-parameter %s:%s: there is no such stack, or it has no such parameter", stack, name)
			}
		}
	}
	return nil
}

// synthesize compiles and synthesizes this project and takes the times.
func (out *prepared) synthesize(ctx context.Context, s synthesizer, p *progress) (dir string, err error) {
	clock := proof.SystemClock()
	p.step("compiling the application (the first time takes a minute)")
	start := clock.Now()
	binary, err := s.compile(ctx)
	if err != nil {
		return "", err
	}
	compiled := clock.Now()
	p.step("synthesizing the stacks")
	dir, err = s.synthesize(ctx, binary)
	out.timing = timing{Compile: compiled.Sub(start), Synth: clock.Now().Sub(compiled)}
	return dir, err
}

// choose returns the named stacks with those that they depend on, each after
// its dependencies; all of them if no name is given.
func choose(a cfn.Assembly, names []string) ([]cfn.Stack, error) {
	if len(names) == 0 {
		return a.Stacks, nil
	}
	wanted := map[string]bool{}
	for _, name := range names {
		s, ok := a.Stack(name)
		if !ok {
			return nil, fmt.Errorf("there is no stack %q in the assembly; it has %s", name, strings.Join(ids(a.Stacks), ", "))
		}
		wanted[s.ID] = true
	}
	var chosen []cfn.Stack
	for _, s := range slices.Backward(a.Stacks) { // each comes after its dependencies
		if wanted[s.ID] {
			chosen = append(chosen, s)
			for _, d := range s.Dependencies {
				wanted[d] = true
			}
		}
	}
	slices.Reverse(chosen)
	return chosen, nil
}

func ids(stacks []cfn.Stack) []string {
	out := make([]string, len(stacks))
	for i, s := range stacks {
		out[i] = s.ID
	}
	return out
}
