package functions_test

import (
	"testing"

	"provenendpoints/internal/lab/functions"
	"provenendpoints/internal/lab/iam"
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
	try("events.amazonaws.com", "arn:aws:events:ap-northeast-2:123456789012:rule/a", false)
	add("one", functions.Permission{Principal: "events.amazonaws.com", SourceARN: "arn:aws:events:ap-northeast-2:123456789012:rule/a"})
	try("events.amazonaws.com", "arn:aws:events:ap-northeast-2:123456789012:rule/a", true)
	try("events.amazonaws.com", "arn:aws:events:ap-northeast-2:123456789012:rule/b", false)
	try("s3.amazonaws.com", "arn:aws:events:ap-northeast-2:123456789012:rule/a", false)
	add("two", functions.Permission{Principal: "events.amazonaws.com", SourceARN: "arn:aws:events:ap-northeast-2:123456789012:rule/*", SourceAccount: "123456789012"})
	try("events.amazonaws.com", "arn:aws:events:ap-northeast-2:123456789012:rule/b", true)
	add("three", functions.Permission{Principal: "s3.amazonaws.com", SourceAccount: "210987654321"})
	try("s3.amazonaws.com", "arn:aws:s3:::bucket", false)
	s.RemovePermission(arn, "two")
	try("events.amazonaws.com", "arn:aws:events:ap-northeast-2:123456789012:rule/b", false)
	if s.AddPermission("none", "one", functions.Permission{}) == nil || s.InvokeEventFor("events.amazonaws.com", "arn:aws:events:ap-northeast-2:123456789012:rule/a", "none", nil) == nil {
		t.Error("a function that is not there has a policy")
	}
}

// A version and an alias have policies of their own, and what a policy says of callers who
// are no services is a statement like any other.
func TestPolicies(t *testing.T) {
	t.Parallel()
	s := newService(t, nil)
	arn := create(t, s, functions.Config{Program: handler(func(string) error { return nil })})
	alias, err := s.Qualify(arn, "live")
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range []struct {
		of, id string
		functions.Permission
	}{
		{alias, "service", functions.Permission{Principal: "events.amazonaws.com"}},
		{arn, "role", functions.Permission{Principal: "arn:aws:iam::123456789012:role/caller"}},
		{arn, "organization", functions.Permission{Principal: "*", Action: "lambda:GetFunction", Organization: "o-1"}},
	} {
		if err := s.AddPermission(p.of, p.id, p.Permission); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.InvokeEventFor("events.amazonaws.com", "arn:aws:events:ap-northeast-2:123456789012:rule/a", alias, nil); err != nil {
		t.Errorf("the alias: %v", err)
	}
	if err := s.InvokeEventFor("events.amazonaws.com", "arn:aws:events:ap-northeast-2:123456789012:rule/a", arn, nil); err == nil {
		t.Error("the alias's policy is the function's")
	}
	caller := func(role, action string) bool {
		q := iam.Request{Principal: "arn:aws:iam::123456789012:role/" + role, Account: "123456789012", Action: action, Resource: arn}
		return iam.Evaluate(q, nil, nil, s.Policy(arn)).Allowed
	}
	if !caller("caller", "lambda:InvokeFunction") || caller("other", "lambda:InvokeFunction") || caller("caller", "lambda:GetFunction") {
		t.Errorf("the role is not who may invoke: %+v", s.Policy(arn))
	}
	if err := s.Delete(arn); err != nil {
		t.Fatal(err)
	}
	if s.Policy(arn) != nil || s.Policy(alias) != nil {
		t.Error("the policies outlive the function")
	}
}
