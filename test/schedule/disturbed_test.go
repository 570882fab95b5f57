package schedule

import (
	"flag"
	"math"
	"math/rand/v2"
	"net/http"
	"sync"
	"testing"
	"time"

	"provenendpoints/internal/contract"
	"provenendpoints/internal/lab/cloud"
	"provenendpoints/internal/lab/cloudwatch"
	"provenendpoints/internal/lab/functions"
	"provenendpoints/internal/lab/region"
	"provenendpoints/internal/lab/vpc"
	"provenendpoints/internal/test/assembled"
)

// disturbed is for how long the disturbed stack lives: a sample in every run of the tests. A
// month takes a quarter of an hour of a processor: -disturbed 720h.
var disturbed = flag.Duration("disturbed", 3*time.Hour, "how long TestDisturbed lets a disturbed stack live, by the lab's clock")

// How often something goes wrong by itself in TestDisturbed, in all that is done while a run
// lasts: more than anybody would stand.
const (
	packetLoss = 0.01
	apiRefuses = 0.10
	crashes    = 0.02
	throttles  = 0.05
)

// Packets that are lost, calls that are throttled, functions that crash and functions that are
// refused raise no alarm, are no change of a verdict, and silence nothing.
func TestDisturbed(t *testing.T) {
	const every = 15 * time.Minute
	var lock sync.Mutex
	random := rand.New(rand.NewPCG(1, 2))
	happens := func(w *world, rate float64) bool {
		lock.Lock()
		defer lock.Unlock()
		return random.Float64() < rate && w.since() > 0
	}
	w := deploy(t, assembled.GatewayEndpoint, every, func(w *world) region.Faults {
		return region.Faults{
			Network: vpc.Faults{Packet: func(vpc.Packet) vpc.Fate { return vpc.Fate{Drop: happens(w, packetLoss)} }},
			Cloud: cloud.Faults{Call: func(c cloud.Call) cloud.Fault {
				if (c.Service == "ec2" || c.Service == "iam") && happens(w, apiRefuses) {
					return cloud.Fault{Status: http.StatusServiceUnavailable, Code: "RequestLimitExceeded", Message: "Request limit exceeded."}
				}
				return cloud.Fault{}
			}},
			Function: func(functions.Invocation) functions.Fault {
				return functions.Fault{Crash: happens(w, crashes), Throttle: happens(w, throttles)}
			},
		}
	})
	w.live(*disturbed)
	for _, told := range w.told() {
		t.Errorf("told %q", told)
	}
	for _, change := range w.Metrics.History() {
		if change.To == cloudwatch.InAlarm && change.Time.After(w.start) {
			t.Errorf("%s: the alarm on %s: %s", change.Time.Sub(w.start), change.Alarm.Metric.Name, change.Reason)
		}
	}
	runs := len(w.runs(contract.MetricRefuted))
	if want := int(*disturbed/every) * 3 / 4; runs < want {
		t.Errorf("%d runs in %s, want %d at least", runs, *disturbed, want)
	}
	undisturbed := w.undisturbed()
	mean, longest := 0.0, 0.0
	for _, d := range w.runs(contract.MetricDuration) {
		mean, longest = mean+(d-undisturbed)/float64(runs), max(longest, d)
	}
	if longest > contract.DefaultScheduledLimit.Seconds()/2 {
		t.Errorf("a run took %.0f s: more disturbance would be an alarm", longest)
	}
	if mean <= 0 {
		t.Fatal("nothing was disturbed")
	}
	// What goes wrong by itself goes on for a time without memory.
	wrong := math.Exp(-(contract.DefaultScheduledLimit.Seconds() - undisturbed) / mean)
	t.Logf("%d runs, none with an alarm, last %.0f s more than the %.0f s of an undisturbed one on average, and %.0f s at most; that one lasts to its limit of %s by chance has the probability %.1g, %.1g a year",
		runs, mean, undisturbed, longest, contract.DefaultScheduledLimit, wrong, wrong*float64(365*24*time.Hour/every))
}

// undisturbed is how long the shortest run took, in seconds.
func (w *world) undisturbed() float64 {
	shortest := math.Inf(1)
	for _, d := range w.runs(contract.MetricDuration) {
		shortest = min(shortest, d)
	}
	return shortest
}
