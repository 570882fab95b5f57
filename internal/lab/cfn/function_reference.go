package cfn

import (
	"strings"
)

// The functions that refer to something else: a resource, a parameter, a
// mapping, a condition, another stack.

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
			if d, isMap := a[len(a)-1].(map[string]any); isMap && len(a) == 4 && d["DefaultValue"] != nil {
				return d["DefaultValue"]
			}
			return e.fail("there is no %v in the mappings", encodeJSON(a[:3]))
		}
	}
	return at
}

func fnImportValue(e *evaluator, arg any, whole map[string]any) any {
	v := e.eval(arg)
	if _, isUnknown := v.(Unknown); isUnknown {
		if e.uncertain {
			return unknown(whole)
		}
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

// reference returns the value of a Ref (attribute "") or GetAtt.
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
