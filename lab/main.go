// Command lab deploys synthesized stacks with no AWS account, into a network
// of real TCP/IP stacks in this process, and runs the stacks' own verification
// there:
//
//	go run ./lab                       all scenarios of this project
//	go run ./lab GatewayEndpoint       some of them
//	go run ./lab -assembly cdk.out     an assembly that is synthesized already
//	go run ./lab -json                 for machines
//	go run ./lab -for 30d              and lets them live, with their proofs going on
//	go run ./lab serve                 a Region to deploy to, with the CDK CLI
//	go run ./lab compare NAME          what a stack did on AWS beside what it does here
//
// It prints what CloudFormation's console would show: events, outputs, and the
// report of each verification. It exits with 0 if every stack deployed and was
// deleted again, with 1 if one failed or something is not as wanted (the reason is the
// last thing printed), with 2 if it was called wrongly or has nothing to work with, and
// with 130 if it was interrupted.
//
// Here are the command line, the synthesis and the printing. The deployment is in
// internal/lab/deployment, the server in internal/lab/server, the lab itself in internal/lab/region and below.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"provenendpoints/internal/lab/cfn"
	"provenendpoints/internal/lab/clock"
	"provenendpoints/internal/lab/deployment"
	"provenendpoints/internal/lab/reach"
)

// The exit codes.
const (
	exitOK     = 0
	exitFailed = 1
	exitUsage  = 2
	// exitInterrupted is the shells' 128 with the number of the signal.
	exitInterrupted = 130
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	clock.Outside()              // os/signal waits for signals in a system call, until the process ends
	context.AfterFunc(ctx, stop) // a second signal ends the process at once
	code := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

// ended prints why a command has failed, if it has, and returns its exit status: with an
// error that given, with none or after the help exitOK.
func ended(stderr io.Writer, err error, status int) int {
	if err == nil || errors.Is(err, errHelp) {
		return exitOK
	}
	message(stderr, err)
	return status
}

// run is the command without the process around it.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	if len(args) > 0 && args[0] == "serve" {
		return serve(ctx, args[1:], stdout, stderr)
	}
	if len(args) > 0 && args[0] == "compare" {
		return compareWithAWS(ctx, args[1:], stdout, stderr)
	}
	opts, err := parse(args, stderr)
	if err != nil {
		return ended(stderr, err, exitUsage)
	}
	progress := newProgress(stderr)
	p, err := prepare(ctx, opts, progress)
	defer p.clean()
	if err != nil {
		progress.clear()
		return fails(ctx, stderr, err, exitUsage)
	}
	progress.clear()
	for _, note := range p.notes() {
		tell(stderr, note)
	}
	if opts.For > 0 {
		return live(ctx, p, opts, stdout, stderr, progress)
	}
	if opts.Seeds > 0 {
		return search(ctx, p, opts, stdout, stderr, progress)
	}
	if !opts.JSON && ctx.Err() == nil {
		progress.clear()
		tell(stderr, costs(p.stacks, opts.Region))
	}
	r := outcome{timing: p.timing}
	progress.step("deploying " + count(len(p.stacks)) + " in the lab")
	r.Result = deployment.Run(ctx, p.stacks, deployment.Options{
		Keep: opts.Keep, Stubs: p.stubs, Accept: opts.Accept, Region: opts.Region, Account: opts.Account, Seed: opts.Seed, Paths: opts.Path, Traces: opts.Trace || opts.JSON, Captures: opts.Captures, Pictures: opts.SVG != "",
		Settle: true, Then: p.then, Probes: opts.Probes, Matrix: opts.Matrix || opts.Expect != "" || opts.Declare != "",
		OnStep:  progress.step,
		OnEvent: func(e cfn.Event) { progress.detail(fmt.Sprintf("%s: %s %s", e.Stack, e.LogicalID, e.Status)) },
	})
	progress.clear()
	if ctx.Err() != nil {
		return fails(ctx, stderr, ctx.Err(), exitFailed)
	}
	if opts.Why {
		r.causes = explain(ctx, p, r.Result, opts, progress)
		progress.clear()
		if ctx.Err() != nil {
			return fails(ctx, stderr, ctx.Err(), exitFailed)
		}
	}
	if r.Matrix != nil && p.expect != nil {
		r.differences = reach.Compare(*p.expect, *r.Matrix)
	}
	if r.Matrix != nil && opts.Declare != "" {
		if err := os.WriteFile(opts.Declare, []byte(r.Matrix.String()), 0o644); err != nil {
			return fails(ctx, stderr, fmt.Errorf("-declare: %w", err), exitFailed)
		}
	}
	if err := writePictures(opts.SVG, r.Stacks); err != nil {
		return fails(ctx, stderr, fmt.Errorf("-svg: %w", err), exitFailed)
	}
	if opts.JSON {
		err = writeJSON(stdout, r, opts)
	} else {
		err = newScreen(stdout, opts.Width).result(r, opts)
	}
	if err != nil {
		return fails(ctx, stderr, err, exitFailed)
	}
	if r.failed(opts) {
		return exitFailed
	}
	return exitOK
}

// fails prints why the command cannot go on. Whoever interrupted it knows why.
func fails(ctx context.Context, stderr io.Writer, err error, code int) int {
	if ctx.Err() != nil {
		fmt.Fprintln(stderr, "lab: interrupted")
		return exitInterrupted
	}
	message(stderr, err)
	return code
}

// message prints an error.
func message(stderr io.Writer, err error) { tell(stderr, err.Error()) }

// tell prints something, at a terminal in lines that fit it.
func tell(stderr io.Writer, text string) {
	text = "lab: " + text
	if isTerminal(stderr) {
		text = strings.Join(wrap(text, widthOf(stderr)), "\n")
	}
	fmt.Fprintln(stderr, text)
}
