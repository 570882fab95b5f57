package mutation

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"provenendpoints/internal/contract"
	"provenendpoints/internal/lab/reach"
	"provenendpoints/internal/test/declared"
	"provenendpoints/internal/test/oracle"
	"provenendpoints/internal/test/templates"
)

// Class is a fate in the light of the oracle.
type Class string

// The classes.
const (
	// Killed: it would be worse than declared, and does not deploy.
	Killed Class = "killed"
	// Harmful: it is worse than declared, and deploys. There must be none.
	Harmful Class = "HARMFUL"
	// Harmless: the oracle sees no difference, and it deploys.
	Harmless Class = "harmless"
	// Guarded: the proof or what it measures with was changed, and it does not
	// deploy. The oracle is not asked.
	Guarded Class = "guarded"
	// Strict: the oracle sees no difference, and it does not deploy.
	Strict Class = "strict"
	// Invalid: it is refused, or does not deploy without a proof either.
	Invalid Class = "invalid"
)

// Classes are the classes in the order of the report.
var Classes = []Class{Killed, Harmful, Harmless, Guarded, Strict, Invalid}

// Judged is an outcome with its class and the oracle's words.
type Judged struct {
	Outcome
	Class Class
	// Words are the oracle's: what is worse than declared.
	Words string
	// Because is, of a pair, the half alone that is why it is in its class.
	Because string
}

// reasonMark comes before the reason in a line.
const reasonMark = "  <=  "

// String is the judged outcome as a line.
func (j Judged) String() string {
	s := fmt.Sprintf("%-8s  %-10s  %s", j.Class, j.Fate, j.Mutant)
	if j.Fate == Refuted {
		s += "  =>  " + strings.Join(j.Claims, ", ")
	}
	if j.Because != "" {
		s += reasonMark + j.Because
	}
	return s
}

// words are the oracle's: the first difference, and how many more there are.
func words(worse []reach.Difference) string {
	if len(worse) == 0 {
		return ""
	}
	s := worse[0].String()
	if more := len(worse) - 1; more > 0 {
		s += fmt.Sprintf(", and %d more", more)
	}
	return s
}

// seen is what the oracle finds out about an edit, without its proof.
type seen struct {
	found reach.Matrix
	worse []reach.Difference
	// fails is set if the edit does not deploy without a proof either.
	fails bool
}

// ask deploys an edited stack without its proof, and has the oracle compare it.
func ask(ctx context.Context, m Mutant) (out seen, err error) {
	t, err := templates.Parse(m.Stack.Template)
	if err != nil {
		return seen{fails: true}, nil
	}
	oracle.Unchecked(t)
	s := m.Stack
	if s.Template, err = json.Marshal(t); err != nil {
		return out, err
	}
	w, err := oracle.New()
	if err != nil {
		return out, err
	}
	defer func() { err = errors.Join(err, w.Close()) }()
	if _, err := w.Deploy(ctx, s); err != nil {
		return seen{fails: true}, ctx.Err()
	}
	found, err := w.Measure(ctx, s.Name)
	if err != nil {
		return out, fmt.Errorf("%s: %w", m.Name, err)
	}
	want, err := declared.Of(s.ID)
	if err != nil {
		return out, err
	}
	return seen{found: found, worse: oracle.Worse(want, found, declared.Must(s.ID))}, nil
}

// judge classifies the outcome of a mutant. ask asks the oracle about its edit.
func judge(m Mutant, o Outcome, ask func() (seen, error)) (Judged, error) {
	j := Judged{Outcome: o}
	switch {
	case o.Fate == Refused:
		j.Class = Invalid
		return j, nil
	case o.Fate != Survived && m.When == "" && guards(m):
		j.Class = Guarded
		return j, nil
	}
	s, err := ask()
	j.Words = words(s.worse)
	worse := len(s.worse) > 0
	switch {
	case s.fails && o.Fate != Survived:
		j.Class = Invalid
	case o.Fate == Survived && worse:
		j.Class = Harmful
	case o.Fate == Survived:
		j.Class = Harmless
	case worse:
		j.Class = Killed
	default:
		j.Class = Strict
	}
	return j, err
}

// guards reports whether a removal or a turn concerns a proof, or a function
// and what belongs to it: what measures and judges must be as it was made.
func guards(m Mutant) bool {
	t := m.Base
	own := map[string]bool{}
	var follow func(id string)
	follow = func(id string) {
		if t.Resource(id) == nil || own[id] {
			return
		}
		own[id] = true
		for _, to := range templates.References(t.Properties(id)) {
			switch t.Type(to) {
			case "AWS::Lambda::Function", "AWS::IAM::Role", "AWS::Logs::LogGroup":
				follow(to)
			}
		}
	}
	for _, typ := range []string{contract.ResourceType, "AWS::Lambda::Function"} {
		for _, id := range t.OfType(typ) {
			follow(id)
		}
	}
	for _, id := range t.IDs() {
		if typ := t.Type(id); typ == "AWS::IAM::Policy" || typ == "AWS::Lambda::EventInvokeConfig" {
			for other := range own {
				if templates.Mentions(t.Properties(id), other) {
					own[id] = true
				}
			}
		}
	}
	words := strings.Fields(m.Edit)
	for _, word := range words {
		if own[word] {
			return true
		}
	}
	return false
}
