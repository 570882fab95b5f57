package proof

import (
	"fmt"
	"slices"
	"time"

	"provenendpoints/internal/template"
)

// FactsSettle is how long AWS's APIs must have refuted a claim, in every round and in
// the same words, until that counts as final: then no further round is begun, for
// no claim. What the verification waits for is in place before it begins, so that a
// wrong fact can only be one that the APIs show late. EC2's guide lets a client
// describe again and again until its pauses are five minutes long; it gives no
// shorter bound (docs.aws.amazon.com/ec2/latest/devguide/eventual-consistency.html).
//
// It makes nothing pass that would not pass otherwise: it only begins no further
// round. A claim about a state that is still to be reached, such as the health of
// targets, is never final, and neither is one that is measured.
const FactsSettle = 5 * time.Minute

// ReadsSettle is the [Verification.Settle] of a deployment: how long AWS's APIs may show
// what was before the last change. AWS gives no bound. Those who wait for one wait for two
// minutes or five and hardly ever need them (hashicorp/terraform-provider-aws#21829, #32220):
// nearly always it is a second or two, and each further minute would make every deployment
// longer. What is shown later still, a proof that goes on finds.
const ReadsSettle = time.Minute

// BeginsSettle is what [Verification.Settle] is at least where the template has a resource
// that could change who reaches whom, that the proof does not wait for, and of which nothing
// shows whether CloudFormation has turned to it: whoever edited the template by hand left the
// dependency out. CloudFormation begins at once with what waits for nothing, but promises no
// order, and tries calls that a service throttles again later. No page says for how long: this
// is more than what the lab assumes (internal/lab/latency).
const BeginsSettle = 4 * time.Minute

// mayBegin reports whether the claim's facts show such a resource: one that exists and may
// be updated, or one that does not, which a condition may leave out or not.
func (t *trial) mayBegin() bool {
	facts, ok := t.known.known.(lastFacts)
	if !ok {
		return false // it is not Last
	}
	deployed, err := template.Parse([]byte(facts.stack.Template))
	return err == nil && len(deployed.Loose(template.ProofType)) > 0
}

// isFinal reports whether the claim cannot become true any more.
func (t *trial) isFinal(now time.Time) bool {
	return t.last.State == Refuted && !t.claim.Kind.Measured() && !t.claim.Kind.moves() && now.Sub(t.since) >= FactsSettle
}

// moves reports whether what refutes claims of this kind can pass by itself.
func (k Kind) moves() bool {
	entry, known := kindEntries[k]
	return known && entry.moves
}

// hopeless reports whether a claim cannot become true any more: one of these, or
// one from another vantage point. Then the verification ends.
func (r *run) hopeless(open []*trial) bool {
	r.settling.Lock()
	defer r.settling.Unlock()
	now := r.clock.Now()
	for _, t := range open {
		if t.isFinal(now) && !slices.Contains(r.final, t.claim.ID) {
			r.final = append(r.final, t.claim.ID)
		}
	}
	if len(r.final) == 0 {
		return false
	}
	r.end()
	return true
}

// atLast is the verdict when the verification ends. The claim is refuted if the last
// measurement refuted it. It is unproven if the last round could not measure, or
// if a negative claim has not held often enough. If an earlier round refuted it,
// the verdict says so as well, because that is more informative.
func (r *run) atLast(t *trial) Verdict {
	verdict := t.last
	switch {
	case verdict.State == Refuted:
		return verdict
	case verdict.State == Holds:
		verdict.State = Unproven
		verdict.Seen = fmt.Sprintf("at the end it had held in %d of the %s running that are required (%s)",
			t.streak, plural(t.roundsNeeded(), "round"), verdict.Seen)
		verdict.Hint = r.hintAtEnd()
	}
	if t.refuted != nil {
		verdict.Seen += fmt.Sprintf("; in round %d it was refuted: %s", t.refuted.Rounds, t.refuted.Seen)
		verdict.Hint = t.refuted.Hint
	}
	return verdict
}

// hintAtEnd says what ended the verification.
func (r *run) hintAtEnd() string {
	r.settling.Lock()
	defer r.settling.Unlock()
	if len(r.final) > 0 {
		return "the claim " + r.final[0] + ", which ended the verification"
	}
	return "the time limit of the verification"
}
