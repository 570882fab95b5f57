package test

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/jsii-runtime-go"

	"provenendpoints/internal/kernel"
	"provenendpoints/stacks"
)

// Every question to a construct is a call to the JavaScript process, and costs about a
// quarter of a millisecond of waiting. testdata/javascript.txt has what the apps here
// may take: the calls, and the bytes of requests and answers.

// counted is the variable that makes this binary synthesize one of countedApps and end.
const counted = "TEST_COUNTED_APP"

// countedApps are small apps by their names.
var countedApps = map[string]func(awscdk.App){
	"scenarios": func(app awscdk.App) { stacks.New(app) },
	"fleet-5":   func(app awscdk.App) { fleet(awscdk.NewStack(app, jsii.String("Fleet"), nil), fleetServices[:5], each) },
	"fleet-9":   func(app awscdk.App) { fleet(awscdk.NewStack(app, jsii.String("Fleet"), nil), fleetServices[:9], each) },
}

func synthCounted(name string) error {
	defer kernel.Close()
	app, err := newApp(os.Getenv("CDK_OUTDIR"), nil)
	if err != nil {
		return err
	}
	countedApps[name](app)
	app.Synth(nil)
	return nil
}

// usage is what an app takes of the JavaScript process.
type usage struct{ calls, sent, received int }

func countCalls(t *testing.T, app string) (u usage) {
	t.Helper()
	runtime, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "github.com/aws/jsii-runtime-go").Output()
	if err != nil {
		t.Fatal(err)
	}
	script := filepath.Join(strings.TrimSpace(string(runtime)), "internal", "embedded", "resources", "bin", "jsii-runtime.js")
	dir := t.TempDir()
	sent, received := filepath.Join(dir, "sent"), filepath.Join(dir, "received")
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), counted+"="+app, "CDK_OUTDIR="+filepath.Join(dir, "cdk.out"), "CDK_VALIDATION=false",
		"JSII_RUNTIME=tee "+sent+" | node '"+script+"' | tee "+received)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%s: %v\n%s", app, err, out)
	}
	for file, size := range map[string]*int{sent: &u.sent, received: &u.received} {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		// The folders' names differ from run to run.
		*size = len(regexp.MustCompile(regexp.QuoteMeta(os.TempDir())+`[^"]*`).ReplaceAll(data, nil))
		if file == sent {
			u.calls = bytes.Count(data, []byte("\n"))
		}
	}
	return u
}

// TestCallsToJavaScript: apps take no more calls than they may.
func TestCallsToJavaScript(t *testing.T) {
	const file = "testdata/javascript.txt"
	if _, err := exec.LookPath("tee"); err != nil {
		t.Skip("what travels is counted with tee")
	}
	text, err := os.ReadFile(file)
	if err != nil && !*update {
		t.Fatal(err)
	}
	may := map[string]usage{}
	for line := range strings.Lines(string(text)) {
		if fields := strings.Fields(line); len(fields) == 4 && fields[0] != "app" {
			var u usage
			for i, n := range []*int{&u.calls, &u.sent, &u.received} {
				if *n, err = strconv.Atoi(fields[i+1]); err != nil {
					t.Fatalf("%s: %v", file, err)
				}
			}
			may[fields[0]] = u
		}
	}
	var names []string
	for name := range countedApps {
		names = append(names, name)
	}
	slices.Sort(names)
	took := map[string]usage{}
	for _, name := range names {
		u, most := countCalls(t, name), may[name]
		took[name] = u
		t.Logf("%-10s %5d calls, %7d bytes sent, %7d received", name, u.calls, u.sent, u.received)
		// Bytes differ a little: with the length of paths, and with hashes.
		if !*update && (u.calls > most.calls || float64(u.sent) > 1.02*float64(most.sent) || float64(u.received) > 1.02*float64(most.received)) {
			t.Errorf("%s takes %+v, and may take %+v: ask for less, or write %s anew with -update and say why", name, u, most, file)
		}
	}
	t.Logf("a further verified endpoint: %.1f calls", float64(took["fleet-9"].calls-took["fleet-5"].calls)/4)
	if *update {
		out := fmt.Sprintf("%-10s %7s %9s %9s\n", "app", "calls", "sent", "received")
		for _, name := range names {
			out += fmt.Sprintf("%-10s %7d %9d %9d\n", name, took[name].calls, took[name].sent, took[name].received)
		}
		if err := os.WriteFile(file, []byte(out), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}
