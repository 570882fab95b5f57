package verifier

import (
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-lambda-go/cfn"

	"provenendpoints/internal/lambda/lambdatest"
	"provenendpoints/proof"
)

// A claim does not hold while the stack rolls back, and CloudFormation's API is
// unreliable. The rollback must not fail as long as the status can be read at all,
// and reading it must not take long.
func TestStatusOfRollback(t *testing.T) {
	t.Parallel()
	type answering func(n int, since time.Duration, w http.ResponseWriter, r *http.Request) bool
	unavailable := func(w http.ResponseWriter) bool {
		lambdatest.Fail(w, http.StatusInternalServerError, "InternalFailure", "")
		return true
	}
	tests := map[string]answering{
		// The watch has an answer where the last call fails.
		"available for a moment only": func(_ int, since time.Duration, w http.ResponseWriter, _ *http.Request) bool {
			return (since < 20*time.Second || since > 40*time.Second) && unavailable(w)
		},
		// The last call corrects the watch's answer, which is out of date.
		"an old answer first": func(n int, _ time.Duration, w http.ResponseWriter, _ *http.Request) bool {
			if n == 1 {
				answer := lambdatest.AWS{Status: "UPDATE_ROLLBACK_COMPLETE"}
				answer.Describe(w, "DescribeStacks")
			}
			return n == 1
		},
		// A call that hangs is abandoned.
		"the first calls hang": func(n int, since time.Duration, w http.ResponseWriter, r *http.Request) bool {
			if n <= 2 {
				<-r.Context().Done()
				return true
			}
			return since > 40*time.Second && unavailable(w)
		},
	}
	for name, answer := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				w := newFixture()
				proberSees("Opens", proof.Refused)(w)
				w.aws.Status = "UPDATE_ROLLBACK_IN_PROGRESS"
				began := time.Now()
				w.aws.Fault = func(action string, n int, rw http.ResponseWriter, r *http.Request) bool {
					return action == "DescribeStacks" && answer(n, time.Since(began), rw, r)
				}
				event := newEvent(cfn.RequestUpdate, goodProperties())
				check(t, event, w.run(t, t.Context(), event), want{"SUCCESS", []string{"rolling back", "1 of 3 claims refuted"}})
				if took := time.Since(began); took > 61*time.Second {
					t.Errorf("took %v, of which 60 s for the verification", took)
				}
			})
		})
	}
}

// Without a name, the call would describe every stack of the account.
func TestNoStack(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newFixture()
		event := newEvent(cfn.RequestCreate, nil)
		event.StackID = ""
		check(t, event, w.run(t, t.Context(), event), want{"FAILED", []string{"Claims: must be a list of at least one claim, got none"}})
		if calls := w.aws.Calls("DescribeStacks"); calls != 0 {
			t.Errorf("%d calls of DescribeStacks", calls)
		}
	})
}
