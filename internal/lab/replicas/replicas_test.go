package replicas

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"gvisor.dev/gvisor/pkg/tcpip"

	"provenendpoints/internal/lab/api"
	"provenendpoints/internal/lab/latency"
	"provenendpoints/proof"
)

// still is a clock that a test moves.
type still struct {
	now    time.Time
	timers []func()
}

func (s *still) Now() time.Time { return s.now }

func (s *still) AfterFunc(_ time.Duration, f func()) tcpip.Timer {
	s.timers = append(s.timers, f)
	return nil
}

// pass lets time pass, more than timers wait.
func (s *still) pass(d time.Duration) {
	fire := s.timers
	s.timers = nil
	for _, f := range fire {
		f()
	}
	s.now = s.now.Add(d)
}

var me = api.Caller{ARN: "arn:me"}

// things are objects of one kind with their states.
type things map[string]string

var kindOfThings = Kind[things, [2]string]{
	Name: "things", ID: func(t [2]string) string { return t[0] },
	There: func(s things) (out [][2]string) {
		for id, state := range s {
			out = append(out, [2]string{id, state})
		}
		slices.SortFunc(out, func(a, b [2]string) int { return slices.Compare(a[:], b[:]) })
		return out
	},
}

// With a fixed lateness each change is seen after it, and the state before it meanwhile; what
// was there from the start is seen at once.
func TestEachChangeIsSeenLate(t *testing.T) {
	t.Parallel()
	clock := &still{now: time.Unix(1000, 0)}
	reads, there := New(Options{Clock: clock, Always: 10 * time.Second}), things{"a": "1"}
	kindOfThings.Track(there, reads)
	expect := func(when, want string) {
		t.Helper()
		if got := fmt.Sprint(kindOfThings.Seen(there, reads, me)); got != want {
			t.Errorf("%s: %s, want %s", when, got, want)
		}
	}
	expect("from the start", "[[a 1]]")
	there["a"], there["b"] = "2", "1"
	reads.Changed()
	expect("at once", "[[a 1]]")
	clock.pass(6 * time.Second)
	delete(there, "b")
	reads.Changed()
	expect("after 6 s", "[[a 1]]")
	clock.pass(4 * time.Second)
	expect("after 10 s", "[[a 2] [b 1]]") // b is gone, and the call does not see it yet
	clock.pass(6 * time.Second)
	expect("after 16 s", "[[a 2]]")
	there["a"] = "3" // nobody tells of it: it is new when it is looked for
	expect("untold", "[[a 2]]")
	clock.pass(10 * time.Second)
	expect("10 s after it was looked for", "[[a 3]]")
	clock.pass(time.Hour)
	reads.Changed()
	clock.pass(0)
	if k := reads.kinds["things"]; len(k.byID) != 1 || len(k.byID["a"].versions) != 1 || len(k.order) != 1 || len(k.aging) != 0 {
		t.Errorf("what is seen by nobody any more is kept: %+v", k)
	}
}

// By a seed, nobody sees a change after the bound, somebody sees it at once and somebody late;
// one seed is one course.
func TestSeedsSayHowLate(t *testing.T) {
	t.Parallel()
	course := func(seed uint64) (out []int) {
		clock := &still{now: time.Unix(1000, 0)}
		reads, there := New(Options{Clock: clock, Late: latency.New(seed)}), things{}
		kindOfThings.Track(there, reads)
		for i := range 50 {
			there[fmt.Sprint(i)] = "new"
		}
		reads.Changed()
		for range 47 {
			out = append(out, len(kindOfThings.Seen(there, reads, me)))
			clock.pass(time.Second)
		}
		return out
	}
	one := course(1)
	if one[0] == 50 || one[4] == 50 || one[4] < 25 || one[46] != 50 {
		t.Errorf("seen after each second: %v", one)
	}
	if slices.IsSorted(one) {
		t.Error("no call saw less than the one before it: the replicas are one")
	}
	if !slices.Equal(one, course(1)) || slices.Equal(one, course(2)) {
		t.Error("a course does not follow from its seed")
	}
}

// The last look of a proof comes later than any replica shows a change.
func TestProofsSettleLaterThanReads(t *testing.T) {
	t.Parallel()
	if longest := latency.Longest(latency.ReadShows); proof.ReadsSettle <= longest {
		t.Errorf("a proof ends after %v, and calls show changes after %v", proof.ReadsSettle, longest)
	}
}

// What an edit by hand has no proof wait for is begun before the last look.
func TestProofsSettleLaterThanCloudFormationBegins(t *testing.T) {
	t.Parallel()
	if longest := latency.Longest(latency.Begin) + latency.Longest(latency.Call); proof.BeginsSettle <= longest {
		t.Errorf("a proof ends after %v, and CloudFormation calls after %v", proof.BeginsSettle, longest)
	}
}

// Without replicas, and from outside of the lab, everything is seen.
func TestNoReplicas(t *testing.T) {
	t.Parallel()
	var none *Reads
	none.Changed()
	kindOfThings.Track(things{}, none)
	if got := kindOfThings.Seen(things{"a": "1"}, none, me); len(got) != 1 {
		t.Errorf("seen %v", got)
	}
	late, there := New(Options{Clock: &still{now: time.Unix(1000, 0)}, Always: time.Second}), things{}
	kindOfThings.Track(there, late)
	there["a"] = "1"
	if got := kindOfThings.Seen(there, late, api.Caller{ARN: "arn:me", Outside: true}); len(got) != 1 {
		t.Errorf("seen from outside %v", got)
	}
}

// Changes that come close together are looked for once: what a change costs does not grow with
// what there is. They are as late as the first of them, and a call sees each at once that it would.
func TestChangesAreGathered(t *testing.T) {
	t.Parallel()
	clock, there, looked := &still{now: time.Unix(1000, 0)}, things{}, 0
	kind := kindOfThings
	kind.There = func(s things) [][2]string { looked++; return kindOfThings.There(s) }
	reads := New(Options{Clock: clock, Always: 10 * time.Second})
	kind.Track(there, reads)
	looked = 0
	for i := range 50 {
		there[fmt.Sprint(i)] = "new"
		reads.Changed()
		clock.now = clock.now.Add(window / 50)
	}
	clock.pass(0)
	if looked != 1 {
		t.Errorf("looked %d times for 50 changes in half a second, want once", looked)
	}
	clock.pass(10*time.Second - window)
	if seen := kind.Seen(there, reads, me); len(seen) != 50 {
		t.Errorf("%d of 50 seen 10 s after the first change", len(seen))
	}
	there["0"] = "changed"
	reads.Changed()
	clock.now = clock.now.Add(window / 2)
	_ = kind.Seen(there, reads, me) // notes the change
	there["1"] = "changed"
	reads.Changed()
	clock.pass(10*time.Second - window/2) // a timer of before notes nothing of after
	seen := fmt.Sprint(kind.Seen(there, reads, me))
	if !strings.Contains(seen, "[0 changed]") || strings.Contains(seen, "[1 changed]") {
		t.Errorf("10 s after the first of two changes: %s", seen)
	}
}
