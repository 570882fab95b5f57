package main

import (
	"context"
	"fmt"
	"io"

	"provenendpoints/internal/lab/deployment"
)

// search deploys the stacks in many courses and prints what failed.
func search(ctx context.Context, p prepared, opts options, stdout, stderr io.Writer, progress *progress) int {
	failed := 0
	var left []string
	findings := deployment.Search(ctx, p.stacks, deployment.Options{
		Keep: opts.Keep, Stubs: p.stubs, Accept: opts.Accept, Region: opts.Region, Account: opts.Account, Seed: opts.Seed,
	}, opts.Seeds, func(seed uint64, r deployment.Result) {
		if !r.OK() {
			failed++
			if r.Left != nil {
				left = append(left, fmt.Sprintf("seed %d: %v", seed, r.Left))
			}
		}
		progress.detail(fmt.Sprintf("seed %d, %d failed", seed, failed))
	})
	progress.clear()
	if ctx.Err() != nil {
		return fails(ctx, stderr, ctx.Err(), exitFailed)
	}
	s := newScreen(stdout, opts.Width)
	for _, f := range findings {
		left = append(left, f.String())
	}
	for _, text := range left {
		s.block(0, text)
		s.printf("\n")
	}
	s.printf("%s, seeds %d to %d: %d failed\n", count(len(p.stacks)), opts.Seed, opts.Seed+uint64(opts.Seeds)-1, failed)
	if err := s.out.Flush(); err != nil {
		return fails(ctx, stderr, err, exitFailed)
	}
	if failed > 0 {
		return exitFailed
	}
	return exitOK
}
