package region_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"provenendpoints/internal/lab/cfn"
	"provenendpoints/internal/lab/elb"
	"provenendpoints/internal/lab/region"
	"provenendpoints/internal/test/assembled"
)

// proving is how long the proof of a stack took in its latest creation.
func proving(t *testing.T, r *region.Region, stack string) time.Duration {
	t.Helper()
	var began time.Time
	for _, e := range r.Events(stack) {
		switch {
		case e.Type != proofType:
		case e.Status == cfn.CreateInProgress && began.IsZero():
			began = e.Time
		case e.Status == cfn.CreateComplete, e.Status == cfn.CreateFailed:
			return e.Time.Sub(began)
		}
	}
	t.Fatalf("the proof of %s did not end", stack)
	return 0
}

// On a day on which the registration of the targets goes on for five minutes after
// the proof has begun, the default limit suffices; one of five minutes would not.
func TestServiceIsProvedOnASlowDay(t *testing.T) {
	t.Parallel()
	s := scenario(t, assembled.EndpointService)
	usual := newRegion(t, region.Options{})
	start := usual.Now()
	deploy(t, usual, s)
	var late time.Duration
	for _, e := range usual.Events(s.Name) {
		if e.Type == proofType && e.Status == cfn.CreateInProgress && late == 0 {
			late = e.Time.Sub(start) + 5*time.Minute
		}
	}
	for limit, holds := range map[string]bool{"": true, "300": false} {
		r := newRegion(t, region.Options{})
		r.LoadBalancing.Registration = func(elb.Target) time.Duration { return late }
		_, err := r.Deploy(within(t), changed(t, s, func(x template) {
			if limit != "" {
				x.set("TimeLimit", limit, proofType)
			}
		}))
		if (err == nil) != holds {
			t.Errorf("time limit %q: %v", limit, err)
		}
		if took := proving(t, r, s.Name); holds && took < 5*time.Minute {
			t.Errorf("the proof took %v: the day was not slow", took)
		}
	}
}

// A wrong route that nothing in the stack will change ends the proof when AWS's APIs
// have told of it for long enough, and not only at the limit. The reason says so.
func TestAHopelessProofEndsEarly(t *testing.T) {
	t.Parallel()
	s := changed(t, scenario(t, assembled.GatewayEndpoint), breakages["way out by an internet gateway"].change)
	r := newRegion(t, region.Options{})
	_, err := r.Deploy(within(t), s)
	var failure *cfn.Failure
	if !errors.As(err, &failure) || len(failure.Failures) == 0 {
		t.Fatalf("deployed, or failed otherwise: %v", err)
	}
	if took := proving(t, r, s.Name); took < 5*time.Minute || took > 6*time.Minute {
		t.Errorf("the proof took %v", took)
	}
	for _, text := range []string{" after 5m", ", not the whole 8m0s: what AWS says about ", "Enclosed", "0.0.0.0/0 to igw-"} {
		if reason := failure.Failures[0].Reason; !strings.Contains(reason, text) {
			t.Errorf("the reason does not say %q: %s", text, reason)
		}
	}
	remove(t, r, s)
}
