package escapes

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"provenendpoints/internal/contract"
	"provenendpoints/internal/lab/clock"
	"provenendpoints/internal/lab/cloudwatch"
	"provenendpoints/internal/lab/region"
	"provenendpoints/internal/test/assembled"
	"provenendpoints/internal/test/deployed"
)

// every is the time between two runs, found the longest that a change may go unnoticed: the
// run after it, the time for which it is measured again, and a minute for the alarm.
const (
	every = 15 * time.Minute
	found = every + contract.DefaultScheduledLimit + 90*time.Second
	alice = "arn:aws:iam::123456789012:user/alice"
)

// drifting is a Region in which a stack lives whose proof goes on.
type drifting struct {
	*deployed.World
	clock *clock.Clock
	stack string
}

func newDrifting(t *testing.T, stack string) *drifting {
	t.Helper()
	s := assembled.Scheduled(t, stack, every)
	w := &drifting{clock: clock.NewStepping(), stack: stack}
	t.Cleanup(w.clock.Stop)
	w.World = deployed.New(t, stack, region.Options{Clock: w.clock, Concurrency: 100})
	if err := w.Deploy(s); err != nil {
		t.Fatal(err)
	}
	return w
}

// alarmed waits until the alarm of refuted claims is in a state, and returns how long that
// took; ok is false if it took too long.
func (w *drifting) alarmed(t *testing.T, state cloudwatch.State) (took time.Duration, ok bool) {
	t.Helper()
	for ; took <= found; took += 30 * time.Second {
		for _, a := range w.Metrics.Alarms() {
			if a.Metric.Name == contract.MetricRefuted && w.Metrics.State(a.Name) == state {
				return took, true
			}
		}
		if err := w.clock.Sleep(t.Context(), 30*time.Second); err != nil {
			t.Fatal(err)
		}
	}
	return took, false
}

// reasons are those of the events from the n-th on.
func (w *drifting) reasons(from int) (text string, changes []string) {
	for _, e := range w.Bus.Events()[from:] {
		var detail struct {
			Reason  string
			Changes []struct{ Call, By string }
		}
		if e.DetailType == contract.EventType && json.Unmarshal(e.Detail, &detail) == nil {
			text += detail.Reason + "\n"
			for _, c := range detail.Changes {
				changes = append(changes, c.Call+" by "+c.By)
			}
		}
	}
	return text, changes
}

// beyond are rows that nobody can do by hand to a stack that runs, or not take back: what they
// change is made anew with another id, or takes a value that only the stack's own deployment
// has (an image, a block of IPv6 addresses).
var beyond = []string{
	"an internet-facing load balancer", "a host with a public address", "a host in WEB1's place that calls itself so",
	"a host with a public address beside the subnet", "another host without a public address",
	"an egress-only internet gateway", "IPv6 without a way out", "an interface with an IPv6 address and a prefix list to the internet",
	"an instance with the security group of the instance connect endpoint",
	"a NAT instance", "an instance with the load balancer's security group",
}

// TestDrift makes every row of the tables by hand, behind CloudFormation's back: what a
// deployment is refused for raises the alarm within the time, in the same words, and clears
// when it is mended; what does no harm raises none. With a trail it is found a minute after
// the first call, and the event names the calls.
func TestDrift(t *testing.T) {
	took := map[foundBy][]time.Duration{}
	done := map[string]bool{} // by name: what is the same in another stack is made once
	for _, stack := range []string{gateway, service, iface, privateOn} {
		t.Run(stack, func(t *testing.T) {
			var w *drifting
			n := 0
			for _, row := range classified() {
				if row.stack != stack || slices.Contains(beyond, row.name) || done[row.name] {
					continue
				}
				done[row.name] = true
				if w == nil {
					w = newDrifting(t, stack)
				}
				by := ""
				if n++; n%2 == 0 {
					by = alice
				}
				ok := t.Run(row.name, func(t *testing.T) {
					if d := w.drift(t, row.escape, by); d > 0 {
						for _, class := range []string{row.class, ""} {
							took[foundBy{class, by != ""}] = append(took[foundBy{class, by != ""}], d)
						}
					}
				})
				if !ok {
					w = nil // what is left of it would spoil the next
				}
			}
		})
	}
	for _, by := range slices.SortedFunc(maps.Keys(took), func(a, b foundBy) int { return cmp.Compare(fmt.Sprint(a), fmt.Sprint(b)) }) {
		times, sum := took[by], time.Duration(0)
		for _, d := range times {
			sum += d
		}
		t.Logf("%-10s trail %-5t %3d changes found, after %s on average, %s at most", by.class, by.trail, len(times), sum/time.Duration(len(times)), slices.Max(times))
	}
}

// foundBy is a class of changes, "" for all, with or without a trail.
type foundBy struct {
	class string
	trail bool
}

// classed is a row of a table, with the table's name.
type classed struct {
	escape
	class string
}

// classified are the rows of all tables.
func classified() (all []classed) {
	for _, table := range []struct {
		class string
		rows  []escape
	}{
		{"routes", routes}, {"endpoints", endpoints}, {"addresses", addresses}, {"names", names}, {"filters", filters},
		{"gateways", gateways}, {"services", services}, {"controls", controls}, {"turned", turned},
	} {
		for _, row := range table.rows {
			all = append(all, classed{row, table.class})
		}
	}
	return all
}

// drift makes a row, looks at what is told of it, and takes it back.
func (w *drifting) drift(t *testing.T, row escape, by string) (took time.Duration) {
	changed := assembled.Changed(t, assembled.Scheduled(t, w.stack, every), row.add)
	from := len(w.Bus.Events())
	mend, err := w.Apply(t.Context(), region.Drift{Stack: w.stack, Template: changed.Template, By: by})
	if err != nil {
		t.Fatal(err)
	}
	took, ok := w.alarmed(t, cloudwatch.InAlarm)
	text, changes := w.reasons(from)
	switch {
	case len(row.refuted) == 0 && ok:
		t.Errorf("an alarm, though it does no harm: %s", text)
	case len(row.refuted) == 0:
		took = 0
	case !ok:
		t.Errorf("no alarm within %s", found)
	}
	for _, want := range row.refuted {
		if !strings.Contains(text, want) {
			t.Errorf("the events do not say %q: %s", want, text)
		}
	}
	if by != "" && len(row.refuted) > 0 && len(changes) > 0 && !strings.Contains(strings.Join(changes, "\n"), "by "+alice) {
		t.Errorf("the events do not say who did it: %q", changes)
	}
	if err := mend(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, ok := w.alarmed(t, cloudwatch.OK); !ok {
		t.Fatal("the alarm is not cleared when it is mended")
	}
	return took
}
