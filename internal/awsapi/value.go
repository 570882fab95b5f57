package awsapi

import (
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"slices"
	"time"

	"github.com/aws/smithy-go"
)

// Values are what JSON has, with []byte and [time.Time] beside: structures and maps are
// map[string]any, lists []any. Numbers are int64 or float64, or [json.Number] in an input.

// checkInput reports what of an input the operation does not take. Errors name the place.
func checkInput(s *smithy.Schema, v any, at string) error {
	wrong := func(want string) error { return fmt.Errorf("%s: must be %s, got %T", at, want, v) }
	switch s.Type() {
	case smithy.ShapeTypeStructure:
		members, ok := v.(map[string]any)
		if !ok {
			return wrong("a structure")
		}
		for _, name := range slices.Sorted(maps.Keys(members)) {
			member := s.Member(name)
			if member == nil {
				return fmt.Errorf("%s: has no member %s", at, name)
			}
			if err := checkInput(member, members[name], at+"."+name); err != nil {
				return err
			}
		}
	case smithy.ShapeTypeList:
		items, ok := v.([]any)
		if !ok {
			return wrong("a list")
		}
		for i, item := range items {
			if err := checkInput(s.ListMember(), item, fmt.Sprintf("%s[%d]", at, i)); err != nil {
				return err
			}
		}
	case smithy.ShapeTypeMap:
		entries, ok := v.(map[string]any)
		if !ok {
			return wrong("a map")
		}
		for _, key := range slices.Sorted(maps.Keys(entries)) {
			if err := checkInput(s.MapValue(), entries[key], at+"."+key); err != nil {
				return err
			}
		}
	case smithy.ShapeTypeString:
		if _, ok := v.(string); !ok {
			return wrong("text")
		}
	case smithy.ShapeTypeBlob:
		if _, ok := v.([]byte); !ok {
			return wrong("bytes")
		}
	case smithy.ShapeTypeBoolean:
		if _, ok := v.(bool); !ok {
			return wrong("true or false")
		}
	case smithy.ShapeTypeTimestamp:
		if _, ok := v.(time.Time); !ok {
			return wrong("a time")
		}
	case smithy.ShapeTypeInteger, smithy.ShapeTypeLong:
		if n, ok := integer(v); !ok || s.Type() == smithy.ShapeTypeInteger && n != int64(int32(n)) {
			return wrong("an integer")
		}
	default:
		if _, ok := number(v); !ok {
			return wrong("a number")
		}
	}
	return nil
}

func integer(v any) (int64, bool) {
	switch v := v.(type) {
	case int64:
		return v, true
	case json.Number:
		n, err := v.Int64()
		return n, err == nil
	}
	return 0, false
}

func number(v any) (float64, bool) {
	if n, ok := integer(v); ok {
		return float64(n), true
	}
	switch v := v.(type) {
	case float64:
		return v, true
	case json.Number:
		n, err := v.Float64()
		return n, err == nil
	}
	return 0, false
}

// input is a value that the SDK's protocols can write. [checkInput] has accepted it.
type input struct {
	schema *smithy.Schema
	value  map[string]any
}

// Serialize implements [smithy.Serializable].
func (i input) Serialize(s smithy.ShapeSerializer) { write(s, i.schema, i.value) }

func write(s smithy.ShapeSerializer, schema *smithy.Schema, v any) {
	switch schema.Type() {
	case smithy.ShapeTypeStructure:
		members := v.(map[string]any)
		s.WriteStruct(schema)
		for _, name := range slices.Sorted(maps.Keys(members)) {
			write(s, schema.Member(name), members[name])
		}
		s.CloseStruct()
	case smithy.ShapeTypeList:
		s.WriteList(schema)
		for _, item := range v.([]any) {
			write(s, schema.ListMember(), item)
		}
		s.CloseList()
	case smithy.ShapeTypeMap:
		entries := v.(map[string]any)
		s.WriteMap(schema)
		for _, key := range slices.Sorted(maps.Keys(entries)) {
			s.WriteKey(schema.MapKey(), key)
			write(s, schema.MapValue(), entries[key])
		}
		s.CloseMap()
	case smithy.ShapeTypeString:
		s.WriteString(schema, v.(string))
	case smithy.ShapeTypeBlob:
		s.WriteBlob(schema, v.([]byte))
	case smithy.ShapeTypeBoolean:
		s.WriteBool(schema, v.(bool))
	case smithy.ShapeTypeTimestamp:
		s.WriteTime(schema, v.(time.Time))
	case smithy.ShapeTypeInteger:
		n, _ := integer(v)
		s.WriteInt32(schema, int32(n))
	case smithy.ShapeTypeLong:
		n, _ := integer(v)
		s.WriteInt64(schema, n)
	default:
		n, _ := number(v)
		s.WriteFloat64(schema, n)
	}
}

// output is a value that the SDK's protocols can read.
type output struct {
	schema *smithy.Schema
	value  map[string]any
}

// Deserialize implements [smithy.Deserializable].
func (o *output) Deserialize(d smithy.ShapeDeserializer) (err error) {
	o.value, err = readStructure(d, o.schema)
	return err
}

func readStructure(d smithy.ShapeDeserializer, schema *smithy.Schema) (map[string]any, error) {
	members := map[string]any{}
	// Members that are null are left out by the protocols.
	err := smithy.ReadStruct(d, schema, func(member *smithy.Schema) error {
		v, err := read(d, member)
		members[member.MemberName()] = v
		return err
	})
	return members, err
}

func read(d smithy.ShapeDeserializer, s *smithy.Schema) (any, error) {
	switch s.Type() {
	case smithy.ShapeTypeStructure:
		return readStructure(d, s)
	case smithy.ShapeTypeList:
		items := []any{}
		err := smithy.ReadList(d, s, func() error {
			if null, err := d.ReadNil(s.ListMember()); null || err != nil {
				return err
			}
			item, err := read(d, s.ListMember())
			items = append(items, item)
			return err
		})
		return items, err
	case smithy.ShapeTypeMap:
		entries := map[string]any{}
		err := smithy.ReadMap(d, s, func(key string) error {
			if null, err := d.ReadNil(s.MapValue()); null || err != nil {
				return err
			}
			v, err := read(d, s.MapValue())
			entries[key] = v
			return err
		})
		return entries, err
	case smithy.ShapeTypeString:
		return scalar(s, d.ReadString)
	case smithy.ShapeTypeBlob:
		return scalar(s, d.ReadBlob)
	case smithy.ShapeTypeBoolean:
		return scalar(s, d.ReadBool)
	case smithy.ShapeTypeTimestamp:
		return scalar(s, d.ReadTime)
	case smithy.ShapeTypeInteger: // a response's status is read as such alone
		n, err := scalar(s, d.ReadInt32)
		return int64(n.(int32)), err
	case smithy.ShapeTypeLong:
		return scalar(s, d.ReadInt64)
	}
	n, err := scalar(s, d.ReadFloat64)
	if f, ok := n.(float64); ok && (math.IsNaN(f) || math.IsInf(f, 0)) {
		return nil, err // JSON has no such number
	}
	return n, err
}

func scalar[T any](s *smithy.Schema, read func(*smithy.Schema, *T) error) (any, error) {
	var v T
	err := read(s, &v)
	return v, err
}
