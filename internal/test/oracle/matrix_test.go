package oracle

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// example is a declared matrix: one VPC with two places, and the internet.
func example() Matrix {
	m := Matrix{
		Homes: map[string]string{"anybody in A": "Vpc", "anybody in B": "Vpc", "instance I": "Vpc"},
		Lines: []Line{
			{"anybody in A", "reaches", "anybody in B", []string{"tcp 80", "ping"}},
			{"anybody in A", "reaches", "instance I", []string{"tcp 22"}},
			{"anybody in A", "reaches", "service s3", nil},
			{"anybody in B", "reaches", "service s3", []string{"tcp 443"}},
			{"anybody in A", "resolves", "name s3.example", []string{"service s3"}},
			{"the internet", "resolves", "name s3.example", nil},
		},
	}
	m.sort()
	return m
}

// A matrix that was written is read again as it was.
func TestParse(t *testing.T) {
	t.Parallel()
	want := example()
	got, err := Parse(want.String())
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("read again (-want +got):\n%s", diff)
	}
	if _, err := Parse("# Where the places are\n\n# A\n\nreaches  B\n"); err == nil {
		t.Error("a line without its third column was read")
	}
}

func TestWorseWords(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		add   []Line
		homes map[string]string
		drop  string // the lines of whom are empty instead
		want  []string
	}{
		"equal":        {},
		"more reach":   {add: []Line{{"anybody in A", "reaches", "service s3", []string{"tcp 443"}}}, want: []string{"anybody in A reaches service s3 (more: tcp 443)"}},
		"elsewhere":    {add: []Line{{"anybody in A", "resolves", "name s3.example", []string{"10.9.9.9"}}}, want: []string{"anybody in A resolves name s3.example (more: 10.9.9.9)"}},
		"needed, lost": {drop: "anybody in B", want: []string{"anybody in B reaches service s3 (less: tcp 443)"}},
		"a way out":    {add: []Line{{"anybody in A", "reaches", "endpoint E in B", []string{"tcp 443"}}}, want: []string{"anybody in A reaches endpoint E in B (more: tcp 443)"}},
		"a way in":     {add: []Line{{"the internet", "reaches", "public address of instance I", []string{"tcp 22"}}}, want: []string{"the internet reaches public address of instance I (more: tcp 22)"}},
		"a new neighbour": {
			add:   []Line{{"anybody in A", "reaches", "anybody in C", []string{"ping"}}, {"anybody in C", "reaches", "service s3", []string{"tcp 443"}}},
			homes: map[string]string{"anybody in C": "Vpc"},
		},
		"a new neighbour with a way out": {
			add:   []Line{{"instance N", "reaches", "service example.com", []string{"tcp 443"}}},
			homes: map[string]string{"instance N": "Vpc"},
			want:  []string{"instance N reaches service example.com (more: tcp 443)"},
		},
		"a role of somebody else's": {add: []Line{{"role R", "is assumed by", "ec2.amazonaws.com", []string{"yes"}}}},
		"a new name":                {add: []Line{{"anybody in A", "resolves", "name new.example", []string{"10.9.9.9"}}}},
		"a new VPC": {
			add:   []Line{{"anybody in D", "reaches", "service s3", []string{"tcp 80"}}},
			homes: map[string]string{"anybody in D": "Other"},
		},
		"a new VPC with a way in": {
			add:   []Line{{"anybody in D", "reaches", "instance I", []string{"tcp 22"}}},
			homes: map[string]string{"anybody in D": "Other"},
			want:  []string{"anybody in D reaches instance I (more: tcp 22)"},
		},
		"a way to a new VPC": {
			add:   []Line{{"anybody in A", "reaches", "anybody in D", []string{"ping"}}},
			homes: map[string]string{"anybody in D": "Other"},
			want:  []string{"anybody in A reaches anybody in D (more: ping)"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			found := example()
			for i := range found.Lines {
				if found.Lines[i].Who == test.drop {
					found.Lines[i].Can = nil
				}
			}
			for _, l := range test.add {
				found.Lines = append(withoutLine(found.Lines, l.key()), l)
			}
			for place, home := range test.homes {
				found.Homes[place] = home
			}
			var got []string
			for _, d := range Worse(example(), found, func(l Line) bool { return l.Who == "anybody in B" }) {
				got = append(got, d.String())
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("worse (-want +got):\n%s", diff)
			}
		})
	}
}

func withoutLine(lines []Line, k key) []Line {
	var out []Line
	for _, l := range lines {
		if l.key() != k {
			out = append(out, l)
		}
	}
	return out
}
