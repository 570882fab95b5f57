package cfn

import (
	"fmt"
	"slices"
	"strings"
)

// namedConditions returns the value of a condition by its name.
type namedConditions func(name string) (bool, error)

// conditionFunctions are the functions of conditions and rules by name. A new
// one is one entry here:
// docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-conditions.html
// docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/intrinsic-function-reference-rules.html
var conditionFunctions map[string]func(e *evaluator, arg any, named namedConditions) bool

// The table would be an initialization cycle, like [intrinsicFunctions].
func init() {
	conditionFunctions = map[string]func(*evaluator, any, namedConditions) bool{
		"Condition":            fnCondition,
		"Fn::And":              fnAnd,
		"Fn::Contains":         fnContains,
		"Fn::EachMemberEquals": fnEachMemberEquals,
		"Fn::EachMemberIn":     fnEachMemberIn,
		"Fn::Equals":           fnEquals,
		"Fn::Not":              fnNot,
		"Fn::Or":               fnOr,
	}
}

// condition evaluates a condition expression.
func (e *evaluator) condition(v any, named namedConditions) bool {
	m, _ := v.(map[string]any)
	if len(m) != 1 {
		e.fail("a condition must be an object with one function, not %s", typeName(v))
		return false
	}
	name := sortedKeys(m)[0]
	e.path = append(e.path, name)
	defer func() { e.path = e.path[:len(e.path)-1] }()
	fn, ok := conditionFunctions[name]
	if !ok {
		e.fail("condition function %s is not supported", name)
		return false
	}
	return fn(e, m[name], named)
}

func fnCondition(e *evaluator, arg any, named namedConditions) bool {
	name, _ := arg.(string)
	holds, err := named(name)
	if err != nil {
		e.fail("%v", err)
	}
	return holds
}

func fnAnd(e *evaluator, arg any, named namedConditions) bool {
	values := e.conditions2to10(arg, named)
	return len(values) > 0 && !slices.Contains(values, false)
}

func fnOr(e *evaluator, arg any, named namedConditions) bool {
	return slices.Contains(e.conditions2to10(arg, named), true)
}

// conditions2to10 evaluates all conditions of a list, so that every error is found.
func (e *evaluator) conditions2to10(arg any, named namedConditions) []bool {
	list, _ := arg.([]any)
	if len(list) < 2 || len(list) > 10 {
		e.fail("it takes a list of 2 to 10 conditions")
		return nil
	}
	values := make([]bool, len(list))
	for i, c := range list {
		values[i] = e.condition(c, named)
	}
	return values
}

func fnNot(e *evaluator, arg any, named namedConditions) bool {
	list, _ := arg.([]any)
	if len(list) != 1 {
		e.fail("it takes a list of 1 condition")
		return false
	}
	return !e.condition(list[0], named)
}

func fnEquals(e *evaluator, arg any, _ namedConditions) bool {
	a, ok := e.args(arg, 2, 2)
	if ok && e.uncertain && !Known(a) {
		return true // either may hold; the template is checked again with the values
	}
	return ok && equal(a[0], a[1])
}

// fnContains, fnEachMemberEquals and fnEachMemberIn exist in rules only.
func fnContains(e *evaluator, arg any, _ namedConditions) bool {
	list, value, ok := e.listAndValue(arg)
	return ok && containsEqual(list, value)
}

func fnEachMemberEquals(e *evaluator, arg any, _ namedConditions) bool {
	list, value, ok := e.listAndValue(arg)
	return ok && !slices.ContainsFunc(list, func(x any) bool { return !equal(x, value) })
}

func fnEachMemberIn(e *evaluator, arg any, _ namedConditions) bool {
	list, value, ok := e.listAndValue(arg)
	if !ok {
		return false
	}
	allowed, ok := e.list(value, "the second value")
	return ok && !slices.ContainsFunc(list, func(x any) bool { return !containsEqual(allowed, x) })
}

func (e *evaluator) listAndValue(arg any) (list []any, value any, ok bool) {
	a, ok := e.args(arg, 2, 2)
	if !ok {
		return nil, nil, false
	}
	list, ok = e.list(a[0], "the first value")
	return list, a[1], ok
}

func containsEqual(list []any, v any) bool {
	return slices.ContainsFunc(list, func(x any) bool { return equal(x, v) })
}

// evalConditions evaluates the section Conditions, which may refer to one another.
func (c *compiler) evalConditions() {
	var path []string
	var value namedConditions
	value = func(name string) (bool, error) {
		if v, ok := c.scope.conditions[name]; ok {
			return v, nil
		}
		expr, ok := c.template.conditions[name]
		if !ok {
			return false, fmt.Errorf("there is no condition %s", name)
		}
		if slices.Contains(path, name) {
			return false, fmt.Errorf("circular condition: %s", strings.Join(append(path, name), " → "))
		}
		path = append(path, name)
		ev := &evaluator{scope: c.scope, label: "condition " + name}
		v := ev.condition(expr, value)
		path = path[:len(path)-1]
		c.findings = append(c.findings, ev.errs...)
		c.scope.conditions[name] = v
		return v, nil
	}
	for _, name := range sortedKeys(c.template.conditions) {
		_, _ = value(name)
	}
}

// checkRules evaluates the section Rules; an assertion that does not hold is a
// finding. CDK's rule about the bootstrap version has no special treatment.
func (c *compiler) checkRules() {
	if c.scope.uncertain {
		return
	}
	for _, name := range sortedKeys(c.template.rules) {
		r := c.template.rules[name]
		ev := &evaluator{scope: c.scope, label: "rule " + name}
		named := func(n string) (bool, error) { return false, fmt.Errorf("rules cannot use the condition %s", n) }
		applies := r["RuleCondition"] == nil || ev.condition(r["RuleCondition"], named)
		asserts, ok := r["Assertions"].([]any)
		if !ok {
			ev.fail("Assertions must be a list, not %s", typeName(r["Assertions"]))
		}
		for i, a := range asserts {
			m, _ := a.(map[string]any)
			if !applies || ev.condition(m["Assert"], named) {
				continue
			}
			if text, _ := m["AssertDescription"].(string); text != "" {
				ev.fail("%s", text)
			} else {
				ev.fail("assertion %d does not hold", i)
			}
		}
		c.findings = append(c.findings, ev.errs...)
	}
}
