package contract

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"provenendpoints/proof"
)

// callers are two claims that make the same call, one that makes another, and one that
// makes none.
func callers() Properties {
	same := proof.Call{Service: "s3", Action: "s3:ListBucket", Path: "/bucket"}
	return Properties{
		Subject: "s", TimeLimit: DefaultTimeLimit, VantagePoints: map[string]string{"In": "arn:in", "Out": "arn:out"},
		Claims: []proof.Claim{
			{ID: "Allowed", Kind: proof.Allowed, From: "In", Host: "s3.test", Call: &same},
			{ID: "Other", Kind: proof.Allowed, From: "In", Host: "sqs.test", Call: &proof.Call{Service: "sqs", Action: "sqs:ListQueues"}},
			{ID: "Unrouted", Kind: proof.Unrouted, Endpoint: "vpce-1"},
			{ID: "Denied", Kind: proof.Denied, From: "Out", Host: "s3.test", Call: &same},
		},
	}
}

// A call that claims have in common travels once, and comes back with each of them.
func TestCallTravelsOnce(t *testing.T) {
	t.Parallel()
	raw, err := callers().Encode()
	if err != nil {
		t.Fatal(err)
	}
	var having []string
	for _, item := range raw["Claims"].([]any) {
		if claim := item.(map[string]any); claim["Call"] != nil {
			having = append(having, claim["Id"].(string))
		}
	}
	if diff := cmp.Diff([]string{"Other"}, having); diff != "" || raw["Call"] == nil {
		t.Errorf("claims with a call of their own (-want +got):\n%s\nthe call: %v", diff, raw["Call"])
	}
	got, err := Decode(raw)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(callers(), got); diff != "" {
		t.Errorf("(-sent +received):\n%s", diff)
	}
	if again, err := Decode(raw); err != nil || !cmp.Equal(again, got) {
		t.Errorf("decoding has changed what was sent: %v", err)
	}
}

// Where each claim makes another call, each has it. A call that is lost, and one that is
// nobody's, are noticed.
func TestCallErrors(t *testing.T) {
	t.Parallel()
	p := callers()
	p.Claims = p.Claims[:3]
	raw, err := p.Encode()
	if err != nil || raw["Call"] != nil {
		t.Fatalf("got the call %v, %v", raw["Call"], err)
	}
	raw["Call"] = map[string]any{"Service": "s3"}
	if _, err := Decode(raw); err == nil || !strings.Contains(err.Error(), `Call: must be left out where each claim names its own, got {"Service":"s3"}`) {
		t.Errorf("got %v", err)
	}
	raw, err = callers().Encode()
	if err != nil {
		t.Fatal(err)
	}
	delete(raw, "Call")
	if _, err := Decode(raw); err == nil || !strings.Contains(err.Error(), `(Id "Allowed"): claim Allowed: Call: required`) {
		t.Errorf("got %v", err)
	}
}
