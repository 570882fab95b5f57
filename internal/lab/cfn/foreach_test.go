package cfn

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"
)

func TestForEach(t *testing.T) {
	t.Parallel()
	const template = `{"Transform":"AWS::LanguageExtensions","Parameters":{"Names":{"Type":"CommaDelimitedList","Default":"x, y"}},
		"Resources":{"One":{"Type":"Test::Thing"},
			"Fn::ForEach::Outer":["N",{"Ref":"Names"},{"Fn::ForEach::Inner":["Ip",["1.1","2"],{"R${N}&{Ip}":{"Type":"Test::Thing","Properties":{"Name":{"Ref":"N"},"Text":{"Fn::Sub":"${N} at ${Ip} in ${AWS::Region}"}}}}]}]},
		"Outputs":{"Fn::ForEach::Out":["N",{"Ref":"Names"},{"O${N}":{"Value":{"Ref":"R${N}2"}}}]}}`
	for name, c := range map[string]struct {
		given map[string]string
		want  []string
	}{
		"by default": {nil, []string{"One", "Rx11", "Rx2", "Ry11", "Ry2"}},
		"given":      {map[string]string{"Names": "z"}, []string{"One", "Rz11", "Rz2"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, findings := parseTemplate([]byte(template), c.given)
			if len(findings) > 0 {
				t.Fatal(findings)
			}
			if ids := slices.Sorted(maps.Keys(got.resources)); !slices.Equal(ids, c.want) {
				t.Errorf("%v, want %v", ids, c.want)
			}
			first := c.want[1]
			text, _ := json.Marshal(got.resources[first].properties)
			want := `{"Name":"` + first[1:2] + `","Text":{"Fn::Sub":"` + first[1:2] + ` at 1.1 in ${AWS::Region}"}}`
			if string(text) != want {
				t.Errorf("%s, want %s", text, want)
			}
			if len(got.outputs) != (len(c.want)-1)/2 {
				t.Errorf("%d outputs", len(got.outputs))
			}
		})
	}
}

func TestTransformsThatAreRefused(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ template, want string }{
		"SAM":                {`{"Transform":"AWS::Serverless-2016-10-31","Resources":{"F":{"Type":"AWS::Serverless::Function"}}}`, "the lab does not run SAM"},
		"a macro":            {`{"Transform":["Mine"],"Resources":{"F":{"Type":"Test::Thing"}}}`, "transform Mine is not supported: the lab runs no macros"},
		"no collection":      {`{"Transform":"AWS::LanguageExtensions","Resources":{"Fn::ForEach::A":["N",{"Ref":"Gone"},{"R${N}":{"Type":"Test::Thing"}}]}}`, "Resources.Fn::ForEach::A: the collection must be a list"},
		"no fragment":        {`{"Transform":"AWS::LanguageExtensions","Resources":{"Fn::ForEach::A":["N",["a"]]}}`, "it takes a list of an identifier"},
		"the same twice":     {`{"Transform":"AWS::LanguageExtensions","Resources":{"Fn::ForEach::A":["N",["a","b"],{"R":{"Type":"Test::Thing"}}]}}`, "the key R comes twice"},
		"without transform":  {`{"Resources":{"Fn::ForEach::A":["N",["a"],{"R${N}":{"Type":"Test::Thing"}}]}}`, "Fn::ForEach::A"},
		"applications alone": {`{"Transform":"AWS::Serverless-2016-10-31","Resources":{"F":{"Type":"AWS::Serverless::Application"}}}`, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, findings := parseTemplate([]byte(c.template), nil)
			if got := strings.Join(findings, "\n"); (c.want == "") != (got == "") || !strings.Contains(got, c.want) {
				t.Errorf("%q, want %q", got, c.want)
			}
		})
	}
}
