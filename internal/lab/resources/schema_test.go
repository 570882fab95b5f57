package resources

import (
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"

	"provenendpoints/internal/lab/cfn"
)

// published is what AWS's published schema says of a type: the names of its
// properties, those of them that need a replacement, what Fn::GetAtt gives, and
// what is required (docs.aws.amazon.com/cloudformation-cli/latest/userguide/resource-type-schema.html).
type published struct {
	Properties, CreateOnly, Attributes, Required []string
}

// inPlace are properties that the schemas call create-only and that change in
// place here; the comments beside the fields say why.
var inPlace = map[string]bool{
	"AWS::EC2::SubnetRouteTableAssociation.RouteTableId": true,
}

func readPublished(t *testing.T) map[string]published {
	t.Helper()
	text, err := os.ReadFile("testdata/schemas.json")
	if err != nil {
		t.Fatal(err)
	}
	var all map[string]published
	if err := json.Unmarshal(text, &all); err != nil {
		t.Fatal(err)
	}
	return all
}

// TestPropertiesAreAWSs holds each type's struct against AWS's schema: no
// invented property, the same properties needing a replacement.
func TestPropertiesAreAWSs(t *testing.T) {
	t.Parallel()
	all := readPublished(t)
	r := New(Options{})
	for name, registered := range supported {
		schema, known := all[name]
		if !known {
			t.Errorf("%s has no schema in testdata", name)
			continue
		}
		typ, _ := r.Type(name)
		st := registered.properties
		for i := range st.NumField() {
			f := st.Field(i)
			if !slices.Contains(schema.Properties, f.Name) {
				t.Errorf("%s has no property %s", name, f.Name)
			}
			inert := strings.Contains(f.Tag.Get("cfn"), "inert") || strings.Contains(f.Tag.Get("cfn"), "only=")
			wants := slices.Contains(schema.CreateOnly, f.Name) && !inPlace[name+"."+f.Name]
			replaces := typ.Replaces(map[string]any{f.Name: "a"}, map[string]any{f.Name: "b"})
			if replaces != wants && !(inert && wants) {
				t.Errorf("%s.%s: replaces %v, want %v", name, f.Name, replaces, wants)
			}
			required := strings.Contains(f.Tag.Get("cfn"), "required")
			if !required && slices.Contains(schema.Required, f.Name) {
				t.Errorf("%s.%s is required", name, f.Name)
			}
		}
		for _, attribute := range typ.(cfn.Attributed).Attributes() {
			// The documentation names some properties as attributes, too.
			if !slices.Contains(schema.Attributes, attribute) && !slices.Contains(schema.Properties, attribute) {
				t.Errorf("%s has no attribute %s", name, attribute)
			}
		}
	}
	for name := range all {
		if _, ok := supported[name]; !ok {
			t.Errorf("%s is missing", name)
		}
	}
}

// TestUnsupportedPropertiesAreRefusedByName: whatever AWS knows and the lab does
// not is refused, naming it.
func TestUnsupportedPropertiesAreRefusedByName(t *testing.T) {
	t.Parallel()
	r := New(Options{})
	for name, schema := range readPublished(t) {
		typ, ok := r.Type(name)
		if !ok {
			continue
		}
		st := supported[name].properties
		for _, property := range schema.Properties {
			_, supported := st.FieldByName(property)
			err := typ.Check(map[string]any{property: cfn.Unknown{Expr: "x"}})
			refused := err != nil && strings.Contains(err.Error(), "property "+property+" is not supported")
			if refused == supported {
				t.Errorf("%s.%s: supported %v, refused %v", name, property, supported, refused)
			}
		}
	}
}
