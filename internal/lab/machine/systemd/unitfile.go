package systemd

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// directive is a setting of a unit file.
type directive struct {
	section, key, value string
	line                int // where it begins, from 1
}

// name is the directive with its section, such as Service.ExecStart.
func (d directive) name() string { return d.section + "." + d.key }

// readDirectives splits a unit file into its directives
// (man7.org/linux/man-pages/man7/systemd.syntax.7.html). Its errors begin with
// the line.
//
// The lexer of coreos/go-systemd does not serve here: it has no line numbers,
// skips in silence what stands before the first section, keeps the backslash of
// a continued line in the value, and refuses lines of more than 2048 bytes, which
// systemd takes.
func readDirectives(text string) ([]directive, error) {
	var out []directive
	section := ""
	lines := strings.Split(text, "\n")
	for i := 0; i < len(lines); i++ {
		number, line := i+1, strings.TrimSpace(lines[i])
		if line == "" || isComment(line) {
			continue
		}
		for continued := strings.HasSuffix(lines[i], `\`); continued && i+1 < len(lines); {
			i++
			next := strings.TrimSpace(lines[i])
			if isComment(next) {
				continue // the value continues after it
			}
			line = strings.TrimSuffix(line, `\`) + " " + next
			continued = strings.HasSuffix(lines[i], `\`)
		}
		if strings.HasPrefix(line, "[") && strings.HasSuffix(line, "]") {
			section = line[1 : len(line)-1]
			continue
		}
		key, value, ok := strings.Cut(line, "=")
		if !ok {
			return nil, fmt.Errorf("%d: missing '='", number)
		}
		out = append(out, directive{section, strings.TrimSpace(key), strings.TrimSpace(value), number})
	}
	return out, nil
}

func isComment(line string) bool { return strings.HasPrefix(line, "#") || strings.HasPrefix(line, ";") }

// splitWords splits a line at white space outside of quotes.
func splitWords(line string) ([]string, error) {
	var words []string
	var word strings.Builder
	quote, inside := byte(0), false
	for i := 0; i < len(line); i++ {
		c := line[i]
		switch {
		case c == '\\' && i+1 < len(line) && quote != '\'':
			i++
			word.WriteByte(line[i])
			inside = true
		case quote != 0 && c == quote:
			quote = 0
		case quote == 0 && (c == '"' || c == '\''):
			quote, inside = c, true
		case quote == 0 && (c == ' ' || c == '\t'):
			if inside {
				words = append(words, word.String())
			}
			word.Reset()
			inside = false
		default:
			word.WriteByte(c)
			inside = true
		}
	}
	if quote != 0 {
		return nil, fmt.Errorf("unterminated quote in %q", line)
	}
	if inside {
		words = append(words, word.String())
	}
	return words, nil
}

// variablePattern matches $$, ${NAME} or $NAME in a command line, or %%.
var variablePattern = regexp.MustCompile(`%%|\$\$|\$\{\w+\}|\$\w+`)

// expandWord replaces the variables in a word of a command line.
func expandWord(word string, env []string) string {
	return variablePattern.ReplaceAllStringFunc(word, func(v string) string {
		if v == "%%" || v == "$$" {
			return v[1:]
		}
		name := strings.Trim(v, "${}")
		for _, setting := range slices.Backward(env) {
			if value, ok := strings.CutPrefix(setting, name+"="); ok {
				return value
			}
		}
		return ""
	})
}
