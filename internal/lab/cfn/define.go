package cfn

import (
	"context"
	"fmt"
	"reflect"
)

// Definition describes a resource type by the Go struct P of its properties. The
// struct's fields, named as in the template, are the properties that the type
// supports; everything else is refused by name. A field's tag `cfn:"…"` holds
// any of these, separated by commas:
//
//	required    the property must be there
//	replace     changing it needs a new physical resource
//	inert       accepted, but changes nothing that the lab models; a comment
//	            beside the field says why
//	only=a|b    no other values are supported
//
// Fields are strings, booleans, numbers, pointers to these (nil if not given),
// slices, maps with string keys, structs of the same form, or any, which is not
// checked. Scalars are converted as CloudFormation does: "443" is a number.
//
//	type vpcProps struct {
//		CidrBlock       string   `cfn:"required,replace"`
//		EnableDnsSupport *bool
//		InstanceTenancy string   `cfn:"only=default"`
//		Tags            cfn.Tags `cfn:"inert"` // nothing reads tags
//	}
type Definition[P any] struct {
	// Attributes are the names that Fn::GetAtt may have.
	Attributes []string
	// Validate returns findings that the fields alone do not show, such as two
	// properties that exclude each other. It receives the properties that
	// [ResourceType.Check] receives. Optional.
	Validate func(properties map[string]any) Findings
	// Inert says what of a resource does nothing in the lab, such as a function that
	// cannot run here; empty: nothing. The deployment lists it. Values that depend on
	// other resources are zero. Default: the resource is complete.
	Inert func(properties P, assets map[string]string) string
	// Create makes the resource. Required.
	Create func(ctx context.Context, r TypedRequest[P]) (Result, error)
	// Update changes it in place. Required if there is a property that is
	// neither replace nor inert.
	Update func(ctx context.Context, r TypedRequest[P]) (Result, error)
	// Read returns the properties as they are now: those of the request, with whatever calls
	// can change as it is. An error of "not found" says that the resource is gone. Default: its
	// drift is not checked.
	Read func(ctx context.Context, r TypedRequest[P]) (P, error)
	// Delete removes it. Default: nothing to remove.
	Delete func(ctx context.Context, r TypedRequest[P]) error
}

// TypedRequest is a [Request] with its properties decoded.
type TypedRequest[P any] struct {
	Request
	// Props are the properties, Old those before an update.
	Props, Old P
}

// Define makes a resource type. It panics if P or its tags are malformed, or if
// Create or a needed Update is missing: these are mistakes in the program.
func Define[P any](d Definition[P]) ResourceType {
	t := reflect.TypeFor[P]()
	s, err := schemaOf(t)
	if err != nil {
		panic(fmt.Sprintf("cfn: %v: %v", t, err))
	}
	if d.Create == nil {
		panic(fmt.Sprintf("cfn: %v: no Create", t))
	}
	if p, ok := s.mutable(); ok && d.Update == nil {
		panic(fmt.Sprintf("cfn: %v: %s can change in place, but there is no Update", t, p))
	}
	return &definedType[P]{definition: d, schema: s}
}

type definedType[P any] struct {
	definition Definition[P]
	schema     *object
}

var _ interface {
	ResourceType
	Attributed
} = (*definedType[struct{}])(nil)

func (t *definedType[P]) Attributes() []string { return t.definition.Attributes }

func (t *definedType[P]) Check(properties map[string]any) error {
	var f Findings
	t.schema.check("", properties, &f)
	if t.definition.Validate != nil {
		f = append(f, t.definition.Validate(properties)...)
	}
	if len(f) == 0 {
		return nil
	}
	return f
}

// Inert implements [Inert].
func (t *definedType[P]) Inert(properties map[string]any, assets map[string]string) string {
	if t.definition.Inert == nil {
		return ""
	}
	var p P
	t.schema.fill(knownPart(properties).(map[string]any), reflect.ValueOf(&p).Elem())
	return t.definition.Inert(p, assets)
}

// knownPart leaves out what is not known yet.
func knownPart(v any) any {
	switch v := v.(type) {
	case map[string]any:
		out := map[string]any{}
		for k, x := range v {
			if _, unknown := x.(Unknown); !unknown {
				out[k] = knownPart(x)
			}
		}
		return out
	case []any:
		var out []any
		for _, x := range v {
			if _, unknown := x.(Unknown); !unknown {
				out = append(out, knownPart(x))
			}
		}
		return out
	}
	return v
}

func (t *definedType[P]) Replaces(old, new map[string]any) bool { return t.schema.replaces(old, new) }

func (t *definedType[P]) Create(ctx context.Context, r Request) (Result, error) {
	c, err := t.typed(r)
	if err != nil {
		return Result{}, err
	}
	return t.definition.Create(ctx, c)
}

func (t *definedType[P]) Update(ctx context.Context, r Request) (Result, error) {
	if t.definition.Update == nil {
		return Result{}, nil
	}
	c, err := t.typed(r)
	if err != nil {
		return Result{}, err
	}
	if err := t.schema.decode(r.OldProperties, reflect.ValueOf(&c.Old).Elem()); err != nil {
		return Result{}, err
	}
	return t.definition.Update(ctx, c)
}

func (t *definedType[P]) Delete(ctx context.Context, r Request) error {
	if t.definition.Delete == nil {
		return nil
	}
	c, err := t.typed(r)
	if err != nil {
		return err
	}
	return t.definition.Delete(ctx, c)
}

// typed decodes the properties. It checks them against the schema once more,
// because some values were unknown when the template was checked.
func (t *definedType[P]) typed(r Request) (TypedRequest[P], error) {
	c := TypedRequest[P]{Request: r}
	if err := t.schema.decode(r.Properties, reflect.ValueOf(&c.Props).Elem()); err != nil {
		return c, err
	}
	return c, nil
}

// Tag is a resource tag. As a property type use [Tags].
type Tag struct{ Key, Value string }

// Tags are the tags of a resource.
type Tags []Tag

// Get returns the value of the tag with this key, or "".
func (t Tags) Get(key string) string {
	for _, e := range t {
		if e.Key == key {
			return e.Value
		}
	}
	return ""
}
