package cfn

import (
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strconv"
	"strings"
)

// decode fills dst, a struct, from resolved properties after checking them.
func (o *object) decode(props map[string]any, dst reflect.Value) error {
	var f Findings
	o.check("", props, &f)
	if len(f) > 0 {
		return errors.New(strings.ReplaceAll(f.Error(), "\n", "; "))
	}
	o.fill(props, dst)
	return nil
}

func (o *object) fill(props map[string]any, dst reflect.Value) {
	for n, v := range props {
		f := o.fields[n]
		f.shape.fill(v, dst.Field(f.index))
	}
}

func (s shape) fill(v any, dst reflect.Value) {
	if s.ptr {
		dst.Set(reflect.New(dst.Type().Elem()))
		dst = dst.Elem()
	}
	switch s.kind {
	case reflect.Interface:
		if v != nil {
			dst.Set(reflect.ValueOf(v))
		}
	case reflect.Slice:
		list := v.([]any)
		dst.Set(reflect.MakeSlice(dst.Type(), len(list), len(list)))
		for i, e := range list {
			s.elem.fill(e, dst.Index(i))
		}
	case reflect.Map:
		m := v.(map[string]any)
		dst.Set(reflect.MakeMapWithSize(dst.Type(), len(m)))
		for k, e := range m {
			ev := reflect.New(dst.Type().Elem()).Elem()
			s.elem.fill(e, ev)
			dst.SetMapIndex(reflect.ValueOf(k).Convert(dst.Type().Key()), ev)
		}
	case reflect.Struct:
		s.obj.fill(v.(map[string]any), dst)
	default:
		text, _ := scalarText(v)
		_ = s.scalar(text, dst) // checked before
	}
}

// scalar converts text to the scalar's kind and, if dst is valid, stores it.
func (s shape) scalar(text string, dst reflect.Value) error {
	switch s.kind {
	case reflect.Bool:
		// Booleans come as text, too, and with a capital: as YAML 1.1 and Python write them.
		if text = strings.ToLower(text); text != "true" && text != "false" {
			return fmt.Errorf("%q is not a boolean", text)
		}
		if dst.IsValid() {
			dst.SetBool(text == "true")
		}
	case reflect.Int:
		n, err := strconv.Atoi(text)
		if err != nil {
			return fmt.Errorf("%q is not an integer", text)
		}
		if dst.IsValid() {
			dst.SetInt(int64(n))
		}
	case reflect.Float64:
		x, err := json.Number(text).Float64()
		if err != nil {
			return fmt.Errorf("%q is not a number", text)
		}
		if dst.IsValid() {
			dst.SetFloat(x)
		}
	default:
		if dst.IsValid() {
			dst.SetString(text)
		}
	}
	return nil
}
