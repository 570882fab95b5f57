package why

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"provenendpoints/internal/contract"
	"provenendpoints/internal/template"
)

// object is a JSON object.
type object = map[string]any

// document is a template that is edited.
type document object

// read reads a template.
func read(text []byte) (document, error) {
	var d document
	if err := json.Unmarshal(text, &d); err != nil {
		return nil, fmt.Errorf("the template is not a JSON object: %w", err)
	}
	return d, nil
}

// text is the template, with the digest that its proofs want of it.
func (d document) text() ([]byte, error) {
	text, err := json.Marshal(d)
	if err != nil {
		return nil, err
	}
	parsed, err := template.Parse(text)
	if err != nil {
		return nil, err
	}
	digested := false
	for _, id := range d.ofType(contract.ResourceType) {
		stacks, _ := d.properties(id)["Stacks"].(object)
		for name := range stacks {
			stacks[name] = parsed.Digest(contract.ResourceType)
			digested = true
		}
	}
	if !digested {
		return text, nil
	}
	return json.Marshal(d)
}

// clone is a deep copy.
func (d document) clone() document { return document(template.Clone(object(d)).(object)) }

func (d document) resources() object { o, _ := d["Resources"].(object); return o }

func (d document) ids() []string { return slices.Sorted(maps.Keys(d.resources())) }

func (d document) resource(id string) object { o, _ := d.resources()[id].(object); return o }

func (d document) typeOf(id string) string { s, _ := d.resource(id)["Type"].(string); return s }

// properties are those of a resource, which are made if it has none.
func (d document) properties(id string) object {
	r := d.resource(id)
	if r == nil {
		return nil
	}
	p, _ := r["Properties"].(object)
	if p == nil {
		p = object{}
		r["Properties"] = p
	}
	return p
}

func (d document) ofType(types ...string) []string {
	return slices.DeleteFunc(d.ids(), func(id string) bool { return !slices.Contains(types, d.typeOf(id)) })
}

// add adds a resource under a free id that begins with a name, which the proofs wait for.
func (d document) add(name, typ string, p object) string {
	id := name
	for n := 2; d.resources()[id] != nil; n++ {
		id = fmt.Sprintf("%s%d", name, n)
	}
	d.resources()[id] = object{"Type": typ, "Properties": p}
	for _, proof := range d.ofType(contract.ResourceType) {
		d.depend(proof, id)
	}
	return id
}

// depend lets a resource wait for another one.
func (d document) depend(id, on string) {
	r := d.resource(id)
	if r == nil {
		return
	}
	var list []any
	switch have := r["DependsOn"].(type) {
	case []any:
		list = have
	case string:
		list = []any{have}
	}
	if !slices.Contains(list, any(on)) {
		r["DependsOn"] = append(list, on)
	}
}

// remove removes a resource, and with it what cannot be without it: the elements of lists
// that name it, and the resources that name it otherwise. It is false if that is more than
// a few, or touches what a proof or an output needs.
func (d document) remove(id string) bool {
	gone := []string{id}
	for i := 0; i < len(gone); i++ {
		if d.typeOf(gone[i]) == contract.ResourceType || i == maxRemoved || mentions(d["Outputs"], gone[i]) {
			return false
		}
		delete(d.resources(), gone[i])
		for _, other := range d.ids() {
			r := d.resource(other)
			if on, ok := r["DependsOn"]; ok {
				r["DependsOn"] = without(on, gone[i])
			}
			p, needed := prune(r["Properties"], gone[i])
			if p != nil {
				r["Properties"] = p
			}
			if needed && !slices.Contains(gone, other) {
				gone = append(gone, other)
			}
		}
	}
	return true
}

// removeWhole removes a resource, as remove does, and then what nothing refers to any more
// but did before: what was there for it alone. keep says what stays.
func (d document) removeWhole(id string, keep func(id string) bool) bool {
	before := d.clone()
	if !d.remove(id) {
		return false
	}
	for removed := true; removed; {
		removed = false
		for _, other := range d.ids() {
			if keep(other) || !before.referenced(other) || d.referenced(other) {
				continue
			}
			if removed = d.remove(other); !removed {
				return false
			}
		}
	}
	return true
}

// referenced reports whether another resource or an output refers to a resource, or
// depends on it.
func (d document) referenced(id string) bool {
	for _, other := range d.ids() {
		if other != id && (mentions(d.properties(other), id) || dependsOn(d.resource(other)["DependsOn"], id)) {
			return true
		}
	}
	return mentions(d["Outputs"], id)
}

func dependsOn(on any, id string) bool {
	list, ok := on.([]any)
	return ok && slices.Contains(list, any(id)) || on == id
}

// maxRemoved is how many resources go with one that is removed.
const maxRemoved = 8

// without is a list of dependencies without one of them.
func without(on any, id string) any {
	list, ok := on.([]any)
	if !ok {
		if on == id {
			return []any{}
		}
		return on
	}
	return slices.DeleteFunc(list, func(v any) bool { return v == id })
}

// prune removes the elements of lists that name a resource. needed reports whether the
// resource is named elsewhere too.
func prune(v any, id string) (pruned any, needed bool) {
	switch v := v.(type) {
	case []any:
		out := make([]any, 0, len(v))
		for _, e := range v {
			if target(e) == id {
				continue
			}
			p, n := prune(e, id)
			out, needed = append(out, p), needed || n
		}
		if len(out) == 0 && len(v) > 0 {
			return v, true
		}
		return out, needed
	case object:
		if isIntrinsic(v) {
			return v, mentions(v, id)
		}
		for key, inner := range v {
			p, n := prune(inner, id)
			v[key], needed = p, needed || n
		}
	}
	return v, needed
}

// ref is a reference to a resource, attribute one to an attribute.
func ref(id string) object { return object{"Ref": id} }

func attribute(id, name string) object { return object{"Fn::GetAtt": []any{id, name}} }

// target is the resource that a value refers to; empty if it is no reference.
func target(v any) string {
	o, _ := v.(object)
	if id, ok := o["Ref"].(string); ok && len(o) == 1 {
		return id
	}
	switch at := o["Fn::GetAtt"].(type) {
	case []any:
		if len(at) > 0 {
			id, _ := at[0].(string)
			return id
		}
	case string:
		id, _, _ := strings.Cut(at, ".")
		return id
	}
	return ""
}

// targets are the resources that the elements of a list refer to, or a value.
func targets(v any) []string {
	list, ok := v.([]any)
	if !ok {
		list = []any{v}
	}
	var out []string
	for _, e := range list {
		if id := target(e); id != "" {
			out = append(out, id)
		}
	}
	return out
}

// mentions reports whether a value refers to a resource anywhere.
func mentions(v any, id string) bool {
	found := false
	template.VisitReferences(v, func(other string) { found = found || other == id })
	return found
}

func isIntrinsic(o object) bool {
	if len(o) != 1 {
		return false
	}
	for key := range o {
		return key == "Ref" || key == "Condition" || strings.HasPrefix(key, "Fn::")
	}
	return false
}

// same reports whether two values are equal as JSON.
func same(a, b any) bool {
	x, errA := json.Marshal(a)
	y, errB := json.Marshal(b)
	return errA == nil && errB == nil && string(x) == string(y)
}

// sortedKeys are the keys of a map in order.
func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
