package contract

import (
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"

	"provenendpoints/proof"
)

// The limits of [Properties.TimeLimit].
const (
	DefaultTimeLimit = proof.DefaultLimit
	MinTimeLimit     = 10 * time.Second
	// MaxTimeLimit leaves room for the answer below the 15 minutes after which
	// Lambda ends a function
	// (docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html).
	MaxTimeLimit = 13 * time.Minute
)

// Margins after the time limit.
const (
	// AnswerMargin is for the round of measurements that is under way, and for
	// the verifier's answer.
	AnswerMargin = 60 * time.Second
	// reinvokeMargin is how long Lambda waits before it invokes the verifier again
	// should its process end at once
	// (docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html).
	reinvokeMargin = 60 * time.Second
	// receiptMargin is for CloudFormation to receive the answer.
	receiptMargin = 60 * time.Second
)

// ProberTimeout bounds one round of measurements of one prober: a name is
// resolved and then measured, each within at most 15 s.
const ProberTimeout = 60 * time.Second

// VerifierTimeout is the time-out of the verifier's function. Zero stands for
// the default time limit.
func VerifierTimeout(limit time.Duration) time.Duration { return timeLimit(limit) + AnswerMargin }

// ServiceTimeout is how long CloudFormation waits for an answer. Zero stands for
// the default time limit.
func ServiceTimeout(limit time.Duration) time.Duration {
	return VerifierTimeout(limit) + reinvokeMargin + receiptMargin
}

// timeLimit is the time limit with its default.
func timeLimit(limit time.Duration) time.Duration {
	if limit == 0 {
		return DefaultTimeLimit
	}
	return limit
}

// MaxResponse is the most bytes that a response to CloudFormation may have
// (docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/crpg-ref-responses.html).
const MaxResponse = 4096

// responseFrame is the room, in bytes, that a response keeps for its ids, its
// reason, the report and the summary; evidenceRoom is what each claim's attribute
// takes at least, besides its name: punctuation and a little of its evidence.
const (
	responseFrame = 1536
	evidenceRoom  = len(`"":"",`) + 24
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

// nameForm is what names of vantage points look like. They become parts of
// construct ids and of claim ids.
var nameForm = regexp.MustCompile(`^[A-Za-z0-9]{1,32}$`)

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
