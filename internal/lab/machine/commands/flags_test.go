package commands

import (
	"slices"
	"strings"
	"testing"
)

// parseTestFlags reads a command line with -q (--quiet), -v, -n N (--lines) and
// -t T.
func parseTestFlags(leading bool, words []string) (result []string, status int, message string) {
	var out strings.Builder
	p := &Process{Name: "x", Args: words, Err: &out}
	f := p.flags()
	f.leading = leading
	quiet, verbose := f.toggle("q", "quiet"), f.toggle("v", "")
	lines, tag := f.text("n", "lines", ""), f.text("t", "", "")
	operands, status := f.parse()
	for name, on := range map[string]bool{"q": *quiet, "v": *verbose, "n=" + lines.text: lines.given, "t=" + tag.text: tag.given} {
		if on {
			result = append(result, name)
		}
	}
	slices.Sort(result)
	return append(result, operands...), status, strings.TrimSuffix(out.String(), "\n")
}

// TestFlags reads command lines as getopt_long does.
func TestFlags(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		line, want string // words; the flags by their letters, then the operands
		message    string
	}{
		{"a -q b", "q a b", ""},
		{"-qv --lines 5 a", "n=5 q v a", ""},
		{"-qn5 a", "n=5 q a", ""},
		{"-n 5 -n6 --lines=7", "n=7", ""},
		{"-n=5 -t=", "n==5 t==", ""},
		{"-test.x", "t=est.x", ""},
		{"-n -q", "n=-q", ""},
		{"--lines --quiet", "n=--quiet", ""},
		{"-q -- -v --x", "q -v --x", ""},
		{"- -q", "q -", ""},
		{"-x", "", `x: unsupported option "-x"`},
		{"-qx5", "", `x: unsupported option "-x"`},
		{"-q=1", "", `x: unsupported option "-="`},
		{"-h", "", `x: unsupported option "-h"`},
		{"-é", "", `x: unsupported option "-é"`},
		{"--help", "", `x: unsupported option "--help"`},
		{"--none=1", "", `x: unsupported option "--none"`},
		{"--quiet=true", "", "x: option '--quiet' doesn't allow an argument"},
		{"-n", "", "x: option requires an argument -- 'n'"},
		{"--lines", "", "x: option '--lines' requires an argument"},
	} {
		t.Run(test.line, func(t *testing.T) {
			t.Parallel()
			got, status, message := parseTestFlags(false, strings.Fields(test.line))
			if message != test.message || (status == 0) != (test.message == "") {
				t.Fatalf("got status %d, %q, want %q", status, message, test.message)
			}
			if status == 0 && strings.Join(got, " ") != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

// TestLeadingFlags stops at the first operand, whose flags are another command's.
func TestLeadingFlags(t *testing.T) {
	t.Parallel()
	got, status, _ := parseTestFlags(true, strings.Fields("-n 5 echo -n=6 -x --y"))
	if want := "n=5 echo -n=6 -x --y"; status != 0 || strings.Join(got, " ") != want {
		t.Errorf("got %d %q, want %q", status, got, want)
	}
}

// FuzzFlags looks for command lines that crash the reader, or that it neither
// reads nor refuses.
func FuzzFlags(f *testing.F) {
	f.Add("-qn5", "a", "--lines=7")
	f.Add("-test.v", "--", "-")
	f.Fuzz(func(t *testing.T, a, b, c string) {
		_, status, message := parseTestFlags(false, []string{a, b, c})
		if (status == 0) != (message == "") {
			t.Fatalf("status %d with message %q", status, message)
		}
	})
}
