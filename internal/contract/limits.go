package contract

import (
	"fmt"
	"regexp"
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

// ServiceTimeout is how long CloudFormation waits for an answer: long enough for one that a
// second invocation gives, after one that used all of its time and did not answer. Zero stands
// for the default time limit.
func ServiceTimeout(limit time.Duration) time.Duration {
	return VerifierTimeout(limit) + reinvokeMargin + proof.ReadsSettle + receiptMargin
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
// reason, the report, the summary and the address of the log; evidenceRoom is what each claim's attribute
// takes at least, besides its name: punctuation and a little of its evidence.
const (
	responseFrame = 1792
	evidenceRoom  = len(`"":"",`) + 24
)

// nameForm is what names of vantage points look like. They become parts of
// construct ids and of claim ids.
var nameForm = regexp.MustCompile(fmt.Sprintf("^[A-Za-z0-9]{1,%d}$", MaxPointName))

// MaxPointName is the most characters of the name of a vantage point.
const MaxPointName = 32

// proofName is what names of proofs look like. They become parts of claims' ids.
var proofName = regexp.MustCompile(`^[A-Za-z0-9]+$`)
