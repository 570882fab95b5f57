package test

import (
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"

	"provenendpoints/internal/test/templates"
)

// template is a synthesized template with methods about its relations. It knows
// nothing of CDK.
type template struct {
	Description string
	Parameters  map[string]struct{ Type, Default string }
	Resources   map[string]*resource
	Outputs     map[string]struct {
		Description string
		Value       any
	}
}

type resource struct {
	ID             string `json:"-"`
	Type           string
	Properties     map[string]any
	DependsOn      []string
	DeletionPolicy string
	Metadata       map[string]any
}

// load reads the template of a stack of the whole app.
func load(t testing.TB, stack string) *template { return loadFrom(t, assembly, stack) }

func loadFrom(t testing.TB, dir, stack string) *template {
	t.Helper()
	read := &template{}
	if err := json.Unmarshal(readTemplate(t, dir, stack), read); err != nil {
		t.Fatal(err)
	}
	for id, resource := range read.Resources {
		resource.ID = id
	}
	return read
}

func readTemplate(t testing.TB, dir, stack string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(dir, stack+".template.json"))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// synth writes the assembly of an app and reads the template of one stack.
func synth(t testing.TB, app awscdk.App, stack string) *template {
	t.Helper()
	app.Synth(nil)
	return loadFrom(t, *app.Outdir(), stack)
}

// all are the resources of a type, in the order of their ids.
func (t *template) all(kind string) []*resource {
	var found []*resource
	for _, id := range slices.Sorted(maps.Keys(t.Resources)) {
		if t.Resources[id].Type == kind {
			found = append(found, t.Resources[id])
		}
	}
	return found
}

// one is the only resource of a type for which a property has a value.
func (t *template) one(tb testing.TB, kind, property string, value any) *resource {
	tb.Helper()
	var found []*resource
	for _, resource := range t.all(kind) {
		if property == "" || equal(resource.Properties[property], value) {
			found = append(found, resource)
		}
	}
	if len(found) != 1 {
		tb.Fatalf("%d resources %s with %s = %v, want one", len(found), kind, property, value)
	}
	return found[0]
}

func equal(a, b any) bool { return text(a) == text(b) }

// text is a value as JSON, with the keys in order.
func text(value any) string {
	data, err := json.Marshal(value)
	if err != nil {
		panic(err)
	}
	return string(data)
}

// mentions returns the resources that a value refers to anywhere inside.
func (t *template) mentions(value any) []string {
	return slices.DeleteFunc(templates.References(value), func(id string) bool { return t.Resources[id] == nil })
}

// needs are all resources that must exist before a resource, directly or not.
func (t *template) needs(id string) map[string]bool {
	needed := map[string]bool{}
	var visit func(string)
	visit = func(id string) {
		resource := t.Resources[id]
		for _, next := range append(t.mentions(resource.Properties), resource.DependsOn...) {
			if !needed[next] {
				needed[next] = true
				visit(next)
			}
		}
	}
	visit(id)
	return needed
}

// name is the Name tag of a resource.
func (r *resource) name() string {
	tags, _ := r.Properties["Tags"].([]any)
	for _, tag := range tags {
		if pair := tag.(map[string]any); pair["Key"] == "Name" {
			return pair["Value"].(string)
		}
	}
	return ""
}
