// Command provenendpoints synthesizes the scenarios of package stacks.
//
// The CDK CLI runs it as cdk.json says. Without the CLI it writes the assembly to
// $CDK_OUTDIR, or to cdk.out. It always uses the context of cdk.json;
// $CDK_CONTEXT_JSON adds to it, as `cdk -c` does.
package main

import (
	"encoding/json"
	"fmt"
	"os"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/jsii-runtime-go"

	"provenendpoints/internal/kernel"
	"provenendpoints/stacks"
)

func main() {
	defer kernel.Close()
	stacks.Prepare()
	context, err := readContext("cdk.json")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	outdir := os.Getenv("CDK_OUTDIR")
	if outdir == "" {
		outdir = "cdk.out"
	}
	app := awscdk.NewApp(&awscdk.AppProps{Outdir: &outdir, Context: &context, AnalyticsReporting: jsii.Bool(false)})
	stacks.New(app)
	app.Synth(nil)
}

// readContext reads the context of a cdk.json: the feature flags above all.
func readContext(file string) (map[string]any, error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("read the context (the app must run in the folder of cdk.json): %w", err)
	}
	var settings struct{ Context map[string]any }
	if err := json.Unmarshal(data, &settings); err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	return settings.Context, nil
}
