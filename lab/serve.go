package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log"
	"os"

	"provenendpoints/internal/lab/cfn"
	"provenendpoints/internal/lab/server"
)

// serveOptions are the options of `lab serve`.
type serveOptions struct {
	Listen, Region, Account, Stubs string
	Accept                         acceptFlag
	Seed                           uint64
	Detach                         bool
}

// defaultListen is where the server listens if nothing else is said: a port that people can
// remember and that nothing well-known uses.
const defaultListen = "127.0.0.1:4599"

const serveUsage = `Serves AWS's APIs on this machine alone, to deploy to with no AWS account.

usage: go run ./lab serve [flags]                  until Ctrl-C
       eval "$(go run ./lab serve -detach)"        in the background

  -listen HOST:PORT  a loopback address; default: ` + defaultListen + `
  -region NAME       the Region of clients that say none; default: ap-northeast-2
  -account ID        the account; default: 123456789012
  -accept TYPE       take a resource type that the lab does not have as inert:
                     nothing of it is there; as often as needed
  -stub FILE         answers of custom resources whose functions cannot run here
  -seed N            another course of events; default: 0
  -detach            return when the server listens, and leave it running; LAB_PID is
                     its process, and "kill $LAB_PID" ends it
  -h                 this text

Standard output has the lines that make a shell's programs clients of it. Another
shell gets them with eval "$(curl -s http://` + defaultListen + `/env)". Then, unmodified:

  npx cdk bootstrap
  npx cdk deploy GatewayEndpoint

Everything is forgotten when the server ends.
`

func parseServe(args []string, stderr io.Writer) (serveOptions, error) {
	var o serveOptions
	flags := flag.NewFlagSet("lab serve", flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	flags.StringVar(&o.Listen, "listen", defaultListen, "")
	flags.StringVar(&o.Region, "region", "", "")
	flags.StringVar(&o.Account, "account", "", "")
	flags.StringVar(&o.Stubs, "stub", "", "")
	flags.Var(&o.Accept, "accept", "")
	flags.Uint64Var(&o.Seed, "seed", 0, "")
	flags.BoolVar(&o.Detach, "detach", false, "")
	switch err := flags.Parse(args); {
	case errors.Is(err, flag.ErrHelp):
		fmt.Fprint(stderr, serveUsage)
		return o, errHelp
	case err != nil:
		return o, fmt.Errorf("%w; see go run ./lab serve -h", err)
	case flags.NArg() > 0:
		return o, fmt.Errorf("%q is not a flag of serve; see go run ./lab serve -h", flags.Arg(0))
	}
	return o, cfn.CheckEnvironment(o.Account, o.Region)
}

// serve is the command `lab serve`.
func serve(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	o, err := parseServe(args, stderr)
	if err != nil {
		return ended(stderr, err, exitUsage)
	}
	if o.Detach {
		return ended(stderr, detach(args, stdout, stderr), exitFailed)
	}
	return ended(stderr, o.serve(ctx, stdout, stderr), exitFailed)
}

// serve runs a server until ctx is done.
func (o serveOptions) serve(ctx context.Context, stdout, stderr io.Writer) error {
	stubs, err := readStubs(o.Stubs)
	if err != nil {
		return err
	}
	s, err := server.Start(server.Options{
		Listen: o.Listen, Region: o.Region, Account: o.Account, Seed: o.Seed, Stubs: stubs, Accept: o.Accept, Errors: log.New(stderr, "lab: ", 0),
		OnEvent: func(e cfn.Event) {
			if e.OfStack() || e.Status.Failed() {
				fmt.Fprintf(stderr, "%s  %s  %s\n", e.Stack, e.LogicalID, withReason(e))
			}
		},
	})
	if err != nil {
		return err
	}
	fmt.Fprint(stdout, s.Environment())
	if f, ok := stdout.(*os.File); ok && !isTerminal(f) {
		_ = f.Close() // whoever reads the lines has them all
	}
	fmt.Fprintf(stderr, "lab: serving at %s, on this machine alone; in other shells:\n\n  eval \"$(curl -s %s/env)\"\n\nThe console is at %s/console/\n", s.URL(), s.URL(), s.URL())
	return errors.Join(s.Wait(ctx), s.Close())
}

func withReason(e cfn.Event) string {
	if e.Reason == "" {
		return string(e.Status)
	}
	return string(e.Status) + "  " + e.Reason
}
