package cfn

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
)

// object is the schema of a struct: its fields by property name.
type object struct {
	fields map[string]*field
	names  []string // in the order of the struct
}

// field is one supported property.
type field struct {
	index    int
	required bool
	replace  bool
	inert    bool
	only     []string
	shape    shape
}

// shape is the form of a value.
type shape struct {
	kind reflect.Kind // String, Bool, Int, Float64, Slice, Map, Struct, Interface
	ptr  bool
	elem *shape  // of slices and maps
	obj  *object // of structs
}

// schemaOf reads the schema from a struct type.
func schemaOf(t reflect.Type) (*object, error) {
	if t.Kind() != reflect.Struct {
		return nil, fmt.Errorf("properties are a %v, not a struct", t.Kind())
	}
	o := &object{fields: map[string]*field{}}
	for i := range t.NumField() {
		sf := t.Field(i)
		if !sf.IsExported() || sf.Anonymous {
			return nil, fmt.Errorf("field %s is embedded or not exported", sf.Name)
		}
		s, err := shapeOf(sf.Type)
		if err != nil {
			return nil, fmt.Errorf("field %s: %w", sf.Name, err)
		}
		f := &field{index: i, shape: s}
		if err := f.options(sf.Tag.Get("cfn")); err != nil {
			return nil, fmt.Errorf("field %s: %w", sf.Name, err)
		}
		o.fields[sf.Name] = f
		o.names = append(o.names, sf.Name)
	}
	return o, nil
}

func (f *field) options(tag string) error {
	if tag == "" {
		return nil
	}
	for _, opt := range strings.Split(tag, ",") {
		switch only, isOnly := strings.CutPrefix(opt, "only="); {
		case isOnly:
			f.only = strings.Split(only, "|")
		case opt == "required":
			f.required = true
		case opt == "replace":
			f.replace = true
		case opt == "inert":
			f.inert = true
		default:
			return fmt.Errorf("unknown option %q", opt)
		}
	}
	return nil
}

func shapeOf(t reflect.Type) (shape, error) {
	if t.Kind() == reflect.Pointer {
		s, err := shapeOf(t.Elem())
		s.ptr = true
		return s, err
	}
	s := shape{kind: t.Kind()}
	switch t.Kind() {
	case reflect.String, reflect.Bool, reflect.Int, reflect.Float64, reflect.Interface:
		return s, nil
	case reflect.Map:
		if t.Key().Kind() != reflect.String {
			return s, fmt.Errorf("map keys are %v", t.Key())
		}
		fallthrough
	case reflect.Slice:
		e, err := shapeOf(t.Elem())
		s.elem = &e
		return s, err
	case reflect.Struct:
		o, err := schemaOf(t)
		s.obj = o
		return s, err
	}
	return s, fmt.Errorf("type %v is not for properties", t)
}

// mutable returns a property that can change in place, if there is one.
func (o *object) mutable() (string, bool) {
	for _, n := range o.names {
		f := o.fields[n]
		switch {
		case f.replace || f.inert:
		case f.shape.kind == reflect.Struct:
			if sub, ok := f.shape.obj.mutable(); ok {
				return n + "." + sub, true
			}
		default:
			return n, true
		}
	}
	return "", false
}

// replaces reports whether a property that needs replacement differs.
func (o *object) replaces(old, new map[string]any) bool {
	for n, f := range o.fields {
		if f.replace {
			if !equal(old[n], new[n]) {
				return true
			}
		} else if f.shape.kind == reflect.Struct {
			a, _ := old[n].(map[string]any)
			b, _ := new[n].(map[string]any)
			if f.shape.obj.replaces(a, b) {
				return true
			}
		}
	}
	return false
}

// equal reports whether two values are the same to CloudFormation, for which 443
// is "443".
func equal(a, b any) bool { return reflect.DeepEqual(stringify(a), stringify(b)) }

// check adds findings about properties that are not supported, missing or of the
// wrong form. path is where the object is: "" at the top, else with a final dot.
func (o *object) check(path string, props map[string]any, out *Findings) {
	for _, n := range sortedKeys(props) {
		f, ok := o.fields[n]
		if !ok {
			*out = append(*out, fmt.Sprintf("property %s%s is not supported", path, n))
			continue
		}
		f.check(path+n, props[n], out)
	}
	for _, n := range o.names {
		if _, ok := props[n]; !ok && o.fields[n].required {
			*out = append(*out, fmt.Sprintf("property %s%s is required", path, n))
		}
	}
}

func (f *field) check(path string, v any, out *Findings) {
	f.shape.check(path, v, out)
	if f.only == nil {
		return
	}
	list, ok := v.([]any)
	if !ok {
		list = []any{v}
	}
	for _, e := range list {
		if s, ok := scalarText(e); ok && !slices.Contains(f.only, s) {
			*out = append(*out, fmt.Sprintf("property %s: %q is not supported, only %s", path, s, strings.Join(f.only, ", ")))
		}
	}
}

func (s shape) check(path string, v any, out *Findings) {
	if _, ok := v.(Unknown); ok || s.kind == reflect.Interface {
		return
	}
	wrong := func(want string) {
		*out = append(*out, fmt.Sprintf("property %s must be %s, not %s", path, want, typeName(v)))
	}
	switch s.kind {
	case reflect.Slice:
		list, ok := v.([]any)
		if !ok {
			wrong("a list")
		}
		for i, e := range list {
			s.elem.check(fmt.Sprintf("%s[%d]", path, i), e, out)
		}
	case reflect.Map:
		m, ok := v.(map[string]any)
		if !ok {
			wrong("an object")
		}
		for _, k := range sortedKeys(m) {
			s.elem.check(path+"."+k, m[k], out)
		}
	case reflect.Struct:
		m, ok := v.(map[string]any)
		if !ok {
			wrong("an object")
			return
		}
		s.obj.check(path+".", m, out)
	default:
		text, ok := scalarText(v)
		if !ok {
			wrong("a scalar")
		} else if err := s.scalar(text, reflect.Value{}); err != nil {
			*out = append(*out, fmt.Sprintf("property %s: %v", path, err))
		}
	}
}
