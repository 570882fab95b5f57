package cfn

import (
	"fmt"
	"maps"
	"slices"

	"provenendpoints/internal/lab/dag"
)

// compiler builds a plan and collects findings.
type compiler struct {
	*plan
	engine   *Engine
	template *template
	unknown  map[string]bool     // parameters without a value yet
	ahead    bool                // exports that do not exist are not findings
	enabled  map[string]bool     // by logical id: its condition holds, or it has none
	deps     map[string][]string // by id, sorted
	explicit map[string][]string // by id: those of them by DependsOn
	findings Findings
	static   map[string]any // what the fingerprint is computed from
}

func (c *compiler) find(format string, args ...any) {
	c.findings = append(c.findings, fmt.Sprintf(format, args...))
}

// compile checks and compiles a stack. If there are findings the plan is nil.
// With ahead, the import of an export that does not exist yet is not a finding.
func (e *Engine) compile(s Stack, stackID string, ahead bool) (*plan, Findings) {
	return e.compileWith(s, stackID, ahead, nil)
}

// compileWith is compile where the values of some parameters are not known yet.
func (e *Engine) compileWith(s Stack, stackID string, ahead bool, unknown map[string]bool) (*plan, Findings) {
	c := e.newCompiler(s, stackID, ahead)
	c.unknown = c.later()
	maps.Copy(c.unknown, unknown)
	c.scope.uncertain = len(c.unknown) > 0
	c.resolveParameters()
	c.evalConditions()
	c.checkRules()
	c.addNodes()
	c.addOutputs()
	c.sortNodes()
	if len(c.findings) > 0 {
		slices.Sort(c.findings)
		return nil, slices.Compact(c.findings)
	}
	return c.finish(), nil
}

func (e *Engine) newCompiler(s Stack, stackID string, ahead bool) *compiler {
	t, findings := parseTemplate(s.Template, s.Parameters)
	c := &compiler{
		engine: e, template: t, ahead: ahead,
		enabled: map[string]bool{}, deps: map[string][]string{}, explicit: map[string][]string{}, static: map[string]any{},
		findings: slices.Concat(findings, s.Findings),
	}
	c.plan = &plan{
		stack: s, nodes: map[string]*node{}, inert: map[string]string{}, imports: map[string]bool{}, outputsUsed: map[StackOutput]bool{},
		scope: &scope{
			template: t, pseudo: e.pseudoParameters(s.Name, stackID), conditions: map[string]bool{},
			zones: e.zones(), ssm: e.ssmParameter, secret: e.opts.Secrets, imported: c.importValue, stackOutput: c.stackOutput,
		},
	}
	return c
}

// importValue returns the value of an export and records that the plan uses it.
func (c *compiler) importValue(name string) (any, bool) {
	c.imports[name] = true
	if v, ok := c.engine.exportValue(name); ok || !c.ahead {
		return v, ok
	}
	return Unknown{}, true
}

// stackOutput returns an output of another stack and records that the plan uses it.
func (c *compiler) stackOutput(of StackOutput) (any, error) {
	c.outputsUsed[of] = true
	v, err := c.engine.stackOutput(of)
	if err != nil && c.ahead {
		return Unknown{}, nil
	}
	return v, err
}

func (c *compiler) resolveParameters() {
	values, findings := resolveParameters(c.template, c.stack.Parameters, c.unknown, c.stack.Fetched, c.engine.opts.Parameters)
	c.scope.parameters = values
	c.findings = append(c.findings, findings...)
}

// addNodes adds the resources whose conditions hold.
func (c *compiler) addNodes() {
	for id, r := range c.template.resources {
		holds, ok := c.scope.conditions[r.condition]
		c.enabled[id] = holds || r.condition == ""
		if r.condition != "" && !ok {
			c.find("%s (%s): there is no condition %s", id, r.typ, r.condition)
		}
	}
	for _, id := range sortedKeys(c.template.resources) {
		if c.enabled[id] {
			c.addNode(id)
		}
	}
	c.checkServiceTokens()
}

// sortNodes brings the nodes into order.
func (c *compiler) sortNodes() {
	graph, err := dag.New(sortedKeys(c.nodes), c.deps)
	if err != nil {
		c.find("%v", err)
	}
	c.graph = graph
	if err == nil {
		c.phases, c.plan.explicit = phases(graph, c.explicit), c.explicit
	}
}

