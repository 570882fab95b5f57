package machine

import (
	"context"
	"fmt"
	"io"
	"regexp"
	"sort"
	"strconv"
	"strings"
)

// basicRegexp turns a POSIX basic regular expression into Go's: there, + ? ( )
// { } | are operators only after a backslash.
func basicRegexp(expr string) string {
	var out strings.Builder
	for i := 0; i < len(expr); i++ {
		c := expr[i]
		switch {
		case c == '\\' && i+1 < len(expr):
			i++
			if !strings.ContainsRune("+?(){}|", rune(expr[i])) {
				out.WriteByte('\\')
			}
			out.WriteByte(expr[i])
		case strings.ContainsRune("+?(){}|", rune(c)):
			out.WriteByte('\\')
			out.WriteByte(c)
		default:
			out.WriteByte(c)
		}
	}
	return out.String()
}

func grep(_ context.Context, p *process) int {
	f, unknown := parseFlags(p.args, "EFcinoqvwxhs", "em")
	if unknown != "" {
		return p.unknownFlag(unknown)
	}
	expr, given := f.values["e"]
	if !given {
		if len(f.operands) == 0 {
			return p.fail(2, "grep: want a pattern")
		}
		expr, f.operands = f.operands[0], f.operands[1:]
	}
	switch {
	case f.on["F"]:
		expr = regexp.QuoteMeta(expr)
	case !f.on["E"]:
		expr = basicRegexp(expr)
	}
	if f.on["w"] {
		expr = `\b(?:` + expr + `)\b`
	}
	if f.on["x"] {
		expr = `^(?:` + expr + `)$`
	}
	if f.on["i"] {
		expr = "(?i)" + expr
	}
	pattern, err := regexp.Compile(expr)
	if err != nil {
		return p.fail(2, "grep: %v", err)
	}
	most := -1
	if m, ok := f.values["m"]; ok {
		if most, err = strconv.Atoi(m); err != nil {
			return p.fail(2, "grep: invalid number %q", m)
		}
	}
	found := false
	status := p.inputs(f.operands, func(name string, in io.Reader) int {
		matches, number := 0, 0
		eachLine(in, func(line string) bool {
			number++
			if pattern.MatchString(line) == f.on["v"] {
				return true
			}
			found = true
			matches++
			prefix := ""
			if len(f.operands) > 1 && !f.on["h"] {
				prefix = name + ":"
			}
			if f.on["n"] {
				prefix += strconv.Itoa(number) + ":"
			}
			switch {
			case f.on["q"]:
				return false
			case f.on["c"]:
			case f.on["o"]:
				for _, part := range pattern.FindAllString(line, -1) {
					fmt.Fprintln(p.out, prefix+part)
				}
			default:
				fmt.Fprintln(p.out, prefix+line)
			}
			return matches != most
		})
		if f.on["c"] {
			fmt.Fprintln(p.out, matches)
		}
		return 0
	})
	switch {
	case status != 0:
		return 2
	case found:
		return 0
	}
	return 1
}

// sed is sed with s/…/…/[g] and /…/d (or d, or N d), -e, -n with p, -E and -i.
func sed(_ context.Context, p *process) int {
	f, unknown := parseFlags(p.args, "nEri", "e")
	if unknown != "" {
		return p.unknownFlag(unknown)
	}
	script, given := f.values["e"]
	if !given {
		if len(f.operands) == 0 {
			return p.fail(1, "sed: want a script")
		}
		script, f.operands = f.operands[0], f.operands[1:]
	}
	edit, err := parseSed(script, f.on["E"] || f.on["r"])
	if err != nil {
		return p.fail(1, "sed: %v", err)
	}
	run := func(in io.Reader, out io.Writer) {
		number := 0
		eachLine(in, func(line string) bool {
			number++
			line, keep, again := edit(line, number)
			if keep && !f.on["n"] {
				fmt.Fprintln(out, line)
			}
			if again {
				fmt.Fprintln(out, line)
			}
			return true
		})
	}
	if !f.on["i"] {
		return p.inputs(f.operands, func(_ string, in io.Reader) int {
			run(in, p.out)
			return 0
		})
	}
	return p.inputs(f.operands, func(name string, in io.Reader) int {
		var out strings.Builder
		run(in, &out)
		if err := p.files.write(absolute(p.dir, name), []byte(out.String())); err != nil {
			return p.fail(1, "sed: %s: %s", name, reason(err))
		}
		return 0
	})
}

// sedCommand is an optional address, a letter, and for s the rest.
var (
	sedCommand = regexp.MustCompile(`^(?:(\d+)|/((?:[^/\\]|\\.)*)/)?\s*([sdp])(.*)$`)
	// sedReplacement is what means something in a replacement of s.
	sedReplacement = regexp.MustCompile(`\$|\\.|&`)
)

// leadingNumber is what sort -n compares.
var leadingNumber = regexp.MustCompile(`^\s*-?[0-9.]*`)

// parseSed reads one command.
func parseSed(script string, extended bool) (func(line string, number int) (out string, keep, again bool), error) {
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

func sortLines(_ context.Context, p *process) int {
	f, unknown := parseFlags(p.args, "nruV", "")
	if unknown != "" {
		return p.unknownFlag(unknown)
	}
	var lines []string
	status := p.inputs(f.operands, func(_ string, in io.Reader) int {
		eachLine(in, func(line string) bool { lines = append(lines, line); return true })
		return 0
	})
	number := func(s string) float64 {
		n, _ := strconv.ParseFloat(strings.TrimSpace(leadingNumber.FindString(s)), 64)
		return n
	}
	sort.SliceStable(lines, func(i, j int) bool {
		a, b := lines[i], lines[j]
		if f.on["r"] {
			a, b = b, a
		}
		if f.on["n"] && number(a) != number(b) {
			return number(a) < number(b)
		}
		return a < b
	})
	for i, line := range lines {
		if !f.on["u"] || i == 0 || line != lines[i-1] {
			fmt.Fprintln(p.out, line)
		}
	}
	return status
}
