package mutation

import (
	"cmp"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"provenendpoints/internal/contract"
	"provenendpoints/internal/lab/cfn"
	"provenendpoints/internal/lab/deployment"
	"provenendpoints/internal/test/assembled"
	"provenendpoints/internal/test/templates"
	"provenendpoints/internal/why"
)

var causes = flag.Bool("causes", false, "explain all mutants of the golden file of causes, not some; with -update write it anew")

// Of the mutants that a proof refutes one of so many is explained, and of these without
// -causes one of so many.
const (
	explainedOf = 15
	quickOf     = 17
)

// causesFile has a line for each mutant that was explained: whether the resource that
// was named is the one that was changed, whether the change that was proposed mends it,
// and which.
const causesFile = "testdata/causes.txt"

// Explained is what package why says about a mutant.
type Explained struct {
	Stack, Mutant string
	// Named reports whether the resource that it names is the one that was changed,
	// Mends whether the change that it proposes makes every claim hold.
	Named, Mends bool
	Cause        *why.Cause
}

var yesNo = map[bool]string{true: "yes", false: "no"}

// String is a line of the golden file.
func (x Explained) String() string {
	text := fmt.Sprintf("%-3s  %-3s  %s: %s", yesNo[x.Named], yesNo[x.Mends], x.Stack, x.Mutant)
	if x.Cause != nil { // it was refuted
		text += fmt.Sprintf("  =>  %s: %s", strings.TrimSpace(x.Cause.Resource+" "+x.Cause.Property), cmp.Or(x.Cause.Change, "nothing"))
	}
	return text
}

// TestCauses explains mutants that are refuted: what is said about each is what the
// golden file says.
func TestCauses(t *testing.T) {
	t.Parallel()
	var chosen []Mutant
	for _, id := range assembled.Scenarios {
		golden := read(t, goldenFile(id))
		n := 0
		for _, m := range mutants(t, id) {
			if explicable(golden[m.Name]) {
				if n%explainedOf == explainedOf/2 {
					chosen = append(chosen, m)
				}
				n++
			}
		}
	}
	want := map[string]string{}
	for _, line := range causeLines(t) {
		name, _, _ := strings.Cut(line[10:], "  =>  ")
		want[name] = line
	}
	var lines []string
	for i, m := range chosen {
		if wanted := regexp.MustCompile(*only); !wanted.MatchString(m.Name) || *only == "" && !*causes && i%quickOf != 0 {
			continue
		}
		x := explainMutant(t, m)
		if x.Cause == nil {
			t.Logf("%s: %s is refuted no more", m.Stack.ID, m.Name) // the next -update of its line notes it
			continue
		}
		got := x.String()
		lines = append(lines, got)
		if !*update && got != want[m.Stack.ID+": "+m.Name] {
			t.Errorf("got  %s\nwant %s", got, want[m.Stack.ID+": "+m.Name])
		}
	}
	if *update && *causes {
		writeLines(t, causesFile, lines)
	}
}

func causeLines(t *testing.T) []string {
	t.Helper()
	text, err := os.ReadFile(causesFile)
	if err != nil && !*update {
		t.Fatalf("%v; run go test ./test/mutation -run TestCauses -causes -update and read what it wrote", err)
	}
	return strings.FieldsFunc(string(text), func(r rune) bool { return r == '\n' })
}

// TestCausesAreFound counts in the golden file how often the cause is named and how often
// it is mended: in 95 of 100 cases at least.
func TestCausesAreFound(t *testing.T) {
	t.Parallel()
	lines := causeLines(t)
	named, mended := 0, 0
	for _, line := range lines {
		fields := strings.Fields(line)
		if fields[0] == "yes" {
			named++
		}
		if fields[1] == "yes" {
			mended++
		}
	}
	t.Logf("of %d mutants, the resource that was changed is named of %d, and %d are mended", len(lines), named, mended)
	if len(lines) < 50 || 100*named < leastNamed*len(lines) || 100*mended < leastMended*len(lines) {
		t.Errorf("of %d mutants, %d are named and %d mended; want %d and %d of 100", len(lines), named, mended, leastNamed, leastMended)
	}
}

// What package why must achieve, of 100 mutants.
const (
	leastNamed  = 95
	leastMended = 95
)

// explicable are mutants that a proof refutes when they are created: not those that come
// while it runs, or that an update makes.
func explicable(line string) bool {
	fields := strings.Fields(line)
	if len(fields) < 2 || Fate(fields[1]) != Refuted || strings.Contains(line, ", "+string(Updated)) || strings.Contains(line, ", "+string(Stale)) {
		return false
	}
	_, claims, _ := strings.Cut(line, "  =>  ")
	return slices.ContainsFunc(strings.Split(claims, ", "), func(c string) bool { return !strings.HasSuffix(c, "?") })
}

// explainMutant explains one mutant.
func explainMutant(t *testing.T, m Mutant) Explained {
	t.Helper()
	s := m.Stack
	cause, err := why.Explain(t.Context(), s.Template, why.InLab(deployment.Options{}, []cfn.Stack{s}, s.ID))
	if err != nil {
		t.Errorf("%s: %v", m.Name, err)
	}
	x := Explained{Stack: s.ID, Mutant: m.Name, Cause: cause}
	if cause == nil {
		return x
	}
	x.Mends = cause.Template != nil
	if *only != "" {
		t.Logf("%s\n%s", cause, strings.Join(cause.Attempts, "\n"))
	}
	x.Named = isChanged(t, m, cause)
	return x
}

// isChanged reports whether the resource of a cause is the one that was changed: it
// differs from the original, or is like one that is gone.
func isChanged(t *testing.T, m Mutant, cause *why.Cause) bool {
	t.Helper()
	m.Base = m.Base.Clone()
	changed, err := templates.Parse(m.Stack.Template)
	if err != nil {
		t.Fatal(err)
	}
	text := func(v any) string { b, _ := json.Marshal(v); return string(b) }
	for _, t := range []templates.Template{m.Base, changed} { // whose digests differ in any case
		t.Each(contract.ResourceType, func(_ string, p templates.Object) { delete(p, "Stacks") })
	}
	for _, id := range append(m.Base.IDs(), changed.IDs()...) {
		if text(m.Base.Resource(id)) == text(changed.Resource(id)) {
			continue
		}
		if id == cause.Resource || changed.Resource(id) == nil && m.Base.Type(id) == cause.Type {
			return true
		}
	}
	return false
}
