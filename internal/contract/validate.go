package contract

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

func checkSubject(p Properties) error {
	if p.Subject == "" {
		return errors.New("Subject: required, got none")
	}
	return nil
}

func checkTimeLimit(p Properties) error {
	limit := timeLimit(p.TimeLimit)
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
	room := MaxResponse - responseFrame
	for _, claim := range p.Claims {
		errs = append(errs, claim.Validate())
		if seen[claim.ID] {
			errs = append(errs, fmt.Errorf("claim %s: Id: must differ from the others, got it twice", printable(claim.ID)))
		}
		seen[claim.ID] = true
		if slices.Contains(attributes, claim.ID) {
			errs = append(errs, fmt.Errorf("claim %s: Id: must differ from the resource's own attributes %s", claim.ID, strings.Join(attributes, " and ")))
		}
		if _, found := p.VantagePoints[claim.From]; claim.From != "" && !found {
			errs = append(errs, fmt.Errorf("claim %s: From: must be the name of a vantage point (%s), got %s", printable(claim.ID), orNone(names), show(claim.From)))
		}
		room -= len(claim.ID) + evidenceRoom
	}
	if room < 0 {
		errs = append(errs, fmt.Errorf("Claims: must leave room for an attribute each in the answer to CloudFormation (at most %d bytes), got %d claims; use shorter ids or two verifications",
			MaxResponse, len(p.Claims)))
	}
	return errors.Join(errs...)
}

func orNone(names string) string {
	if names == "" {
		return "there are none"
	}
	return names
}
