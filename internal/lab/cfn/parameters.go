package cfn

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// resolveParameters returns the values of all parameters:
// docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/parameters-section-structure.html
//
// Those in unknown have a value that does not exist yet.
func resolveParameters(t *template, given map[string]string, unknown map[string]bool, fetched map[string]any, ssm func(typ, name string) (any, error)) (map[string]any, Findings) {
	out := map[string]any{}
	var f Findings
	for _, name := range append(sortedKeys(given), sortedKeys(unknown)...) {
		if _, ok := t.parameters[name]; !ok {
			f = append(f, fmt.Sprintf("parameter %s is not in the template", name))
		}
	}
	for _, name := range sortedKeys(t.parameters) {
		if unknown[name] {
			out[name] = Unknown{Expr: encodeJSON(map[string]any{"Ref": name})}
			continue
		}
		v, err := resolveParameter(t.parameters[name], name, given, storeOr(fetched, name, ssm))
		if err != nil {
			f = append(f, fmt.Sprintf("parameter %s: %v", name, err))
			continue
		}
		out[name] = v
	}
	return out, f
}

func resolveParameter(def map[string]any, name string, given map[string]string, ssm func(typ, name string) (any, error)) (any, error) {
	typ, _ := def["Type"].(string)
	text, ok := given[name]
	if !ok {
		if def["Default"] == nil {
			return nil, fmt.Errorf("it has no value and no default")
		}
		if text, ok = scalarText(def["Default"]); !ok {
			return nil, fmt.Errorf("its default must be a scalar, not %s", typeName(def["Default"]))
		}
	}
	if err := allowed(def, typ, text); err != nil {
		return nil, err
	}
	if inner, ok := strings.CutPrefix(typ, ssmValue); ok {
		inner = strings.TrimSuffix(inner, ">")
		if ssm == nil {
			return nil, fmt.Errorf("there are no SSM parameters here (%s)", text)
		}
		v, err := ssm(inner, text)
		if err != nil {
			return nil, fmt.Errorf("SSM parameter %s: %w", text, err)
		}
		return v, nil
	}
	return typed(typ, text)
}

// ssmValue is the beginning of the types of parameters that Parameter Store has the values of.
const ssmValue = "AWS::SSM::Parameter::Value<"

// fetched are the values of those parameters.
func (s *scope) fetched() map[string]any {
	out := map[string]any{}
	for name, def := range s.template.parameters {
		if typ, _ := def["Type"].(string); strings.HasPrefix(typ, ssmValue) {
			out[name] = s.parameters[name]
		}
	}
	return out
}

// storeOr is Parameter Store, but for the values that were fetched before: a change set is executed
// with those that it was made with
// (docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/systems-manager-parameter-types.html).
func storeOr(fetched map[string]any, parameter string, store func(typ, name string) (any, error)) func(typ, name string) (any, error) {
	value, known := fetched[parameter]
	if !known {
		return store
	}
	return func(string, string) (any, error) { return value, nil }
}

// typed turns a parameter's text into a value of its type.
func typed(typ, text string) (any, error) {
	list := func() []any {
		var out []any
		for _, p := range strings.Split(text, ",") {
			out = append(out, strings.TrimSpace(p))
		}
		return out
	}
	switch {
	case typ == "String", typ == "AWS::SSM::Parameter::Name":
		return text, nil
	case typ == "Number":
		if _, err := strconv.ParseFloat(text, 64); err != nil {
			return nil, fmt.Errorf("%q is not a number", text)
		}
		return json.Number(text), nil
	case typ == "CommaDelimitedList", typ == "List<String>":
		return list(), nil
	case typ == "List<Number>":
		l := list()
		for i, e := range l {
			n, err := typed("Number", e.(string))
			if err != nil {
				return nil, err
			}
			l[i] = n
		}
		return l, nil
	case strings.HasPrefix(typ, "List<AWS::"):
		return list(), nil
	case strings.HasPrefix(typ, "AWS::"):
		return text, nil
	}
	return nil, fmt.Errorf("type %s is not supported", typ)
}

// allowed checks a value against the parameter's constraints.
func allowed(def map[string]any, typ, text string) error {
	for _, k := range sortedKeys(def) {
		limit, _ := scalarText(def[k])
		fits := func(value float64, wants func(value, limit float64) bool) error {
			l, err := strconv.ParseFloat(limit, 64)
			if err != nil || !wants(value, l) {
				return fmt.Errorf("%q does not satisfy %s %s", text, k, limit)
			}
			return nil
		}
		atLeast := func(v, l float64) bool { return v >= l }
		atMost := func(v, l float64) bool { return v <= l }
		number, _ := strconv.ParseFloat(text, 64)
		var err error
		switch k {
		case "Type", "Default", "Description", "ConstraintDescription", "NoEcho":
		case "MinLength":
			err = fits(float64(len(text)), atLeast)
		case "MaxLength":
			err = fits(float64(len(text)), atMost)
		case "MinValue":
			err = fits(number, atLeast)
		case "MaxValue":
			err = fits(number, atMost)
		case "AllowedPattern":
			re, perr := regexp.Compile("^(?:" + limit + ")$")
			if perr != nil {
				err = fmt.Errorf("AllowedPattern %s is not supported", limit)
			} else if !re.MatchString(text) {
				err = fmt.Errorf("%q does not satisfy AllowedPattern %s", text, limit)
			}
		case "AllowedValues":
			values, _ := def[k].([]any)
			if !slices.ContainsFunc(values, func(v any) bool { return equal(v, text) }) {
				err = fmt.Errorf("%q is not one of its AllowedValues", text)
			}
		default:
			err = fmt.Errorf("attribute %s is not supported", k)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// parameterTexts are the parameters' values as they were given, or their defaults. Those
// that nobody may see are masked
// (docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/parameters-section-structure.html).
func (t *template) parameterTexts(given map[string]string) map[string]string {
	out := map[string]string{}
	for name, def := range t.parameters {
		text, ok := given[name]
		if !ok {
			text, _ = scalarText(def["Default"])
		}
		if hidden, _ := scalarText(def["NoEcho"]); hidden == "true" {
			text = "****"
		}
		out[name] = text
	}
	return out
}
