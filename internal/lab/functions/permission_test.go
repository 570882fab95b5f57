package functions_test

import (
	"testing"

	"provenendpoints/internal/lab/functions"
)

// A service invokes a function by the function's policy alone: for the resource of its
// own that the policy names, and until the statement is removed.
func TestPermissions(t *testing.T) {
	t.Parallel()
	s := newService(t, nil)
	ran := make(chan string, 10)
	arn := create(t, s, functions.Config{Program: handler(func(event string) error { ran <- event; return nil })})
	add := func(id string, p functions.Permission) {
		t.Helper()
		if err := s.AddPermission(arn, id, p); err != nil {
			t.Fatal(err)
		}
	}
	try := func(principal, source string, want bool) {
		t.Helper()
		err := s.InvokeEventFor(principal, source, arn, []byte(`"`+source+`"`))
		if (err == nil) != want {
			t.Errorf("%s for %s: %v, want %v", principal, source, err, want)
		}
		if err == nil && <-ran != source {
			t.Error("another event ran")
		}
	}
	try("events.amazonaws.com", "arn:rule/a", false)
	add("one", functions.Permission{Principal: "events.amazonaws.com", SourceARN: "arn:rule/a"})
	try("events.amazonaws.com", "arn:rule/a", true)
	try("events.amazonaws.com", "arn:rule/b", false)
	try("s3.amazonaws.com", "arn:rule/a", false)
	add("two", functions.Permission{Principal: "events.amazonaws.com", SourceARN: "arn:rule/*", SourceAccount: "123456789012"})
	try("events.amazonaws.com", "arn:rule/b", true)
	add("three", functions.Permission{Principal: "s3.amazonaws.com", SourceAccount: "210987654321"})
	try("s3.amazonaws.com", "arn:bucket", false)
	s.RemovePermission(arn, "two")
	try("events.amazonaws.com", "arn:rule/b", false)
	if s.AddPermission("none", "one", functions.Permission{}) == nil || s.InvokeEventFor("events.amazonaws.com", "arn:rule/a", "none", nil) == nil {
		t.Error("a function that is not there has a policy")
	}
}
