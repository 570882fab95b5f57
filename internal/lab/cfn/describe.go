package cfn

import (
	"cmp"
	"encoding/json"
	"maps"
	"slices"
)

// Stack returns a stack by its name or ARN. Deleted stacks are found by ARN
// only, as with DescribeStacks.
func (e *Engine) Stack(name string) (StackInfo, bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	s, ok := e.findStack(name)
	if !ok {
		return StackInfo{}, false
	}
	return s.info(), true
}

// Stacks returns all stacks that are not deleted, by name.
func (e *Engine) Stacks() []StackInfo {
	e.mu.Lock()
	defer e.mu.Unlock()
	var out []StackInfo
	for _, name := range sortedKeys(e.stacks) {
		out = append(out, e.stacks[name].info())
	}
	return out
}

// Deleted returns the stacks that were deleted, in the order of their deletions.
func (e *Engine) Deleted() []StackInfo {
	e.mu.Lock()
	defer e.mu.Unlock()
	var out []StackInfo
	for _, s := range e.deleted {
		out = append(out, s.info())
	}
	return out
}

// Resources returns the resources of a stack, by logical id.
func (e *Engine) Resources(name string) []ResourceInfo {
	e.mu.Lock()
	defer e.mu.Unlock()
	s, ok := e.findStack(name)
	if !ok {
		return nil
	}
	out := make([]ResourceInfo, 0, len(s.resources))
	for _, r := range s.resources {
		out = append(out, ResourceInfo{
			LogicalID: r.id, PhysicalID: r.physical, Type: r.typ, Status: r.status, Reason: r.reason, Updated: r.changed,
			Attributes: r.attributes(), Properties: maps.Clone(r.props),
		})
	}
	slices.SortFunc(out, func(a, b ResourceInfo) int { return cmp.Compare(a.LogicalID, b.LogicalID) })
	return out
}

// Template returns the template of a stack as it was given: while an update is
// under way, that of the update.
func (e *Engine) Template(name string) []byte {
	e.mu.Lock()
	defer e.mu.Unlock()
	s, ok := e.findStack(name)
	switch {
	case !ok || s.plan == nil:
		return nil
	case s.deploying != nil:
		return s.deploying.stack.source()
	}
	return s.plan.stack.source()
}

// ConstructPaths returns the paths in the construct tree that CDK leaves in a stack's
// template, by logical id.
func (e *Engine) ConstructPaths(name string) map[string]string {
	var t struct {
		Resources map[string]struct {
			Metadata struct {
				Path string `json:"aws:cdk:path"`
			}
		}
	}
	if json.Unmarshal(e.Template(name), &t) != nil {
		return nil
	}
	out := map[string]string{}
	for id, r := range t.Resources {
		out[id] = r.Metadata.Path
	}
	return out
}

// Assets returns the paths of what a stack's template names by object keys.
func (e *Engine) Assets(name string) map[string]string {
	e.mu.Lock()
	defer e.mu.Unlock()
	if s, ok := e.findStack(name); ok && s.plan != nil {
		return maps.Clone(s.plan.stack.Assets)
	}
	return nil
}

// Given returns the values that a stack's parameters were given, without defaults.
func (e *Engine) Given(name string) map[string]string {
	e.mu.Lock()
	defer e.mu.Unlock()
	if s, ok := e.findStack(name); ok && s.plan != nil {
		return maps.Clone(s.plan.stack.Parameters)
	}
	return nil
}

// source is a copy of the template as it was given.
func (s Stack) source() []byte {
	if s.Source != nil {
		return slices.Clone(s.Source)
	}
	return slices.Clone(s.Template)
}

// Events returns the events of a stack, oldest first.
func (e *Engine) Events(name string) []Event {
	e.mu.Lock()
	defer e.mu.Unlock()
	s, ok := e.findStack(name)
	if !ok {
		return nil
	}
	return slices.Clone(s.events)
}

// Retained returns the events about the resources that exist although they belong to
// the stack no more, those of its nested stacks included: their DeletionPolicy or
// UpdateReplacePolicy says so.
func (e *Engine) Retained(name string) []Event {
	var out []Event
	for _, ev := range e.Events(name) {
		switch {
		case ev.Status == DeleteSkipped:
			out = append(out, ev)
		case ev.Type == stackType && !ev.OfStack() && ev.Status == DeleteComplete:
			out = append(out, e.Retained(ev.PhysicalID)...)
		}
	}
	return out
}

// AllRetained returns the events about the resources that stacks left, deleted stacks
// included, as Retained returns those of one.
func (e *Engine) AllRetained() []Event {
	e.mu.Lock()
	defer e.mu.Unlock()
	var out []Event
	for _, s := range slices.AppendSeq(slices.Clone(e.deleted), maps.Values(e.stacks)) {
		for _, ev := range s.events {
			if ev.Status == DeleteSkipped {
				out = append(out, ev)
			}
		}
	}
	return out
}

// Exports returns the outputs that stacks export, by the exports' names, each with the id
// of its stack.
func (e *Engine) Exports() []Export {
	e.mu.Lock()
	defer e.mu.Unlock()
	var out []Export
	for _, s := range e.stacks {
		for _, o := range s.outputs {
			if o.Export != "" {
				out = append(out, Export{StackID: s.id, Name: o.Export, Value: o.Value})
			}
		}
	}
	slices.SortFunc(out, func(a, b Export) int { return cmp.Compare(a.Name, b.Name) })
	return out
}

// Importers returns the names of the stacks that use an export.
func (e *Engine) Importers(export string) []string { return e.importers(export) }

// findStack finds a stack by its name or ARN. The caller holds the lock.
func (e *Engine) findStack(name string) (*stack, bool) {
	if s, ok := e.stacks[name]; ok {
		return s, true
	}
	for _, s := range e.stacks {
		if s.id == name {
			return s, true
		}
	}
	for _, s := range e.deleted {
		if s.id == name {
			return s, true
		}
	}
	return nil, false
}

// info describes the stack. The caller holds the engine's lock.
func (s *stack) info() StackInfo {
	i := StackInfo{
		Name: s.name, ID: s.id, Status: s.status, Reason: s.reason,
		Created: s.created, Updated: s.updated, Outputs: slices.Clone(s.outputs),
	}
	if s.plan != nil {
		given := s.plan.stack
		i.Description = s.plan.scope.template.description
		i.Parameters, i.Tags = s.plan.scope.template.parameterTexts(given.Parameters), maps.Clone(given.Tags)
		i.Role, i.NoRollback = given.Role, given.NoRollback
	}
	return i
}

// attributes are the values of Fn::GetAtt as they are now.
func (r *resource) attributes() map[string]any {
	out := maps.Clone(r.attrs)
	for name, v := range out {
		if live, ok := v.(Live); ok {
			out[name] = live()
		}
	}
	return out
}
