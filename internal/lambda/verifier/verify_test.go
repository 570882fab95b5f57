package verifier

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"provenendpoints/internal/contract"
	"provenendpoints/proof"
)

// The evidence that is wanted is an attribute for each claim. It is never empty, and begins with
// the state where the claim does not hold.
func TestAttributes(t *testing.T) {
	t.Parallel()
	verdict := func(id string, state proof.State, seen string) proof.Verdict {
		return proof.Verdict{Claim: proof.Claim{ID: id, Kind: proof.Connects, Host: "h"}, State: state, Expected: "accept", Seen: seen}
	}
	report := proof.Report{Subject: "s", Took: time.Second, Verdicts: []proof.Verdict{
		verdict("A", proof.Holds, "10.0.0.1"), verdict("B", proof.Holds, ""), verdict("C", proof.Refuted, "52.95.193.132"),
		verdict("D", proof.Unproven, "no prober"), verdict("E", proof.Unproven, ""), verdict("F", proof.Holds, "nobody asked"),
	}}
	got := attributesOf(report, []string{"A", "B", "C", "D", "E"})
	if got[contract.AttributeReport] == "" {
		t.Error("no report")
	}
	delete(got, contract.AttributeReport)
	want := map[string]string{
		"A": "10.0.0.1", "B": "holds", "C": "refuted: 52.95.193.132", "D": "unproven: no prober", "E": "unproven",
		contract.AttributeSummary: "3 of 6 claims hold, 1 refuted, 2 unproven",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}
