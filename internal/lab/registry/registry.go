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
	"cmp"
	_ "embed"
	"slices"
	"strings"
	"sync"
)

// Type is a resource type of the registry.
type Type struct {
	Name string
	// Ref names what Ref returns, in the CDK library's words, such as dbInstanceIdentifier
	// or topicArn; of several parts with a bar between them: databaseName|tableName. Empty:
	// the library does not say.
	Ref string
	// ARN is the form of the resource's ARN, such as
	// arn:${Partition}:glue:${Region}:${Account}:job/${JobName}. Empty: the library does not
	// say; there may be an attribute.
	ARN string
	// Properties and Attributes are sorted. An attribute may have a dot: Endpoint.Address.
	Properties, Attributes []string
	// Forms are what the attributes are that are no strings.
	Forms map[string]Form
}

// Form is what an attribute is.
type Form string

// The forms of attributes. A number is written as a string where it is one.
const (
	Text   Form = ""
	Number Form = "#"
	List   Form = "[]" // of strings
	Object Form = "?"  // a structure, a list of them, or a boolean value
)

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

// A line is NAME REF ARN ATTRIBUTES PROPERTIES, the lists with commas, "-" for nothing. An
// attribute that is no text has its form at its end.
func parse(line string) (Type, bool) {
	f := strings.Fields(line)
	if len(f) != 5 || f[0] == "#" {
		return Type{}, false
	}
	list := func(text string) []string {
		if text == "-" {
			return nil
		}
		return strings.Split(text, ",")
	}
	value := func(text string) string {
		if text == "-" {
			return ""
		}
		return text
	}
	t := Type{Name: f[0], Ref: value(f[1]), ARN: value(f[2]), Attributes: list(f[3]), Properties: list(f[4]), Forms: map[string]Form{}}
	for i, a := range t.Attributes {
		for _, form := range []Form{Number, List, Object} {
			if name, is := strings.CutSuffix(a, string(form)); is {
				t.Attributes[i], t.Forms[name] = name, form
			}
		}
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
	attributes := make([]string, len(t.Attributes))
	for i, a := range t.Attributes {
		attributes[i] = a + string(t.Forms[a])
	}
	return strings.Join([]string{t.Name, cmp.Or(t.Ref, "-"), cmp.Or(t.ARN, "-"), list(attributes), list(t.Properties)}, " ")
}
