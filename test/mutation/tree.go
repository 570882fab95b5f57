package mutation

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// tree is a template as JSON.
type tree map[string]any

func parse(template []byte) (tree, error) {
	var t tree
	if err := json.Unmarshal(template, &t); err != nil {
		return nil, fmt.Errorf("template: %w", err)
	}
	return t, nil
}

// clone copies the template, so that a mutant can be cut out of it.
func (t tree) clone() tree { return tree(copied(map[string]any(t)).(map[string]any)) }

func copied(v any) any {
	switch v := v.(type) {
	case map[string]any:
		out := make(map[string]any, len(v))
		for k, e := range v {
			out[k] = copied(e)
		}
		return out
	case []any:
		out := make([]any, len(v))
		for i, e := range v {
			out[i] = copied(e)
		}
		return out
	}
	return v
}

// resources are the template's resources; ids their logical ids, sorted.
func (t tree) resources() map[string]any { r, _ := t["Resources"].(map[string]any); return r }
func (t tree) ids() []string             { return slices.Sorted(maps.Keys(t.resources())) }

func (t tree) resource(id string) map[string]any {
	r, _ := t.resources()[id].(map[string]any)
	return r
}

func (t tree) typeOf(id string) string { s, _ := t.resource(id)["Type"].(string); return s }

func (t tree) properties(id string) map[string]any {
	p, _ := t.resource(id)["Properties"].(map[string]any)
	return p
}

// ofType returns the ids of the resources of a type, sorted.
func (t tree) ofType(typ string) []string {
	return slices.DeleteFunc(t.ids(), func(id string) bool { return t.typeOf(id) != typ })
}

// add puts a resource into the template.
func (t tree) add(id, typ string, properties map[string]any, dependsOn ...any) {
	r := map[string]any{"Type": typ, "Properties": properties}
	if len(dependsOn) > 0 {
		r["DependsOn"] = dependsOn
	}
	t.resources()[id] = r
}

// dependsOn returns the explicit dependencies of a resource.
func (t tree) dependsOn(id string) []any {
	switch d := t.resource(id)["DependsOn"].(type) {
	case []any:
		return d
	case string:
		return []any{d}
	}
	return nil
}

// referenced tells whether another resource or an output needs id otherwise
// than by DependsOn.
func (t tree) referenced(id string) bool {
	for _, other := range t.ids() {
		if other != id && mentions(t.properties(other), id) {
			return true
		}
	}
	return mentions(t["Outputs"], id)
}

// mentions tells whether v holds a Ref, Fn::GetAtt or Fn::Sub of id.
func mentions(v any, id string) bool {
	switch v := v.(type) {
	case map[string]any:
		for k, e := range v {
			switch k {
			case "Ref":
				if e == id {
					return true
				}
			case "Fn::GetAtt":
				if list, ok := e.([]any); ok && len(list) > 0 && list[0] == id {
					return true
				}
			case "Fn::Sub":
				if text, ok := e.(string); ok && (strings.Contains(text, "${"+id+"}") || strings.Contains(text, "${"+id+".")) {
					return true
				}
			}
			if mentions(e, id) {
				return true
			}
		}
	case []any:
		return slices.ContainsFunc(v, func(e any) bool { return mentions(e, id) })
	}
	return false
}

// path leads to a place inside a resource's properties.
type path []any

func (p path) String() string {
	var b strings.Builder
	for _, step := range p {
		switch step := step.(type) {
		case string:
			if b.Len() > 0 {
				b.WriteByte('.')
			}
			b.WriteString(step)
		case int:
			b.WriteString("[" + strconv.Itoa(step) + "]")
		}
	}
	return b.String()
}

// walk visits every place below v, the containers before what they hold. It
// does not look inside intrinsic functions.
func walk(v any, at path, visit func(path, any)) {
	if len(at) > 0 {
		visit(at, v)
	}
	switch v := v.(type) {
	case map[string]any:
		if intrinsic(v) {
			return
		}
		for _, k := range slices.Sorted(maps.Keys(v)) {
			walk(v[k], append(slices.Clone(at), k), visit)
		}
	case []any:
		for i, e := range v {
			walk(e, append(slices.Clone(at), i), visit)
		}
	}
}

// intrinsic tells whether v is a call of an intrinsic function.
func intrinsic(v map[string]any) bool {
	if len(v) != 1 {
		return false
	}
	for k := range v {
		return k == "Ref" || strings.HasPrefix(k, "Fn::")
	}
	return false
}

// set puts value at a place, remove takes the place away.
func set(root map[string]any, at path, value any) {
	edit(root, at, func(any) (any, bool) { return value, true })
}

func remove(root map[string]any, at path) {
	edit(root, at, func(any) (any, bool) { return nil, false })
}

// edit replaces what is at a place, or removes it if change says false.
func edit(v any, at path, change func(any) (any, bool)) any {
	last := len(at) == 1
	switch step := at[0].(type) {
	case string:
		m := v.(map[string]any)
		if !last {
			m[step] = edit(m[step], at[1:], change)
		} else if value, keep := change(m[step]); keep {
			m[step] = value
		} else {
			delete(m, step)
		}
		return m
	case int:
		l := v.([]any)
		if !last {
			l[step] = edit(l[step], at[1:], change)
		} else if value, keep := change(l[step]); keep {
			l[step] = value
		} else {
			l = slices.Delete(l, step, step+1)
		}
		return l
	}
	return v
}
