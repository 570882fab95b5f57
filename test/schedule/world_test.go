package schedule

import (
	"encoding/json"
	"os"
	"strings"
	"testing"
	"time"

	"provenendpoints/internal/contract"
	"provenendpoints/internal/lab/cfn"
	"provenendpoints/internal/lab/clock"
	"provenendpoints/internal/lab/cloudwatch"
	"provenendpoints/internal/lab/functions"
	"provenendpoints/internal/lab/region"
	"provenendpoints/internal/test/assembled"
	"provenendpoints/internal/test/deployed"
	"provenendpoints/internal/test/templates"
)

func TestMain(m *testing.M) { os.Exit(assembled.Main(m)) }

// world is a Region in which a stack with a schedule is deployed.
type world struct {
	*deployed.World
	clock  *clock.Clock
	stack  string
	start  time.Time
	faults region.Faults
}

type (
	template = templates.Template
	object   = templates.Object
)

// ref refers to the one resource of a type whose logical id contains the text.
func ref(t template, typ, text string) any {
	for _, id := range t.OfType(typ) {
		if strings.Contains(id, text) {
			return templates.RefTo(id)
		}
	}
	panic("no " + typ + " with " + text)
}

// deploy deploys a stack whose proof goes on. The faults may look at the world; they begin
// when it is deployed.
func deploy(t *testing.T, stack string, every time.Duration, faults func(*world) region.Faults) *world {
	t.Helper()
	s := assembled.Scheduled(t, stack, every)
	w := &world{stack: stack}
	if faults != nil {
		w.faults = faults(w)
	}
	deployInto(t, w, s)
	return w
}

// deployInto deploys a stack into the world's new Region.
func deployInto(t *testing.T, w *world, s cfn.Stack) {
	t.Helper()
	w.clock = clock.NewStepping()
	t.Cleanup(w.clock.Stop)
	w.World = deployed.New(t, w.stack, region.Options{Clock: w.clock, Faults: w.faults})
	if err := w.Deploy(s); err != nil {
		t.Fatal(err)
	}
	w.start = w.clock.Now()
}

// since is how long ago the stack was deployed; negative before.
func (w *world) since() time.Duration {
	if w.start.IsZero() {
		return -1
	}
	return w.clock.Now().Sub(w.start)
}

// live lets time pass.
func (w *world) live(d time.Duration) {
	w.Helper()
	if err := w.clock.Sleep(w.Context(), d); err != nil {
		w.Fatal(err)
	}
}

// alarm returns the state of the alarm on a metric.
func (w *world) alarm(metric string) cloudwatch.State {
	w.Helper()
	for _, a := range w.Metrics.Alarms() {
		if a.Metric.Name == metric {
			return w.Metrics.State(a.Name)
		}
	}
	w.Fatalf("no alarm on %s", metric)
	return ""
}

// expect compares the states of both alarms.
func (w *world) expect(when string, refuted, silence cloudwatch.State) {
	w.Helper()
	if got := w.alarm(contract.MetricRefuted); got != refuted {
		w.Errorf("%s: the alarm of refuted claims is %s, want %s", when, got, refuted)
	}
	if got := w.alarm(contract.MetricUnproven); got != silence {
		w.Errorf("%s: the alarm of silence is %s, want %s", when, got, silence)
	}
}

// runs are the values of a metric since the deployment.
func (w *world) runs(metric string) (out []float64) {
	for _, d := range w.Metrics.Data(cloudwatch.Metric{Namespace: contract.Namespace, Name: metric, Dimensions: contract.SetDimension + "=" + w.stack}) {
		if d.Time.After(w.start) {
			out = append(out, d.Value)
		}
	}
	return out
}

// told are the events of changed verdicts, each as claim, previous and state.
func (w *world) told() (out []string) {
	for _, e := range w.Bus.Events() {
		var detail struct{ Claim, Previous, State string }
		if e.DetailType == contract.EventType && json.Unmarshal(e.Detail, &detail) == nil {
			out = append(out, detail.Claim+" "+detail.Previous+" "+detail.State)
		}
	}
	return out
}

func isVerifier(i functions.Invocation) bool { return strings.Contains(i.Function, "Verifier") }
