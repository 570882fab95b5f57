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
	findings := deployment.Search(ctx, p.stacks, deployment.Options{
		Keep: opts.Keep, Region: opts.Region, Account: opts.Account, Seed: opts.Seed,
	}, opts.Seeds, func(seed uint64, r deployment.Result) {
		if !r.OK() {
			failed++
			if r.Left != nil {
				fmt.Fprintf(stdout, "seed %d: %v\n\n", seed, r.Left)
			}
		}
		progress.detail(fmt.Sprintf("seed %d, %d failed", seed, failed))
	})
	progress.clear()
	if ctx.Err() != nil {
		return fails(ctx, stderr, ctx.Err(), exitFailed)
	}
	for _, f := range findings {
		fmt.Fprintf(stdout, "%s\n\n", f)
	}
	fmt.Fprintf(stdout, "%s, seeds %d to %d: %d failed\n", count(len(p.stacks)), opts.Seed, opts.Seed+uint64(opts.Seeds)-1, failed)
	if failed > 0 {
		return exitFailed
	}
	return exitOK
}
