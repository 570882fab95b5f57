package verifier

import (
	"errors"
	"net/http"
	"strings"
	"testing"

	"provenendpoints/internal/lambda/lambdatest"
	"provenendpoints/proof"
)

// TestFunctionErrors: no answer about a function may look as if it were in no VPC.
func TestFunctionErrors(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, from   string
		status       int
		kind, answer string
		want         string
	}{
		{"unknown vantage point", "moon", 200, "", `{}`, `there is no vantage point "moon"`},
		{"empty", "private", 200, "", `{}`, "the answer names no function"},
		{"not json", "private", 200, "", `<html>`, "deserialization failed"},
		{"gone", "private", 404, "ResourceNotFoundException", `{"Message":"Function not found"}`, "ResourceNotFoundException: Function not found"},
		{"denied", "private", 403, "AccessDeniedException", `{"Message":"not authorized"}`, "AccessDeniedException: not authorized"},
		{"throttled", "private", 429, "TooManyRequestsException", `{"Message":"Rate exceeded"}`, "TooManyRequestsException: Rate exceeded"},
	}
	for _, test := range tests {
		fake := &lambdatest.AWS{Fault: func(_ string, _ int, w http.ResponseWriter, _ *http.Request) bool {
			w.Header().Set("X-Amzn-ErrorType", test.kind)
			w.WriteHeader(test.status)
			_, _ = w.Write([]byte(test.answer))
			return true
		}}
		place, err := proof.FunctionLookup.Ask(t.Context(), onLoopback(t, fake), test.from)
		if err == nil || !strings.HasPrefix(err.Error(), "lambda:GetFunctionConfiguration, lambda:GetPolicy: ") || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: %+v, error %v\nwant %s", test.name, place, err, test.want)
		}
	}
	const policy = `{"Statement":[]}`
	fake := &lambdatest.AWS{Policy: policy}
	if place, err := proof.FunctionLookup.Ask(t.Context(), onLoopback(t, fake), "private"); err != nil || place.Policy != policy {
		t.Errorf("the resource policy is %q, error %v; want %s", place.Policy, err, policy)
	}
	fake.Fault = func(action string, _ int, w http.ResponseWriter, _ *http.Request) bool {
		if action == "GetPolicy" {
			lambdatest.FailJSON(w, http.StatusForbidden, "AccessDeniedException", "not authorized")
		}
		return action == "GetPolicy"
	}
	if place, err := proof.FunctionLookup.Ask(t.Context(), onLoopback(t, fake), "private"); !errors.Is(err, proof.ErrDenied) {
		t.Errorf("without the permission: %+v, error %v", place, err)
	}
}
