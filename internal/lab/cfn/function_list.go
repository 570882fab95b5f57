package cfn

import (
	"encoding/json"
	"strconv"
	"strings"
)

// The functions that make or take apart lists; Fn::Cidr has a file of its own.

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

func fnLength(e *evaluator, arg any, whole map[string]any) any {
	list, ok := e.list(e.eval(arg), "the value")
	if !ok {
		return unknown(whole)
	}
	return json.Number(strconv.Itoa(len(list)))
}

// fnGetAZs knows the zones of the stack's own Region only.
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
