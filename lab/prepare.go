package main

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"provenendpoints/internal/lab/cfn"
)

// prepare finds the stacks to deploy: those of the assembly that was given, or
// of this project, which it then compiles and synthesizes. The stacks' assets
// lie in files, which clean removes; it is never nil.
func prepare(ctx context.Context, o options, p *progress) (stacks []cfn.Stack, t timing, clean func(), err error) {
	clean = func() {}
	dir := o.Assembly
	if dir == "" {
		module, err := findModule(ctx)
		if err != nil {
			return nil, t, clean, err
		}
		work, err := os.MkdirTemp("", "lab-")
		if err != nil {
			return nil, t, clean, err
		}
		clean = func() { _ = os.RemoveAll(work) }
		s := synthesizer{Module: module, Work: work}
		p.say("compiling the application (the first time takes a minute)")
		start := time.Now()
		binary, err := s.compile(ctx)
		if err != nil {
			return nil, t, clean, err
		}
		t.Compile = time.Since(start)
		p.say("synthesizing the stacks")
		start = time.Now()
		if dir, err = s.synthesize(ctx, binary); err != nil {
			return nil, t, clean, err
		}
		t.Synth = time.Since(start)
	}
	assembly, err := cfn.ReadAssembly(dir)
	if err != nil {
		return nil, t, clean, err
	}
	stacks, err = choose(assembly, o.Stacks)
	return stacks, t, clean, err
}

// choose returns the named stacks with those that they depend on, each after
// its dependencies; all of them if no name is given.
func choose(a cfn.Assembly, names []string) ([]cfn.Stack, error) {
	if len(names) == 0 {
		return a.Stacks, nil
	}
	wanted := map[string]bool{}
	var want func(id string)
	want = func(id string) {
		if s, ok := a.Stack(id); ok && !wanted[s.ID] {
			wanted[s.ID] = true
			for _, d := range s.Dependencies {
				want(d)
			}
		}
	}
	for _, name := range names {
		if _, ok := a.Stack(name); !ok {
			return nil, fmt.Errorf("there is no stack %q in the assembly; it has %s", name, strings.Join(ids(a.Stacks), ", "))
		}
		want(name)
	}
	return slices.DeleteFunc(slices.Clone(a.Stacks), func(s cfn.Stack) bool { return !wanted[s.ID] }), nil
}

func ids(stacks []cfn.Stack) []string {
	out := make([]string, len(stacks))
	for i, s := range stacks {
		out[i] = s.ID
	}
	return out
}
