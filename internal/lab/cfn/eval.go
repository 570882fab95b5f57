package cfn

import (
	"fmt"
	"slices"
	"strings"
)

// noValue is what Ref AWS::NoValue evaluates to; objects and lists drop it.
type noValue struct{}

// scope is what expressions of one template are evaluated in. It is not changed
// after the template is compiled.
type scope struct {
	template   *template
	pseudo     map[string]any
	parameters map[string]any
	conditions map[string]bool
	zones      []any
	// imported finds the value of another stack's export.
	imported func(name string) (any, bool)
	// ssm finds the value of a {{resolve:ssm:…}} reference.
	ssm func(name string) (any, error)
}

// evaluator evaluates the expressions of one place, such as one resource's
// properties. Errors do not stop it: it collects them with the path to each, so
// that all are found at once. It is for one goroutine.
type evaluator struct {
	*scope
	// resource gives the value of Ref (attribute "") and Fn::GetAtt. Where it is
	// nil, expressions cannot refer to resources.
	resource func(logicalID, attribute string) (any, error)
	label    string // what the place is called in messages
	path     []string
	errs     Findings
}

// fail notes an error at the current path and returns a stand-in for the value.
func (e *evaluator) fail(format string, args ...any) any {
	text := fmt.Sprintf(format, args...)
	if len(e.path) > 0 {
		text = strings.Join(e.path, ".") + ": " + text
	}
	if e.label != "" {
		text = e.label + ": " + text
	}
	e.errs = append(e.errs, text)
	return Unknown{}
}

// in evaluates v one step further down the path.
func (e *evaluator) in(step string, v any) any {
	e.path = append(e.path, step)
	out := e.eval(v)
	e.path = e.path[:len(e.path)-1]
	return out
}

// function is an intrinsic function: it gets its unevaluated argument and the
// whole expression, which is what an unknown result stands for.
type function func(e *evaluator, arg any, whole map[string]any) any

// functions are the supported intrinsic functions:
// docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference.html
var functions map[string]function

func init() {
	functions = map[string]function{
		"Ref": fnRef, "Fn::GetAtt": fnGetAtt, "Fn::Sub": fnSub, "Fn::Join": fnJoin, "Fn::Split": fnSplit,
		"Fn::Select": fnSelect, "Fn::GetAZs": fnGetAZs, "Fn::If": fnIf, "Fn::FindInMap": fnFindInMap,
		"Fn::Base64": fnBase64, "Fn::Cidr": fnCidr, "Fn::ImportValue": fnImportValue,
		"Fn::Length": fnLength, "Fn::ToJsonString": fnToJSONString,
	}
}

// intrinsic tells whether an object is an intrinsic function, and which.
func intrinsic(m map[string]any) (string, bool) {
	for k := range m {
		if k == "Ref" && len(m) == 1 || strings.HasPrefix(k, "Fn::") {
			return k, true
		}
	}
	return "", false
}

// eval returns the value of v: scalars, lists and objects without intrinsic
// functions, with Unknown in place of what does not exist yet.
func (e *evaluator) eval(v any) any {
	switch v := v.(type) {
	case []any:
		out := make([]any, 0, len(v))
		for i, x := range v {
			x = e.in(fmt.Sprint(i), x)
			if _, none := x.(noValue); !none {
				out = append(out, x)
			}
		}
		return out
	case map[string]any:
		if name, ok := intrinsic(v); ok {
			return e.call(name, v)
		}
		out := make(map[string]any, len(v))
		for _, k := range sortedKeys(v) {
			x := e.in(k, v[k])
			if _, none := x.(noValue); !none {
				out[k] = x
			}
		}
		return out
	case nil:
		return e.fail("null values are not allowed in templates")
	}
	return v
}

func (e *evaluator) call(name string, whole map[string]any) any {
	if len(whole) != 1 {
		return e.fail("%s must be the only key of its object", name)
	}
	fn, ok := functions[name]
	if !ok {
		return e.fail("intrinsic function %s is not supported", name)
	}
	e.path = append(e.path, name)
	defer func() { e.path = e.path[:len(e.path)-1] }()
	return fn(e, whole[name], whole)
}

// args evaluates a function's argument list of min to max elements, except
// those at the positions in raw, which stay as they are.
func (e *evaluator) args(arg any, min, max int, raw ...int) ([]any, bool) {
	list, ok := arg.([]any)
	if !ok || len(list) < min || len(list) > max {
		want := fmt.Sprint(min)
		if max != min {
			want = fmt.Sprintf("%d to %d", min, max)
		}
		e.fail("it takes a list of %s values", want)
		return nil, false
	}
	out := make([]any, len(list))
	for i, x := range list {
		if slices.Contains(raw, i) {
			out[i] = x
		} else {
			out[i] = e.in(fmt.Sprint(i), x)
		}
	}
	return out, true
}

