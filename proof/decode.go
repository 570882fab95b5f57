package proof

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// The most that is read from outside. The properties of a custom resource are
// far smaller (a template has at most 1 MB), a Lambda payload has at most 6 MB
// (docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html).
const (
	// MaxClaims is the most claims of one verification.
	MaxClaims   = 200
	maxClaims   = MaxClaims
	maxDocument = 6 << 20
)

// DecodeClaims reads a JSON list of claims, strictly: an unknown field, a
// second claim of the same id, an invalid claim, or anything after the list is
// an error that names it. At least one claim is required, because a
// verification of nothing would hold.
func DecodeClaims(data []byte) ([]Claim, error) {
	var claims []Claim
	if err := decodeStrictly(data, &claims); err != nil {
		return nil, fmt.Errorf("claims: %w", err)
	}
	if len(claims) == 0 || len(claims) > maxClaims {
		return nil, fmt.Errorf("claims: want 1 to %d, got %d", maxClaims, len(claims))
	}
	var found []error
	seen := map[string]bool{}
	for _, claim := range claims {
		found = append(found, claim.Validate())
		if seen[claim.ID] {
			found = append(found, fmt.Errorf("claim %s: Id: want each id once, got it twice", claim.name()))
		}
		seen[claim.ID] = true
	}
	if err := errors.Join(found...); err != nil {
		return nil, err
	}
	return claims, nil
}

// DecodeRequest reads what a prober is asked to measure, as strictly as
// [DecodeClaims] does.
func DecodeRequest(data []byte) (Request, error) {
	var request Request
	if err := decodeStrictly(data, &request); err != nil {
		return Request{}, fmt.Errorf("request: %w", err)
	}
	if err := request.Validate(); err != nil {
		return Request{}, err
	}
	return request, nil
}

// DecodeResponse reads a prober's answer to the probes. It need not be strict
// about fields (an older verifier may ask a newer prober), but there must be one
// observation for each probe, in the same order.
func DecodeResponse(data []byte, probes []Probe) ([]Observation, error) {
	if len(data) > maxDocument {
		return nil, fmt.Errorf("response: want at most %d bytes, got %d", maxDocument, len(data))
	}
	var response Response
	if err := json.Unmarshal(data, &response); err != nil {
		return nil, fmt.Errorf("response: %w", err)
	}
	if err := checkObservations(probes, response.Observations); err != nil {
		return nil, fmt.Errorf("response: %w", err)
	}
	return response.Observations, nil
}

// checkObservations checks that there is one observation for each probe, in the
// same order, over as many connections as were asked for.
func checkObservations(probes []Probe, observations []Observation) error {
	if len(observations) != len(probes) {
		return fmt.Errorf("want %s, got %d", plural(len(probes), "observation"), len(observations))
	}
	for i, observation := range observations {
		if observation.Claim != probes[i].Claim {
			return fmt.Errorf("want the observation for claim %s at position %d, got one for %q",
				probes[i].Claim, i+1, printable(shorten(observation.Claim, 80)))
		}
		// Fewer connections than asked for would weaken the claim (see connections).
		if made := observation.Connections; probes[i].Requests > 0 && observation.Outcome == OK && observation.Failed == 0 && made != probes[i].Requests && len(observation.Counts) >= probes[i].Hosts {
			return fmt.Errorf("claim %s: want %s, got %d", probes[i].Claim, plural(probes[i].Requests, "connection"), made)
		}
	}
	return nil
}

// decodeStrictly reads one JSON value with no unknown fields and nothing after it.
func decodeStrictly(data []byte, into any) error {
	if len(data) > maxDocument {
		return fmt.Errorf("want at most %d bytes, got %d", maxDocument, len(data))
	}
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(into); err != nil {
		return err
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return errors.New("want nothing after the JSON value")
	}
	return nil
}
