package iam

import (
	"errors"
	"net/netip"
	"strconv"
	"strings"
	"time"
)

// operator compares the values of one key. Its semantics follow
// docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html.
type operator struct {
	// match reports whether one value of the request fits one value of the policy.
	match func(request, policy string) bool
	// check returns an error for a value of the policy that match cannot compare.
	check func(policy string) error
	// negated operators hold if no value of the policy matches.
	negated bool
	// text operators take variables.
	text bool
	// like operators take wildcards in the policy's value.
	like bool
	// presence operators compare whether the request has the key, not its value.
	presence bool
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
// IfExists. A new one is one entry here. ArnEquals and ArnLike behave
// identically. Binary operators are not supported.
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
	"DateEquals":                date(func(a, b time.Time) bool { return a.Equal(b) }),
	"DateNotEquals":             negate(date(func(a, b time.Time) bool { return a.Equal(b) })),
	"DateLessThan":              date(func(a, b time.Time) bool { return a.Before(b) }),
	"DateLessThanEquals":        date(func(a, b time.Time) bool { return !a.After(b) }),
	"DateGreaterThan":           date(func(a, b time.Time) bool { return a.After(b) }),
	"DateGreaterThanEquals":     date(func(a, b time.Time) bool { return !a.Before(b) }),
	"Bool":                      boolean,
	"IpAddress":                 ipAddress,
	"NotIpAddress":              negate(ipAddress),
	"Null":                      {check: checkBool, presence: true},
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

func date(compare func(a, b time.Time) bool) operator {
	return operator{
		match: func(a, b string) bool {
			x, err1 := parseDate(a)
			y, err2 := parseDate(b)
			return err1 == nil && err2 == nil && compare(x, y)
		},
		check: func(s string) error {
			_, err := parseDate(s)
			return err
		},
	}
}

// parseDate reads a time in ISO 8601, as far as W3C's profile has it, or in seconds since 1970.
func parseDate(s string) (time.Time, error) {
	for _, layout := range []string{time.RFC3339, "2006-01-02T15:04Z07:00", time.DateOnly, "2006-01", "2006"} {
		if at, err := time.Parse(layout, s); err == nil && (layout != "2006" || len(s) == 4) {
			return at, nil
		}
	}
	if seconds, err := strconv.ParseInt(s, 10, 64); err == nil {
		return time.Unix(seconds, 0), nil
	}
	return time.Time{}, errors.New("want a time, such as 2025-01-31T12:00:00Z")
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

// parsePrefix parses a CIDR block. An address alone is a block of one address.
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
