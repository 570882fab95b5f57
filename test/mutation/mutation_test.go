package mutation

import (
	"cmp"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"provenendpoints/internal/contract"
	"provenendpoints/internal/test/assembled"
	"provenendpoints/internal/test/templates"
)

var (
	all     = flag.Bool("mutants", false, "deploy every mutant, not a sample")
	update  = flag.Bool("update", false, "deploy every mutant and write the golden files anew; with -only those lines alone")
	only    = flag.String("only", "", "deploy only the mutants whose names match this regular expression, and say what the oracle saw")
	missing = flag.Bool("missing", false, "deploy the mutants that have no line in the golden files yet, write their lines, and remove those of mutants that are no more")
)

// sampleEvery is how many mutants there are for one in the sample.
const sampleEvery = 61

func TestMain(m *testing.M) { os.Exit(assembled.Main(m)) }

// timeLimit is the verification's time limit in the mutants, in seconds by the
// lab's clock. The application's is many minutes; a mutant that is refuted uses the
// CPU until the limit. With a shorter one, a busy machine refutes what would hold a
// little later.
const timeLimit = "90"

func shorten(t templates.Template) {
	t.Each(contract.ResourceType, func(_ string, p templates.Object) { p["TimeLimit"] = timeLimit })
}

// mutants are all mutants of a scenario but the pairs.
func mutants(t testing.TB, id string) []Mutant {
	t.Helper()
	out, err := Mutants(assembled.Stack(t, id), shorten)
	if err != nil {
		t.Fatal(err)
	}
	added, err := Additions(assembled.Stack(t, id), shorten)
	if err != nil {
		t.Fatal(err)
	}
	return append(out, added...)
}

// TestMutants deploys mutants, with their proofs and for the oracle without: each
// must end as its line in testdata says.
func TestMutants(t *testing.T) {
	t.Parallel()
	for _, id := range assembled.Scenarios {
		t.Run(id, func(t *testing.T) {
			// One after the other: each keeps all processors busy.
			chosen := matching(mutants(t, id))
			switch {
			case *part != "":
				judgePart(t, chosen)
				return
			case *missing || *update && *only != "":
				writeMissing(t, id, chosen)
				return
			case *only != "":
				check(t, id, judgeInParts(t, "TestMutants", id, chosen))
				return
			}
			var outcomes []Judged
			if *all || *update {
				outcomes = judgeInParts(t, "TestMutants", id, chosen)
			} else {
				outcomes = judgeAll(t, sample(chosen, sampleEvery))
			}
			file := goldenFile(id)
			if *update {
				write(t, file, outcomes)
			}
			golden := compare(t, file, outcomes)
			if *all && len(golden) != len(outcomes) {
				t.Errorf("%s has %d lines for %d mutants", file, len(golden), len(outcomes))
			}
		})
	}
}

// matching are the mutants that -only asks for.
func matching(ms []Mutant) []Mutant {
	wanted := regexp.MustCompile(*only)
	return slices.DeleteFunc(ms, func(m Mutant) bool { return !wanted.MatchString(m.Name) })
}

// goldenFile is the file with what becomes of a scenario's mutants.
func goldenFile(id string) string { return filepath.Join("testdata", id+".txt") }

// compare holds outcomes against a golden file, and returns its lines by the mutant's
// name.
func compare(t *testing.T, file string, outcomes []Judged) map[string]string {
	t.Helper()
	golden := read(t, file)
	for _, o := range outcomes {
		if want, ok := golden[o.Mutant]; !ok {
			t.Errorf("%s has no line for %q; write it anew (see the package's comment) and read what was written", file, o.Mutant)
		} else if !asBefore(o, want) {
			t.Errorf("%s\n got %s\nwant %s\n%s\n%s", file, o, want, o.Reason, o.Words)
		}
		if o.Left != "" {
			t.Errorf("%s left something behind: %s", o.Mutant, o.Left)
		}
	}
	return golden
}

// writeMissing brings a golden file up to date with a template that has changed in
// some places: it deploys what has no line yet. With -update it deploys those that -only
// asks for, whether they have a line or not.
func writeMissing(t *testing.T, id string, chosen []Mutant) {
	t.Helper()
	file := goldenFile(id)
	golden := read(t, file)
	var outcomes []Judged
	if *update {
		outcomes = judgeInParts(t, "TestMutants", id, chosen)
	} else {
		outcomes = judgeAll(t, slices.DeleteFunc(chosen, func(m Mutant) bool { return golden[m.Name] != "" }))
	}
	fresh := map[string]string{}
	for _, o := range outcomes {
		fresh[o.Mutant] = o.String()
	}
	var lines []string
	for _, m := range mutants(t, id) {
		if line := cmp.Or(fresh[m.Name], golden[m.Name]); line != "" {
			lines = append(lines, line)
		}
	}
	t.Logf("%s: %d lines, %d of them new", file, len(lines), len(fresh))
	writeLines(t, file, lines)
}

// check prints outcomes with the oracle's words, and fails for those that must
// not be and are not explained.
func check(t *testing.T, id string, outcomes []Judged) {
	t.Helper()
	for _, o := range outcomes {
		t.Logf("%s\n\t%s", o, cmp.Or(o.Words, o.Reason))
		if o.Class == Harmful {
			if _, ok := explain(id, o.Class, o.Mutant); !ok {
				t.Errorf("%s deploys: %s", o.Mutant, o.Words)
			}
		}
	}
}

