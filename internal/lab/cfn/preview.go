package cfn

import (
	"cmp"
	"slices"
	"strings"
)

// Preview is what deploying a stack would do.
type Preview struct {
	// Parameters are the values of the template's parameters, as in [StackInfo].
	Parameters map[string]string
	// Fetched are the values that were fetched from Parameter Store, for [Stack.Fetched].
	Fetched map[string]any
	// Changes are those of the resources. There may be none although there is something
	// to deploy, such as another output.
	Changes []Change
}

// ChangeAction is what a change does to a resource.
type ChangeAction string

// The actions.
const (
	Add    ChangeAction = "Add"
	Modify ChangeAction = "Modify"
	Remove ChangeAction = "Remove"
)

// Change is the change of one resource
// (docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_ResourceChange.html).
type Change struct {
	Action                      ChangeAction
	LogicalID, PhysicalID, Type string
	// Replaces and MayReplace say whether another physical resource is made.
	// Both are only set for Modify.
	Replaces, MayReplace bool
	// Details are the properties that change, by name.
	Details []ChangeDetail
}

// ChangeDetail is the change of one property.
type ChangeDetail struct {
	// Property is its name; empty for what is no property: dependencies and policies.
	Property string
	// Recreates says whether its change makes another physical resource.
	Recreates bool
	// Cause is the resource on whose change it depends whether the value changes;
	// empty: it does.
	Cause string
	// Automatic says that it is a nested stack, which every update updates.
	Automatic bool
}

// Preview returns what Deploy would do with a stack, without touching anything. Its errors
// are those that Deploy has before it touches anything. With nested it looks into nested
// stacks, and those that would not change are none of the changes; otherwise every one
// may change (docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_ResourceChangeDetail.html:
// ChangeSource Automatic).
func (e *Engine) Preview(st Stack, nested bool) (Preview, error) {
	e.mu.Lock()
	s := e.stacks[st.Name]
	e.mu.Unlock()
	id := e.stackARN(st.Name, checkedID)
	if s != nil {
		id = s.id
	}
	p, findings := e.compile(st, id, false)
	exists := s != nil && s.status != ReviewInProgress
	if p != nil && exists {
		findings = e.checkUpdate(s, p)
	}
	if len(findings) > 0 {
		return Preview{}, &Refusal{Stack: st.Name, Findings: findings}
	}
	out := Preview{Parameters: p.scope.template.parameterTexts(st.Parameters), Fetched: p.scope.fetched()}
	if exists {
		automatic := map[string]bool{}
		if nested {
			automatic = e.nestedChanges(s)
		} else {
			for id, n := range s.plan.nodes {
				automatic[id] = n.nests()
			}
		}
		out.Changes = e.changes(s, p, automatic)
		if p.fingerprint == s.plan.fingerprint && !s.status.Failed() && len(out.Changes) == 0 {
			return out, ErrNoUpdates
		}
		return out, nil
	}
	for _, id := range p.graph.Order() {
		out.Changes = append(out.Changes, Change{Action: Add, LogicalID: id, Type: p.nodes[id].typ})
	}
	slices.SortFunc(out.Changes, byLogicalID)
	return out, nil
}

func byLogicalID(a, b Change) int { return cmp.Compare(a.LogicalID, b.LogicalID) }

// changes are the changes of an update's resources, by logical id. Those that are automatic
// change whatever their properties are.
func (e *Engine) changes(s *stack, p *plan, automatic map[string]bool) []Change {
	e.mu.Lock()
	defer e.mu.Unlock()
	made := map[string]Change{}
	var out []Change
	for _, id := range p.graph.Order() {
		n, old := p.nodes[id], s.plan.nodes[id]
		c := Change{LogicalID: id, Type: n.typ}
		if old == nil || s.resources[id] == nil || s.resources[id].status == CreateFailed {
			c.Action = Add
		} else if c.Details = n.details(old, made); len(c.Details) == 0 && automatic[id] {
			c.Action, c.PhysicalID, c.Details = Modify, s.resources[id].physical, []ChangeDetail{{Automatic: true}}
		} else if len(c.Details) > 0 || !equal(n.deletion+n.replace, old.deletion+old.replace) {
			c.Action, c.PhysicalID = Modify, s.resources[id].physical
			for _, d := range c.Details {
				c.Replaces = c.Replaces || d.Recreates && d.Cause == ""
				c.MayReplace = c.MayReplace || d.Recreates
			}
		}
		if c.Action != "" {
			made[id] = c
			out = append(out, c)
		}
	}
	for id, r := range s.resources {
		if p.nodes[id] == nil {
			out = append(out, Change{Action: Remove, LogicalID: id, PhysicalID: r.physical, Type: r.typ})
		}
	}
	slices.SortFunc(out, byLogicalID)
	return out
}

// details are the properties of a node that change: those that the templates say, and those
// that depend on a resource that changes.
func (n *node) details(old *node, made map[string]Change) []ChangeDetail {
	names := sortedKeys(n.static)
	for _, name := range sortedKeys(old.static) {
		if _, stays := n.static[name]; !stays {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	var out []ChangeDetail
	for _, name := range names {
		was, is := old.static[name], n.static[name]
		if !equal(was, is) {
			out = append(out, ChangeDetail{Property: name, Recreates: n.recreates(name, was, is)})
		} else if cause := dependsOnChange(is, made); cause != "" {
			out = append(out, ChangeDetail{Property: name, Recreates: n.recreates(name, "before", "after"), Cause: cause})
		}
	}
	return out
}

// recreates reports whether the change of a property makes another physical resource.
func (n *node) recreates(name string, was, is any) bool {
	side := func(v any) map[string]any {
		if v == nil {
			return map[string]any{}
		}
		return map[string]any{name: v}
	}
	return n.rt.Replaces(side(was), side(is))
}

// dependsOnChange is a resource that a value refers to and whose Ref or attributes may
// change: it is replaced, or an attribute of one that changes is used.
func dependsOnChange(v any, made map[string]Change) string {
	switch v := v.(type) {
	case Unknown:
		for _, id := range sortedKeys(made) {
			c := made[id]
			attribute := strings.Contains(v.Expr, `"Fn::GetAtt":["`+id+`"`) || strings.Contains(v.Expr, `"Fn::GetAtt":"`+id+`.`) || strings.Contains(v.Expr, "${"+id+".")
			ref := strings.Contains(v.Expr, `"Ref":"`+id+`"`) || strings.Contains(v.Expr, "${"+id+"}")
			if attribute && c.Action == Modify || ref && c.MayReplace {
				return id
			}
		}
	case []any:
		for _, x := range v {
			if id := dependsOnChange(x, made); id != "" {
				return id
			}
		}
	case map[string]any:
		for _, k := range sortedKeys(v) {
			if id := dependsOnChange(v[k], made); id != "" {
				return id
			}
		}
	}
	return ""
}
