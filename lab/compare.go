package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"

	"github.com/aws/aws-sdk-go-v2/config"

	"provenendpoints/internal/lab/compare"
	"provenendpoints/internal/lab/deployment"
	"provenendpoints/internal/lab/latency"
)

// compareOptions are the options of `lab compare`.
type compareOptions struct {
	options
	File  string
	Table bool
}

const compareUsage = `Compares what a stack did on AWS with what it does in the lab, and writes a file to
send in. It reads the stack's events, template and log with your credentials, found as
the AWS CLI finds them, and changes nothing there.

usage: go run ./lab compare [flags] STACK     after npx cdk deploy STACK
       go run ./lab compare -table

  STACK            id or name of the stack
  -assembly DIR    what was deployed (cdk.out); default: synthesize ours
  -region NAME     where it was deployed; default: as for the AWS CLI
  -seed N          the lab's course of events; default: 0
  -file FILE       the file to write; default: compare-STACK.json. It has types,
                   logical ids, durations and verdicts, and no account and no ids
  -table           print what takes how long in the lab, who says so, and whether it
                   was seen on AWS
  -h               this text

exit status: 0 compared, whatever differs; 1 it could not be read or deployed;
2 called wrongly.
`

func parseCompare(args []string, stderr io.Writer) (compareOptions, error) {
	var o compareOptions
	flags := flag.NewFlagSet("lab compare", flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	flags.StringVar(&o.Assembly, "assembly", "", "")
	flags.StringVar(&o.Region, "region", "", "")
	flags.Uint64Var(&o.Seed, "seed", 0, "")
	flags.StringVar(&o.File, "file", "", "")
	flags.BoolVar(&o.Table, "table", false, "")
	switch err := flags.Parse(args); {
	case errors.Is(err, flag.ErrHelp):
		fmt.Fprint(stderr, compareUsage)
		return o, errHelp
	case err != nil:
		return o, fmt.Errorf("%w; see go run ./lab compare -h", err)
	case o.Table && flags.NArg() > 0, !o.Table && flags.NArg() != 1:
		return o, errors.New("want the name of one stack, or -table; see go run ./lab compare -h")
	}
	o.Stacks = flags.Args()
	if o.File == "" && !o.Table {
		o.File = "compare-" + o.Stacks[0] + ".json"
	}
	return o, nil
}

// compareWithAWS is the command `lab compare`.
func compareWithAWS(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	o, err := parseCompare(args, stderr)
	if err != nil {
		return ended(stderr, err, exitUsage)
	}
	if o.Table {
		printTable(stdout)
		return exitOK
	}
	return ended(stderr, o.compare(ctx, stdout, newProgress(stderr)), exitFailed)
}

func (o compareOptions) compare(ctx context.Context, stdout io.Writer, p *progress) error {
	defer p.clear()
	var region []func(*config.LoadOptions) error
	if o.Region != "" {
		region = append(region, config.WithRegion(o.Region))
	}
	account, err := config.LoadDefaultConfig(ctx, region...)
	if err != nil {
		return err
	}
	if account.Region == "" {
		return errors.New("no Region: say -region NAME, or set AWS_REGION")
	}
	prepared, err := prepare(ctx, o.options, p)
	defer prepared.clean()
	if err != nil {
		return err
	}
	chosen := prepared.stacks[len(prepared.stacks)-1] // after those that it depends on
	p.step("reading " + chosen.Name + " from AWS")
	onAWS, template, err := compare.Read(ctx, account, chosen.Name)
	if err != nil {
		return err
	}
	p.step("deploying " + count(len(prepared.stacks)) + " in the lab")
	result := deployment.Run(ctx, prepared.stacks, deployment.Options{Keep: true, Seed: o.Seed, Region: account.Region})
	last := result.Stacks[len(result.Stacks)-1]
	if last.Outcome.Status == "" {
		return fmt.Errorf("the lab did not deploy it: %s", last.Reason())
	}
	c := compare.Of(chosen.Name, compare.SameTemplate(template, chosen.Template), onAWS, compare.FromLab(last, o.Seed))
	text, err := json.MarshalIndent(c, "", "  ")
	if err != nil {
		return err
	}
	if err := os.WriteFile(o.File, append(text, '\n'), 0o644); err != nil {
		return err
	}
	p.clear()
	fmt.Fprintf(stdout, "%s\nWritten to %s. Please send it in.\n", c.Text(), o.File)
	return nil
}

// printTable prints the lab's table of latencies.
func printTable(out io.Writer) {
	for _, row := range latency.Table {
		rarely, seen := "", "not seen on AWS yet"
		if row.Rarely > 0 {
			rarely = ", rarely " + row.Rarely.String()
		}
		if row.Seen {
			seen = "seen on AWS"
		}
		fmt.Fprintf(out, "%s: %s to %s%s (%s)\n  %s\n", row.What, row.Min, row.Max, rarely, seen, row.Source)
	}
}
