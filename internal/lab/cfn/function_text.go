package cfn

import (
	"encoding/base64"
	"fmt"
	"strings"
)

// The functions whose value is text.

// fnSub takes a text, or [text, variables].
func fnSub(e *evaluator, arg any, whole map[string]any) any {
	text, ok := arg.(string)
	vars := map[string]any{}
	if list, isList := arg.([]any); isList && len(list) == 2 {
		text, ok = list[0].(string)
		m, isMap := list[1].(map[string]any)
		ok = ok && isMap
		for _, k := range sortedKeys(m) {
			vars[k] = e.in(k, m[k])
		}
	}
	if !ok {
		return e.fail("it takes a string, or a list of a string and an object")
	}
	var b strings.Builder
	complete := true
	for rest := text; ; {
		i := strings.Index(rest, "${")
		if i < 0 {
			b.WriteString(rest)
			break
		}
		b.WriteString(rest[:i])
		end := strings.IndexByte(rest[i:], '}')
		if end < 0 {
			return e.fail("%q has a ${ without }", text)
		}
		name := rest[i+2 : i+end]
		rest = rest[i+end+1:]
		if literal, ok := strings.CutPrefix(name, "!"); ok {
			b.WriteString("${" + literal + "}")
			continue
		}
		s, ok := e.variable(name, vars)
		b.WriteString(s)
		complete = complete && ok
	}
	if !complete {
		return unknown(whole)
	}
	return b.String()
}

// variable returns the text of one ${name} of Fn::Sub; it is not ok if the
// value is unknown or wrong.
func (e *evaluator) variable(name string, vars map[string]any) (string, bool) {
	name = strings.TrimSpace(name)
	v, ok := vars[name]
	if !ok {
		id, attribute, isAttribute := strings.Cut(name, ".")
		if id == "" || isAttribute && attribute == "" {
			e.fail("${%s} is not a name", name)
			return "", false
		}
		v = e.reference(id, attribute, nil)
	}
	return e.text(v, "${"+name+"}")
}

func fnJoin(e *evaluator, arg any, whole map[string]any) any {
	a, ok := e.args(arg, 2, 2)
	if !ok {
		return Unknown{}
	}
	sep, ok := e.text(a[0], "the delimiter")
	list, isList := e.list(a[1], "the second value")
	parts := make([]string, len(list))
	ok = ok && isList
	for i, x := range list {
		s, known := e.text(x, fmt.Sprintf("value %d", i))
		parts[i] = s
		ok = ok && known
	}
	if !ok {
		return unknown(whole)
	}
	return strings.Join(parts, sep)
}

func fnBase64(e *evaluator, arg any, whole map[string]any) any {
	s, ok := e.text(e.eval(arg), "the value")
	if !ok {
		return unknown(whole)
	}
	return base64.StdEncoding.EncodeToString([]byte(s))
}

func fnToJSONString(e *evaluator, arg any, whole map[string]any) any {
	v := e.eval(arg)
	if !Known(v) {
		return unknown(whole)
	}
	return encodeJSON(v)
}
