package contract

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"provenendpoints/proof"
)

// property is one property of the resource.
type property struct {
	name   string
	encode func(*Properties) any // nil: left out
	decode func(into *Properties, raw any) error
	check  func(Properties) error
}

// codec is how values of one type travel. Its errors begin with the name of the
// property. A property that is missing decodes from nil.
type codec[T any] struct {
	encode func(T) any
	decode func(name string, raw any) (T, error)
}

// of makes the property that travels by a codec and is stored in a field.
func of[T any](name string, c codec[T], field func(*Properties) *T, check func(Properties) error) property {
	if check == nil {
		check = func(Properties) error { return nil }
	}
	return property{
		name:   name,
		encode: func(p *Properties) any { return c.encode(*field(p)) },
		decode: func(into *Properties, raw any) (err error) {
			*field(into), err = c.decode(name, raw)
			return err
		},
		check: check,
	}
}

// text is a string.
var text = codec[string]{
	encode: func(value string) any { return value },
	decode: func(name string, raw any) (string, error) {
		value, ok := raw.(string)
		if !ok && raw != nil {
			return "", fmt.Errorf("%s: must be text, got %s", name, show(raw))
		}
		return value, nil
	},
}

// optional leaves out a value that is not set.
func optional[T comparable](c codec[T]) codec[T] {
	return codec[T]{decode: c.decode, encode: func(value T) any {
		var none T
		if value == none {
			return nil
		}
		return c.encode(value)
	}}
}

// seconds is a duration in whole seconds. CloudFormation hands them over as a
// string; a number is accepted as well.
var seconds = codec[time.Duration]{
	encode: func(value time.Duration) any { return strconv.Itoa(int(value.Seconds())) },
	decode: func(name string, raw any) (time.Duration, error) {
		var digits string
		switch value := raw.(type) {
		case nil:
			return 0, nil
		case string:
			digits = value
		case float64:
			digits = strconv.FormatFloat(value, 'f', -1, 64)
		}
		// 32 bits of seconds fit a duration. No seconds at all are not the default.
		count, err := strconv.ParseInt(digits, 10, 32)
		if err != nil || count == 0 {
			return 0, fmt.Errorf("%s: must be whole seconds from %s to %s, got %s", name, MinTimeLimit, MaxTimeLimit, show(raw))
		}
		return time.Duration(count) * time.Second, nil
	},
}

// functions are ARNs of functions by name.
var functions = codec[map[string]string]{
	encode: func(value map[string]string) any {
		object := make(map[string]any, len(value))
		for name, arn := range value {
			object[name] = arn
		}
		return object
	},
	decode: func(property string, raw any) (map[string]string, error) {
		if raw == nil {
			return nil, nil
		}
		object, ok := raw.(map[string]any)
		if !ok {
			return nil, fmt.Errorf("%s: must be an object of names and function ARNs, got %s", property, show(raw))
		}
		value := make(map[string]string, len(object))
		for _, name := range slices.Sorted(maps.Keys(object)) {
			arn, ok := object[name].(string)
			if !ok {
				return nil, fmt.Errorf("%s.%s: must be the ARN of a function, got %s", property, printable(name), show(object[name]))
			}
			value[name] = arn
		}
		return value, nil
	},
}

// claimList is a list of claims, each decoded strictly: a misspelled field would
// otherwise weaken the claim silently.
var claimList = codec[[]proof.Claim]{
	encode: func(claims []proof.Claim) any {
		list := make([]any, 0, len(claims))
		for _, claim := range claims {
			// Claims are strings, and numbers that write themselves as strings:
			// neither step can fail.
			var object map[string]any
			data, err := json.Marshal(claim)
			if err == nil {
				err = json.Unmarshal(data, &object)
			}
			if err != nil {
				panic(err)
			}
			list = append(list, object)
		}
		return list
	},
	decode: func(name string, raw any) ([]proof.Claim, error) {
		list, ok := raw.([]any)
		if !ok || len(list) == 0 {
			return nil, fmt.Errorf("%s: must be a list of at least one claim, got %s", name, show(raw))
		}
		claims := make([]proof.Claim, 0, len(list))
		var errs []error
		for i, item := range list {
			claim, err := decodeClaim(item)
			if err != nil {
				errs = append(errs, fmt.Errorf("%s[%d] (Id %s): %w", name, i, show(idOf(item)), err))
			}
			claims = append(claims, claim)
		}
		return claims, errors.Join(errs...)
	},
}

// decodeClaim reads one claim, and checks it.
func decodeClaim(item any) (proof.Claim, error) {
	data, err := json.Marshal([]any{item})
	if err != nil {
		return proof.Claim{}, err
	}
	claims, err := proof.DecodeClaims(data)
	if err != nil {
		return proof.Claim{}, errors.New(strings.TrimPrefix(err.Error(), "claims: "))
	}
	return claims[0], nil
}

// texts is a list of texts. None is left out.
var texts = codec[[]string]{
	encode: func(value []string) any {
		if len(value) == 0 {
			return nil
		}
		list := make([]any, len(value))
		for i, item := range value {
			list[i] = item
		}
		return list
	},
	decode: func(name string, raw any) ([]string, error) {
		if raw == nil {
			return nil, nil
		}
		list, ok := raw.([]any)
		if !ok {
			return nil, fmt.Errorf("%s: must be a list of texts, got %s", name, show(raw))
		}
		value := make([]string, len(list))
		for i, item := range list {
			if value[i], ok = item.(string); !ok {
				return nil, fmt.Errorf("%s[%d]: must be text, got %s", name, i, show(item))
			}
		}
		return value, nil
	},
}

// opaque is a value that CloudFormation compares and the verifier does not read.
var opaque = codec[any]{
	encode: func(value any) any { return value },
	decode: func(_ string, raw any) (any, error) { return raw, nil },
}

// shown is the length, in bytes, from which a value is cut in an error.
const shown = 120

// show writes a value as JSON, on one line, for an error.
func show(value any) string {
	if value == nil {
		return "none"
	}
	var line strings.Builder
	encoder := json.NewEncoder(&line)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(value); err != nil {
		return fmt.Sprintf("a %T", value)
	}
	return printable(strings.TrimSuffix(line.String(), "\n"))
}

// printable cuts a text, between characters, and takes out what would break a line.
func printable(text string) string {
	text = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return '\uFFFD'
		}
		return r
	}, text)
	if len(text) <= shown {
		return text
	}
	return strings.ToValidUTF8(text[:shown], "") + "…"
}
