package contract

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"provenendpoints/internal/template"
)

func checkSubject(p Properties) error {
	if p.Subject == "" {
		return errors.New("Subject: required, got none")
	}
	return nil
}

func checkTimeLimit(p Properties) error { return CheckTimeLimit(p.TimeLimit) }

// CheckTimeLimit refuses a time limit that no verification can have. Zero is the default.
func CheckTimeLimit(limit time.Duration) error {
	limit = timeLimit(limit)
	if limit < MinTimeLimit || limit > MaxTimeLimit || limit%time.Second != 0 {
		return fmt.Errorf("TimeLimit: must be whole seconds from %s to %s, got %s", MinTimeLimit, MaxTimeLimit, limit)
	}
	return nil
}

func checkVantagePoints(p Properties) error {
	var errs []error
	for _, name := range slices.Sorted(maps.Keys(p.VantagePoints)) {
		if !nameForm.MatchString(name) {
			errs = append(errs, fmt.Errorf("VantagePoints: must have names of 1 to 32 letters and digits, got %s", show(name)))
		} else if p.VantagePoints[name] == "" {
			errs = append(errs, fmt.Errorf(`VantagePoints.%s: must be the ARN of a function, got ""`, name))
		}
	}
	return errors.Join(errs...)
}

func checkClaims(p Properties) error {
	if len(p.Claims) == 0 {
		return errors.New("Claims: must be a list of at least one claim, got none")
	}
	var errs []error
	seen := map[string]bool{}
	names := strings.Join(slices.Sorted(maps.Keys(p.VantagePoints)), ", ")
	for _, claim := range p.All() {
		errs = append(errs, claim.Validate())
		if seen[claim.ID] {
			errs = append(errs, fmt.Errorf("claim %s: Id: must differ from the others, got it twice", printable(claim.ID)))
		}
		seen[claim.ID] = true
		if slices.Contains(attributes, claim.ID) {
			errs = append(errs, fmt.Errorf("claim %s: Id: must differ from the resource's own attributes %s", claim.ID, strings.Join(attributes, ", ")))
		}
		if _, found := p.VantagePoints[claim.From]; claim.From != "" && !found {
			errs = append(errs, fmt.Errorf("claim %s: From: must be the name of a vantage point (%s), got %s", printable(claim.ID), orNone(names), show(claim.From)))
		}
	}
	return errors.Join(errs...)
}

// checkNonce wants to know where the next nonce goes. Without one there is none.
func checkNonce(p Properties) error {
	if (p.Nonce == nil) != (p.NonceParameter == "") {
		return fmt.Errorf("NonceParameter: must be the name of a parameter if there is a Nonce, and left out if there is none, got %s", show(p.NonceParameter))
	}
	return nil
}

// checkEvidence refuses evidence of claims that there are not, and more than the answer
// to CloudFormation has room for.
func checkEvidence(p Properties) error {
	var errs []error
	known := map[string]bool{}
	for _, claim := range p.All() {
		known[claim.ID] = true
	}
	for _, id := range p.Evidence {
		if !known[id] && !template.IsListToken(id) {
			errs = append(errs, fmt.Errorf("Evidence: must be ids of claims, got %s", show(id)))
		}
	}
	return errors.Join(append(errs, CheckEvidence(p.Evidence))...)
}

// CheckEvidence refuses more evidence than the answer to CloudFormation has room for.
func CheckEvidence(ids []string) error {
	room := MaxResponse - responseFrame
	for _, id := range ids {
		room -= len(id) + evidenceRoom
	}
	if room < 0 {
		return fmt.Errorf("Evidence: must leave room for an attribute each in the answer to CloudFormation (at most %d bytes), got the evidence of %d claims; use less of it, or shorter ids",
			MaxResponse, len(ids))
	}
	return nil
}

func orNone(names string) string {
	if names == "" {
		return "there are none"
	}
	return names
}
