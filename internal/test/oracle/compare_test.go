package oracle

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"provenendpoints/internal/lab/reach"
)

// example is a declared matrix: one VPC with two places, and the internet.
func example() reach.Matrix {
	m := reach.Matrix{
		Homes: map[string]string{"anybody in A": "Vpc", "anybody in B": "Vpc", "instance I": "Vpc"},
		Lines: []reach.Line{
			line("anybody in A", "reaches", "anybody in B", "tcp 80", "ping"),
			line("anybody in A", "reaches", "instance I", "tcp 22"),
			line("anybody in A", "reaches", "service s3"),
			line("anybody in B", "reaches", "service s3", "tcp 443"),
			line("anybody in A", "resolves", "name s3.example", "service s3"),
			line("the internet", "resolves", "name s3.example"),
		},
	}
	m.Sort()
	return m
}

// line is a line in short.
func line(who, verb, what string, can ...string) reach.Line {
	return reach.Line{Who: who, Verb: verb, What: what, Can: can}
}

func TestWorseWords(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		add   []reach.Line
		homes map[string]string
		drop  string // the lines of whom are empty instead
		want  []string
	}{
		"equal":        {},
		"more reach":   {add: []reach.Line{line("anybody in A", "reaches", "service s3", "tcp 443")}, want: []string{"anybody in A reaches service s3 (more: tcp 443)"}},
		"elsewhere":    {add: []reach.Line{line("anybody in A", "resolves", "name s3.example", "10.9.9.9")}, want: []string{"anybody in A resolves name s3.example (more: 10.9.9.9)"}},
		"needed, lost": {drop: "anybody in B", want: []string{"anybody in B reaches service s3 (less: tcp 443)"}},
		"a way out":    {add: []reach.Line{line("anybody in A", "reaches", "endpoint E in B", "tcp 443")}, want: []string{"anybody in A reaches endpoint E in B (more: tcp 443)"}},
		"a way in":     {add: []reach.Line{line("the internet", "reaches", "public address of instance I", "tcp 22")}, want: []string{"the internet reaches public address of instance I (more: tcp 22)"}},
		"a new neighbour": {
			add:   []reach.Line{line("anybody in A", "reaches", "anybody in C", "ping"), line("anybody in C", "reaches", "service s3", "tcp 443")},
			homes: map[string]string{"anybody in C": "Vpc"},
		},
		"a new neighbour with a way out": {
			add:   []reach.Line{line("instance N", "reaches", "service example.com", "tcp 443")},
			homes: map[string]string{"instance N": "Vpc"},
			want:  []string{"instance N reaches service example.com (more: tcp 443)"},
		},
		"a role of somebody else's": {add: []reach.Line{line("role R", "is assumed by", "ec2.amazonaws.com", "yes")}},
		"a new name":                {add: []reach.Line{line("anybody in A", "resolves", "name new.example", "10.9.9.9")}},
		"a new VPC": {
			add:   []reach.Line{line("anybody in D", "reaches", "service s3", "tcp 80")},
			homes: map[string]string{"anybody in D": "Other"},
		},
		"a new VPC with a way in": {
			add:   []reach.Line{line("anybody in D", "reaches", "instance I", "tcp 22")},
			homes: map[string]string{"anybody in D": "Other"},
			want:  []string{"anybody in D reaches instance I (more: tcp 22)"},
		},
		"a way to a new VPC": {
			add:   []reach.Line{line("anybody in A", "reaches", "anybody in D", "ping")},
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
				found.Lines = append(withoutLine(found.Lines, l.Key()), l)
			}
			for place, home := range test.homes {
				found.Homes[place] = home
			}
			var got []string
			for _, d := range Worse(example(), found, func(l reach.Line) bool { return l.Who == "anybody in B" }) {
				got = append(got, d.String())
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("worse (-want +got):\n%s", diff)
			}
		})
	}
}

func withoutLine(lines []reach.Line, k reach.Key) []reach.Line {
	var out []reach.Line
	for _, l := range lines {
		if l.Key() != k {
			out = append(out, l)
		}
	}
	return out
}
