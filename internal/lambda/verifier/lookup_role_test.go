package verifier

import (
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"

	"provenendpoints/internal/lambda/lambdatest"
	"provenendpoints/proof"
)

// TestRoleErrors: a role of which anything is not told has not been looked up: what is
// missing could allow anything.
func TestRoleErrors(t *testing.T) {
	t.Parallel()
	const prefix = "iam:GetRole, iam:GetRolePolicy, iam:ListAttachedRolePolicies, iam:ListRolePolicies: "
	for _, action := range []string{"GetRole", "ListRolePolicies", "GetRolePolicy", "ListAttachedRolePolicies"} {
		for want, answer := range map[string]func(http.ResponseWriter){
			"AccessDenied: not authorized":  func(w http.ResponseWriter) { lambdatest.Fail(w, 403, "AccessDenied", "not authorized") },
			"NoSuchEntity: cannot be found": func(w http.ResponseWriter) { lambdatest.Fail(w, 404, "NoSuchEntity", "cannot be found") },
			"EOF":                           func(http.ResponseWriter) { panic(http.ErrAbortHandler) },
		} {
			fake := &lambdatest.AWS{Fault: func(called string, _ int, w http.ResponseWriter, _ *http.Request) bool {
				if called == action {
					answer(w)
				}
				return called == action
			}}
			role, err := proof.RoleLookup.Ask(t.Context(), onLoopback(t, fake), lambdatest.Role)
			if err == nil || !strings.HasPrefix(err.Error(), prefix) || !strings.Contains(err.Error(), want) {
				t.Errorf("%s: %+v, error %v, want %s", action, role, err, want)
			}
		}
	}
	for _, action := range []string{"GetRole", "GetRolePolicy"} {
		fake := &lambdatest.AWS{Fault: func(called string, _ int, w http.ResponseWriter, _ *http.Request) bool {
			if called == action {
				_, _ = w.Write([]byte("<" + action + "Response><" + action + "Result/></" + action + "Response>"))
			}
			return called == action
		}}
		if role, err := proof.RoleLookup.Ask(t.Context(), onLoopback(t, fake), lambdatest.Role); err == nil {
			t.Errorf("%s: an empty answer was taken for one: %+v", action, role)
		}
	}
	fake := &lambdatest.AWS{}
	if _, err := proof.RoleLookup.Ask(t.Context(), onLoopback(t, fake), ""); err == nil || len(fake.Actions()) != 0 {
		t.Errorf("no role was asked for: error %v", err)
	}
}

// Each call of a look-up is made again where it is throttled, not the look-up from its
// beginning: one of many calls would hardly ever end.
func TestRoleWhileCallsAreThrottled(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newFixture()
		calls := 0
		w.aws.Fault = func(_ string, _ int, rw http.ResponseWriter, _ *http.Request) bool {
			if calls++; calls%4 == 0 {
				return false
			}
			lambdatest.Fail(rw, 503, "Throttling", "Rate exceeded")
			return true
		}
		lookups := newLookups(New(w.options()).config, proof.SystemClock(), nil, slog.New(slog.DiscardHandler))
		if role, err := proof.RoleLookup.Ask(t.Context(), lookups, lambdatest.Role); err != nil || role.ARN == "" {
			t.Errorf("%+v, error %v after %d calls", role, err, calls)
		}
	})
}
