package proof

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Report is all verdicts of one verification.
type Report struct {
	// Subject says for people what was verified.
	Subject string
	// Verdicts are in the order of the claims.
	Verdicts []Verdict
	// Subjects say what single claims are about, by their ids, where several things are
	// verified together.
	Subjects map[string]string
	// Took is how long the verification lasted, and Limit how long it could.
	Took, Limit time.Duration
	// Final are the ids of the claims that ended it before its limit, because facts
	// refute them for good (see [FactsSettle]).
	Final []string
}

// State is refuted if any claim is, else unproven if any claim is, else holds.
// A report without verdicts proves nothing: it is unproven.
func (r Report) State() State {
	state := Holds
	if len(r.Verdicts) == 0 {
		state = Unproven
	}
	for _, verdict := range r.Verdicts {
		switch {
		case verdict.State == Refuted:
			return Refuted
		case verdict.State != Holds:
			state = Unproven
		}
	}
	return state
}

// Holds reports whether every claim holds.
func (r Report) Holds() bool { return r.State() == Holds }

// Summary is the report in one line, such as "7 of 8 claims hold, 1 refuted".
func (r Report) Summary() string {
	holds, refuted, unproven := r.count(Holds), r.count(Refuted), r.count(Unproven)
	verb := "hold"
	if len(r.Verdicts) == 1 {
		verb = "holds"
	}
	summary := fmt.Sprintf("%d of %s %s", holds, plural(len(r.Verdicts), "claim"), verb)
	if refuted > 0 {
		summary += fmt.Sprintf(", %d refuted", refuted)
	}
	if unproven > 0 {
		summary += fmt.Sprintf(", %d unproven", unproven)
	}
	return summary
}

func (r Report) count(state State) int {
	count := 0
	for _, verdict := range r.Verdicts {
		if verdict.State == state {
			count++
		}
	}
	return count
}

// Text is the whole report for people: a head line, and for each claim a line
// with what was seen, aligned; below a claim that does not hold, what was
// expected and what to look at first.
func (r Report) Text() string {
	var text strings.Builder
	if r.Subject != "" {
		fmt.Fprintf(&text, "%s: ", r.Subject)
	}
	fmt.Fprintf(&text, "%s (%s)\n", r.Summary(), durationText(r.Took))
	wide := map[string]int{}
	for _, v := range r.Verdicts {
		for column, cell := range v.cells() {
			wide[column] = max(wide[column], len(cell))
		}
	}
	for _, v := range r.Verdicts {
		cells := v.cells()
		fmt.Fprintf(&text, "%-8s  %-*s  %-*s  %s\n", v.State, wide["id"], cells["id"], wide["what"], cells["what"], v.Seen)
		if v.State != Holds {
			fmt.Fprintf(&text, "%10sexpected: to %s\n", "", v.Expected)
			if v.Hint != "" {
				fmt.Fprintf(&text, "%10slook first at: %s\n", "", v.Hint)
			}
			if v.Derived != "" {
				fmt.Fprintf(&text, "%10sderived, not seen: %s\n", "", v.Derived)
			}
		}
	}
	return text.String()
}

// cells are the columns of the verdict's line whose width is aligned.
func (v Verdict) cells() map[string]string {
	return map[string]string{"id": v.Claim.ID, "what": v.What()}
}

// What is what the claim is about in a few words: from where, its kind, and its
// subject, such as "private: resolves s3.us-east-1.amazonaws.com".
func (v Verdict) What() string {
	what := string(v.Claim.Kind) + " " + v.Claim.target()
	if v.Claim.From != "" {
		what = v.Claim.From + ": " + what
	}
	return what
}

// maxSentences is how many claims a reason describes in full. Of the rest it lists
// the ids.
const maxSentences = 3

// Reason says why the verification failed, as a person would write it into the
// CloudFormation console: which claim, from where, what was expected, what was
// seen, and what to look at first. Claims judged by AWS's own facts come first,
// because a missing route is the cause of what the probes then see; refuted
// claims come before unproven ones. Where every claim holds it is the summary.
func (r Report) Reason() string {
	var subject string
	if r.Subject != "" {
		subject = r.Subject + ": "
	}
	if r.Holds() {
		return subject + r.Summary()
	}
	if len(r.Verdicts) == 0 {
		return subject + "there was no claim to prove"
	}
	failed := slices.DeleteFunc(slices.Clone(r.Verdicts), func(v Verdict) bool { return v.State == Holds })
	slices.SortStableFunc(failed, func(a, b Verdict) int { return a.rank() - b.rank() })
	sentences := []string{subject + r.failures() + r.tried() + "."}
	for i, verdict := range failed {
		if i == maxSentences {
			var ids []string
			for _, rest := range failed[i:] {
				ids = append(ids, rest.Claim.ID)
			}
			sentences = append(sentences, fmt.Sprintf("Also not holding: %s.", joinWords(ids)))
			break
		}
		sentence := verdict.sentence(i == 0)
		if about := r.Subjects[verdict.Claim.ID]; about != "" {
			sentence = upperFirst(about) + ": " + sentence
		}
		sentences = append(sentences, sentence)
	}
	if way := derivedOf(failed); way != "" {
		sentences = append(sentences, way)
	}
	return strings.Join(sentences, " ")
}

// derivedOf is the way that the first of some verdicts has, which is derived.
func derivedOf(failed []Verdict) string {
	for _, v := range failed {
		if v.Derived != "" {
			return fmt.Sprintf("Derived from what AWS describes, and not seen, for %s: %s.", v.Claim.ID, v.Derived)
		}
	}
	return ""
}

func upperFirst(text string) string { return strings.ToUpper(text[:1]) + text[1:] }

// failures counts what does not hold: "1 of 8 claims refuted, 2 unproven".
func (r Report) failures() string {
	refuted, unproven := r.count(Refuted), len(r.Verdicts)-r.count(Holds)-r.count(Refuted)
	of := " of " + plural(len(r.Verdicts), "claim") + " "
	switch {
	case unproven == 0:
		return fmt.Sprintf("%d%srefuted", refuted, of)
	case refuted == 0:
		return fmt.Sprintf("%d%sunproven", unproven, of)
	}
	return fmt.Sprintf("%d%srefuted, %d unproven", refuted, of, unproven)
}

// tried says how long the verification tried, and why no longer.
func (r Report) tried() string {
	if r.Took <= 0 {
		return ""
	}
	text := " after " + durationText(r.Took)
	if len(r.Final) == 0 {
		return text
	}
	return fmt.Sprintf("%s, not the whole %s: what AWS says about %s has not changed for %s, and nothing in the stack will change it",
		text, durationText(r.Limit), joinWords(r.Final), durationText(FactsSettle))
}

// rank orders verdicts in a reason: causes before symptoms.
func (v Verdict) rank() int {
	rank := 0
	if v.State != Refuted {
		rank += 2
	}
	if v.Claim.Kind.Measured() {
		rank++
	}
	return rank
}

// MarshalJSON writes the report with its state, its summary and its time in
// seconds, for machines.
func (r Report) MarshalJSON() ([]byte, error) {
	verdicts := r.Verdicts
	if verdicts == nil {
		verdicts = []Verdict{}
	}
	return json.Marshal(struct {
		Subject  string `json:",omitempty"`
		State    State
		Summary  string
		Seconds  float64
		Final    []string `json:",omitempty"`
		Verdicts []Verdict
	}{r.Subject, r.State(), r.Summary(), r.Took.Seconds(), r.Final, verdicts})
}