// races are mutants whose outcome depends on timing: without a dependency the
// order of creation is random, and with Lambda's default timeout of 3 s a prober
// may or may not finish; what an edit by hand adds may or may not be complete when the
// proof runs. All of them may survive, unless the oracle minds.
var races = regexp.MustCompile(`^remove dependency of |\bTimeout$|, while the proof runs$|, by an update that leaves the proof alone$`)

// asBefore compares an outcome with its golden line: class, fate, and that the
// claims that were refuted still are. More claims may be refuted. Which claims are
// unproven depends on timing.
func asBefore(o Judged, line string) bool {
	fields := strings.Fields(line)
	class, fate := Class(fields[0]), Fate(fields[1])
	switch {
	case o.Class == Killed && class == Harmful:
		return true // the next -update notes it
	case races.MatchString(o.Mutant), class == Invalid && strings.HasPrefix(o.Mutant, "add "):
		// The lab may know more types by now.
		return o.Class == class || o.Class != Harmful
	}
	line, _, _ = strings.Cut(line, reasonMark)
	_, list, _ := strings.Cut(line, "  =>  ")
	for _, claim := range strings.Split(list, ", ") {
		if claim != "" && !strings.HasSuffix(claim, "?") && !slices.Contains(o.Claims, claim) {
			return false
		}
	}
	return o.Class == class && o.Fate == fate
}

// TestOutcomesAreExplained compares the explanations with the golden files: none
// is missing, none explains nothing. It prints the report: how many mutants of
// each kind ended in each class.
func TestOutcomesAreExplained(t *testing.T) {
	t.Parallel()
	used := map[string]bool{}
	for _, id := range assembled.Scenarios {
		r, template := report{}, assembled.Template(t, assembled.Stack(t, id))
		for name, line := range read(t, goldenFile(id)) {
			class := Class(strings.Fields(line)[0])
			r.count(name, class)
			e, ok := explain(id, class, name)
			if !ok && needsReason(template, class, name) {
				t.Errorf("%s: %q is %s and nothing explains why", id, name, class)
			}
			used[string(e.Class)+e.Mutant] = true
		}
		t.Logf("%s\n%s", id, r)
	}
	for _, e := range explanations {
		if !used[string(e.Class)+e.Mutant] {
			t.Errorf("no %s mutant for the explanation of %q", e.Class, e.Mutant)
		}
	}
}

// report counts mutants by kind and class.
type report map[string]map[Class]int

// kinds are the kinds of mutants, by the beginnings or ends of their names.
var kinds = []string{"remove", "turn", "point", string(Before), string(During), string(After), string(Updated), string(Stale)}

func (r report) count(name string, class Class) {
	for _, kind := range kinds {
		if strings.HasPrefix(name, kind+" ") || strings.HasSuffix(name, ", "+kind) {
			r.add(kind, class)
		}
	}
}

func (r report) add(kind string, class Class) {
	if r[kind] == nil {
		r[kind] = map[Class]int{}
	}
	r[kind][class]++
}

// String is the table.
func (r report) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%-40s", "")
	for _, c := range Classes {
		fmt.Fprintf(&b, "%10s", c)
	}
	for _, kind := range kinds {
		fmt.Fprintf(&b, "\n%-40s", kind)
		for _, c := range Classes {
			fmt.Fprintf(&b, "%10d", r[kind][c])
		}
	}
	return b.String()
}

// sample takes one of so many mutants.
func sample(ms []Mutant, every int) []Mutant {
	var out []Mutant
	for i, m := range ms {
		if i%every == 0 {
			out = append(out, m)
		}
	}
	return out
}

func write(t *testing.T, file string, outcomes []Judged) {
	t.Helper()
	var lines []string
	for _, o := range outcomes {
		lines = append(lines, o.String())
	}
	writeLines(t, file, lines)
}

func writeLines(t *testing.T, file string, lines []string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(strings.Join(lines, "\n")+"\n"), 0o644); err != nil {
		t.Fatal(err)
	}
}

// columns is where the name of a mutant begins in its line.
const columns = 22

// read returns the lines of a golden file by the mutant's name.
func read(t *testing.T, file string) map[string]string {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatalf("%v; run go test ./test/mutation -update and read what it wrote", err)
	}
	out := map[string]string{}
	for line := range strings.Lines(string(data)) {
		line = strings.TrimRight(line, "\n")
		name, _, _ := strings.Cut(strings.TrimSpace(line[columns:]), reasonMark)
		name, _, _ = strings.Cut(name, "  =>  ")
		out[name] = line
	}
	return out
}

// TestMutantsAreMany guards against rules that silently find nothing any more.
func TestMutantsAreMany(t *testing.T) {
	t.Parallel()
	for _, id := range assembled.Scenarios {
		ms := mutants(t, id)
		for _, word := range []string{"remove resource", "remove dependency", "remove", "turn", "point",
			"add a route", "add a peering", "add an endpoint", "add an ingress rule", "add a policy", "add an elastic address", "add a private zone", "add a bucket"} {
			if id == "EndpointService" && word == "add a route" {
				word = "add a balancer" // every route table there leads to the internet by design
			}
			if !slices.ContainsFunc(ms, func(m Mutant) bool { return strings.HasPrefix(m.Name, word) }) {
				t.Errorf("%s has no mutant that begins with %q", id, word)
			}
		}
	}
}
