package cfn

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestEverythingUnsupportedIsRefusedAtOnceAndSorted(t *testing.T) {
	t.Parallel()
	b := newHarness(t)
	_, err := b.deploy(`{
		"AWSTemplateFormatVersion": "2009-01-01", "Hooks": {}, "Transform": ["Mine"],
		"Parameters": {"P": {"Type": "String"}, "Q": {"Type": "Odd", "Default": "x"}},
		"Conditions": {"C": {"Fn::Xor": []}, "D": {"Condition": "E"}, "E": {"Condition": "D"}},
		"Rules": {"R": {"Assertions": [{"Assert": {"Fn::Contains": [["1"], "2"]}, "AssertDescription": "too old"}]}},
		"Resources": {
			"Bucket": {"Type": "AWS::S3::Bucket"},
			"A": {"Type": "Test::Thing", "Properties": {"Bad": 1, "X": {"Fn::Transform": {}}}, "UpdatePolicy": {}, "DeletionPolicy": "Snapshot"},
			"B": {"Type": "Test::Thing", "Properties": {"Bad": 1, "X": {"Fn::GetAtt": ["A", "Colour"]}, "Y": {"Ref": "Gone"}}, "DependsOn": "Nobody"},
			"C1": {"Type": "Test::Thing", "Properties": {"Bad": 1}},
			"C2": {"Type": "Test::Thing", "CreationPolicy": {"ResourceSignal": {"Count": "x", "Timeout": "5m"}}},
			"D1": {"Type": "Test::Thing", "DependsOn": "E1"}, "E1": {"Type": "Test::Thing", "Properties": {"X": {"Ref": "D1"}}},
			"Off": {"Type": "Test::Thing", "Condition": "No"}
		},
		"Outputs": {"O": {"Value": {"Ref": "Gone"}, "Odd": 1}, "P": {"Value": 1, "Export": {"Name": {"Ref": "A"}}}}
	}`)
	var r *Refusal
	if !errors.As(err, &r) {
		t.Fatal(err)
	}
	want := []string{
		"A (Test::Thing): DeletionPolicy Snapshot is not supported",
		"A (Test::Thing): X: intrinsic function Fn::Transform is not supported",
		"AWSTemplateFormatVersion 2009-01-01 is not supported",
		"B (Test::Thing): DependsOn: there is no resource Nobody",
		"B (Test::Thing): X.Fn::GetAtt: attribute Colour of A (Test::Thing) is not supported",
		"B (Test::Thing): Y.Ref: there is no resource or parameter Gone",
		"Bucket (AWS::S3::Bucket): resource type AWS::S3::Bucket is not supported",
		"C1 (Test::Thing): property Bad is not supported",
		"C2 (Test::Thing): CreationPolicy: Count \"x\" is no number of signals",
		"C2 (Test::Thing): CreationPolicy: Timeout: \"5m\" is not a duration in the form PT#H#M#S",
		"Off (Test::Thing): there is no condition No",
		"circular dependency: D1 → E1 → D1",
		"condition C: Fn::Xor: condition function Fn::Xor is not supported",
		"condition E: Condition: circular condition: D → E → D",
		"output O: Ref: there is no resource or parameter Gone",
		"output O: attribute Odd is not supported",
		"output P: the name of its export cannot depend on a resource",
		"parameter P: it has no value and no default",
		"parameter Q: type Odd is not supported",
		"rule R: too old",
		"section Hooks is not supported",
		"transform Mine is not supported: the lab runs no macros. What AWS has made of the template can be deployed (aws cloudformation get-template --template-stage Processed)",
	}
	slices.Sort(want)
	if d := cmp.Diff(want, []string(r.Findings)); d != "" {
		t.Error(d)
	}
	if len(b.world.calls) != 0 || len(b.Stacks()) != 0 || len(b.lines()) != 0 {
		t.Error("something was done before the refusal")
	}
	if !strings.HasPrefix(err.Error(), "stack S is refused:\n  A (Test::Thing): DeletionPolicy Snapshot is not supported\n") {
		t.Error(err)
	}
}

