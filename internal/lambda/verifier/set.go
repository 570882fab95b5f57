package verifier

import (
	"fmt"
	"maps"
	"reflect"
	"slices"

	"provenendpoints/internal/contract"
	"provenendpoints/proof"
)

// together makes one verification of a set's proofs, or as few as there can be: each
// vantage point is then asked for the measurements of all of them at once, and a
// look-up that several claims need is made once.
//
// The id of a claim is that of its proof and its own. What several proofs claim in the
// same words, such as that a prober is where it should be, is one claim with its own id.
func together(set string, proofs map[string]contract.Properties) []contract.Properties {
	names := slices.Sorted(maps.Keys(proofs))
	if len(names) == 1 {
		return []contract.Properties{proofs[names[0]]}
	}
	points := commonPoints(names, proofs)
	var out []contract.Properties
	seen := map[string]bool{}
	for _, name := range names {
		p := proofs[name]
		var claims []proof.Claim
		for _, claim := range p.Claims {
			if isShared(claim, proofs) {
				if !seen[claim.ID] {
					seen[claim.ID] = true
					claims = append(claims, claim)
				}
				continue
			}
			claim.ID = name + claim.ID
			if claim.From != "" && points[claim.From] == "" {
				claim.From = name + claim.From
			}
			claims = append(claims, claim)
		}
		if len(out) == 0 || len(out[len(out)-1].Claims)+len(claims) > proof.MaxClaims {
			out = append(out, contract.Properties{Subject: fmt.Sprintf("the %d proofs of %s", len(names), set), VantagePoints: map[string]string{}})
		}
		last := &out[len(out)-1]
		last.Claims = append(last.Claims, claims...)
		for point, function := range p.VantagePoints {
			if points[point] == "" {
				point = name + point
			}
			last.VantagePoints[point] = function
		}
	}
	return out
}

// commonPoints are the vantage points that mean the same function in every proof that
// has them.
func commonPoints(names []string, proofs map[string]contract.Properties) map[string]string {
	points, differ := map[string]string{}, map[string]bool{}
	for _, name := range names {
		for point, function := range proofs[name].VantagePoints {
			if known, ok := points[point]; ok && known != function {
				differ[point] = true
			}
			points[point] = function
		}
	}
	maps.DeleteFunc(points, func(point, _ string) bool { return differ[point] })
	return points
}

// isShared reports whether more than one proof has a claim of this id, and all that do
// claim the same, from the same place.
func isShared(claim proof.Claim, proofs map[string]contract.Properties) bool {
	count, function := 0, ""
	for _, p := range proofs {
		for _, other := range p.Claims {
			if other.ID != claim.ID {
				continue
			}
			from := p.VantagePoints[claim.From]
			if !reflect.DeepEqual(other, claim) || count > 0 && from != function {
				return false
			}
			count, function = count+1, from
		}
	}
	return count > 1
}
