package proof

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"
)

// TestRunAwaitsWhatMayBegin: what the proof does not wait for may be begun late, and nothing
// shows it: a resource that a condition may leave out, or one that is there already. Where
// the proof waits for all of it, nobody waits longer.
func TestRunAwaitsWhatMayBegin(t *testing.T) {
	t.Parallel()
	const way, waits = `"Way": {"Type": "AWS::EC2::Route"CONDITION}`, `, "DependsOn": "Way"`
	for name, test := range map[string]struct {
		condition, dependency string
		exists                bool
		state                 State
		took                  time.Duration
	}{
		"left out, or not": {`, "Condition": "Open"`, "", false, Refuted, 6*time.Minute + 30*time.Second},
		"changed, or not":  {"", "", true, Refuted, 6*time.Minute + 30*time.Second},
		"left out":         {`, "Condition": "Open"`, waits, false, Holds, time.Minute},
		"in place":         {"", waits, true, Holds, time.Minute},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			facts := allLookups()
			var start time.Time
			begun := func() bool {
				if start.IsZero() {
					start = time.Now()
				}
				return time.Since(start) >= 3*time.Minute
			}
			lookups := slices.DeleteFunc(facts.lookups(), func(a Answer) bool { return a.lookup == source(EndpointLookup) })
			lookups = append(lookups, EndpointLookup.By(func(_ context.Context, id string) (Endpoint, error) {
				endpoint := facts.endpoints[id]
				if begun() {
					endpoint.State = "failed"
				}
				return endpoint, nil
			}), StackLookup.By(func(context.Context, string) (Stack, error) {
				resources := []StackResource{{"Proof", "Custom::EndpointProof", "UPDATE_IN_PROGRESS"}}
				if test.exists || begun() {
					resources = append(resources, StackResource{"Way", "AWS::EC2::Route", "UPDATE_COMPLETE"})
				}
				return Stack{
					Template:  `{"Resources": {` + strings.Replace(way, "CONDITION", test.condition, 1) + `, "Proof": {"Type": "Custom::EndpointProof"` + test.dependency + `}}}`,
					Resources: resources,
				}, nil
			}))
			claims := []Claim{{ID: "Last", Kind: Last, Stack: "arn:aws:cloudformation:r:1:stack/Web/1a2b"}, stateClaim}
			verify(t, Verification{Claims: claims, Lookups: lookups, Limit: 6*time.Minute + 30*time.Second, Settle: time.Minute}, func(r Report) {
				if r.State() != test.state || r.Took > test.took+3*time.Second || r.Took < test.took-10*time.Second {
					t.Errorf("%s after %v, want %s after %v: %s", r.State(), r.Took, test.state, test.took, r.Text())
				}
			})
		})
	}
}

// TestRunAwaitsWhatIsUnderWay: that something of the stack is still being made is never final,
// however long it takes.
func TestRunAwaitsWhatIsUnderWay(t *testing.T) {
	t.Parallel()
	const made = FactsSettle + time.Minute
	var start time.Time
	lookups := Lookups{StackLookup.By(func(context.Context, string) (Stack, error) {
		if start.IsZero() {
			start = time.Now()
		}
		status := "CREATE_IN_PROGRESS"
		if time.Since(start) >= made {
			status = "CREATE_COMPLETE"
		}
		return Stack{
			Template:  `{"Resources": {"Way": {"Type": "AWS::EC2::Route"}, "Proof": {"Type": "Custom::EndpointProof", "DependsOn": "Way"}}}`,
			Resources: []StackResource{{"Way", "AWS::EC2::Route", status}, {"Proof", "Custom::EndpointProof", "CREATE_IN_PROGRESS"}},
		}, nil
	})}
	claims := []Claim{{ID: "Last", Kind: Last, Stack: "arn:aws:cloudformation:r:1:stack/Web/1a2b"}}
	verify(t, Verification{Claims: claims, Lookups: lookups, Limit: made + time.Minute}, func(r Report) {
		if r.State() != Holds || r.Took < made {
			t.Errorf("%s after %v, want that it holds after %v: %s", r.State(), r.Took, made, r.Text())
		}
	})
}
