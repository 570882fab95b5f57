package iam

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// Patterns that stand for a literal star, question mark or dollar sign inside
// an expanded pattern. They cannot occur in a request's own values, because
// these are valid text.
const (
	literalStar     = "\xff*"
	literalQuestion = "\xff?"
	literalByte     = '\xff'
)

// ARNLike reports whether an ARN, or any other text, is like a pattern with * and ?.
func ARNLike(pattern, arn string) bool { return glob(pattern, arn) }

// glob reports whether text matches a pattern in which * stands for any run of
// characters, colons and slashes included, and ? for any one character
// (docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html).
func glob(pattern, text string) bool {
	p, t := 0, 0
	star, mark := -1, 0
	for t < len(text) {
		switch {
		case p < len(pattern) && pattern[p] == '*':
			star, mark = p, t
			p++
		case p+1 < len(pattern) && pattern[p] == literalByte && pattern[p+1] == text[t]:
			p += 2
			t++
		case p < len(pattern) && pattern[p] == '?':
			_, size := utf8.DecodeRuneInString(text[t:])
			p++
			t += size
		case p < len(pattern) && pattern[p] == text[t] && pattern[p] != literalByte:
			p++
			t++
		case star >= 0:
			mark++
			p, t = star+1, mark
		default:
			return false
		}
	}
	for p < len(pattern) && pattern[p] == '*' {
		p++
	}
	return p == len(pattern)
}

// globARN reports whether an ARN matches a pattern, component by component: each of the six parts of
// the pattern may have wildcards, which do not cross a colon except in the last
// (…/reference_policies_elements_condition_operators.html#Conditions_ARN).
func globARN(pattern, arn string) bool {
	if pattern == "*" {
		return true
	}
	p, a := strings.SplitN(pattern, ":", 6), strings.SplitN(arn, ":", 6)
	if len(p) != 6 || len(a) != 6 {
		return false
	}
	for i := range p {
		if !glob(p[i], a[i]) {
			return false
		}
	}
	return true
}

// matchAction ignores case (…/reference_policies_elements_action.html).
func matchAction(pattern, action string) bool {
	return glob(strings.ToLower(pattern), strings.ToLower(action))
}

// hasVariables reports whether policies of this version can have variables.
func hasVariables(version string) bool { return version == "2012-10-17" }

// checkVariables returns an error for a variable whose value the lab does not know.
func checkVariables(text, version string) error {
	if !hasVariables(version) {
		return nil
	}
	for {
		_, rest, ok := strings.Cut(text, "${")
		if !ok {
			return nil
		}
		name, rest, ok := strings.Cut(rest, "}")
		if !ok {
			return fmt.Errorf("variable without its end: ${%s", rest)
		}
		key, _, err := splitDefault(name)
		if err != nil {
			return err
		}
		if key != "*" && key != "?" && key != "$" && !known(key) {
			return fmt.Errorf("unsupported variable ${%s}", name)
		}
		text = rest
	}
}

// splitDefault splits the inside of ${key, 'default'}
// (…/reference_policies_variables.html#policy-vars-default-values).
func splitDefault(variable string) (key string, fallback *string, err error) {
	key, rest, ok := strings.Cut(variable, ",")
	key = strings.TrimSpace(key)
	if !ok {
		return key, nil, nil
	}
	rest = strings.TrimSpace(rest)
	if len(rest) < 2 || rest[0] != '\'' || rest[len(rest)-1] != '\'' {
		return "", nil, fmt.Errorf("default value of variable ${%s}: want it in single quotes", variable)
	}
	rest = rest[1 : len(rest)-1]
	return key, &rest, nil
}

// expand replaces the variables of a pattern by their values. It reports false if
// a variable has no single value in the request and no default: the pattern then
// matches nothing. Values are literal: a star inside one is not a wildcard.
func expand(pattern, version string, r Request, like bool) (string, bool) {
	if !hasVariables(version) || !strings.Contains(pattern, "${") {
		return pattern, true
	}
	literal := func(s string) string {
		if like {
			s = strings.ReplaceAll(s, "*", literalStar)
			s = strings.ReplaceAll(s, "?", literalQuestion)
		}
		return s
	}
	var out strings.Builder
	for {
		before, rest, ok := strings.Cut(pattern, "${")
		out.WriteString(before)
		if !ok {
			return out.String(), true
		}
		name, rest, ok := strings.Cut(rest, "}")
		if !ok {
			return "", false
		}
		key, fallback, err := splitDefault(name)
		values := r.values(key)
		switch {
		case err != nil:
			return "", false
		case key == "*" || key == "?" || key == "$":
			out.WriteString(literal(key))
		case len(values) == 1:
			out.WriteString(literal(values[0]))
		case len(values) == 0 && fallback != nil:
			out.WriteString(literal(*fallback))
		default:
			return "", false
		}
		pattern = rest
	}
}
