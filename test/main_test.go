// Package test holds the tests of the synthesized templates and of the
// application as a whole. All tests that use CDK are here, but for examples, since each test
// binary with CDK in it takes seconds to link and a JavaScript process to run.
// That process is not safe for concurrent use: no test here is parallel.
package test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/jsii-runtime-go"
	"github.com/cdklabs/cdk-nag-go/cdknag/v2"

	"provenendpoints/internal/kernel"
	"provenendpoints/stacks"
)

// assembly is where the app was synthesized to, once for all tests that only
// read, with cdk-nag and the template validator watching: what they call an
// error panics in Synth.
var assembly string

func TestMain(m *testing.M) {
	if app := os.Getenv(counted); app != "" {
		if err := synthCounted(app); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	code, err := run(m)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	os.Exit(code)
}

func run(m *testing.M) (code int, err error) {
	defer kernel.Close()
	dir, err := os.MkdirTemp("", "assembly")
	if err != nil {
		return 0, err
	}
	defer os.RemoveAll(dir)
	assembly = filepath.Join(dir, "cdk.out")
	if err := synthAll(assembly); err != nil {
		return 0, err
	}
	return m.Run(), nil
}

// synthAll writes the assembly of the whole app.
func synthAll(outdir string) error {
	app, err := newApp(outdir, nil)
	if err != nil {
		return err
	}
	addNag(app)
	stacks.New(app)
	app.Synth(nil)
	return nil
}

// newApp makes an empty app as app.go does: with the context of cdk.json, and
// more as if by `cdk -c`.
func newApp(outdir string, more map[string]any) (awscdk.App, error) {
	data, err := os.ReadFile("../cdk.json")
	if err != nil {
		return nil, err
	}
	var settings struct{ Context map[string]any }
	if err := json.Unmarshal(data, &settings); err != nil {
		return nil, err
	}
	for key, value := range more {
		settings.Context[key] = value
	}
	return awscdk.NewApp(&awscdk.AppProps{
		Outdir: &outdir, Context: &settings.Context, AnalyticsReporting: jsii.Bool(false),
	}), nil
}

// testApp is newApp for a test's own constructs.
func testApp(t testing.TB, more map[string]any) awscdk.App {
	t.Helper()
	app, err := newApp(t.TempDir(), more)
	if err != nil {
		t.Fatal(err)
	}
	return app
}

// addNag has every construct of the app checked by cdk-nag's AwsSolutions pack.
func addNag(app awscdk.App) {
	awscdk.Aspects_Of(app).Add(cdknag.NewAwsSolutionsChecks(&cdknag.NagPackProps{Verbose: jsii.Bool(true)}), nil)
}

// mustPanic runs something that has to panic, and returns what it says.
func mustPanic(t *testing.T, run func()) (message string) {
	t.Helper()
	defer func() {
		switch said := recover().(type) {
		case nil:
			t.Error("did not panic")
		default:
			message = strings.TrimSpace(fmt.Sprint(said))
		}
	}()
	run()
	return ""
}
