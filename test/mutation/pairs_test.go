package mutation

import (
	"cmp"
	"flag"
	"fmt"
	"hash/fnv"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"provenendpoints/internal/lab/cfn"
	"provenendpoints/internal/lab/reach"
	"provenendpoints/internal/test/assembled"
	"provenendpoints/internal/test/declared"
	"provenendpoints/internal/test/oracle"
	"provenendpoints/internal/test/templates"
)

var pairs = flag.Int("pairs", 0, "deploy so many times the pairs of the golden files; 1: those, 0: a few of them")

// Halves are the edits of a pair, each as it was made alone.
type Halves [2]Half

// Half is an edit that a pair has in common with a mutant.
type Half struct {
	// Mutant is the mutant with this edit alone, at the pair's time if it has one, Class
	// what it is known to be in.
	Mutant string
	Class  Class
	// Stack has this edit alone.
	Stack cfn.Stack
}

// stratum is a kind of pairs, by what becomes of their halves alone: additions, or
// removals and turns, that deploy or do not.
type stratum struct {
	first, second halfKind
	// pairs is how many of them a scenario has in its golden file.
	pairs int
}

type halfKind struct{ addition, deploys bool }

// strata are what pairs are taken from. Two that deploy alone may do together what
// neither does; of two that do not, one may hide from the proof what the other shows it.
var strata = []stratum{
	{halfKind{true, true}, halfKind{true, true}, 12},
	{halfKind{true, true}, halfKind{false, true}, 8},
	{halfKind{true, true}, halfKind{true, false}, 4},
	{halfKind{true, true}, halfKind{false, false}, 4},
	{halfKind{true, false}, halfKind{true, false}, 6},
	{halfKind{true, false}, halfKind{false, false}, 8},
}

// candidate is an edit that pairs can be made of.
type candidate struct {
	edit
	addition bool
}

// candidates are a template's edits by kind. What became of each alone stands in the
// golden file; those whose template is none, and those whose outcome depends on timing,
// are left out.
func candidates(t *testing.T, id string, original templates.Template, golden map[string]string) map[halfKind][]candidate {
	t.Helper()
	out := map[halfKind][]candidate{}
	put := func(c candidate, line string) {
		if line == "" {
			t.Fatalf("%s has no line for %q", id, c.name)
		}
		if class := classOf(line); class != Invalid {
			kind := halfKind{c.addition, class == Harmless || class == Harmful}
			out[kind] = append(out[kind], c)
		}
	}
	for _, e := range additions(original) {
		e.name = "add " + e.name
		put(candidate{e, true}, golden[e.name+", "+string(Before)])
	}
	for _, r := range rules {
		r(original, func(name string, do func(templates.Template)) {
			if !races.MatchString(name) {
				put(candidate{edit{name, func(a *addition) { do(a.Template); a.edited = true }}, false}, golden[name])
			}
		})
	}
	return out
}

// chosen are n pairs of a stratum: always the same ones for the same names, most of them
// for others, too.
func (s stratum) chosen(of map[halfKind][]candidate, n int) [][2]candidate {
	type ranked struct {
		rank uint64
		pair [2]candidate
	}
	var all []ranked
	for i, a := range of[s.first] {
		rest := of[s.second]
		if s.first == s.second {
			rest = rest[i+1:]
		}
		for _, b := range rest {
			h := fnv.New64a()
			fmt.Fprint(h, a.name, "\n", b.name)
			all = append(all, ranked{h.Sum64(), [2]candidate{a, b}})
		}
	}
	slices.SortFunc(all, func(a, b ranked) int { return cmp.Compare(a.rank, b.rank) })
	var out [][2]candidate
	for _, r := range all[:min(n, len(all))] {
		out = append(out, r.pair)
	}
	return out
}

// sampled are the pairs of the golden files, by scenario.
var sampled sync.Map

