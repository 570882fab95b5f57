package cfn

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestYAMLTemplates(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"A: !Ref B":                          `{"A":{"Ref":"B"}}`,
		"A: !GetAtt B.C.D":                   `{"A":{"Fn::GetAtt":["B","C.D"]}}`,
		"A: !GetAtt [B, C]":                  `{"A":{"Fn::GetAtt":["B","C"]}}`,
		"A: !Sub '${B}-c'":                   `{"A":{"Fn::Sub":"${B}-c"}}`,
		"A: !Select [0, !GetAZs '']":         `{"A":{"Fn::Select":[0,{"Fn::GetAZs":""}]}}`,
		"A: !If [C, 1, !Ref AWS::NoValue]":   `{"A":{"Fn::If":["C",1,{"Ref":"AWS::NoValue"}]}}`,
		"A: !Not [!Condition C]":             `{"A":{"Fn::Not":[{"Condition":"C"}]}}`,
		"Date: 2010-09-09":                   `{"Date":"2010-09-09"}`,
		"Text: '01'\nNumber: 10\nBool: true": `{"Bool":true,"Number":10,"Text":"01"}`,
		"A: |\n  x\n  y\n":                   `{"A":"x\ny\n"}`,
	} {
		got, err := TemplateJSON([]byte(text))
		if err != nil {
			t.Errorf("%s: %v", text, err)
		} else if diff := cmp.Diff(want, string(got)); diff != "" {
			t.Errorf("%s: %s", text, diff)
		}
	}
	for text, want := range map[string]string{
		"":               "is not an object",
		"A: 1\nA: 2":     "the key A is there twice",
		"A: [":           "yaml",
		"A: &x 1\nB: *x": "aliases are not supported",
	} {
		if _, err := TemplateJSON([]byte(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %s", text, err, want)
		}
	}
}

// A template's file is an assembly of one stack.
func TestReadTemplate(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "1_my.template.yaml")
	if err := os.WriteFile(file, []byte("Parameters: {P: {Type: String}, Q: {Type: String, Default: x}}\nResources: {H: {Type: AWS::CloudFormation::WaitConditionHandle}}"), 0o644); err != nil {
		t.Fatal(err)
	}
	a, err := ReadAssembly(file)
	if err != nil {
		t.Fatal(err)
	}
	s := a.Stacks[0]
	if len(a.Stacks) != 1 || s.Name != "Stack-1-my" || s.Empty() {
		t.Errorf("%+v", a)
	}
	if p := s.ParametersWithoutDefault(); len(p) != 1 || p["P"]["Type"] != "String" {
		t.Errorf("parameters %v", p)
	}
	if err := os.WriteFile(file, []byte("- a"), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := ReadAssembly(file); err == nil || !strings.Contains(err.Error(), "is not a template") {
		t.Error(err)
	}
}
