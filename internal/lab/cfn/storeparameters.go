package cfn

import (
	"regexp"
	"slices"
	"strings"
)

// Parameter Store may have no value of a parameter yet when a stack is checked: another stack
// of the same deployment makes it.

// storeParameterType is the type of the resources that make parameters of Parameter Store.
const storeParameterType = "AWS::SSM::Parameter"

// storeReference is a dynamic reference to a parameter, without its version.
var storeReference = regexp.MustCompile(`\{\{resolve:ssm:([^{}:]+)`)

// MadeParameters returns the names of the parameters in Parameter Store that the template
// makes and names itself, sorted.
func (s Stack) MadeParameters() []string {
	t, _ := parseTemplate(s.Template, s.Parameters) // what is wrong with it is found when it is deployed
	var out []string
	for _, r := range t.resources {
		if name, ok := scalarText(r.properties["Name"]); ok && r.typ == storeParameterType {
			out = append(out, name)
		}
	}
	slices.Sort(out)
	return out
}

// UsedParameters returns the names of the parameters in Parameter Store that the template's
// parameters and dynamic references name, sorted.
func (s Stack) UsedParameters() []string {
	t, _ := parseTemplate(s.Template, s.Parameters)
	var out []string
	for name, def := range t.parameters {
		if from, ok := storeName(def, name, s.Parameters); ok {
			out = append(out, from)
		}
	}
	for _, m := range storeReference.FindAllSubmatch(s.Template, -1) {
		out = append(out, string(m[1]))
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// storeName is the name in Parameter Store of the value of a template's parameter.
func storeName(def map[string]any, name string, given map[string]string) (string, bool) {
	typ, _ := def["Type"].(string)
	if !strings.HasPrefix(typ, ssmValue) {
		return "", false
	}
	if text, ok := given[name]; ok {
		return text, true
	}
	return scalarText(def["Default"])
}

// later are the template's parameters whose values another stack of the deployment makes.
func (c *compiler) later() map[string]bool {
	out := map[string]bool{}
	for name, def := range c.template.parameters {
		from, ok := storeName(def, name, c.stack.Parameters)
		if !ok || !c.stack.Awaited[from] || !c.ahead || c.engine.opts.Parameters == nil {
			continue
		}
		if _, err := c.engine.opts.Parameters("String", from); err != nil {
			out[name] = true
		}
	}
	return out
}