// text returns v as text. It is not ok for unknown values (no error) and for
// anything but scalars (an error is noted).
func (e *evaluator) text(v any, what string) (string, bool) {
	if s, ok := scalarText(v); ok {
		return s, true
	}
	if _, unknown := v.(Unknown); !unknown {
		e.fail("%s must be a string, not %s", what, typeName(v))
	}
	return "", false
}

// list returns v as a list, not ok as for text.
func (e *evaluator) list(v any, what string) ([]any, bool) {
	if l, ok := v.([]any); ok {
		return l, true
	}
	if _, unknown := v.(Unknown); !unknown {
		e.fail("%s must be a list, not %s", what, typeName(v))
	}
	return nil, false
}

func unknown(whole map[string]any) any { return Unknown{Expr: encodeJSON(whole)} }

// reference gives the value of a Ref (attribute "") or GetAtt.
func (e *evaluator) reference(name, attribute string, whole map[string]any) any {
	if attribute == "" {
		if name == "AWS::NoValue" {
			return noValue{}
		}
		if v, ok := e.pseudo[name]; ok {
			return v
		}
		if v, ok := e.parameters[name]; ok {
			return v
		}
		if strings.HasPrefix(name, "AWS::") {
			return e.fail("pseudo parameter %s is not supported", name)
		}
		if _, ok := e.template.parameters[name]; ok {
			return unknown(whole) // the parameter has a finding of its own
		}
	}
	if e.resource == nil {
		return e.fail("it refers to %s, but only parameters can be used here", name)
	}
	v, err := e.resource(name, attribute)
	if err != nil {
		return e.fail("%v", err)
	}
	if _, ok := v.(Unknown); ok {
		return unknown(whole)
	}
	return v
}

// condition evaluates a condition expression.
func (e *evaluator) condition(v any, names func(string) (bool, error)) bool {
	m, _ := v.(map[string]any)
	if len(m) != 1 {
		e.fail("a condition must be an object with one function, not %s", typeName(v))
		return false
	}
	for name, arg := range m {
		e.path = append(e.path, name)
		defer func() { e.path = e.path[:len(e.path)-1] }()
		return e.conditionCall(name, arg, names)
	}
	return false
}

func (e *evaluator) conditionCall(name string, arg any, names func(string) (bool, error)) bool {
	switch name {
	case "Condition":
		s, _ := arg.(string)
		ok, err := names(s)
		if err != nil {
			e.fail("%v", err)
		}
		return ok
	case "Fn::And", "Fn::Or":
		list, _ := arg.([]any)
		if len(list) < 2 || len(list) > 10 {
			e.fail("it takes a list of 2 to 10 conditions")
			return false
		}
		result := name == "Fn::And"
		for _, c := range list {
			if ok := e.condition(c, names); ok != (name == "Fn::And") {
				result = ok
			}
		}
		return result
	case "Fn::Not":
		list, _ := arg.([]any)
		if len(list) != 1 {
			e.fail("it takes a list of 1 condition")
			return false
		}
		return !e.condition(list[0], names)
	case "Fn::Equals":
		a, ok := e.args(arg, 2, 2)
		return ok && equal(a[0], a[1])
	case "Fn::Contains", "Fn::EachMemberEquals", "Fn::EachMemberIn":
		return e.ruleCall(name, arg)
	}
	e.fail("condition function %s is not supported", name)
	return false
}

// ruleCall evaluates the functions that exist in Rules only:
// docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/intrinsic-function-reference-rules.html
func (e *evaluator) ruleCall(name string, arg any) bool {
	a, ok := e.args(arg, 2, 2)
	if !ok {
		return false
	}
	list, ok := e.list(a[0], "the first value")
	if !ok {
		return false
	}
	has := func(l []any, v any) bool {
		return slices.ContainsFunc(l, func(x any) bool { return equal(x, v) })
	}
	switch name {
	case "Fn::Contains":
		return has(list, a[1])
	case "Fn::EachMemberEquals":
		return !slices.ContainsFunc(list, func(x any) bool { return !equal(x, a[1]) })
	}
	allowed, ok := e.list(a[1], "the second value")
	return ok && !slices.ContainsFunc(list, func(x any) bool { return !has(allowed, x) })
}