// Pairs derives mutants with two edits at once: so many times those of the golden file,
// each at its creation and by an update. What became of the edits alone is read there.
func Pairs(t *testing.T, id string, times int) []Mutant {
	t.Helper()
	if known, ok := sampled.Load(id); ok && times == 1 {
		return slices.Clone(known.([]Mutant))
	}
	golden := read(t, goldenFile(id))
	s := assembled.Stack(t, id)
	original := assembled.Template(t, s)
	shorten(original)
	of := candidates(t, id, original, golden)
	var out []Mutant
	for _, kind := range strata {
		for n, pair := range kind.chosen(of, times*kind.pairs) {
			made, err := pairAt(s, original, pair, n, golden)
			if err != nil {
				t.Fatal(err)
			}
			out = append(out, made...)
		}
	}
	if times == 1 {
		sampled.Store(id, slices.Clone(out))
	}
	return out
}

// both makes two edits, the second where the first has left something to edit.
func both(original templates.Template, pair [2]candidate) (made *addition, ok bool) {
	defer func() { ok = recover() == nil }()
	made = &addition{Template: original.Clone()}
	pair[0].make(made)
	made.merge(pair[1].make)
	return made, true
}

// pairAt makes a pair's mutants: at its creation, and by an update. The update adds both,
// or the second to a stack that was created with the first, where that deploys.
func pairAt(s cfn.Stack, original templates.Template, pair [2]candidate, n int, golden map[string]string) ([]Mutant, error) {
	if _, ok := both(original, pair); !ok {
		return nil, nil
	}
	name, update := pair[0].name+", and "+pair[1].name, []When{Updated, Stale, Updated}[n%3]
	together, err := addedAt(s, original, name, func(a *addition) {
		made, _ := both(original, pair)
		*a = *made
	}, Before, update)
	if err != nil {
		return nil, err
	}
	var halves Halves
	for i, c := range pair {
		alone, err := addedAt(s, original, c.name, c.make, Before)
		if err != nil {
			return nil, err
		}
		halves[i] = Half{Mutant: c.name, Stack: alone[0].Stack}
	}
	created, updated := together[0], together[1]
	if first := classOf(golden[pair[0].name+", "+string(Before)]); n%3 == 2 && (first == Harmless || first == Harmful) {
		updated.Name = strings.Replace(updated.Name, ", and ", ", and then ", 1)
		updated.First = halves[0].Stack
	}
	var out []Mutant
	for _, m := range []Mutant{created, updated} {
		own := halves
		for i, c := range pair {
			if c.addition {
				own[i].Mutant += ", " + string(m.When)
			}
			own[i].Class = classOf(golden[own[i].Mutant])
		}
		m.Halves = &own
		out = append(out, m)
	}
	return out, nil
}

// classOf is the class in a line of a golden file; none without a line.
func classOf(line string) Class {
	class, _, _ := strings.Cut(line, " ")
	return Class(class)
}

// because is why a pair is in a class that is not right by itself, where one of its halves
// alone is the reason: it is known to be harmful and the pair is no worse, or it does not
// deploy either. Empty if there is no such half: what the two do together is new. ask asks
// the oracle about a half.
func because(m Mutant, class Class, pair seen, ask func(Half) (seen, error)) (string, error) {
	var reasons []string
	worst, err := declared.Of(m.Stack.ID)
	if err != nil {
		return "", err
	}
	for i, h := range m.Halves {
		switch half := h.Class; {
		case class == Strict && half != Harmless && half != Harmful:
			return h.Mutant, nil
		case class == Harmful && half == Harmful:
			alone, err := ask(h)
			if err != nil {
				return "", err
			}
			reasons = append(reasons, h.Mutant)
			worst = joined(worst, alone.found, i == 1)
		}
	}
	if len(reasons) == 0 || class == Strict || len(oracle.Worse(worst, pair.found, declared.Must(m.Stack.ID))) > 0 {
		return "", nil
	}
	return strings.Join(reasons, "; "), nil
}