// finish completes a plan without findings.
func (c *compiler) finish() *plan {
	c.static["parameters"], c.static["mappings"] = c.scope.parameters, c.template.mappings
	c.static["conditions"] = c.scope.conditions
	if len(c.stack.Tags) > 0 {
		c.static["tags"] = c.stack.Tags
	}
	c.fingerprint = encodeJSON(c.static)
	// From here on the plan is read concurrently.
	c.scope.imported, c.scope.stackOutput = c.engine.exportValue, c.engine.stackOutput
	return c.plan
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
		if rt, ok := c.engine.typeOf(r.typ); ok && attribute != "" {
			if a, ok := rt.(Attributed); ok && !slices.Contains(a.Attributes(), attribute) && !hasOutput(a, attribute) {
				return nil, fmt.Errorf("attribute %s of %s (%s) is not supported", attribute, id, r.typ)
			}
		}
		used[id] = true
		return Unknown{}, nil
	}
}

// addNode adds a resource with its dependencies and checks its properties.
func (c *compiler) addNode(id string) {
	r := c.template.resources[id]
	label := id + " (" + r.typ + ")"
	c.nodes[id] = &node{id: id, typ: r.typ, properties: r.properties, deletion: r.deletion, replace: r.replace, metadata: r.metadata}
	used := map[string]bool{}
	ev := &evaluator{scope: c.scope, resource: c.refer(used), label: label, planning: true}
	static, ok := ev.resolveDynamic(ev.eval(r.properties)).(map[string]any)
	if !ok && len(ev.errs) == 0 {
		ev.fail("Properties must be an object, not an intrinsic function")
	}
	c.nodes[id].signals = ev.creationPolicy(r.creation)
	c.plan.awaits = c.plan.awaits || c.nodes[id].signals != nil
	forInstances := ev.forInstances(r.metadata)
	if r.typ == waitConditionName && r.creation == nil {
		for _, name := range []string{"Handle", "Timeout"} {
			if _, ok := r.properties[name]; !ok {
				ev.fail("property %s is required without a CreationPolicy", name)
			}
		}
	}
	c.findings = append(c.findings, ev.errs...)
	for _, d := range r.dependsOn {
		if _, ok := c.template.resources[d]; !ok {
			c.find("%s: DependsOn: there is no resource %s", label, d)
		} else if c.enabled[d] {
			used[d] = true
			c.explicit[id] = append(c.explicit[id], d)
		}
	}
	c.deps[id] = slices.Sorted(maps.Keys(used))
	c.nodes[id].static = static
	c.static[id] = []any{r.typ, static, c.deps[id], r.deletion, r.replace}
	if len(forInstances) > 0 {
		c.static[id] = append(c.static[id].([]any), forInstances)
	}
	if len(ev.errs) > 0 {
		static = nil
	}
	c.checkType(c.nodes[id], label, static)
}

// checkType finds a node's resource type and has it check the properties. They
// are nil if there were errors in them: without all values they cannot be checked.
func (c *compiler) checkType(n *node, label string, properties map[string]any) {
	if n.typ == "" {
		return // the template's parser has found that
	}
	rt, ok := c.engine.typeOf(n.typ)
	if !ok {
		because := ""
		if c.engine.opts.Refused != nil {
			if why := c.engine.opts.Refused(n.typ); why != "" {
				because = ": " + why
			}
		}
		c.find("%s: resource type %s is not supported%s", label, n.typ, because)
		return
	}
	n.rt = rt
	if properties == nil {
		return
	}
	if _, ok := rt.(nestedType); ok {
		defer c.checkNested(label, properties)
	}
	if err := rt.Check(properties); err != nil {
		list, ok := err.(Findings)
		if !ok {
			list = Findings{err.Error()}
		}
		for _, f := range list {
			c.find("%s: %s", label, f)
		}
		return
	}
	if t, ok := rt.(Inert); ok {
		if why := t.Inert(properties, c.stack.Assets); why != "" {
			c.inert[n.id] = why
		}
	}
}

// addOutputs adds the outputs whose conditions hold.
func (c *compiler) addOutputs() {
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
			given := ev.eval(o.export)
			name, ok := given.(string)
			if _, unknown := given.(Unknown); unknown && c.scope.uncertain {
				// It depends on a parameter that is not known yet.
			} else if !ok {
				ev.fail("the name of its export cannot depend on a resource")
			} else if other, taken := exports[name]; taken {
				ev.fail("its export %s is that of output %s, too", name, other)
			} else if owner, taken := c.engine.exporter(name); taken && owner != c.stack.Name {
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
