package awsapi

import (
	"fmt"
	"reflect"
	"time"
)

// valueOf turns a Go structure into a value: its exported fields are members of the
// same names. Fields with their zero value are left out.
func valueOf(v reflect.Value) any {
	switch v.Kind() {
	case reflect.Struct:
		members := map[string]any{}
		for i := range v.NumField() {
			if f := v.Field(i); !f.IsZero() {
				members[v.Type().Field(i).Name] = valueOf(f)
			}
		}
		return members
	case reflect.Slice:
		if v.Type().Elem().Kind() == reflect.Uint8 {
			return v.Bytes()
		}
		items := make([]any, v.Len())
		for i := range items {
			items[i] = valueOf(v.Index(i))
		}
		return items
	case reflect.Int:
		return v.Int()
	}
	return v.Interface()
}

// fill reads a value into a Go value: a structure's members into the fields of the same
// names, a map's entries into a map by text. Members without a field are left out, as are fields without a member.
func fill(to reflect.Value, v any) error {
	wrong := func() error { return fmt.Errorf("a %T does not fit into a %s", v, to.Type()) }
	switch to.Kind() {
	case reflect.Pointer:
		to.Set(reflect.New(to.Type().Elem()))
		return fill(to.Elem(), v)
	case reflect.Struct:
		if at, ok := v.(time.Time); ok && to.Type() == reflect.TypeFor[time.Time]() {
			to.Set(reflect.ValueOf(at))
			return nil
		}
		members, ok := v.(map[string]any)
		if !ok {
			return wrong()
		}
		for i := range to.NumField() {
			name := to.Type().Field(i).Name
			if member, ok := members[name]; ok && member != nil {
				if err := fill(to.Field(i), member); err != nil {
					return fmt.Errorf("%s: %w", name, err)
				}
			}
		}
		return nil
	case reflect.Map:
		entries, ok := v.(map[string]any)
		if !ok {
			return wrong()
		}
		to.Set(reflect.MakeMapWithSize(to.Type(), len(entries)))
		for key, entry := range entries {
			value := reflect.New(to.Type().Elem()).Elem()
			if err := fill(value, entry); err != nil {
				return fmt.Errorf("[%s]: %w", key, err)
			}
			to.SetMapIndex(reflect.ValueOf(key), value)
		}
		return nil
	case reflect.Slice:
		if data, ok := v.([]byte); ok {
			to.SetBytes(data)
			return nil
		}
		items, ok := v.([]any)
		if !ok {
			return wrong()
		}
		to.Set(reflect.MakeSlice(to.Type(), len(items), len(items)))
		for i, item := range items {
			if err := fill(to.Index(i), item); err != nil {
				return fmt.Errorf("[%d]: %w", i, err)
			}
		}
		return nil
	}
	from := reflect.ValueOf(v)
	if !from.CanConvert(to.Type()) || from.Kind() == reflect.Int64 != (to.Kind() == reflect.Int) {
		return wrong()
	}
	to.Set(from.Convert(to.Type()))
	return nil
}
