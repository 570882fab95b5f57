package picture

import (
	"strings"
	"testing"
)

// A text is cut in its middle, and never wider than it may be.
func TestCut(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"", "short", "cloudformation.ap-northeast-2.amazonaws.com", strings.Repeat("漢字", 40), strings.Repeat("W", 100)} {
		for _, most := range []float64{8, 40, 100, 10000} {
			got := cut(text, normal, most)
			if most > 20 && width(got, normal) > most {
				t.Errorf("%q in %g: %q is %g wide", text, most, got, width(got, normal))
			}
			if width(text, normal) <= most && got != text {
				t.Errorf("%q in %g: it fits, and became %q", text, most, got)
			}
			if got != text {
				head, tail, ok := strings.Cut(got, "…")
				if !ok || !strings.HasPrefix(text, head) || !strings.HasSuffix(text, tail) {
					t.Errorf("%q in %g became %q", text, most, got)
				}
			}
		}
	}
}

// Lines are no wider than they may be, and have all that there was; a long name breaks
// where it has a dot or a hyphen.
func TestWrap(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"", "one", "some words of a sentence that goes on", "x vpce-0c1b0a5097308d66d-lv2eyz21.cloudformation.ap-northeast-2.vpce.amazonaws.com y",
		strings.Repeat("long", 100), strings.Repeat("é漢", 60),
	} {
		for _, most := range []float64{30, 90, 300} {
			lines := wrap(text, small, most)
			for _, l := range lines {
				if width(l, small) > most || l == "" {
					t.Errorf("%q in %g: the line %q", text, most, l)
				}
			}
			if got, want := strings.ReplaceAll(strings.Join(lines, ""), " ", ""), strings.ReplaceAll(text, " ", ""); got != want {
				t.Errorf("%q in %g became %q", text, most, lines)
			}
		}
	}
	got := wrap("vpce-0c1b0a5097308d66d-lv2eyz21.cloudformation.ap-northeast-2.vpce.amazonaws.com", small, 300)
	if len(got) != 2 || !strings.HasSuffix(got[0], ".") && !strings.HasSuffix(got[0], "-") {
		t.Errorf("%q", got)
	}
}

// What many lines need is room: the picture of a large network is quick to draw.
func BenchmarkDraw(b *testing.B) {
	m := Model{Name: "large", VPCs: []VPC{{ID: "vpc", Name: "vpc", Zones: []string{"a"}}}}
	v := &m.VPCs[0]
	for i := range 40 {
		id := letter(i)
		v.Subnets = append(v.Subnets, Subnet{ID: id, Name: id, Zone: "a", Row: id, Things: []Thing{{ID: "t" + id, Name: id}}, Table: Table{ID: "r" + id, Routes: []Route{{Key: "k"}}}})
		v.Edge = append(v.Edge, Thing{ID: "e" + id, Name: id})
		m.Claims = append(m.Claims, Claim{ID: id, Name: id, State: Holds, Paths: [][]Hop{{{ID: "t" + id}, {ID: "r" + id, Route: "k"}, {ID: "e" + id}}}})
	}
	for b.Loop() {
		Draw(m, Options{})
	}
}
