package verifier

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"provenendpoints/internal/contract"
	"provenendpoints/proof"
)

func claimsOf(p contract.Properties) (out []string) {
	for _, c := range p.Claims {
		out = append(out, c.ID+" "+c.From)
	}
	return out
}

// The proofs of a set are one verification. What several claim in the same words is
// claimed once; what bears the same name and is something else bears two.
func TestTogether(t *testing.T) {
	t.Parallel()
	shared := proof.Claim{ID: "VerifierTrusted", Kind: proof.Trusted, Role: "r"}
	proofs := map[string]contract.Properties{
		"S3": {
			VantagePoints: map[string]string{"Private": "f1", "Outside": "f0"},
			Claims:        []proof.Claim{{ID: "Resolves", Kind: proof.Resolves, From: "Private", Host: "s3"}, {ID: "Denied", Kind: proof.Denied, From: "Outside"}, shared},
		},
		"Sqs": {
			VantagePoints: map[string]string{"Private": "f2", "Outside": "f0"},
			Claims:        []proof.Claim{{ID: "Resolves", Kind: proof.Resolves, From: "Private", Host: "sqs"}, {ID: "Denied", Kind: proof.Denied, From: "Outside"}, shared},
		},
	}
	got := together("Net", proofs)
	if len(got) != 1 {
		t.Fatalf("%d verifications", len(got))
	}
	want := []string{"S3Resolves S3Private", "Denied Outside", "VerifierTrusted ", "SqsResolves SqsPrivate"}
	if diff := cmp.Diff(want, claimsOf(got[0])); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(map[string]string{"S3Private": "f1", "SqsPrivate": "f2", "Outside": "f0"}, got[0].VantagePoints); diff != "" {
		t.Error(diff)
	}
	// One proof alone keeps its names.
	alone := together("Net", map[string]contract.Properties{"S3": proofs["S3"]})
	if diff := cmp.Diff([]string{"Resolves Private", "Denied Outside", "VerifierTrusted "}, claimsOf(alone[0])); diff != "" {
		t.Error(diff)
	}
}

// No verification gets more claims than it takes, and none is lost.
func TestTogetherInParts(t *testing.T) {
	t.Parallel()
	proofs := map[string]contract.Properties{}
	for i := range 12 {
		p := contract.Properties{}
		for j := range 40 {
			p.Claims = append(p.Claims, proof.Claim{ID: fmt.Sprintf("C%d", j), Kind: proof.Available, Endpoint: fmt.Sprintf("vpce-%d", i)})
		}
		proofs[fmt.Sprintf("P%02d", i)] = p
	}
	total := 0
	for _, part := range together("Net", proofs) {
		total += len(part.Claims)
		if len(part.Claims) > proof.MaxClaims {
			t.Errorf("%d claims in one verification", len(part.Claims))
		}
	}
	if total != 12*40 {
		t.Errorf("%d claims, want all %d", total, 12*40)
	}
}
