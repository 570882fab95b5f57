package cfn

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
)

func fnRef(e *evaluator, arg any, whole map[string]any) any {
	name, ok := arg.(string)
	if !ok || name == "" {
		return e.fail("it takes a name, not %s", typeName(arg))
	}
	return e.reference(name, "", whole)
}

// fnGetAtt takes [id, attribute] or "id.attribute"; the attribute may have dots.
func fnGetAtt(e *evaluator, arg any, whole map[string]any) any {
	var id, attribute string
	switch arg := arg.(type) {
	case string:
		id, attribute, _ = strings.Cut(arg, ".")
	case []any:
		if len(arg) == 2 {
			id, _ = arg[0].(string)
			attribute, _ = e.eval(arg[1]).(string)
		}
	}
	if id == "" || attribute == "" {
		return e.fail("it takes a logical id and an attribute")
	}
	return e.reference(id, attribute, whole)
}

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

func fnSplit(e *evaluator, arg any, whole map[string]any) any {
	a, ok := e.args(arg, 2, 2)
	if !ok {
		return Unknown{}
	}
	sep, ok1 := e.text(a[0], "the delimiter")
	s, ok2 := e.text(a[1], "the second value")
	if !ok1 || !ok2 {
		return unknown(whole)
	}
	if sep == "" {
		return e.fail("the delimiter is empty")
	}
	var out []any
	for _, p := range strings.Split(s, sep) {
		out = append(out, p)
	}
	return out
}

func fnSelect(e *evaluator, arg any, whole map[string]any) any {
	a, ok := e.args(arg, 2, 2)
	if !ok {
		return Unknown{}
	}
	index, ok := e.text(a[0], "the index")
	list, isList := e.list(a[1], "the second value")
	if !ok || !isList {
		return unknown(whole)
	}
	i, err := strconv.Atoi(index)
	if err != nil || i < 0 || i >= len(list) {
		return e.fail("cannot select value %s of a list with %d", index, len(list))
	}
	return list[i]
}

// fnGetAZs gives the zones of the stack's own Region only.
func fnGetAZs(e *evaluator, arg any, whole map[string]any) any {
	region, ok := e.text(e.eval(arg), "the Region")
	if !ok {
		return unknown(whole)
	}
	if region != "" && region != e.pseudo["AWS::Region"] {
		return e.fail("the zones of another Region (%s) are not known", region)
	}
	return append([]any(nil), e.zones...)
}

func fnIf(e *evaluator, arg any, _ map[string]any) any {
	list, ok := arg.([]any)
	if !ok || len(list) != 3 {
		return e.fail("it takes a list of 3 values")
	}
	name, _ := list[0].(string)
	holds, ok := e.conditions[name]
	if !ok {
		return e.fail("there is no condition %v", list[0])
	}
	if holds {
		return e.in("1", list[1])
	}
	return e.in("2", list[2])
}

func fnFindInMap(e *evaluator, arg any, whole map[string]any) any {
	max := 3
	if e.template.extensions {
		max = 4
	}
	a, ok := e.args(arg, 3, max)
	if !ok {
		return Unknown{}
	}
	var at any = e.template.mappings
	for _, k := range a[:3] {
		name, ok := e.text(k, "a key")
		if !ok {
			return unknown(whole)
		}
		m, _ := at.(map[string]any)
		if at, ok = m[name]; !ok {
			if d, isMap := last(a).(map[string]any); isMap && len(a) == 4 && d["DefaultValue"] != nil {
				return d["DefaultValue"]
			}
			return e.fail("there is no %v in the mappings", encodeJSON(a[:3]))
		}
	}
	return at
}

func fnBase64(e *evaluator, arg any, whole map[string]any) any {
	s, ok := e.text(e.eval(arg), "the value")
	if !ok {
		return unknown(whole)
	}
	return base64.StdEncoding.EncodeToString([]byte(s))
}

func fnImportValue(e *evaluator, arg any, whole map[string]any) any {
	v := e.eval(arg)
	if _, unknown := v.(Unknown); unknown {
		return e.fail("the name of an export cannot depend on a resource")
	}
	name, ok := e.text(v, "the name of an export")
	if !ok {
		return Unknown{}
	}
	got, ok := e.imported(name)
	if !ok {
		return e.fail("no export named %s found", name)
	}
	if !Known(got) {
		return unknown(whole)
	}
	return got
}

func fnLength(e *evaluator, arg any, whole map[string]any) any {
	if !e.template.extensions {
		return e.fail("it needs Transform AWS::LanguageExtensions")
	}
	list, ok := e.list(e.eval(arg), "the value")
	if !ok {
		return unknown(whole)
	}
	return json.Number(strconv.Itoa(len(list)))
}

func fnToJSONString(e *evaluator, arg any, whole map[string]any) any {
	if !e.template.extensions {
		return e.fail("it needs Transform AWS::LanguageExtensions")
	}
	v := e.eval(arg)
	if !Known(v) {
		return unknown(whole)
	}
	return encodeJSON(v)
}

func last(list []any) any { return list[len(list)-1] }
