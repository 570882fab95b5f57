package reach

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// example is a matrix of one VPC with two places, and the internet.
func example() Matrix {
	m := Matrix{
		Homes: map[string]string{"subnet A": "Vpc", "subnet B": "Vpc", "instance I": "Vpc"},
		Lines: []Line{
			{"subnet A", "reaches", "subnet B", []string{"tcp 80", "ping"}},
			{"subnet A", "reaches", "instance I", []string{"tcp 22"}},
			{"subnet A", "reaches", "service s3", nil},
			{"the internet", "reaches", "instance I", nil},
		},
	}
	m.Sort()
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

func TestCompare(t *testing.T) {
	t.Parallel()
	found := example()
	found.Lines = append(found.Lines[1:], Line{"subnet B", "reaches", "instance I", []string{"tcp 22"}}) // the first one, to instance I, is gone
	for i, l := range found.Lines {
		if l.Who == "subnet A" && l.What == "subnet B" {
			found.Lines[i].Can = []string{"ping", "tcp 443"}
		}
	}
	var got []string
	for _, d := range Compare(example(), found) {
		got = append(got, d.String())
	}
	want := []string{
		"subnet A reaches instance I (less: tcp 22)",
		"subnet A reaches subnet B (more: tcp 443) (less: tcp 80)",
		"subnet B reaches instance I (more: tcp 22)",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if same := Compare(example(), example()); len(same) > 0 {
		t.Errorf("a matrix differs from itself: %v", same)
	}
}
