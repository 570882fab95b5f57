package verifier

import (
	"net/http"
	"testing"
	"testing/synctest"

	"github.com/aws/aws-lambda-go/cfn"

	"provenendpoints/internal/lambda/lambdatest"
	"provenendpoints/proof"
)

// Every run writes the next nonce, whether its claims hold or not: the request's id. A
// verification without a nonce writes none.
func TestEveryRunWritesANonce(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		kind    cfn.RequestType
		fixture func(*fixture)
		without bool
		want    string
	}{
		"create":  {kind: cfn.RequestCreate, want: "request-1"},
		"update":  {kind: cfn.RequestUpdate, want: "request-1"},
		"refuted": {kind: cfn.RequestUpdate, fixture: proberSees("Opens", proof.Refused), want: "request-1"},
		"rollback": {kind: cfn.RequestUpdate, want: "request-1", fixture: func(w *fixture) {
			w.aws.Status = "UPDATE_ROLLBACK_IN_PROGRESS"
			proberSees("Opens", proof.Refused)(w)
		}},
		// IAM has not let the role write yet.
		"denied at first": {kind: cfn.RequestCreate, want: "request-1", fixture: func(w *fixture) {
			w.aws.Fault = func(action string, n int, rw http.ResponseWriter, _ *http.Request) bool {
				denied := action == "PutParameter" && n < 3
				if denied {
					lambdatest.FailJSON(rw, http.StatusBadRequest, "AccessDeniedException", "not authorized")
				}
				return denied
			}
			proberSees("Opens", proof.Refused)(w) // which takes time
		}},
		"delete":  {kind: cfn.RequestDelete, want: "{}"},
		"without": {kind: cfn.RequestUpdate, without: true, want: "{}"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				w := newFixture()
				if test.fixture != nil {
					test.fixture(w)
				}
				properties := goodProperties()
				if test.without {
					delete(properties, "Nonce")
					delete(properties, "NonceParameter")
				}
				w.run(t, t.Context(), newEvent(test.kind, properties))
				if got := w.aws.Watching.Memory(); got != test.want {
					t.Errorf("the parameter has %q, want %q", got, test.want)
				}
			})
		})
	}
}
