package mutation

import (
	"strings"
	"testing"

	"provenendpoints/internal/lab/cfn"
	"provenendpoints/internal/lab/reach"
	"provenendpoints/internal/test/assembled"
	"provenendpoints/internal/test/declared"
)

// TestBecause derives the reason of a pair from its halves, and gives none where the two
// together do what neither does.
func TestBecause(t *testing.T) {
	t.Parallel()
	id := assembled.GatewayEndpoint
	base, err := declared.Of(id)
	if err != nil {
		t.Fatal(err)
	}
	// with is the declared matrix with more that somebody reaches.
	with := func(who string, services ...string) reach.Matrix {
		m := reach.Matrix{Homes: base.Homes, Lines: append([]reach.Line(nil), base.Lines...)}
		for i, l := range m.Lines {
			for _, service := range services {
				if l.Who == who && l.Verb == "reaches" && l.What == "service "+service {
					m.Lines[i].Can = []string{"tcp 443"}
				}
			}
		}
		return m
	}
	const subnet, instance = "anybody in NetworkPrivateSubnet", "instance Instance"
	half := func(name string, class Class) Half { return Half{Mutant: name, Class: class} }
	a, b := half("add a", Harmful), half("add b", Harmful)
	alone := map[string]reach.Matrix{"add a": with(subnet, "sts"), "add b": with(instance, "sts")}
	for name, test := range map[string]struct {
		class  Class
		halves Halves
		pair   reach.Matrix
		want   string
	}{
		"refused, as a half is":           {Strict, Halves{half("add a", Harmless), half("add b", Killed)}, base, "add b"},
		"refused, as no half is":          {Strict, Halves{half("add a", Harmless), half("add b", Harmful)}, base, ""},
		"harmful, as a half is":           {Harmful, Halves{a, half("add b", Harmless)}, with(subnet, "sts"), "add a"},
		"harmful, as both are":            {Harmful, Halves{a, b}, joined(with(subnet, "sts"), with(instance, "sts"), false), "add a; add b"},
		"harmful, and worse than a half":  {Harmful, Halves{a, half("add b", Harmless)}, with(subnet, "sts", "example.com"), ""},
		"harmful, worse than both":        {Harmful, Halves{a, b}, with(subnet, "sts", "example.com"), ""},
		"harmful, and both are killed":    {Harmful, Halves{half("add a", Killed), half("add b", Killed)}, with(subnet, "sts"), ""},
		"harmful, as the other would be":  {Harmful, Halves{a, half("add b", Killed)}, with(instance, "sts"), ""},
		"harmful, and both are harmless":  {Harmful, Halves{half("add a", Harmless), half("add b", Harmless)}, with(subnet, "sts"), ""},
		"harmful, and a half is unknown":  {Harmful, Halves{half("add a", ""), half("add b", "")}, with(subnet, "sts"), ""},
		"harmless halves, a strict other": {Strict, Halves{half("add a", Strict), half("add b", Harmless)}, base, "add a"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := Mutant{Stack: cfn.Stack{ID: id}, Halves: &test.halves}
			got, err := because(m, test.class, seen{found: test.pair}, func(h Half) (seen, error) { return seen{found: alone[h.Mutant]}, nil })
			if err != nil || got != test.want {
				t.Errorf("%q, %v; want %q", got, err, test.want)
			}
		})
	}
}

// TestPairsAreOfAllKinds guards against strata that silently find nothing, and against pairs
// of which one edit is lost: each has two halves, and a time at its creation or by an update.
func TestPairsAreOfAllKinds(t *testing.T) {
	t.Parallel()
	for _, id := range assembled.Scenarios {
		golden := read(t, goldenFile(id))
		original := assembled.Template(t, assembled.Stack(t, id))
		of := candidates(t, id, original, golden)
		for _, s := range strata {
			if n := len(s.chosen(of, s.pairs)); n < s.pairs {
				t.Errorf("%s has %d pairs of %+v, want %d", id, n, s, s.pairs)
			}
		}
		then := 0
		for _, m := range Pairs(t, id, 1) {
			if string(m.Stack.Template) == string(m.Halves[0].Stack.Template) || string(m.Stack.Template) == string(m.Halves[1].Stack.Template) {
				t.Errorf("%s: %q is no more than one half of it", id, m.Name)
			}
			if (m.First.Template != nil) != (m.When == Updated || m.When == Stale) {
				t.Errorf("%s: %q comes %s", id, m.Name, m.When)
			}
			if strings.Contains(m.Name, ", and then ") {
				then++
			}
		}
		if then == 0 {
			t.Errorf("%s has no pair one half of which is deployed before the other", id)
		}
	}
}
