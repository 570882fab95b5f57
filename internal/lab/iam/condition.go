package iam

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/netip"
	"strconv"
	"strings"
)

// operator compares the values of one key. Its semantics follow
// docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html.
type operator struct {
	// match compares one value of the request with one value of the policy.
	match func(request, policy string) bool
	// check refuses a policy value that match could not compare.
	check func(policy string) error
	// negated operators hold where no value of the policy matches.
	negated bool
	// text operators take variables.
	text bool
	// like operators take wildcards in the policy's value.
	like bool
}

// anyText is the check of operators that take any text.
func anyText(string) error { return nil }

var (
	stringEquals = operator{match: func(a, b string) bool { return a == b }, check: anyText, text: true}
	stringFold   = operator{match: strings.EqualFold, check: anyText, text: true}
	stringLike   = operator{match: func(a, b string) bool { return glob(b, a) }, check: anyText, text: true, like: true}
	arnLike      = operator{match: func(a, b string) bool { return globARN(b, a) }, check: checkARN, text: true, like: true}
	boolean      = operator{match: strings.EqualFold, check: checkBool}
	ipAddress    = operator{match: matchIP, check: checkIP}
)

// operators by their base names, without ForAllValues:, ForAnyValue: and
// IfExists. ArnEquals and ArnLike behave identically. Date and Binary operators
// are not supported.
var operators = map[string]operator{
	"StringEquals":              stringEquals,
	"StringNotEquals":           negate(stringEquals),
	"StringEqualsIgnoreCase":    stringFold,
	"StringNotEqualsIgnoreCase": negate(stringFold),
	"StringLike":                stringLike,
	"StringNotLike":             negate(stringLike),
	"ArnEquals":                 arnLike,
	"ArnLike":                   arnLike,
	"ArnNotEquals":              negate(arnLike),
	"ArnNotLike":                negate(arnLike),
	"NumericEquals":             numeric(func(a, b float64) bool { return a == b }),
	"NumericNotEquals":          negate(numeric(func(a, b float64) bool { return a == b })),
	"NumericLessThan":           numeric(func(a, b float64) bool { return a < b }),
	"NumericLessThanEquals":     numeric(func(a, b float64) bool { return a <= b }),
	"NumericGreaterThan":        numeric(func(a, b float64) bool { return a > b }),
	"NumericGreaterThanEquals":  numeric(func(a, b float64) bool { return a >= b }),
	"Bool":                      boolean,
	"IpAddress":                 ipAddress,
	"NotIpAddress":              negate(ipAddress),
	"Null":                      {check: checkBool},
}

func negate(o operator) operator {
	o.negated = true
	return o
}

func numeric(compare func(a, b float64) bool) operator {
	return operator{
		match: func(a, b string) bool {
			x, err1 := strconv.ParseFloat(a, 64)
			y, err2 := strconv.ParseFloat(b, 64)
			return err1 == nil && err2 == nil && compare(x, y)
		},
		check: func(s string) error {
			_, err := strconv.ParseFloat(s, 64)
			if err != nil {
				return errors.New("want a number")
			}
			return nil
		},
	}
}

func checkBool(s string) error {
	if !strings.EqualFold(s, "true") && !strings.EqualFold(s, "false") {
		return errors.New("want true or false")
	}
	return nil
}

func checkARN(s string) error {
	if s != "*" && !strings.HasPrefix(s, "arn:") && !strings.HasPrefix(s, "${") {
		return errors.New("want an ARN")
	}
	return nil
}

func checkIP(s string) error {
	if _, err := parsePrefix(s); err != nil {
		return errors.New("want an address or CIDR block")
	}
	return nil
}

// parsePrefix reads a CIDR block; an address alone is a block of one.
func parsePrefix(s string) (netip.Prefix, error) {
	if !strings.Contains(s, "/") {
		a, err := netip.ParseAddr(s)
		if err != nil {
			return netip.Prefix{}, err
		}
		return netip.PrefixFrom(a, a.BitLen()), nil
	}
	return netip.ParsePrefix(s)
}

