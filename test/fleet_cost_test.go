package test

import (
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/jsii-runtime-go"

	"provenendpoints/internal/lab/cfn"
	"provenendpoints/internal/lab/clock"
	"provenendpoints/internal/lab/region"
	"provenendpoints/internal/test/deployed"
)

// Prices in us-east-1, in US dollars: Lambda on arm64 by the GB-second and by the million of
// invocations, CloudWatch's logs by the GB, as docs/continuous.md has them.
const (
	gbSecond    = 0.0000133334
	invocations = 0.20 / 1e6
	logGB       = 0.50
)

// What the proofs of ten endpoints in three subnets cost that go on at every quarter of an hour,
// of what is paid by use: by the invocations, durations and log lines of two runs in the lab, where work takes no time: a duration is
// that of the waits alone.
func TestCostOfProofsThatGoOn(t *testing.T) {
	app := testApp(t, map[string]any{"@aws-cdk/core:validateAgainstDefaultRules": false, "@aws-cdk/aws-ec2:restrictDefaultSecurityGroup": false})
	fleet(awscdk.NewStack(app, jsii.String("Fleet"), nil), fleetServices[1:], goingOn) // and two gateway endpoints
	app.Synth(nil)
	read, err := cfn.ReadAssembly(*app.Outdir())
	if err != nil {
		t.Fatal(err)
	}
	stack, _ := read.Stack("Fleet")
	c := clock.NewStepping()
	t.Cleanup(c.Stop)
	w := deployed.New(t, "Fleet", region.Options{Clock: c})
	if err := w.Deploy(stack); err != nil {
		t.Fatal(deployed.Reason(err))
	}
	before := usedOf(w)
	if err := c.Sleep(t.Context(), 30*time.Minute); err != nil {
		t.Fatal(err)
	}
	used := usedOf(w)
	const runs, month = 2.0, 2920.0
	perRun := usedBy{(used.invocations - before.invocations) / runs, (used.seconds - before.seconds) / runs, (used.logBytes - before.logBytes) / runs}
	// The verifier and the probers have 256 MB each.
	compute, calls, logs := perRun.seconds/4*gbSecond*month, perRun.invocations*invocations*month, perRun.logBytes/1e9*logGB*month
	t.Logf("a run: %.1f invocations, %.1f s, %.0f bytes of logs; a month: %.2f + %.2f + %.2f USD", perRun.invocations, perRun.seconds, perRun.logBytes, compute, calls, logs)
	if perRun.invocations < 5 || perRun.seconds < 1 || perRun.logBytes < 1000 {
		t.Error("that is less than a run: nothing was measured")
	}
	if sum := compute + calls + logs; sum > 3 {
		t.Errorf("ten endpoints cost %.2f USD a month by use, want 3 at most, which docs/continuous.md says", sum)
	}
}

// usedBy is what functions have used so far.
type usedBy struct{ invocations, seconds, logBytes float64 }

var reported = regexp.MustCompile(`REPORT RequestId: \S+\s+Duration: ([0-9.]+) ms`)

// usedOf adds up what the functions' logs say.
func usedOf(w *deployed.World) (sum usedBy) {
	for _, log := range w.Logs("Fleet") {
		if !strings.Contains(log.Name, "Verification") {
			continue // a console
		}
		sum.logBytes += float64(len(log.Text))
		for _, found := range reported.FindAllStringSubmatch(log.Text, -1) {
			ms, err := strconv.ParseFloat(found[1], 64)
			if err != nil {
				w.Error(err)
			}
			sum.invocations, sum.seconds = sum.invocations+1, sum.seconds+ms/1000
		}
	}
	return sum
}
