package resources

import (
	"fmt"
	"net/netip"
	"slices"
	"strconv"

	"provenendpoints/internal/lab/cfn"
)

// valueOr is the value that a property was given, or its default.
func valueOr[T any](given *T, otherwise T) T {
	if given == nil {
		return otherwise
	}
	return *given
}

// parseCIDR reads a CIDR block.
func parseCIDR(property, text string) (netip.Prefix, error) {
	p, err := netip.ParsePrefix(text)
	if err != nil {
		return p, fmt.Errorf("property %s: %q is not a CIDR block", property, text)
	}
	return p, nil
}

// countGiven counts which of the properties are there.
func countGiven(p map[string]any, names ...string) int {
	n := 0
	for name := range p {
		if slices.Contains(names, name) {
			n++
		}
	}
	return n
}

// between refuses a number outside its limits.
func between(p map[string]any, property string, least, most int) cfn.Findings {
	text, ok := cfn.Literal(p[property])
	if n, err := strconv.Atoi(text); !ok || err == nil && n >= least && n <= most {
		return nil
	}
	return cfn.Findings{fmt.Sprintf("property %s: %s is not between %d and %d", property, text, least, most)}
}
