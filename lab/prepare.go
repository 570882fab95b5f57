package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"time"

	"provenendpoints/internal/lab/cfn"
	"provenendpoints/internal/lab/deployment"
	"provenendpoints/internal/lab/reach"
	"provenendpoints/proof"
)

// prepared is what is deployed.
type prepared struct {
	stacks []cfn.Stack
	then   [][]cfn.Stack // those of further assemblies
	expect *reach.Matrix // the declared matrix; nil: none
	stubs  map[string]cfn.Stub
	timing timing
	// clean removes the files of the stacks' assets. It is never nil.
	clean func()
}

// notes are what was assumed of the stacks, each once.
func (p prepared) notes() []string {
	var out []string
	for _, stacks := range append([][]cfn.Stack{p.stacks}, p.then...) {
		for _, s := range stacks {
			for _, note := range s.Notes {
				if !slices.Contains(out, note) {
					out = append(out, note)
				}
			}
		}
	}
	return out
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
	if out.expect, err = readMatrix(o.Expect); err != nil {
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
		if dir, err = out.synthesize(ctx, synthesizer{Module: module, Work: work, Schedule: o.Schedule}, p); err != nil {
			return out, err
		}
	}
	if out.stacks, err = readStacks(dir, o); err != nil {
		return out, err
	}
	for _, dir := range o.Then {
		stacks, err := readStacks(dir, o)
		if err != nil {
			return out, err
		}
		out.then = append(out.then, stacks)
	}
	return out, nil
}

// readStacks reads the stacks of an assembly that the options name, with their parameters.
func readStacks(dir string, o options) ([]cfn.Stack, error) {
	assembly, err := cfn.ReadAssembly(dir)
	if err != nil {
		return nil, err
	}
	stacks, err := deployment.Choose(assembly, o.Stacks)
	if err != nil {
		return nil, err
	}
	return stacks, deployment.SetParameters(stacks, o.Parameters)
}

// readMatrix reads the file of -expect.
func readMatrix(file string) (*reach.Matrix, error) {
	if file == "" {
		return nil, nil
	}
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("-expect: %w; -declare %s writes it", err, file)
	}
	m, err := reach.Parse(string(text))
	if err != nil {
		return nil, fmt.Errorf("-expect %s: %w", file, err)
	}
	return &m, nil
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

// synthesize compiles and synthesizes this project and takes the times.
func (out *prepared) synthesize(ctx context.Context, s synthesizer, p *progress) (dir string, err error) {
	clock := proof.SystemClock()
	const compiling = "compiling the application and its functions"
	p.step(compiling + " (the first time takes one to two minutes)")
	start := clock.Now()
	binary, err := s.compile(ctx, func(packages int) { p.note(fmt.Sprintf("%s, %d packages", compiling, packages)) })
	if err != nil {
		return "", err
	}
	compiled := clock.Now()
	p.step("synthesizing the stacks")
	dir, err = s.synthesize(ctx, binary)
	out.timing = timing{Compile: compiled.Sub(start), Synth: clock.Now().Sub(compiled)}
	return dir, err
}
