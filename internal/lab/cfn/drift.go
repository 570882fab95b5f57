package cfn

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strconv"

	"provenendpoints/internal/lab/awserr"
)

// Reader is a [ResourceType] that can say what of a resource is as its properties say.
type Reader interface {
	// Read returns the given properties as they were set, and as they are. The error is
	// [ErrNotRead] if nobody can say, and one of "not found" if the resource is gone.
	Read(ctx context.Context, r Request) (expected, actual map[string]any, err error)
}

// ErrNotRead says that the lab cannot compare resources of a type with what there is.
var ErrNotRead = errors.New("resources of this type are not compared with what there is")

// Read reads a resource, if its type can.
func Read(ctx context.Context, t ResourceType, r Request) (expected, actual map[string]any, err error) {
	reader, ok := t.(Reader)
	if !ok {
		return nil, nil, ErrNotRead
	}
	return reader.Read(ctx, r)
}

// DriftStatus is what became of a resource since its stack's last operation
// (docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_StackResourceDrift.html).
type DriftStatus string

// The states of drift.
const (
	InSync     DriftStatus = "IN_SYNC"
	Modified   DriftStatus = "MODIFIED"
	Deleted    DriftStatus = "DELETED"
	NotChecked DriftStatus = "NOT_CHECKED"
)

// Drift is what a resource is, beside what its stack made of it. As in CloudFormation only
// what the template sets is compared; what was added beside it, a further route, say, is no
// drift of anything.
type Drift struct {
	LogicalID, PhysicalID, Type string
	Status                      DriftStatus
	// Expected and Actual are the properties that were compared; Actual is nil if the
	// resource is gone.
	Expected, Actual map[string]any
	Differences      []Difference
}

// Difference is a property that is not as it was set.
type Difference struct {
	// Path leads to it, such as /SecurityGroupIngress/1.
	Path string
	// Kind is ADD, REMOVE or NOT_EQUAL. What is not there is nil.
	Kind             string
	Expected, Actual any
}

// Drift compares resources of a stack with what there is: those that are named, or all.
func (e *Engine) Drift(ctx context.Context, stackName string, logicalIDs ...string) ([]Drift, error) {
	e.mu.Lock()
	s, ok := e.findStack(stackName)
	if !ok || s.plan == nil {
		e.mu.Unlock()
		return nil, awserr.New("ValidationError", "Stack with id %s does not exist", stackName)
	}
	type asked struct {
		t ResourceType
		q Request
	}
	var all []asked
	for _, id := range sortedKeys(s.resources) {
		r := s.resources[id]
		if len(logicalIDs) > 0 && !slices.Contains(logicalIDs, id) || r.physical == "" {
			continue
		}
		q := e.request(s, s.plan, r, maps.Clone(r.props))
		q.PhysicalID = r.physical
		all = append(all, asked{r.rt, q})
	}
	e.mu.Unlock()
	beside := e.Resources(stackName)
	var out []Drift
	for _, a := range all {
		a.q.Beside = beside
		d, err := driftOf(ctx, a.t, a.q)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", a.q.LogicalID, err)
		}
		out = append(out, d)
	}
	return out, nil
}

func driftOf(ctx context.Context, t ResourceType, q Request) (Drift, error) {
	d := Drift{LogicalID: q.LogicalID, PhysicalID: q.PhysicalID, Type: q.Type, Status: InSync, Expected: q.Properties}
	expected, actual, err := Read(ctx, t, q)
	switch {
	case errors.Is(err, ErrNotRead):
		d.Status = NotChecked
		return d, nil
	case awserr.IsNotFound(err):
		d.Status = Deleted
		return d, nil
	case err != nil:
		return d, err
	}
	d.Expected, d.Actual = expected, actual
	if d.Differences = difference("", expected, actual); len(d.Differences) > 0 {
		d.Status = Modified
	}
	return d, nil
}

// difference is what is not equal in two values. What is equal in another order is: the lists
// that are compared are sets of ids and of rules.
func difference(path string, expected, actual any) []Difference {
	switch {
	case reflect.DeepEqual(expected, actual):
		return nil
	case expected == nil:
		return []Difference{{path, "ADD", nil, actual}}
	case actual == nil:
		return []Difference{{path, "REMOVE", expected, nil}}
	}
	if e, a := asMap(expected), asMap(actual); e != nil && a != nil {
		keys := maps.Clone(e)
		maps.Copy(keys, a)
		var out []Difference
		for _, k := range sortedKeys(keys) {
			out = append(out, difference(path+"/"+k, e[k], a[k])...)
		}
		return out
	}
	e, isList := expected.([]any)
	a, areLists := actual.([]any)
	if !isList || !areLists {
		return []Difference{{path, "NOT_EQUAL", expected, actual}}
	}
	var out []Difference
	rest := slices.Clone(a)
	for n, x := range e {
		if at := slices.IndexFunc(rest, func(y any) bool { return reflect.DeepEqual(x, y) }); at >= 0 {
			rest = slices.Delete(rest, at, at+1)
		} else {
			out = append(out, Difference{path + "/" + strconv.Itoa(n), "REMOVE", x, nil})
		}
	}
	for n, y := range a {
		if at := slices.IndexFunc(rest, func(x any) bool { return reflect.DeepEqual(x, y) }); at >= 0 {
			rest = slices.Delete(rest, at, at+1)
			out = append(out, Difference{path + "/" + strconv.Itoa(n), "ADD", nil, y})
		}
	}
	return out
}

func asMap(v any) map[string]any {
	m, _ := v.(map[string]any)
	return m
}

// Read implements [Reader] for what its definition can read.
func (t *definedType[P]) Read(ctx context.Context, r Request) (expected, actual map[string]any, err error) {
	if t.definition.Read == nil {
		return nil, nil, ErrNotRead
	}
	c, err := t.typed(r)
	if err != nil {
		return nil, nil, err
	}
	now, err := t.definition.Read(ctx, c)
	if err != nil {
		return nil, nil, err
	}
	expected, actual = map[string]any{}, map[string]any{}
	for name := range r.Properties {
		f := t.schema.fields[name]
		if f.inert {
			continue
		}
		if v := plain(reflect.ValueOf(c.Props).Field(f.index)); v != nil {
			expected[name] = v
		}
		if v := plain(reflect.ValueOf(now).Field(f.index)); v != nil {
			actual[name] = v
		}
	}
	return expected, actual, nil
}

// plain is a property as a template has it; nil if it is not set.
func plain(v reflect.Value) any {
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		if v.IsNil() {
			return nil
		}
		return plain(v.Elem())
	case reflect.Slice:
		if v.Len() == 0 {
			return nil
		}
		out := make([]any, v.Len())
		for i := range out {
			out[i] = plain(v.Index(i))
		}
		return out
	case reflect.Map:
		out := map[string]any{}
		for _, k := range v.MapKeys() {
			out[k.String()] = plain(v.MapIndex(k))
		}
		return out
	case reflect.Struct:
		out := map[string]any{}
		for i := range v.NumField() {
			if x := plain(v.Field(i)); x != nil {
				out[v.Type().Field(i).Name] = x
			}
		}
		return out
	case reflect.String:
		if v.String() == "" {
			return nil
		}
		return v.String()
	}
	return fmt.Sprint(v.Interface()) // CloudFormation's scalars are texts
}

// Decode reads properties into the Go struct of their type.
func Decode[P any](properties map[string]any) (P, error) {
	var p P
	s, err := schemaOf(reflect.TypeFor[P]())
	if err != nil {
		return p, err
	}
	return p, s.decode(properties, reflect.ValueOf(&p).Elem())
}
