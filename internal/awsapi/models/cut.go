package models

import (
	"fmt"
	"reflect"
	"slices"

	"provenendpoints/internal/awsapi"
)

// Used is an operation with the Go types that it is called with: an [awsapi.Call] or an
// [awsapi.List].
type Used interface {
	Uses() (service, operation string, in, out reflect.Type, list bool)
}

// Cut is the model of some operations, with the members alone that their Go types have.
// It fails for a field that is no member, or whose type the member does not have: the
// call would send or read nothing.
func Cut(operations ...Used) (awsapi.Model, error) {
	m := awsapi.Model{}
	for _, used := range operations {
		name, operation, in, out, list := used.Uses()
		if Versions[name] == "" {
			return nil, fmt.Errorf("there is no model of the service %s", name)
		}
		full := Of(name)[name]
		described, ok := full.Operations[operation]
		if !ok {
			return nil, fmt.Errorf("%s has no operation %s", name, operation)
		}
		if m[name] == nil {
			m[name] = &awsapi.Service{Metadata: full.Metadata, Operations: map[string]awsapi.Operation{}, Shapes: map[string]*awsapi.Shape{}, Pagination: map[string]awsapi.Paginator{}}
		}
		c := cut{full, m[name], operation}
		m[name].Operations[operation] = described
		if err := c.input(described.Input, in); err != nil {
			return nil, err
		}
		if !list {
			if err := c.take(described.Output.Shape, out, operation); err != nil {
				return nil, err
			}
			continue
		}
		page, ok := full.Pagination[operation]
		if !ok || len(page.ResultKey) == 0 {
			return nil, fmt.Errorf("%s of %s has no list in pages", operation, name)
		}
		m[name].Pagination[operation] = page
		c.members(described.Input.Shape, page.InputToken...)
		c.members(described.Output.Shape, page.OutputToken...)
		if page.MoreResults != "" {
			c.members(described.Output.Shape, page.MoreResults)
		}
		if err := c.member(described.Output.Shape, page.ResultKey[0], reflect.SliceOf(out), operation); err != nil {
			return nil, err
		}
	}
	return m, nil
}

// cut takes over what one operation needs.
type cut struct {
	from, to  *awsapi.Service
	operation string
}

func (c cut) input(r *awsapi.Reference, in reflect.Type) error {
	if r == nil {
		return nil
	}
	if err := c.take(r.Shape, in, c.operation); err != nil {
		return err
	}
	c.to.Shapes[r.Shape].Required = c.from.Shapes[r.Shape].Required
	c.members(r.Shape, c.from.Shapes[r.Shape].Required...)
	return nil
}

// members takes members over that no Go type has.
func (c cut) members(shape string, names ...string) {
	for _, name := range names {
		r := c.from.Shapes[shape].Members[name]
		c.shape(shape).Members[name] = r
		c.shape(r.Shape)
	}
}

// shape is a shape of the same name, without members if it is a structure.
func (c cut) shape(name string) *awsapi.Shape {
	if known := c.to.Shapes[name]; known != nil {
		return known
	}
	taken := *c.from.Shapes[name]
	taken.Required = nil
	if taken.Type == "structure" {
		taken.Members = map[string]*awsapi.Reference{}
	}
	c.to.Shapes[name] = &taken
	return &taken
}

// kinds are the Go types of scalars.
var kinds = map[string][]reflect.Kind{
	"string": {reflect.String}, "boolean": {reflect.Bool}, "integer": {reflect.Int}, "long": {reflect.Int},
}

// take takes over a shape as far as the Go type has it.
func (c cut) take(name string, t reflect.Type, at string) error {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	shape := c.from.Shapes[name]
	c.shape(name)
	switch {
	case shape.Type == "structure" && t.Kind() == reflect.Struct:
		for i := range t.NumField() {
			if err := c.member(name, t.Field(i).Name, t.Field(i).Type, at); err != nil {
				return err
			}
		}
		return nil
	case shape.Type == "list" && t.Kind() == reflect.Slice:
		return c.take(shape.Member.Shape, t.Elem(), at)
	case shape.Type == "map" && t.Kind() == reflect.Map && t.Key().Kind() == reflect.String:
		c.shape(shape.Key.Shape)
		return c.take(shape.Value.Shape, t.Elem(), at)
	case shape.Type == "blob" && t == reflect.TypeFor[[]byte](), slices.Contains(kinds[shape.Type], t.Kind()):
		return nil
	}
	return fmt.Errorf("%s: a %s cannot be a %s", at, shape.Type, t)
}

func (c cut) member(shape, name string, t reflect.Type, at string) error {
	r := c.from.Shapes[shape].Members[name]
	if r == nil {
		return fmt.Errorf("%s: %s has no member %s", at, shape, name)
	}
	c.shape(shape).Members[name] = r
	return c.take(r.Shape, t, at+"."+name)
}
