package cfn

import (
	"fmt"
	"maps"
	"slices"

	"provenendpoints/internal/lab/dag"
)

// plan is a stack's template compiled for one operation. It holds everything
// that is known before a resource exists, and is not changed afterwards.
type plan struct {
	stack   Stack
	stackID string
	scope   *scope
	nodes   map[string]*node
	graph   *dag.Graph[string] // of the nodes' ids
	outputs []plannedOutput
	imports map[string]bool // names of the exports it uses
	// fingerprint is the same for two plans if there is nothing to update.
	fingerprint string
}

// node is one resource of a plan.
type node struct {
	id, typ           string
	rt                ResourceType
	properties        map[string]any // as in the template
	deletion, replace string
}

type plannedOutput struct {
	key, description, export string
	value                    any
}

// compiler builds a plan and collects findings.
type compiler struct {
	*plan
	types    Types
	template *template
	enabled  map[string]bool     // by logical id: its condition holds, or it has none
	deps     map[string][]string // by id, sorted
	findings Findings
	static   map[string]any // what the fingerprint is computed from
}

func (c *compiler) find(format string, args ...any) {
	c.findings = append(c.findings, fmt.Sprintf(format, args...))
}

// compile checks and compiles a stack. If there are findings the plan is nil.
// With ahead, the import of an export that does not exist yet is not a finding.
func (e *Engine) compile(s Stack, stackID string, ahead bool) (*plan, Findings) {
	t, findings := parseTemplate(s.Template)
	c := &compiler{
		plan: &plan{
			stack: s, stackID: stackID, nodes: map[string]*node{}, imports: map[string]bool{},
			scope: &scope{template: t, pseudo: e.pseudoParameters(s.Name, stackID), conditions: map[string]bool{}, zones: e.zones(), ssm: e.ssmParameter},
		},
		types: e.typeOf, template: t, enabled: map[string]bool{}, deps: map[string][]string{}, findings: findings, static: map[string]any{},
	}
	c.findings = append(c.findings, s.Findings...)
	c.scope.imported = func(name string) (any, bool) {
		c.imports[name] = true
		if v, ok := e.exportValue(name); ok || !ahead {
			return v, ok
		}
		return Unknown{}, true
	}
	var f Findings
	c.scope.parameters, f = resolveParameters(t, s.Parameters, e.opts.Parameters)
	c.findings = append(c.findings, f...)
	c.evalConditions()
	c.checkRules()
	for id, r := range t.resources {
		holds, ok := c.scope.conditions[r.condition]
		c.enabled[id] = holds || r.condition == ""
		if r.condition != "" && !ok {
			c.find("%s (%s): there is no condition %s", id, r.typ, r.condition)
		}
	}
	for _, id := range sortedKeys(t.resources) {
		if c.enabled[id] {
			c.addNode(id)
		}
	}
	c.addOutputs(e, s.Name)
	graph, err := dag.New(sortedKeys(c.nodes), c.deps)
	if err != nil {
		c.find("%v", err)
	}
	c.graph = graph
	if len(c.findings) > 0 {
		slices.Sort(c.findings)
		return nil, slices.Compact(c.findings)
	}
	c.static["parameters"], c.static["mappings"] = c.scope.parameters, t.mappings
	c.static["conditions"] = c.scope.conditions
	c.fingerprint = encodeJSON(c.static)
	c.scope.imported = e.exportValue // from here on the plan is read concurrently
	return c.plan, nil
}

// refer checks a Ref (attribute "") or GetAtt and records the dependency.
func (c *compiler) refer(used map[string]bool) func(id, attribute string) (any, error) {
	return func(id, attribute string) (any, error) {
		r, ok := c.template.resources[id]
		if !ok {
			return nil, fmt.Errorf("there is no resource or parameter %s", id)
		}
		if !c.enabled[id] {
			return nil, fmt.Errorf("it refers to %s, which condition %s leaves out", id, r.condition)
		}
		if rt, ok := c.types(r.typ); ok && attribute != "" {
			if a, ok := rt.(Attributed); ok && !slices.Contains(a.Attributes(), attribute) {
				return nil, fmt.Errorf("attribute %s of %s (%s) is not supported", attribute, id, r.typ)
			}
		}
		used[id] = true
		return Unknown{}, nil
	}
}

func (c *compiler) addNode(id string) {
	r := c.template.resources[id]
	label := id + " (" + r.typ + ")"
	n := &node{id: id, typ: r.typ, properties: r.properties, deletion: r.deletion, replace: r.replace}
	c.nodes[id] = n
	used := map[string]bool{}
	ev := &evaluator{scope: c.scope, resource: c.refer(used), label: label}
	static, ok := ev.resolveDynamic(ev.eval(r.properties)).(map[string]any)
	if !ok && len(ev.errs) == 0 {
		ev.fail("Properties must be an object, not an intrinsic function")
	}
	c.findings = append(c.findings, ev.errs...)
	for _, d := range r.dependsOn {
		if _, ok := c.template.resources[d]; !ok {
			c.find("%s: DependsOn: there is no resource %s", label, d)
		} else if c.enabled[d] {
			used[d] = true
		}
	}
	c.deps[id] = slices.Sorted(maps.Keys(used))
	c.static[id] = []any{r.typ, static, c.deps[id], r.deletion, r.replace}
	if r.typ == "" {
		return
	}
	rt, ok := c.types(r.typ)
	if !ok {
		c.find("%s: resource type %s is not supported", label, r.typ)
		return
	}
	n.rt = rt
	if len(ev.errs) > 0 || static == nil {
		return // without all values the properties cannot be checked
	}
	if err := rt.Check(static); err != nil {
		list, ok := err.(Findings)
		if !ok {
			list = Findings{err.Error()}
		}
		for _, f := range list {
			c.find("%s: %s", label, f)
		}
	}
}

func (c *compiler) addOutputs(e *Engine, stack string) {
	var static []any
	exports := map[string]string{}
	for _, key := range sortedKeys(c.template.outputs) {
		o := c.template.outputs[key]
		if o.condition != "" {
			holds, ok := c.scope.conditions[o.condition]
			if !ok {
				c.find("output %s: there is no condition %s", key, o.condition)
			}
			if !holds {
				continue
			}
		}
		ev := &evaluator{scope: c.scope, resource: c.refer(map[string]bool{}), label: "output " + key}
		out := plannedOutput{key: key, description: o.description, value: o.value}
		value := ev.eval(o.value)
		if o.export != nil {
			name, ok := ev.eval(o.export).(string)
			if !ok {
				ev.fail("the name of its export cannot depend on a resource")
			} else if other, taken := exports[name]; taken {
				ev.fail("its export %s is that of output %s, too", name, other)
			} else if owner, taken := e.exporter(name); taken && owner != stack {
				ev.fail("export with name %s is already exported by stack %s", name, owner)
			}
			out.export = name
			exports[name] = key
		}
		c.findings = append(c.findings, ev.errs...)
		c.outputs = append(c.outputs, out)
		static = append(static, []any{key, value, out.export})
	}
	c.static["outputs"] = static
}