// joined is what somebody can do by one of two matrices. What a second half has added has
// another name in the pair.
func joined(a, b reach.Matrix, second bool) reach.Matrix {
	named := func(text string) string {
		if second {
			return strings.ReplaceAll(text, "Added", "SecondAdded")
		}
		return text
	}
	lines := map[reach.Key]reach.Line{}
	out := reach.Matrix{Homes: maps.Clone(a.Homes)}
	for _, l := range a.Lines {
		lines[l.Key()] = l
	}
	for place, home := range b.Homes {
		out.Homes[named(place)] = named(home)
	}
	for _, l := range b.Lines {
		l.Who, l.What, l.Can = named(l.Who), named(l.What), slices.Clone(l.Can)
		for i := range l.Can {
			l.Can[i] = named(l.Can[i])
		}
		more := slices.Concat(lines[l.Key()].Can, l.Can)
		slices.Sort(more)
		l.Can = slices.Compact(more)
		lines[l.Key()] = l
	}
	for _, l := range lines {
		out.Lines = append(out.Lines, l)
	}
	out.Sort()
	return out
}

// pairsFile is the golden file of a scenario's pairs.
func pairsFile(id string) string { return filepath.Join("testdata", "pairs", id+".txt") }

// samplePairsEvery is how many pairs there are for one in the sample.
const samplePairsEvery = 83

// TestPairs deploys pairs of edits: each must end as its line in testdata says. One that
// deploys and is worse than declared has a half that is known for it, or an explanation of
// its own; so has one that is refused though it is not.
func TestPairs(t *testing.T) {
	t.Parallel()
	for _, id := range assembled.Scenarios {
		t.Run(id, func(t *testing.T) {
			ms := matching(Pairs(t, id, max(*pairs, 1)))
			if *part != "" {
				judgePart(t, ms)
				return
			}
			chosen, golden := ms, map[string]string{}
			switch {
			case *pairs == 0:
				chosen = sample(ms, samplePairsEvery)
			case *missing:
				golden = read(t, pairsFile(id))
				chosen = slices.DeleteFunc(slices.Clone(ms), func(m Mutant) bool { return golden[m.Name] != "" })
			}
			var outcomes []Judged
			if len(chosen) > 20 {
				outcomes = judgeInParts(t, "TestPairs", id, chosen)
			} else {
				outcomes = judgeAll(t, chosen)
			}
			for _, o := range outcomes {
				if *pairs > 0 {
					t.Logf("%s\n\t%s", o, cmp.Or(o.Words, o.Reason))
				}
				if !isExplained(id, o) {
					t.Errorf("%s is %s, and neither half alone is why\n\t%s", o.Mutant, o.Class, cmp.Or(o.Words, o.Reason))
				}
			}
			switch {
			case *pairs == 1 && (*update || *missing) && *only == "":
				for _, o := range outcomes {
					golden[o.Mutant] = o.String()
				}
				var lines []string
				for _, m := range ms {
					lines = append(lines, golden[m.Name])
				}
				writeLines(t, pairsFile(id), lines)
			case *pairs <= 1:
				compare(t, pairsFile(id), outcomes)
			}
		})
	}
}

// isExplained reports whether the outcome of a pair needs no reason, or has one.
func isExplained(id string, o Judged) bool {
	if o.Class != Harmful && o.Class != Strict || o.Because != "" {
		return true
	}
	_, ok := explain(id, o.Class, o.Mutant)
	return ok
}

// TestPairsAreExplained holds the golden files of pairs against the sample: each pair of
// it has a line, and there are no others.
func TestPairsAreExplained(t *testing.T) {
	t.Parallel()
	for _, id := range assembled.Scenarios {
		golden := read(t, pairsFile(id))
		ms := Pairs(t, id, 1)
		for _, m := range ms {
			if golden[m.Name] == "" {
				t.Errorf("%s has no line for %q; run go test ./test/mutation -run TestPairs -pairs 1 -update and read what it wrote", pairsFile(id), m.Name)
			}
		}
		if len(ms) != len(golden) {
			t.Errorf("%s has %d lines for %d pairs", pairsFile(id), len(golden), len(ms))
		}
		for name, line := range golden {
			class := classOf(line)
			_, why, _ := strings.Cut(line, reasonMark)
			if !isExplained(id, Judged{Outcome: Outcome{Mutant: name}, Class: class, Because: why}) {
				t.Errorf("%s: %q is %s and nothing explains why", pairsFile(id), name, class)
			}
		}
	}
}
