package cfn

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// write makes an assembly of files; a name with a final slash is a directory.
func write(t testing.TB, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if strings.HasSuffix(name, "/") {
			if err := os.MkdirAll(path, 0o755); err != nil {
				t.Fatal(err)
			}
		} else if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

const emptyTemplate = `{"Resources":{}}`

func TestReadAssembly(t *testing.T) {
	t.Parallel()
	dir := write(t, map[string]string{
		"manifest.json": `{"version":"54.0.0","artifacts":{
			"Tree":{"type":"cdk:tree","properties":{"file":"tree.json"}},
			"A.assets":{"type":"cdk:asset-manifest","properties":{"file":"A.assets.json"}},
			"A":{"type":"aws:cloudformation:stack","environment":"aws://unknown-account/unknown-region",
				"properties":{"templateFile":"A.template.json","parameters":{"P":"v"}},"dependencies":["Z","A.assets"],"displayName":"A"},
			"Z":{"type":"aws:cloudformation:stack","properties":{"templateFile":"Z.template.json","stackName":"named"},"displayName":"Z (named)"},
			"assembly-Prod":{"type":"cdk:cloud-assembly","properties":{"directoryName":"assembly-Prod"}}}}`,
		"A.template.json": emptyTemplate, "Z.template.json": emptyTemplate,
		"A.assets.json": `{"version":"54.0.0","files":{
			"h1":{"source":{"path":"asset.h1","packaging":"zip"},"destinations":{"d":{"bucketName":"b","objectKey":"h1.zip"}}},
			"h2":{"source":{"executable":["make"]},"destinations":{}}},
			"dockerImages":{"h3":{}}}`,
		"asset.h1/bootstrap": "",
		"assembly-Prod/manifest.json": `{"version":"54.0.0","artifacts":{
			"ProdWeb123":{"type":"aws:cloudformation:stack","properties":{"templateFile":"W.json","stackName":"Prod-Web"},"displayName":"Prod/Web (Prod-Web)","dependencies":["W.assets"]},
			"W.assets":{"type":"cdk:asset-manifest","properties":{"file":"W.assets.json"}}}}`,
		"assembly-Prod/W.json":        emptyTemplate,
		"assembly-Prod/W.assets.json": `{"files":{"h1":{"source":{"path":"../asset.h1"},"destinations":{"d":{"objectKey":"h1.zip"}}}}}`,
	})
	a, err := ReadAssembly(dir)
	if err != nil {
		t.Fatal(err)
	}
	asset := map[string]string{"h1.zip": filepath.Join(dir, "asset.h1")}
	want := []Stack{
		{ID: "Z", Name: "named", Template: []byte(emptyTemplate), Assets: map[string]string{}},
		{
			ID: "A", Name: "A", Template: []byte(emptyTemplate), Parameters: map[string]string{"P": "v"}, Dependencies: []string{"Z"}, Published: []Asset{{"b", "h1.zip", asset["h1.zip"]}}, Assets: asset,
			Findings: Findings{"asset h2 is made by an executable, which is not supported"},
		},
		{ID: "Prod/Web", Name: "Prod-Web", Template: []byte(emptyTemplate), Assets: asset},
	}
	if d := cmp.Diff(want, a.Stacks); d != "" {
		t.Error(d)
	}
	for _, name := range []string{"Prod/Web", "Prod-Web"} {
		if s, ok := a.Stack(name); !ok || s.Name != "Prod-Web" {
			t.Errorf("Stack(%q): %v, %v", name, s.Name, ok)
		}
	}
	if _, ok := a.Stack("Nobody"); ok {
		t.Error("Stack(Nobody)")
	}
}

func TestBrokenAssembliesGiveOneClearLine(t *testing.T) {
	t.Parallel()
	stack := func(more string) string {
		return `{"version":"1","artifacts":{"A":{"type":"aws:cloudformation:stack","properties":{"templateFile":"A.json"}` + more + `}}}`
	}
	withAssets := `{"version":"1","artifacts":{"A":{"type":"aws:cloudformation:stack","properties":{"templateFile":"A.json"},"dependencies":["m"]},
		"m":{"type":"cdk:asset-manifest","properties":{"file":"m.json"}}}}`
	for _, c := range []struct {
		files map[string]string
		want  string // DIR is the assembly's directory
	}{
		{nil, "read DIR/manifest.json: no such file or directory"},
		{map[string]string{"manifest.json/": ""}, "read DIR/manifest.json: is a directory"},
		{map[string]string{"manifest.json": `{`}, "DIR/manifest.json is not valid: unexpected EOF"},
		{map[string]string{"manifest.json": `[]`}, "DIR/manifest.json is not valid: json: cannot unmarshal array into Go value of type cfn.manifest"},
		{map[string]string{"manifest.json": `{"artifacts":{}}`}, "DIR/manifest.json is not a cloud assembly: it has no version"},
		{map[string]string{"manifest.json": `{"version":"1"}`}, "assembly DIR has no stacks"},
		{map[string]string{"manifest.json": stack("")}, "read DIR/A.json: no such file or directory"},
		{map[string]string{"manifest.json": stack(""), "A.json": "Resources: {}"}, "DIR/A.json is not a JSON object: invalid character 'R' looking for beginning of value"},
		{map[string]string{"manifest.json": stack(`,"dependencies":["B"]`), "A.json": "{}"}, "DIR/manifest.json: stack A depends on B, which is not in the manifest"},
		{map[string]string{"manifest.json": stack(`,"dependencies":["A"]`), "A.json": "{}"}, "assembly DIR: circular dependency: A → A"},
		{map[string]string{"manifest.json": `{"version":"1","artifacts":{"A":{"type":"aws:cloudformation:stack"}}}`}, "DIR/manifest.json: stack A has no templateFile"},
		{map[string]string{"manifest.json": `{"version":"1","artifacts":{"N":{"type":"cdk:cloud-assembly"}}}`}, "DIR/manifest.json: nested assembly N has no directoryName"},
		{map[string]string{"manifest.json": `{"version":"1","artifacts":{"N":{"type":"cdk:cloud-assembly","properties":{"directoryName":"."}}}}`}, "assembly DIR contains itself"},
		{map[string]string{"manifest.json": withAssets, "A.json": "{}"}, "read DIR/m.json: no such file or directory"},
		{map[string]string{"manifest.json": withAssets, "A.json": "{}", "m.json": `{"files":{"h":{"source":{"path":"gone"}}}}`}, "DIR/m.json: asset h is missing: no such file or directory"},
		{map[string]string{"manifest.json": withAssets, "A.json": "{}", "m.json": `{"files":{"h":{}}}`}, "DIR/m.json: asset h has no path"},
		{map[string]string{"manifest.json": `{"version":"1","artifacts":{
			"A":{"type":"aws:cloudformation:stack","properties":{"templateFile":"A.json","stackName":"X"}},
			"B":{"type":"aws:cloudformation:stack","properties":{"templateFile":"A.json","stackName":"X"}}}}`, "A.json": "{}"}, "assembly DIR has two stacks with the name X: A and B"},
	} {
		dir := write(t, c.files)
		_, err := ReadAssembly(dir)
		if want := strings.ReplaceAll(c.want, "DIR", dir); err == nil || err.Error() != want {
			t.Errorf("%v, want %s", err, want)
		} else if strings.Contains(err.Error(), "\n") {
			t.Errorf("more than one line: %v", err)
		}
	}
}
