package proof

// State is what a verdict says.
type State string

// The states. Refuted means that it was measured and is false; unproven means
// that it could not be measured. They are never confused.
const (
	Holds    State = "holds"
	Refuted  State = "refuted"
	Unproven State = "unproven"
)

// Verdict is the judgement on one claim.
type Verdict struct {
	Claim Claim
	State State
	// Expected and Seen are short texts for people. Seen is also the evidence
	// in the stack's outputs (the dig-like answers, the spread over the hosts).
	Expected, Seen string
	// Look says what to look at first where the claim does not hold.
	Look string
	// Rounds is how often it was measured.
	Rounds int
}
