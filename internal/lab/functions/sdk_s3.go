package functions

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
)

// S3 is called with the SDK's own client: its signatures, checksums and addresses are
// unlike those of all other services. The operations are found by reflection.

// isOperation reports whether a client's method is an operation: it takes a context,
// an input and options.
func isOperation(t reflect.Type) bool {
	return t.IsVariadic() && t.NumIn() == 4 && t.NumOut() == 2 && t.In(2).Kind() == reflect.Pointer && strings.HasSuffix(t.In(2).Elem().Name(), "Input")
}

// callS3 makes one call of S3.
func callS3(ctx context.Context, config aws.Config, operation string, members map[string]any) (any, error) {
	client := s3.NewFromConfig(config)
	method := reflect.ValueOf(client).MethodByName(operation)
	if !method.IsValid() || !isOperation(reflect.TypeOf(client).Method(methodIndex(client, operation)).Type) {
		return nil, fmt.Errorf("S3 has no operation %s", operation)
	}
	in := reflect.New(method.Type().In(1).Elem())
	if err := fillInput(in.Elem(), members); err != nil {
		return nil, fmt.Errorf("S3.%s: %w", operation, err)
	}
	out := method.Call([]reflect.Value{reflect.ValueOf(ctx), in})
	if err, _ := out[1].Interface().(error); err != nil {
		return nil, err
	}
	return plain(out[0])
}

func methodIndex(client any, name string) int {
	m, _ := reflect.TypeOf(client).MethodByName(name)
	return m.Index
}

// fillInput reads an operation's input. A member that the operation does not have is an error.
func fillInput(in reflect.Value, members map[string]any) error {
	for name, value := range members {
		field := in.FieldByNameFunc(func(f string) bool { return strings.EqualFold(f, name) })
		if !field.IsValid() {
			continue // the decoder below says so
		}
		if field.Type() != reflect.TypeFor[io.Reader]() {
			members[name] = typedInput(value, field.Type())
			continue
		}
		data, ok := blob(value)
		if !ok {
			return fmt.Errorf("%s must be text or bytes", name)
		}
		field.Set(reflect.ValueOf(io.Reader(bytes.NewReader(data))))
		delete(members, name)
	}
	rest, err := json.Marshal(members)
	if err != nil {
		return err
	}
	d := json.NewDecoder(bytes.NewReader(rest))
	d.DisallowUnknownFields()
	return d.Decode(in.Addr().Interface())
}

// typedInput turns text and marked bytes into what the decoder expects where a member
// is bytes: the SDKs for JavaScript and Python take both.
func typedInput(v any, t reflect.Type) any {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	switch v := v.(type) {
	case []any:
		if t.Kind() == reflect.Slice {
			for i := range v {
				v[i] = typedInput(v[i], t.Elem())
			}
		}
		return v
	case map[string]any:
		if data, ok := blob(v); ok && t == reflect.TypeFor[[]byte]() {
			return data
		}
		for name, x := range v {
			switch t.Kind() {
			case reflect.Map:
				v[name] = typedInput(x, t.Elem())
			case reflect.Struct:
				if f, ok := t.FieldByNameFunc(func(f string) bool { return strings.EqualFold(f, name) }); ok {
					v[name] = typedInput(x, f.Type)
				}
			}
		}
		return v
	case string:
		if t == reflect.TypeFor[[]byte]() {
			return []byte(v)
		}
	}
	return v
}

// blob returns the bytes of text, or of marked bytes.
func blob(v any) ([]byte, bool) {
	switch v := v.(type) {
	case string:
		return []byte(v), true
	case map[string]any:
		text, ok := v["$bytes"].(string)
		data, err := base64.StdEncoding.DecodeString(text)
		return data, ok && err == nil && len(v) == 1
	}
	return nil, false
}

// plain turns an output into what JSON has. What is not there is left out. Times and
// bytes are marked, because the SDKs have types for them.
func plain(v reflect.Value) (any, error) {
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		if v.IsNil() {
			return nil, nil
		}
		if body, ok := v.Interface().(io.ReadCloser); ok {
			data, err := io.ReadAll(body)
			return map[string]any{"$bytes": base64.StdEncoding.EncodeToString(data)}, errors.Join(err, body.Close())
		}
		return plain(v.Elem())
	case reflect.Slice:
		if v.IsNil() {
			return nil, nil
		}
		if v.Type().Elem().Kind() == reflect.Uint8 {
			return map[string]any{"$bytes": base64.StdEncoding.EncodeToString(v.Bytes())}, nil
		}
		out := make([]any, v.Len())
		for i := range out {
			var err error
			if out[i], err = plain(v.Index(i)); err != nil {
				return nil, err
			}
		}
		return out, nil
	case reflect.Map:
		if v.IsNil() {
			return nil, nil
		}
		out := map[string]any{}
		for it := v.MapRange(); it.Next(); {
			x, err := plain(it.Value())
			if err != nil {
				return nil, err
			}
			out[it.Key().String()] = x
		}
		return out, nil
	case reflect.Struct:
		if t, ok := v.Interface().(time.Time); ok {
			return map[string]any{"$date": t.UTC().Format(time.RFC3339Nano)}, nil
		}
		return plainStruct(v)
	case reflect.String:
		if v.Len() == 0 && v.Type() != reflect.TypeFor[string]() {
			return nil, nil // an enumeration without a value
		}
		return v.String(), nil
	}
	return v.Interface(), nil
}

// notMembers are fields of outputs that the service does not send.
var notMembers = []string{"ResultMetadata", "noSmithyDocumentSerde"}

func plainStruct(v reflect.Value) (any, error) {
	out := map[string]any{}
	for i := range v.NumField() {
		f := v.Type().Field(i)
		if !f.IsExported() || slices.Contains(notMembers, f.Name) {
			continue
		}
		x, err := plain(v.Field(i))
		if err != nil {
			return nil, fmt.Errorf("%s: %w", f.Name, err)
		}
		if x == nil {
			continue
		}
		out[f.Name] = x
	}
	return out, nil
}
