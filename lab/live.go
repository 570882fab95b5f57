package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"provenendpoints/internal/lab/cfn"
	"provenendpoints/internal/lab/deployment"
	"provenendpoints/proof"
)

// lived is what happened while the stacks lived, for people and machines.
type lived struct {
	Stacks  int
	Span    time.Duration
	Runs    int
	Wall    time.Duration
	Moments []deployment.Moment
	began   time.Time
}

// live deploys the stacks, lets them live for a time with the changes in it, and deletes
// them. That an alarm is raised is what happened, and no failure.
func live(ctx context.Context, p prepared, opts options, stdout, stderr io.Writer, progress *progress) int {
	drifts, err := readDrifts(opts.Drift)
	if err != nil {
		progress.clear()
		return fails(ctx, stderr, fmt.Errorf("-drift: %w", err), exitUsage)
	}
	lab := deployment.New(deployment.Options{
		Stubs: p.stubs, Accept: opts.Accept, Region: opts.Region, Account: opts.Account, Seed: opts.Seed,
		OnEvent: func(e cfn.Event) { progress.detail(fmt.Sprintf("%s: %s %s", e.Stack, e.LogicalID, e.Status)) },
	})
	defer func() { _ = lab.Close() }()
	progress.step("deploying " + count(len(p.stacks)) + " in the lab")
	deployed, err := lab.Deploy(ctx, p.stacks)
	for _, s := range deployed {
		if err == nil && s.Failed() {
			err = errors.New(s.Reason())
		}
	}
	if err != nil {
		progress.clear()
		return fails(ctx, stderr, err, exitFailed)
	}
	progress.step("living for " + opts.For.String())
	wall := proof.SystemClock()
	began := wall.Now()
	out := lived{Stacks: len(p.stacks), Span: opts.For, began: lab.Clock().Now()}
	out.Moments, err = lab.Live(ctx, opts.For, drifts)
	out.Wall, out.Runs = wall.Now().Sub(began), lab.Runs("ProvenEndpoints", "Duration", out.began)
	if err == nil {
		progress.step("deleting the stacks")
		for _, d := range lab.Delete(ctx) {
			err = errors.Join(err, d.Err)
		}
		err = errors.Join(err, lab.Left())
	}
	progress.clear()
	if printed := out.print(stdout, opts); err == nil {
		err = printed
	}
	if err != nil {
		return fails(ctx, stderr, err, exitFailed)
	}
	return exitOK
}

func readDrifts(file string) ([]deployment.Drift, error) {
	if file == "" {
		return nil, nil
	}
	return deployment.ReadDrifts(file)
}

// print prints what happened, each with the time since the deployment.
func (l lived) print(stdout io.Writer, opts options) error {
	if opts.JSON {
		e := json.NewEncoder(stdout)
		e.SetIndent("", "  ")
		return e.Encode(l)
	}
	s := newScreen(stdout, opts.Width)
	for _, m := range l.Moments {
		s.block(0, fmt.Sprintf("%s %s %s: %s", since(m.Time.Sub(l.began)), m.Kind, m.Stack, m.Text))
	}
	if len(l.Moments) == 0 {
		s.printf("nothing happened\n")
	}
	s.printf("\n%s, %s by the lab's clock, %s by the wall's, %d runs\n", count(l.Stacks), since(l.Span), l.Wall.Round(100*time.Millisecond), l.Runs)
	return s.out.Flush()
}

// since is a time as days, hours and minutes.
func since(d time.Duration) string {
	d = d.Round(time.Minute)
	return fmt.Sprintf("%2dd %02d:%02d", d/(24*time.Hour), d%(24*time.Hour)/time.Hour, d%time.Hour/time.Minute)
}