func matchIP(request, policy string) bool {
	address, err1 := netip.ParseAddr(request)
	prefix, err2 := parsePrefix(policy)
	return err1 == nil && err2 == nil && prefix.Contains(address)
}

func parseConditions(value any, version string) ([]Condition, error) {
	object, ok := value.(map[string]any)
	if !ok {
		return nil, fmt.Errorf("element Condition: want an object, got %s", kindOf(value))
	}
	var out []Condition
	for _, name := range sortedKeys(object) {
		base, err := parseOperator(name)
		if err != nil {
			return nil, err
		}
		keys, ok := object[name].(map[string]any)
		if !ok {
			return nil, fmt.Errorf("condition %s: want an object, got %s", name, kindOf(object[name]))
		}
		for _, key := range sortedKeys(keys) {
			if !KnownKey(key) {
				return nil, fmt.Errorf("condition %s: unsupported key %q", name, key)
			}
			c := base
			c.Key = key
			c.Values, err = conditionValues(keys[key], operators[base.Operator], version)
			if err != nil {
				return nil, fmt.Errorf("condition %s: key %s: %w", name, key, err)
			}
			out = append(out, c)
		}
	}
	return out, nil
}

func parseOperator(name string) (Condition, error) {
	var c Condition
	rest := name
	if set, after, ok := strings.Cut(rest, ":"); ok {
		if set != "ForAllValues" && set != "ForAnyValue" {
			return c, fmt.Errorf("unsupported condition operator %q", name)
		}
		c.Set, rest = set, after
	}
	c.Operator, c.IfExists = strings.CutSuffix(rest, "IfExists")
	if _, ok := operators[c.Operator]; !ok || (c.Operator == "Null" && c.IfExists) {
		return c, fmt.Errorf("unsupported condition operator %q", name)
	}
	return c, nil
}

func conditionValues(value any, op operator, version string) ([]string, error) {
	list, ok := value.([]any)
	if !ok {
		list = []any{value}
	}
	out := make([]string, len(list))
	for i, item := range list {
		switch v := item.(type) {
		case string:
			out[i] = v
		case bool:
			out[i] = strconv.FormatBool(v)
		case json.Number:
			out[i] = v.String()
		default:
			return nil, fmt.Errorf("want a string, got %s", kindOf(item))
		}
		if err := op.check(out[i]); err != nil {
			return nil, fmt.Errorf("%q: %w", out[i], err)
		}
		if op.text {
			if err := checkVariables(out[i], version); err != nil {
				return nil, fmt.Errorf("%q: %w", out[i], err)
			}
		}
	}
	return out, nil
}

// holds evaluates the condition. Where the key is missing, plain operators do
// not hold, negated and IfExists ones do, ForAllValues holds and ForAnyValue
// does not; the set operators ignore IfExists
// (…/reference_policies_condition-single-vs-multi-valued-context-keys.html).
func (c Condition) holds(r Request, version string) bool {
	op := operators[c.Operator]
	values := r.values(c.Key)
	if c.Operator == "Null" {
		for _, v := range c.Values {
			if strings.EqualFold(v, "true") == (len(values) == 0) {
				return true
			}
		}
		return false
	}
	one := func(value string) bool {
		for _, pattern := range c.Values {
			if op.text {
				expanded, ok := expand(pattern, version, r, op.like)
				if !ok {
					continue
				}
				pattern = expanded
			}
			if op.match(value, pattern) {
				return !op.negated
			}
		}
		return op.negated
	}
	switch {
	case c.Set == "ForAllValues":
		for _, v := range values {
			if !one(v) {
				return false
			}
		}
		return true
	case c.Set == "ForAnyValue":
		for _, v := range values {
			if one(v) {
				return true
			}
		}
		return false
	case len(values) == 0:
		return c.IfExists || op.negated
	case op.negated:
		for _, v := range values {
			if !one(v) {
				return false
			}
		}
		return true
	}
	for _, v := range values {
		if one(v) {
			return true
		}
	}
	return false
}
