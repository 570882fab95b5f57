package commands

import (
	"context"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"
)

func init() { register(runSed, "sed") }

// runSed is sed with one command: s/…/…/[g][p], d or p, after an optional
// address that is a line number or /…/.
func runSed(_ context.Context, p *Process) int {
	f := p.flags()
	quiet, inPlace := f.toggle("n", "quiet"), f.toggle("i", "in-place")
	extended, sameExtended := f.toggle("E", "regexp-extended"), f.toggle("r", "")
	expression := f.text("e", "expression", "")
	names, status := f.parse()
	if status != 0 {
		return status
	}
	if expression.again {
		return p.Fail(1, "sed: only one -e is supported")
	}
	script := expression.text
	if !expression.given {
		if len(names) == 0 {
			return p.Fail(1, "sed: want a script")
		}
		script, names = names[0], names[1:]
	}
	edit, err := parseSed(script, *extended || *sameExtended)
	if err != nil {
		return p.Fail(1, "sed: %v", err)
	}
	run := func(in io.Reader, out io.Writer) {
		number := 0
		eachLine(in, func(line string) bool {
			number++
			line, keep, again := edit(line, number)
			if keep && !*quiet {
				fmt.Fprintln(out, line)
			}
			if again {
				fmt.Fprintln(out, line)
			}
			return true
		})
	}
	if !*inPlace {
		return p.inputs(names, func(_ string, in io.Reader) int {
			run(in, p.Out)
			return 0
		})
	}
	return p.inputs(names, func(name string, in io.Reader) int {
		var out strings.Builder
		run(in, &out)
		if err := p.Files.WriteFile(p.path(name), []byte(out.String())); err != nil {
			return p.Fail(1, "sed: %s: %s", name, reason(err))
		}
		return 0
	})
}

var (
	// sedCommand is an optional address, a letter, and for s the rest.
	sedCommand = regexp.MustCompile(`^(?:(\d+)|/((?:[^/\\]|\\.)*)/)?\s*([sdp])(.*)$`)
	// sedReplacement is what means something in a replacement of s.
	sedReplacement = regexp.MustCompile(`\$|\\.|&`)
)

// sedEdit is what a command does with a line: what becomes of it, whether it is
// printed unless -n is given, and whether it is printed by p.
type sedEdit func(line string, number int) (out string, keep, again bool)

// parseSed reads one command.
func parseSed(script string, extended bool) (sedEdit, error) {
	compile := func(expr string) (*regexp.Regexp, error) {
		if !extended {
			expr = basicRegexp(expr)
		}
		return regexp.Compile(expr)
	}
	m := sedCommand.FindStringSubmatch(strings.TrimSpace(script))
	if m == nil || m[3] != "s" && m[4] != "" {
		return nil, fmt.Errorf("unsupported script %q", script)
	}
	applies := func(string, int) bool { return true }
	if m[1] != "" {
		n, err := strconv.Atoi(m[1])
		if err != nil {
			return nil, err
		}
		applies = func(_ string, number int) bool { return number == n }
	} else if m[2] != "" {
		address, err := compile(m[2])
		if err != nil {
			return nil, err
		}
		applies = func(line string, _ int) bool { return address.MatchString(line) }
	}
	switch m[3] {
	case "d":
		return func(line string, n int) (string, bool, bool) { return line, !applies(line, n), false }, nil
	case "p":
		return func(line string, n int) (string, bool, bool) { return line, true, applies(line, n) }, nil
	}
	parts := splitUnescaped(m[4])
	if len(parts) != 3 || strings.Trim(parts[2], "gp") != "" {
		return nil, fmt.Errorf("unsupported script %q", script)
	}
	pattern, err := compile(parts[0])
	if err != nil {
		return nil, err
	}
	// Go writes groups as ${1}, sed as \1 and the whole match as &.
	template := sedReplacement.ReplaceAllStringFunc(parts[1], func(s string) string {
		switch {
		case s == "$":
			return "$$"
		case s == "&":
			return "${0}"
		case s[1] >= '0' && s[1] <= '9':
			return "${" + s[1:] + "}"
		case s == `\n`:
			return "\n"
		}
		return s[1:]
	})
	global, printed := strings.Contains(parts[2], "g"), strings.Contains(parts[2], "p")
	return func(line string, n int) (string, bool, bool) {
		if !applies(line, n) || !pattern.MatchString(line) {
			return line, true, false
		}
		done := false
		line = pattern.ReplaceAllStringFunc(line, func(s string) string {
			if done && !global {
				return s
			}
			done = true
			return pattern.ReplaceAllString(s, template)
		})
		return line, true, printed
	}, nil
}

// splitUnescaped splits "/a/b/g" at its first character, unless escaped.
func splitUnescaped(s string) []string {
	if s == "" {
		return nil
	}
	separator, parts := s[0], []string{""}
	for i := 1; i < len(s); i++ {
		last := &parts[len(parts)-1]
		switch {
		case s[i] == '\\' && i+1 < len(s) && s[i+1] == separator:
			i++
			*last += string(separator)
		case s[i] == '\\' && i+1 < len(s):
			*last += s[i : i+2]
			i++
		case s[i] == separator:
			parts = append(parts, "")
		default:
			*last += string(s[i])
		}
	}
	return parts
}
