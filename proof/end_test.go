package proof

import (
	"context"
	"errors"
	"testing"
	"time"
)

// TestRunEndsEarly has courses of the facts of one claim, a letter for every 30 s of
// time: + right, - wrong, x wrong in another way, ? not to be had. A wrong fact ends
// the verification when it has not changed for [FactsSettle]; a right one, another
// wrong one or none at all in between begins that time anew.
func TestRunEndsEarly(t *testing.T) {
	t.Parallel()
	const limit = 12 * time.Minute
	for _, test := range []struct {
		name, course string
		moves        bool
		state        State
		from, to     time.Duration // bounds of what it takes
		final        bool
	}{
		{"right", "+", false, Holds, 0, 5 * time.Second, false},
		{"wrong for good", "-", false, Refuted, FactsSettle, FactsSettle + 10*time.Second, true},
		{"wrong, then right just before the end", "----------+", false, Holds, 5 * time.Minute, FactsSettle + 10*time.Second, false},
		{"wrong in two ways", "------x", false, Refuted, 8 * time.Minute, 3*time.Minute + FactsSettle + 10*time.Second, true},
		{"not to be had in between", "------?-", false, Refuted, 8*time.Minute + 30*time.Second, 3*time.Minute + 40*time.Second + FactsSettle, true},
		{"never to be had", "?", false, Unproven, limit - 10*time.Second, limit, false},
		{"a state that is still to be reached", "-", true, Refuted, limit - 10*time.Second, limit, false},
		{"a state that is reached late", "--------------------+", true, Holds, 10 * time.Minute, 10*time.Minute + 10*time.Second, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			claim := wrongClaim(test.moves)
			var began time.Time
			course := func() byte {
				if began.IsZero() {
					began = time.Now()
				}
				return test.course[min(int(time.Since(began)/(30*time.Second)), len(test.course)-1)]
			}
			verify(t, Verification{Claims: []Claim{claim}, Limit: limit, Lookups: allLookupsBut(course)}, func(r Report) {
				if r.Verdicts[0].State != test.state || r.Took < test.from || r.Took > test.to || (len(r.Final) > 0) != test.final {
					t.Errorf("got %s in %v, ended by %q; want %s in %v to %v: %s", r.Verdicts[0].State, r.Took, r.Final, test.state, test.from, test.to, r.Verdicts[0].Seen)
				}
			})
		})
	}
}

// A claim that facts refute for good ends the rounds of all others, too, and each of
// them still gets the verdict of its own last round: none holds that did not.
func TestRunEndsEarlyForAll(t *testing.T) {
	t.Parallel()
	private := &fakeProber{takes: time.Second, seen: func(round int, probe Probe) Observation {
		if probe.Claim == connectClaim.ID || probe.Claim == hiddenClaim.ID && round%2 == 0 {
			return ill(probe)
		}
		return well(probe)
	}}
	verify(t, Verification{
		Claims: []Claim{connectClaim, hiddenClaim, nameClaim, wrongClaim(false)}, Limit: 12 * time.Minute,
		VantagePoints: map[string]VantagePoint{"private": private},
		Lookups:       allLookupsBut(func() byte { return '-' }),
	}, func(r Report) {
		if r.Took > FactsSettle+15*time.Second || len(r.Final) != 1 {
			t.Errorf("took %v, ended by %q", r.Took, r.Final)
		}
		if r.Verdicts[0].State != Refuted || r.Verdicts[1].State == Holds || r.Verdicts[2].State != Holds || r.Verdicts[3].State != Refuted {
			t.Errorf("got %s, %s, %s, %s", r.Verdicts[0].State, r.Verdicts[1].State, r.Verdicts[2].State, r.Verdicts[3].State)
		}
	})
}

// What is measured never ends a verification before its limit: a path can open at any
// time.
func TestRunMeasuresToTheEnd(t *testing.T) {
	t.Parallel()
	private := &fakeProber{seen: func(_ int, probe Probe) Observation { return ill(probe) }}
	verify(t, Verification{
		Claims: []Claim{connectClaim, hiddenClaim}, Limit: 12 * time.Minute,
		VantagePoints: map[string]VantagePoint{"private": private},
	}, func(r Report) {
		if r.Took < 11*time.Minute || len(r.Final) > 0 {
			t.Errorf("took %v, ended by %q", r.Took, r.Final)
		}
	})
}

// wrongClaim is a claim that facts alone judge: about a state, or about what only a
// person changes.
func wrongClaim(moves bool) Claim {
	if moves {
		return stateClaim
	}
	return Claim{ID: "Unrouted", Kind: Unrouted, Endpoint: "vpce-1"}
}

// allLookupsBut are look-ups whose answers about the endpoint's state and about the
// routes to it follow a course.
func allLookupsBut(course func() byte) Lookups {
	facts := allLookups()
	var out Lookups
	for _, answer := range facts.lookups() {
		if answer.lookup != source(EndpointLookup) && answer.lookup != source(VPCRouteTablesLookup) {
			out = append(out, answer)
		}
	}
	return append(out,
		EndpointLookup.By(func(_ context.Context, id string) (Endpoint, error) {
			endpoint := facts.endpoints[id]
			switch course() {
			case '-':
				endpoint.State = "pending"
			case '?':
				return Endpoint{}, errors.New("throttled")
			}
			return endpoint, nil
		}),
		VPCRouteTablesLookup.By(func(_ context.Context, vpc string) ([]RouteTable, error) {
			table := RouteTable{ID: "rtb-1", VPC: vpc}
			switch course() {
			case '-':
				table.Routes = []Route{{Destination: "10.0.0.0/16", Target: "vpce-1"}}
			case 'x':
				table.Routes = []Route{{Destination: "10.9.0.0/16", Target: "vpce-1"}}
			}
			return []RouteTable{table}, nil
		}))
}
