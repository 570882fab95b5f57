package mutation

import (
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"provenendpoints/internal/contract"
	"provenendpoints/internal/test/assembled"
	"provenendpoints/internal/test/templates"
)

var (
	all    = flag.Bool("mutants", false, "deploy every mutant, not a sample")
	update = flag.Bool("update", false, "deploy every mutant and write the golden files anew")
)

// sampleEvery is how many mutants there are for one in the sample.
const sampleEvery = 16

func TestMain(m *testing.M) { os.Exit(assembled.Main(m)) }

// timeLimit is the verification's time limit in the mutants, in seconds by the
// lab's clock. The application's is 300; a mutant that is refuted uses the CPU
// until the limit. With a shorter one, a busy machine refutes what would hold a
// little later.
const timeLimit = "90"

func mutants(t testing.TB, id string) []Mutant {
	t.Helper()
	out, err := Mutants(assembled.Stack(t, id), func(t templates.Template) {
		t.Each(contract.ResourceType, func(_ string, p templates.Object) { p["TimeLimit"] = timeLimit })
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// TestMutants deploys mutants: each must end as its line in testdata says, and
// each survivor there must have an explanation.
func TestMutants(t *testing.T) {
	t.Parallel()
	for _, id := range assembled.Scenarios {
		t.Run(id, func(t *testing.T) {
			// One after the other: each keeps all processors busy.
			chosen := mutants(t, id)
			if !*all && !*update {
				chosen = sample(chosen)
			}
			outcomes := deployAll(t, chosen)
			file := filepath.Join("testdata", id+".txt")
			if *update {
				write(t, file, outcomes)
			}
			golden := read(t, file)
			for _, o := range outcomes {
				if want, ok := golden[o.Mutant]; !ok {
					t.Errorf("%s has no line for %q; run go test ./test/mutation -update and read what it wrote", file, o.Mutant)
				} else if !asBefore(o, want) {
					t.Errorf("%s\n got %s\nwant %s\n%s", id, o, want, o.Reason)
				}
				if o.Left != nil {
					t.Errorf("%s left something behind: %v", o.Mutant, o.Left)
				}
			}
			if *all && len(golden) != len(outcomes) {
				t.Errorf("%s has %d lines for %d mutants", file, len(golden), len(outcomes))
			}
		})
	}
}

// races are mutants whose outcome depends on timing: without a dependency the
// order of creation is random, and with Lambda's default timeout of 3 s a prober
// may or may not finish. All of them may survive.
var races = regexp.MustCompile(`^remove dependency of |\bTimeout$`)

// asBefore compares an outcome with its golden line: the fate, and which claims
// were refuted. Which claims are unproven depends on timing.
func asBefore(o Outcome, line string) bool {
	fate := Fate(strings.Fields(line)[0])
	if races.MatchString(o.Mutant) {
		return o.Fate == fate || o.Fate == Survived || o.Fate == Refused
	}
	_, list, _ := strings.Cut(line, "  =>  ")
	proved := func(claims []string) []string {
		return slices.DeleteFunc(slices.Clone(claims), func(c string) bool { return c == "" || strings.HasSuffix(c, "?") })
	}
	return o.Fate == fate && slices.Equal(proved(strings.Split(list, ", ")), proved(o.Claims))
}

// TestSurvivorsAreExplained compares the explanations with the golden files: none
// is missing, none explains nothing.
func TestSurvivorsAreExplained(t *testing.T) {
	t.Parallel()
	used := map[string]bool{}
	for _, id := range assembled.Scenarios {
		var count = map[Fate]int{}
		for name, line := range read(t, filepath.Join("testdata", id+".txt")) {
			fate := Fate(strings.Fields(line)[0])
			count[fate]++
			if fate != Survived && fate != Stuck {
				continue
			}
			e, ok := explain(id, name)
			if !ok {
				t.Errorf("%s: %q is %s and nothing explains why", id, name, fate)
			}
			used[e.Mutant] = true
		}
		t.Logf("%-28s %4d refuted, %3d unverified, %3d unreported, %4d refused, %3d stuck, %3d survived", id,
			count[Refuted], count[Unverified], count[Unreported], count[Refused], count[Stuck], count[Survived])
	}
	for _, e := range explanations {
		if !used[e.Mutant] {
			t.Errorf("nothing survives for the explanation of %q", e.Mutant)
		}
	}
}

// sample takes one of so many mutants, and every added way out.
func sample(ms []Mutant) []Mutant {
	var out []Mutant
	for i, m := range ms {
		if i%sampleEvery == 0 || strings.HasPrefix(m.Name, "add ") {
			out = append(out, m)
		}
	}
	return out
}

func deployAll(t *testing.T, ms []Mutant) []Outcome {
	t.Helper()
	out := make([]Outcome, len(ms))
	errs := make([]error, len(ms))
	next := make(chan int)
	var workers sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		workers.Go(func() {
			for i := range next {
				ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
				out[i], errs[i] = Deploy(ctx, ms[i])
				cancel()
			}
		})
	}
	for i := range ms {
		next <- i
	}
	close(next)
	workers.Wait()
	for _, err := range errs {
		if err != nil {
			t.Error(err)
		}
	}
	return out
}

func write(t *testing.T, file string, outcomes []Outcome) {
	t.Helper()
	var b strings.Builder
	for _, o := range outcomes {
		fmt.Fprintln(&b, o)
	}
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(b.String()), 0o644); err != nil {
		t.Fatal(err)
	}
}

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
		name, _, _ := strings.Cut(strings.TrimSpace(line[10:]), "  =>  ")
		out[name] = line
	}
	return out
}

// TestMutantsAreMany guards against rules that silently find nothing any more.
func TestMutantsAreMany(t *testing.T) {
	t.Parallel()
	for _, id := range assembled.Scenarios {
		ms := mutants(t, id)
		for _, word := range []string{"remove resource", "remove dependency", "remove", "turn", "point", "add a route", "add a peering", "add an endpoint"} {
			if id == "EndpointService" && word == "add a route" {
				continue // every route table there leads to the internet by design
			}
			if !slices.ContainsFunc(ms, func(m Mutant) bool { return strings.HasPrefix(m.Name, word) }) {
				t.Errorf("%s has no mutant that begins with %q", id, word)
			}
		}
	}
}
