package systemd

import (
	"slices"
	"strings"
	"testing"
)

// TestDirectives reads what systemd's lexer reads.
func TestDirectives(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x", 5000)
	for _, test := range []struct {
		name, text string
		want       []directive
		err        string
	}{
		{"comments", "# a\n[Unit]\n; b\nAfter = x \n\nBefore=", []directive{{"Unit", "After", "x", 4}, {"Unit", "Before", "", 6}}, ""},
		{"continued", "[S]\nA=b \\\n# no end\n  c\\\n\td\nE=f", []directive{{"S", "A", "b  c d", 2}, {"S", "E", "f", 6}}, ""},
		{"a comment is not continued", "[S]\n# a \\\nA=b", []directive{{"S", "A", "b", 3}}, ""},
		{"ends in a continued line", "[S]\nA=b \\", []directive{{"S", "A", `b \`, 2}}, ""},
		{"before the first section", "A=b", []directive{{"", "A", "b", 1}}, ""},
		{"long", "[S]\nA=" + long, []directive{{"S", "A", long, 2}}, ""},
		{"no value", "[S]\n\nA", nil, "3: missing '='"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			got, err := readDirectives(test.text)
			if (test.err == "") != (err == nil) || err != nil && err.Error() != test.err {
				t.Errorf("got error %v, want %q", err, test.err)
			}
			if !slices.Equal(got, test.want) {
				t.Errorf("got %+v, want %+v", got, test.want)
			}
		})
	}
}