func TestTemplatesThatAreNotTemplates(t *testing.T) {
	t.Parallel()
	b := newHarness(t)
	for template, want := range map[string]string{
		``:                      "the template is not a JSON object: EOF",
		`{} {}`:                 "the template is not a JSON object: text after the end of the JSON value",
		`{}`:                    "the template has no resources",
		`{"Resources":[]}`:      "section Resources must be an object, not a list",
		`{"Resources":{"A":1}}`: "Resources.A must be an object, not a number",
		`{"Resources":{"A-b":{"Type":"Test::Thing"}}}`:                                                               "resource A-b: a logical id has letters and digits only",
		`{"Resources":{"A":{}}}`:                                                                                     "resource A has no Type",
		`{"Resources":{"A":{"Type":"Test::Thing","Properties":[]}}}`:                                                 "A (Test::Thing): Properties must be an object, not a list",
		`{"Resources":{"A":{"Type":"Test::Thing","Properties":{"Ref":"AWS::NoValue"}}}}`:                             "A (Test::Thing): Properties must be an object, not an intrinsic function",
		`{"Resources":{"A":{"Type":"Test::Thing","Properties":{"Ref":"B"}},"B":{"Type":"Test::Thing"}}}`:             "A (Test::Thing): Properties must be an object, not an intrinsic function",
		`{"Rules":{"R":{"Assertions":{}}},"Resources":{"A":{"Type":"Test::Thing"}}}`:                                 "rule R: Assertions must be a list, not an object",
		`{"Outputs":{"O":{"Value":1,"Condition":1}},"Resources":{"A":{"Type":"Test::Thing"}}}`:                       "output O: Condition must be the name of a condition, not a number",
		`{"Outputs":{"O":{"Value":{"Fn::Base64":{"Ref":"AWS::NoValue"}}}},"Resources":{"A":{"Type":"Test::Thing"}}}`: "output O: Fn::Base64: the value must be a string, not AWS::NoValue",
		`{"Resources":{"A":{"Type":"Test::Thing","DependsOn":[1]}}}`:                                                 "A (Test::Thing): DependsOn must hold logical ids, not a number",
		`{"Resources":{"A":{"Type":"Test::Thing"}},"Outputs":{"O":{}}}`:                                              "output O: it has no Value",
	} {
		_, err := b.deploy(template)
		var r *Refusal
		if !errors.As(err, &r) || !contains(r.Findings, want) {
			t.Errorf("%s: %v, want %s", template, err, want)
		}
	}
	if _, err := b.Deploy(context.Background(), Stack{Name: "9x"}); err == nil || !strings.Contains(err.Error(), `"9x" is not a stack's name`) {
		t.Error(err)
	}
}

func contains(f Findings, want string) bool {
	for _, s := range f {
		if s == want {
			return true
		}
	}
	return false
}

func TestParameters(t *testing.T) {
	t.Parallel()
	template := func(def string) string {
		return `{"Parameters":{"P":` + def + `},"Resources":{` + aThing("A", `{"V":{"Ref":"P"}}`) + `}}`
	}
	for _, c := range []struct {
		def   string
		given map[string]string
		want  any // a value, or the text of an error
	}{
		{`{"Type":"String","Default":"d","Description":"x","NoEcho":true}`, nil, "d"},
		{`{"Type":"String","Default":"d"}`, map[string]string{"P": "g"}, "g"},
		{`{"Type":"Number","Default":8080}`, nil, json.Number("8080")},
		{`{"Type":"CommaDelimitedList","Default":"a, b"}`, nil, []any{"a", "b"}},
		{`{"Type":"List<Number>","Default":"1,2"}`, nil, []any{json.Number("1"), json.Number("2")}},
		{`{"Type":"List<AWS::EC2::Subnet::Id>","Default":"subnet-1"}`, nil, []any{"subnet-1"}},
		{`{"Type":"AWS::EC2::VPC::Id","Default":"vpc-1"}`, nil, "vpc-1"},
		{`{"Type":"AWS::SSM::Parameter::Value<AWS::EC2::Image::Id>","Default":"/known"}`, nil, "ssm:AWS::EC2::Image::Id"},
		{`{"Type":"AWS::SSM::Parameter::Name","Default":"/known"}`, nil, "/known"},
		{`{"Type":"String","Default":"aa","AllowedPattern":"a+","MinLength":1,"MaxLength":2,"AllowedValues":["aa"]}`, nil, "aa"},

		{`{"Type":"String"}`, nil, "parameter P: it has no value and no default"},
		{`{"Type":"String","Default":[]}`, nil, "parameter P: its default must be a scalar, not a list"},
		{`{"Type":"String","Default":"d"}`, map[string]string{"X": "g"}, "parameter X is not in the template"},
		{`{"Type":"Number","Default":"x"}`, nil, `parameter P: "x" is not a number`},
		{`{"Type":"List<Number>","Default":"1,x"}`, nil, `parameter P: "x" is not a number`},
		{`{"Type":"AWS::SSM::Parameter::Value<String>","Default":"/gone"}`, nil, "parameter P: SSM parameter /gone: not found"},
		{`{"Type":"String","Default":"b","AllowedPattern":"a+"}`, nil, `parameter P: "b" does not satisfy AllowedPattern a+`},
		{`{"Type":"String","Default":"b","AllowedPattern":"(?<x"}`, nil, `parameter P: AllowedPattern (?<x is not supported`},
		{`{"Type":"String","Default":"bb","MaxLength":1}`, nil, `parameter P: "bb" does not satisfy MaxLength 1`},
		{`{"Type":"Number","Default":"5","MinValue":6}`, nil, `parameter P: "5" does not satisfy MinValue 6`},
		{`{"Type":"String","Default":"b","AllowedValues":["a"]}`, nil, `parameter P: "b" is not one of its AllowedValues`},
		{`{"Type":"String","Default":"b","Odd":1}`, nil, `parameter P: attribute Odd is not supported`},
	} {
		b := newHarness(t)
		_, err := b.Deploy(context.Background(), Stack{Name: "S", Template: []byte(template(c.def)), Parameters: c.given})
		if want, ok := c.want.(string); ok && strings.HasPrefix(want, "parameter ") {
			var r *Refusal
			if !errors.As(err, &r) || !contains(r.Findings, want) {
				t.Errorf("%s: %v, want %s", c.def, err, want)
			}
			continue
		}
		if err != nil {
			t.Errorf("%s: %v", c.def, err)
		} else if d := cmp.Diff(c.want, b.world.things["A-1"]["V"]); d != "" {
			t.Errorf("%s: %s", c.def, d)
		}
	}
}

