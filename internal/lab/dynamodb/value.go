package dynamodb

import (
	"cmp"
	"encoding/json"
	"math/big"
	"reflect"
	"strings"
)

// kind is a value's type, such as S.
func (v Value) kind() string {
	for k := range v {
		return k
	}
	return ""
}

// numberOf is the number that a value is.
func numberOf(v Value) (*big.Rat, bool) {
	text, ok := v["N"].(string)
	if !ok {
		return nil, false
	}
	return new(big.Rat).SetString(text)
}

// numeric is a number as a value: at most 38 digits.
func numeric(n *big.Rat) Value {
	if n.IsInt() {
		return Value{"N": n.RatString()}
	}
	return Value{"N": strings.TrimRight(n.FloatString(38), "0")}
}

// compare compares two values of one scalar type; ok says whether they are.
func compare(a, b Value) (order int, ok bool) {
	if x, is := numberOf(a); is {
		y, too := numberOf(b)
		if !too {
			return 0, false
		}
		return x.Cmp(y), true
	}
	for _, kind := range []string{"S", "B"} {
		x, is := a[kind].(string)
		if y, too := b[kind].(string); is && too {
			return cmp.Compare(x, y), true
		}
	}
	return 0, false
}

// equal reports whether two values are the same.
func equal(a, b Value) bool {
	if order, ok := compare(a, b); ok {
		return order == 0
	}
	return reflect.DeepEqual(plain(a), plain(b))
}

// plain is a value as JSON's own types.
func plain(v Value) any {
	text, err := json.Marshal(v)
	var out any
	if err == nil {
		err = json.Unmarshal(text, &out)
	}
	if err != nil { // it came from JSON
		panic(err)
	}
	return out
}

// member is a value inside a document.
func member(v any) Value {
	m, _ := v.(map[string]any)
	return m
}

// size is the size of a value, as the function size has it.
func (v Value) size() (int, bool) {
	switch x := v[v.kind()].(type) {
	case string:
		return len(x), v.kind() == "S" || v.kind() == "B"
	case []any:
		return len(x), true
	case map[string]any:
		return len(x), true
	}
	return 0, false
}

// contains is the function of this name: a substring, or a member of a set or a list.
func (v Value) contains(what Value) bool {
	switch x := v[v.kind()].(type) {
	case string:
		part, ok := what["S"].(string)
		return ok && v.kind() == "S" && strings.Contains(x, part)
	case []any:
		for _, e := range x {
			own := member(e)
			if own == nil {
				own = Value{strings.TrimSuffix(v.kind(), "S"): e}
				if v.kind() == "SS" {
					own = Value{"S": e}
				}
			}
			if equal(own, what) {
				return true
			}
		}
	}
	return false
}
