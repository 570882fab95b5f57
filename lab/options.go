package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"strings"
	"time"

	"provenendpoints/internal/lab/cfn"
	"provenendpoints/internal/lab/deployment"
	"provenendpoints/internal/lab/reach"
)

// options are the options and arguments of the command line.
type options struct {
	// Assembly is the folder of an assembly, or a template's file; empty means to synthesize.
	Assembly string
	// Stacks are the ids or names of the stacks to deploy; empty means all.
	Stacks []string
	// Region and Account are those of the stacks that say none; empty: the lab's.
	Region, Account string
	// Parameters are values of the templates' parameters by stack and name. The
	// stack "" stands for every stack that has such a parameter.
	Parameters map[string]map[string]string
	// Stubs is a file with the answers of custom resources whose functions cannot run
	// on this machine; empty: none.
	Stubs string
	// Accept are resource types that the lab does not have and takes as inert.
	Accept acceptFlag
	// JSON asks for one JSON document instead of text.
	JSON bool
	// Events asks for every event; otherwise each resource shows only how its
	// creation ended.
	Events bool
	// Path asks for the critical paths of creations and deletions.
	Path bool
	// Logs asks for the functions' logs and the instances' consoles too.
	Logs bool
	// Trace asks for the ways of the packets that the verdicts rest on.
	Trace bool
	// Why asks why proofs failed, and what would mend them.
	Why bool
	// Captures is a folder for captures of packets; empty: none.
	Captures string
	// Strict fails also if user data fails or targets are not healthy.
	Strict bool
	// Probes are made after the last deployment.
	Probes []deployment.Probe
	// Matrix shows who can reach whom. Expect is a file that declares it, Declare one to
	// write it to; empty: none.
	Matrix          bool
	Expect, Declare string
	// Then are the folders of further assemblies, which update the stacks.
	Then []string
	// SVG is a folder for a picture of each stack's network; empty: none.
	SVG string
	// Width is how many characters a line may have; 0: as many as the terminal has.
	Width int
	// Keep skips the deletion at the end, to show the events of the creation alone.
	Keep bool
	// For is how long the stacks live after the deployment; 0: they are deleted at once.
	For time.Duration
	// Drift is a file with changes that are made by hand meanwhile; empty: none.
	Drift string
	// Schedule is the time between two runs of the proofs of this project's own stacks;
	// empty: they are no more than part of the deployment.
	Schedule string
	// Seeds is how many courses to try, from Seed on; 0 is one of them, printed whole.
	Seeds int
	// Seed chooses how long everything takes and in which order what is independent happens.
	Seed uint64
}

// errHelp is returned after the help has been printed.
var errHelp = errors.New("help")

const usage = `Deploys stacks with no AWS account and verifies them, on this machine alone.

usage: go run ./lab [flags] [STACK ...]
       go run ./lab serve [flags]   a Region to deploy to; see its -h
       go run ./lab compare STACK   what it did on AWS, and here; see its -h

  STACK            id or name of a stack; default: all of the assembly
  -assembly DIR    an assembly that is synthesized already, ours or any other
                   (what cdk synth leaves in cdk.out), or one template's file,
                   in JSON or YAML; default: synthesize ours
  -region NAME     the Region of stacks that say none; default: ap-northeast-2
  -account ID      the account of stacks that say none; default: 123456789012
  -parameter [STACK:]NAME=VALUE
                   the value of a template's parameter, of one stack or of all
                   that have it; as often as needed
  -stub FILE       answers of custom resources whose functions cannot run here:
                   {"STACK/LOGICALID or TYPE": {"Data": {…}}}
  -accept TYPE     take a resource type that the lab does not have as inert:
                   nothing of it is there; as often as needed
  -then DIR        deploy a further assembly, as an update of the stacks; as
                   often as needed
  -probe 'FROM TO:PORT'
                   try to reach something, after the last deployment: FROM is a
                   subnet, an instance, a function, internet or stranger (a VPC
                   of somebody else), TO one of these, an endpoint, a balancer,
                   a DNS name or an address, PORT a TCP port or ping. It must
                   be open; with "! " before it, out of reach. Names are
                   logical ids, construct paths, or parts of them, with the
                   kind before them where it is not clear (subnet:Private); as
                   often as needed
  -matrix          try everybody from everywhere, and print who can reach whom
  -expect FILE     the same, compared with what FILE declares
  -declare FILE    the same, written to FILE, for -expect
  -strict          fail also if the user data of an instance fails, or a target
                   of a load balancer is not healthy
  -json            one JSON document on standard output, for machines
  -events          print every event, those of work in progress and of
                   deletions too
  -path            print the critical paths: what creations and deletions waited
                   for to their ends, and how long for each
  -logs            print the functions' logs and the instances' consoles too
  -trace           print for each claim that was measured the way of its
                   packets, hop by hop, and where it ended
  -why             say of each proof that failed which resource and property
                   decides it and which smallest change mends it, tried by
                   deploying the stack again with it, in a copy of the lab
  -pcap DIR        write what each interface sends and receives into a file
                   there, which Wireshark and tcpdump open
  -keep            do not delete the stacks at the end
  -svg DIR         write a picture of each stack's network with its claims, as
                   STACK.svg; of one that failed, as it was then
  -width N         at most N characters a line; default: as many as the terminal
                   has, elsewhere 100
  -for TIME        let the stacks live for a time by the lab's clock, such as
                   30d, 3d2h or 90m, and print what their alarms and events say
  -drift FILE      changes that somebody makes by hand meanwhile:
                   [{"At": "3d", "For": "2h", "Stack": …, "By": ARN,
                   "Add": {ID: {"Type": …}}, "Change": {ID: {PROPERTY: VALUE}},
                   "Remove": [ID]}]
  -schedule TIME   run the proofs of our own stacks every so often, such as 15m;
                   default with -for: 1h
  -seed N          another course of events: what takes how long, and what is
                   done first where the templates leave it open; default: 0.
                   The same seed is the same course
  -seeds N         try N courses, from -seed on, and print only which stacks
                   failed and which dependency between two resources lacks
  -h               this text

exit status: 0 all deployed and verified, every probe and the matrix as wanted;
1 something was refused, failed or is not as wanted, the reason is the last
thing printed; 2 called wrongly, or nothing to deploy; 130 interrupted.
go run itself prints "exit status 2" and exits with 1, whatever the number:
where it matters, build the lab first (go build -o lab-command ./lab)
`

