// Package registry holds what CloudFormation's registry says of resource types: the
// names of their properties and attributes, and what Ref returns. It says nothing of
// what a type does in the lab; package resources does.
//
// The file types.txt is generated of the CDK library that this module pins, which is
// itself generated of the registry:
//
//	go test ./internal/lab/registry -run TestTypesAreTheLibrarys -update
package registry

import (
	_ "embed"
	"slices"
	"strings"
	"sync"
)

// Type is a resource type of the registry.
type Type struct {
	Name string
	// Ref names what Ref returns, in the CDK library's words, such as dbInstanceIdentifier
	// or topicArn. Empty: the library does not say.
	Ref string
	// Properties and Attributes are sorted. An attribute may have a dot: Endpoint.Address.
	Properties, Attributes []string
}

//go:embed types.txt
var typesText string

var types = sync.OnceValue(func() map[string]Type {
	out := map[string]Type{}
	for line := range strings.Lines(typesText) {
		if t, ok := parse(line); ok {
			out[t.Name] = t
		}
	}
	return out
})

// Lookup finds a type by its name.
func Lookup(name string) (Type, bool) {
	t, ok := types()[name]
	return t, ok
}

// Names returns the names of all types, sorted.
func Names() []string {
	var out []string
	for line := range strings.Lines(typesText) {
		if t, ok := parse(line); ok {
			out = append(out, t.Name)
		}
	}
	return out
}

// Has reports whether the type has a property of this name.
func (t Type) Has(property string) bool { return slices.Contains(t.Properties, property) }

// A line is NAME REF ATTRIBUTES PROPERTIES, the lists with commas, "-" for nothing.
func parse(line string) (Type, bool) {
	f := strings.Fields(line)
	if len(f) != 4 || f[0] == "#" {
		return Type{}, false
	}
	list := func(text string) []string {
		if text == "-" {
			return nil
		}
		return strings.Split(text, ",")
	}
	t := Type{Name: f[0], Attributes: list(f[2]), Properties: list(f[3])}
	if f[1] != "-" {
		t.Ref = f[1]
	}
	return t, true
}

func (t Type) String() string {
	list := func(names []string) string {
		if len(names) == 0 {
			return "-"
		}
		return strings.Join(names, ",")
	}
	ref := t.Ref
	if ref == "" {
		ref = "-"
	}
	return strings.Join([]string{t.Name, ref, list(t.Attributes), list(t.Properties)}, " ")
}
