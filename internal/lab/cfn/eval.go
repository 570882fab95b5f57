package cfn

import (
	"fmt"
	"strings"
)

// noValue is the value of Ref AWS::NoValue. Objects and lists leave it out.
type noValue struct{}

// scope holds what the expressions of one template can refer to, besides
// resources. It is not changed after the template is compiled.
type scope struct {
	template   *template
	pseudo     map[string]any
	parameters map[string]any
	conditions map[string]bool
	zones      []any
	// uncertain is true where parameters are not known yet: conditions and names that
	// depend on them are not refused.
	uncertain bool
	// imported finds the value of another stack's export.
	imported func(name string) (any, bool)
	// stackOutput finds an output of another stack.
	stackOutput func(StackOutput) (any, error)
	// ssm finds the value of a {{resolve:ssm:…}} reference.
	ssm func(name string) (any, error)
	// secret finds the value of a {{resolve:secretsmanager:…}} reference; nil: there are none.
	secret func(reference string) (string, error)
}

// evaluator evaluates the expressions of one place, such as one resource's
// properties. Errors do not stop it: it collects them all, each with its path.
// Only one goroutine may use it.
type evaluator struct {
	*scope
	// resource returns the value of Ref (attribute "") and Fn::GetAtt. If it is
	// nil, expressions cannot refer to resources.
	resource func(logicalID, attribute string) (any, error)
	label    string // the name of the place in messages
	planning bool   // before anything is made: secrets may not exist yet
	path     []string
	errs     Findings
}

// fail records an error at the current path. It returns a placeholder for the
// value.
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

// intrinsicName returns the name of the intrinsic function that an object is, if
// it is one.
func intrinsicName(m map[string]any) (string, bool) {
	for k := range m {
		if k == "Ref" && len(m) == 1 || strings.HasPrefix(k, "Fn::") {
			return k, true
		}
	}
	return "", false
}

// eval returns the value of v: scalars, lists and objects without intrinsic
// functions. What does not exist yet is [Unknown].
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
		if name, ok := intrinsicName(v); ok {
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
	fn, ok := intrinsicFunctions[name]
	if !ok {
		return e.fail("intrinsic function %s is not supported", name)
	}
	e.path = append(e.path, name)
	defer func() { e.path = e.path[:len(e.path)-1] }()
	if fn.extension && !e.template.extensions {
		return e.fail("it needs Transform AWS::LanguageExtensions")
	}
	return fn.evaluate(e, whole[name], whole)
}

// args evaluates a function's argument list of min to max elements.
func (e *evaluator) args(arg any, min, max int) ([]any, bool) {
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
		out[i] = e.in(fmt.Sprint(i), x)
	}
	return out, true
}

// text returns v as text. It reports false for an unknown value and, with an
// error, for anything else that is not a scalar.
func (e *evaluator) text(v any, what string) (string, bool) {
	if s, ok := scalarText(v); ok {
		return s, true
	}
	if _, unknown := v.(Unknown); !unknown {
		e.fail("%s must be a string, not %s", what, typeName(v))
	}
	return "", false
}

// list returns v as a list, and reports false in the cases in which text does.
func (e *evaluator) list(v any, what string) ([]any, bool) {
	if l, ok := v.([]any); ok {
		return l, true
	}
	if _, unknown := v.(Unknown); !unknown {
		e.fail("%s must be a list, not %s", what, typeName(v))
	}
	return nil, false
}

// unknown stands for the value of an expression that is not known yet.
func unknown(whole map[string]any) any { return Unknown{Expr: encodeJSON(whole)} }
