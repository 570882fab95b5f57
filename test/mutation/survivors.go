package mutation

import "regexp"

// Explanation says why mutants may survive: breaking that place changes neither
// who can reach what, nor whether the proof would see it.
type Explanation struct {
	// Stack and Mutant are regular expressions that match from beginning to end.
	Stack, Mutant string
	// Why is the reason, for people.
	Why string
}

// explanations are all survivors there may be.
var explanations = []Explanation{}

// explain finds the explanation of a survivor.
func explain(stack, mutant string) (Explanation, bool) {
	for _, e := range explanations {
		if matches(e.Stack, stack) && matches(e.Mutant, mutant) {
			return e, true
		}
	}
	return Explanation{}, false
}

func matches(pattern, text string) bool {
	return pattern == "" || regexp.MustCompile("^(?:"+pattern+")$").MatchString(text)
}