// TestBootstrapVersionRule is what CDK's default synthesizer puts into templates.
func TestBootstrapVersionRule(t *testing.T) {
	t.Parallel()
	template := func(version string) string {
		return `{"Parameters":{"BootstrapVersion":{"Type":"String","Default":"` + version + `"}},
		"Rules":{"CheckBootstrapVersion":{"Assertions":[{"Assert":{"Fn::Not":[{"Fn::Contains":[["1","2","3","4","5"],{"Ref":"BootstrapVersion"}]}]},
			"AssertDescription":"CDK bootstrap stack version 6 required."}]}},
		"Resources":{` + aThing("A", `{}`) + `}}`
	}
	b := newHarness(t)
	if _, err := b.deploy(template("5")); err == nil || !strings.Contains(err.Error(), "rule CheckBootstrapVersion: CDK bootstrap stack version 6 required.") {
		t.Error(err)
	}
	b.must(template("21"))
}

func TestRuleFunctions(t *testing.T) {
	t.Parallel()
	for assertion, want := range map[string]bool{
		`{"Fn::Contains":[["a","b"],"b"]}`:               true,
		`{"Fn::Contains":[["a","b"],"c"]}`:               false,
		`{"Fn::EachMemberEquals":[["a","a"],"a"]}`:       true,
		`{"Fn::EachMemberEquals":[["a","b"],"a"]}`:       false,
		`{"Fn::EachMemberIn":[["a","b"],["a","b","c"]]}`: true,
		`{"Fn::EachMemberIn":[["a","d"],["a","b","c"]]}`: false,
	} {
		err := newHarness(t).Check(Stack{Name: "S", Template: []byte(`{"Rules":{"R":{"Assertions":[{"Assert":` + assertion + `}]}},
			"Resources":{` + aThing("A", `{}`) + `}}`)})
		if want != (err == nil) || err != nil && !strings.Contains(err.Error(), "rule R: assertion 0 does not hold") {
			t.Errorf("%s: %v, want %t", assertion, err, want)
		}
	}
}

func TestConditions(t *testing.T) {
	t.Parallel()
	b := newHarness(t)
	b.must(`{"Parameters":{"Env":{"Type":"String","Default":"prod"},"Zones":{"Type":"CommaDelimitedList","Default":"a,b"}},
		"Conditions":{
			"Prod":{"Fn::Equals":[{"Ref":"Env"},"prod"]},
			"Test":{"Fn::Not":[{"Condition":"Prod"}]},
			"Both":{"Fn::And":[{"Condition":"Prod"},{"Condition":"Test"}]},
			"Either":{"Fn::Or":[{"Condition":"Test"},{"Condition":"Prod"}]},
			"Zoned":{"Fn::Equals":[{"Fn::Select":[0,{"Ref":"Zones"}]},"a"]}},
		"Resources":{
			"A":{"Type":"Test::Thing","Condition":"Either","DependsOn":"C","Properties":{"V":{"Fn::If":["Zoned",{"Fn::If":["Both",1,2]},3]},"W":{"Fn::If":["Test",{"Ref":"C"},{"Ref":"AWS::NoValue"}]}}},
			"B":{"Type":"Test::Thing","Condition":"Both"},
			"C":{"Type":"Test::Thing","Condition":"Test","Properties":{"Gone":{"Ref":"B"}}}},
		"Outputs":{"O":{"Condition":"Test","Value":{"Ref":"C"}},"P":{"Condition":"Prod","Value":{"Ref":"A"}}}}`)
	if d := cmp.Diff(map[string]map[string]any{"A-1": {"V": json.Number("2")}}, b.world.things); d != "" {
		t.Error(d)
	}
	if s, _ := b.Stack("S"); len(s.Outputs) != 1 || s.Outputs[0].Key != "P" {
		t.Error(s.Outputs)
	}
	_, err := newHarness(t).deploy(`{"Conditions":{"C":{"Fn::Equals":["a","b"]}},"Resources":{` +
		aThing("A", `{}`, `"Condition":"C"`) + "," + aThing("B", `{"A":{"Ref":"A"}}`) + `}}`)
	if err == nil || !strings.Contains(err.Error(), "B (Test::Thing): A.Ref: it refers to A, which condition C leaves out") {
		t.Error(err)
	}
	_, err = newHarness(t).deploy(`{"Conditions":{"C":{"Fn::Equals":[{"Ref":"A"},"b"]}},"Resources":{` + aThing("A", `{}`) + `}}`)
	if err == nil || !strings.Contains(err.Error(), "condition C: Fn::Equals.0.Ref: it refers to A, but only parameters can be used here") {
		t.Error(err)
	}
}