// parse parses the command line. Errors name the word that is wrong.
func parse(args []string, stderr io.Writer) (options, error) {
	var o options
	flags := flag.NewFlagSet("lab", flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	flags.StringVar(&o.Assembly, "assembly", "", "")
	flags.StringVar(&o.Region, "region", "", "")
	flags.StringVar(&o.Account, "account", "", "")
	flags.StringVar(&o.Stubs, "stub", "", "")
	flags.Var(&o.Accept, "accept", "")
	flags.Func("parameter", "", o.parameter)
	flags.BoolVar(&o.Strict, "strict", false, "")
	flags.Func("probe", "", o.probe)
	flags.BoolVar(&o.Matrix, "matrix", false, "")
	flags.StringVar(&o.Expect, "expect", "", "")
	flags.StringVar(&o.Declare, "declare", "", "")
	flags.Func("then", "", func(dir string) error { o.Then = append(o.Then, dir); return nil })
	flags.StringVar(&o.SVG, "svg", "", "")
	flags.IntVar(&o.Width, "width", 0, "")
	flags.BoolVar(&o.JSON, "json", false, "")
	flags.BoolVar(&o.Events, "events", false, "")
	flags.BoolVar(&o.Path, "path", false, "")
	flags.BoolVar(&o.Logs, "logs", false, "")
	flags.BoolVar(&o.Trace, "trace", false, "")
	flags.BoolVar(&o.Why, "why", false, "")
	flags.StringVar(&o.Captures, "pcap", "", "")
	flags.BoolVar(&o.Keep, "keep", false, "")
	flags.Func("for", "", func(text string) (err error) { o.For, err = deployment.ParseSpan(text); return err })
	flags.StringVar(&o.Drift, "drift", "", "")
	flags.StringVar(&o.Schedule, "schedule", "", "")
	flags.IntVar(&o.Seeds, "seeds", 0, "")
	flags.Uint64Var(&o.Seed, "seed", 0, "")
	// Flags may follow names too; the flag package stops at the first name.
	for len(args) > 0 {
		if err := flags.Parse(args); err != nil {
			if errors.Is(err, flag.ErrHelp) {
				fmt.Fprint(stderr, usage)
				return o, errHelp
			}
			return o, fmt.Errorf("%w; see go run ./lab -h", err)
		}
		args = flags.Args()
		if len(args) > 0 {
			o.Stacks = append(o.Stacks, args[0])
			args = args[1:]
		}
	}
	if err := o.checkLife(); err != nil {
		return o, err
	}
	if o.Width != 0 && o.Width < minWidth {
		return o, fmt.Errorf("-width %d: want at least %d", o.Width, minWidth)
	}
	return o, cfn.CheckEnvironment(o.Account, o.Region)
}

// checkLife checks what is about the time after the deployment.
func (o *options) checkLife() error {
	switch {
	case o.For < 0:
		return fmt.Errorf("-for %s: want a time above 0", o.For)
	case o.For == 0 && o.Drift != "":
		return errors.New("-drift: want -for too, a time in which it is made")
	case o.Assembly != "" && o.Schedule != "":
		return errors.New("-schedule: is for our own stacks; those of -assembly have their own")
	case o.For > 0 && (o.Seeds > 0 || len(o.Then) > 0 || len(o.Probes) > 0 || o.Matrix || o.Expect != "" || o.Declare != ""):
		return errors.New("-for: cannot be combined with -seeds, -then, -probe, -matrix, -expect and -declare")
	case o.SVG != "" && (o.For > 0 || o.Seeds > 0):
		return errors.New("-svg: cannot be combined with -for and -seeds")
	case o.For > 0 && o.Assembly == "" && o.Schedule == "":
		o.Schedule = "1h"
	}
	return nil
}

// minWidth is the least width of a screen that is of use.
const minWidth = 40

// probe reads [! ]FROM TO:PORT.
func (o *options) probe(text string) error {
	rest, not := strings.CutPrefix(strings.TrimSpace(text), "!")
	words := strings.Fields(rest)
	if len(words) != 2 {
		return errors.New("want 'FROM TO:PORT'")
	}
	if _, _, err := reach.SplitPort(words[1]); err != nil {
		return err
	}
	o.Probes = append(o.Probes, deployment.Probe{From: words[0], To: words[1], Not: not})
	return nil
}

// parameter reads [STACK:]NAME=VALUE, as `cdk deploy --parameters` does.
func (o *options) parameter(text string) error {
	key, value, ok := strings.Cut(text, "=")
	stack, name, both := strings.Cut(key, ":")
	if !both {
		stack, name = "", key
	}
	if !ok || name == "" || both && stack == "" {
		return errors.New("want [STACK:]NAME=VALUE")
	}
	if o.Parameters == nil {
		o.Parameters = map[string]map[string]string{}
	}
	if o.Parameters[stack] == nil {
		o.Parameters[stack] = map[string]string{}
	}
	o.Parameters[stack][name] = value
	return nil
}
