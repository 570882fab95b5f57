package cfn

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// evalScope is a scope with one resource A, whose Name is the only attribute.
func evalScope() *scope {
	return &scope{
		template: &template{
			extensions: true,
			mappings:   map[string]any{"M": map[string]any{"ap": map[string]any{"k": "v", "l": []any{"1", "2"}}}},
		},
		pseudo:     (&Engine{opts: Options{Region: "ap-northeast-2", Account: "1", Partition: "aws"}}).pseudoParameters("S", "arn:S"),
		parameters: map[string]any{"P": "p", "L": []any{"a", "b"}},
		conditions: map[string]bool{"Yes": true, "No": false},
		zones:      []any{"z-a", "z-b"},
		imported: func(name string) (any, bool) {
			return "imported", name == "exp"
		},
		stackOutput: func(of StackOutput) (any, error) {
			if of.Stack == "gone" {
				return nil, fmt.Errorf("no such stack")
			}
			return fmt.Sprint(of), nil
		},
		ssm: func(name string) (any, error) {
			if name == "/n" {
				return "found", nil
			}
			return nil, fmt.Errorf("not found")
		},
	}
}

// evaluate evaluates JSON text; with live, the resource A exists.
func evaluate(text string, live bool) (any, Findings) {
	var v any
	if err := decodeJSON([]byte(text), &v); err != nil {
		panic(err)
	}
	ev := &evaluator{scope: evalScope(), resource: func(id, attribute string) (any, error) {
		switch {
		case id != "A" || attribute != "" && attribute != "Name":
			return nil, fmt.Errorf("there is no %s %s", id, attribute)
		case !live:
			return Unknown{}, nil
		case attribute == "":
			return "a-1", nil
		}
		return "name", nil
	}}
	return ev.resolveDynamic(ev.eval(v)), ev.errs
}

func TestIntrinsicFunctions(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ expr, want string }{
		{`{"x":[1,true,"s",{"y":1.50}]}`, `{"x":[1,true,"s",{"y":1.50}]}`},
		{`{"Ref":"P"}`, `"p"`},
		{`{"Ref":"L"}`, `["a","b"]`},
		{`{"Ref":"A"}`, `"a-1"`},
		{`{"Ref":"AWS::Region"}`, `"ap-northeast-2"`},
		{`{"Ref":"AWS::URLSuffix"}`, `"amazonaws.com"`},
		{`{"Ref":"AWS::NotificationARNs"}`, `[]`},
		{`[1,{"Ref":"AWS::NoValue"},2]`, `[1,2]`},
		{`{"a":{"Ref":"AWS::NoValue"},"b":1}`, `{"b":1}`},
		{`{"Fn::GetAtt":["A","Name"]}`, `"name"`},
		{`{"Fn::GetAtt":"A.Name"}`, `"name"`},
		{`{"Fn::Sub":"${P}-${A}-${A.Name}-${AWS::StackName}-${!Literal}-$x"}`, `"p-a-1-name-S-${Literal}-$x"`},
		{`{"Fn::Sub":["${V}${P}",{"V":{"Fn::Join":["+",[1,true]]}}]}`, `"1+truep"`},
		{`{"Fn::Sub":["${P}",{"P":"shadowed"}]}`, `"shadowed"`},
		{`{"Fn::Join":["-",["a",{"Ref":"A"},1]]}`, `"a-a-1-1"`},
		{`{"Fn::Join":[",",{"Ref":"L"}]}`, `"a,b"`},
		{`{"Fn::Split":["|","a||b"]}`, `["a","","b"]`},
		{`{"Fn::Select":["1",{"Fn::GetAZs":""}]}`, `"z-b"`},
		{`{"Fn::Select":[0,{"Fn::GetAZs":{"Ref":"AWS::Region"}}]}`, `"z-a"`},
		{`{"Fn::Select":[1,{"Fn::Split":["-",{"Ref":"A"}]}]}`, `"1"`},
		{`{"Fn::If":["Yes",{"Ref":"P"},{"Fn::Nonsense":1}]}`, `"p"`},
		{`{"k":{"Fn::If":["No",1,{"Ref":"AWS::NoValue"}]}}`, `{}`},
		{`{"Fn::FindInMap":["M","ap",{"Fn::Join":["",["k"]]}]}`, `"v"`},
		{`{"Fn::FindInMap":["M","ap","l"]}`, `["1","2"]`},
		{`{"Fn::FindInMap":["M","xx","k",{"DefaultValue":"d"}]}`, `"d"`},
		{`{"Fn::Base64":{"Fn::Sub":"#!/bin/sh\n${A}"}}`, `"IyEvYmluL3NoCmEtMQ=="`},
		{`{"Fn::Cidr":["10.0.0.0/16",3,8]}`, `["10.0.0.0/24","10.0.1.0/24","10.0.2.0/24"]`},
		{`{"Fn::Cidr":["2001:db8::/56",2,64]}`, `["2001:db8::/64","2001:db8:0:1::/64"]`},
		{`{"Fn::ImportValue":"exp"}`, `"imported"`},
		{`{"Fn::GetStackOutput":{"StackName":"T","OutputName":"O"}}`, `"{1 ap-northeast-2 T O}"`},
		{`{"Fn::GetStackOutput":{"StackName":{"Ref":"P"},"OutputName":"O","Region":"eu-west-1","RoleArn":"arn:aws:iam::2:role/r"}}`, `"{2 eu-west-1 p O}"`},
		{`{"Fn::Length":[1,2,3]}`, `3`},
		{`{"Fn::ToJsonString":{"b":{"Ref":"A"},"a":"<&>"}}`, `"{\"a\":\"<&>\",\"b\":\"a-1\"}"`},
		{`"x {{resolve:ssm:/n}} {{resolve:ssm:/n:3}}"`, `"x found found"`},
		{`{"Statement":[{"Condition":{"StringEquals":{"aws:SourceVpce":{"Ref":"A"}}}}]}`, `{"Statement":[{"Condition":{"StringEquals":{"aws:SourceVpce":"a-1"}}}]}`},
	} {
		got, errs := evaluate(c.expr, true)
		if len(errs) > 0 || encodeJSON(got) != c.want {
			t.Errorf("%s: %s, %v, want %s", c.expr, encodeJSON(got), errs, c.want)
		}
	}
}

func TestIntrinsicFunctionErrors(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ expr, want string }{
		{`{"a":[{"Ref":"X"}]}`, "a.0.Ref: there is no X "},
		{`{"Ref":1}`, "Ref: it takes a name, not a number"},
		{`{"Ref":"AWS::Nope"}`, "Ref: pseudo parameter AWS::Nope is not supported"},
		{`{"Fn::GetAtt":["A","Colour"]}`, "Fn::GetAtt: there is no A Colour"},
		{`{"Fn::GetAtt":["A"]}`, "Fn::GetAtt: it takes a logical id and an attribute"},
		{`{"Fn::GetAtt":"A"}`, "Fn::GetAtt: it takes a logical id and an attribute"},
		{`{"Fn::Transform":{}}`, "intrinsic function Fn::Transform is not supported"},
		{`{"Fn::Join":["",[]],"x":1}`, "Fn::Join must be the only key of its object"},
		{`{"Fn::Join":["-"]}`, "Fn::Join: it takes a list of 2 values"},
		{`{"Fn::Join":["-","x"]}`, "Fn::Join: the second value must be a list, not a string"},
		{`{"Fn::Join":["-",[["x"]]]}`, "Fn::Join: value 0 must be a string, not a list"},
		{`{"Fn::Sub":"${A"}`, `Fn::Sub: "${A" has a ${ without }`},
		{`{"Fn::Sub":"${}"}`, "Fn::Sub: ${} is not a name"},
		{`{"Fn::Sub":"${A.}"}`, "Fn::Sub: ${A.} is not a name"},
		{`{"Fn::Sub":"${L}"}`, "Fn::Sub: ${L} must be a string, not a list"},
		{`{"Fn::Sub":["${A}"]}`, "Fn::Sub: it takes a string, or a list of a string and an object"},
		{`{"Fn::Select":[2,["a","b"]]}`, "Fn::Select: cannot select value 2 of a list with 2"},
		{`{"Fn::Select":["x",["a"]]}`, "Fn::Select: cannot select value x of a list with 1"},
		{`{"Fn::Split":["","a"]}`, "Fn::Split: the delimiter is empty"},
		{`{"Fn::GetAZs":"eu-west-1"}`, "Fn::GetAZs: the zones of another Region (eu-west-1) are not known"},
		{`{"Fn::If":["Maybe",1,2]}`, "Fn::If: there is no condition Maybe"},
		{`{"Fn::If":["Yes",1]}`, "Fn::If: it takes a list of 3 values"},
		{`{"Fn::FindInMap":["M","ap","x"]}`, `Fn::FindInMap: there is no ["M","ap","x"] in the mappings`},
		{`{"Fn::Cidr":["10.0.0.0/24","2"]}`, "Fn::Cidr: 10.0.0.0/24 has no 2 blocks with 8 host bits"},
		{`{"Fn::Cidr":["10.0.0.0/16",257,8]}`, "Fn::Cidr: the count must be 1 to 256, not 257"},
		{`{"Fn::Cidr":["10.0.0.0/16",1,17]}`, "Fn::Cidr: 10.0.0.0/16 has no 1 blocks with 17 host bits"},
		{`{"Fn::Cidr":["ten",1,8]}`, `Fn::Cidr: "ten" is not an address block`},
		{`{"Fn::ImportValue":"x"}`, "Fn::ImportValue: no export named x found"},
		{`{"Fn::GetStackOutput":{"StackName":"T"}}`, "Fn::GetStackOutput: OutputName is required"},
		{`{"Fn::GetStackOutput":{"StackName":"T","OutputName":"O","Colour":"red"}}`, "Fn::GetStackOutput: Colour is not one of its parameters: StackName, OutputName, Region, RoleArn"},
		{`{"Fn::GetStackOutput":{"StackName":"T","OutputName":"O","RoleArn":"r"}}`, `Fn::GetStackOutput: RoleArn "r" is not an ARN`},
		{`{"Fn::GetStackOutput":["T","O"]}`, "Fn::GetStackOutput: it takes an object, not a list"},
		{`{"Fn::GetStackOutput":{"StackName":"gone","OutputName":"O"}}`, "Fn::GetStackOutput: no such stack"},
		{`{"Fn::Base64":["x"]}`, "Fn::Base64: the value must be a string, not a list"},
		{`{"a":null}`, "a: null values are not allowed in templates"},
		{`"{{resolve:secretsmanager:s}}"`, "dynamic reference {{resolve:secretsmanager:s}} is not supported"},
		{`"{{resolve:ssm:/x}}"`, "dynamic reference {{resolve:ssm:/x}}: not found"},
	} {
		_, errs := evaluate(c.expr, true)
		if len(errs) != 1 || errs[0] != c.want {
			t.Errorf("%s: %q, want %q", c.expr, errs, c.want)
		}
	}
}

func TestUnknownValuesSpreadWithoutErrors(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		expr string
		want any
	}{
		{`{"Ref":"A"}`, Unknown{`{"Ref":"A"}`}},
		{`{"Fn::Join":["",["a",{"Ref":"A"}]]}`, Unknown{`{"Fn::Join":["",["a",{"Ref":"A"}]]}`}},
		{`{"Fn::Sub":"${A}"}`, Unknown{`{"Fn::Sub":"${A}"}`}},
		{`{"Fn::Select":[0,{"Fn::Split":[",",{"Ref":"A"}]}]}`, Unknown{`{"Fn::Select":[0,{"Fn::Split":[",",{"Ref":"A"}]}]}`}},
		{`{"Fn::Select":[1,[{"Ref":"A"},"b"]]}`, "b"},
		{`{"Fn::Base64":{"Ref":"A"}}`, Unknown{`{"Fn::Base64":{"Ref":"A"}}`}},
		{`{"Fn::Cidr":[{"Fn::GetAtt":["A","Name"]},1,8]}`, Unknown{`{"Fn::Cidr":[{"Fn::GetAtt":["A","Name"]},1,8]}`}},
		{`{"Fn::ToJsonString":{"x":{"Ref":"A"}}}`, Unknown{`{"Fn::ToJsonString":{"x":{"Ref":"A"}}}`}},
		{`{"Fn::Length":[{"Ref":"A"}]}`, "1"},
		{`{"Fn::Length":{"Ref":"A"}}`, Unknown{`{"Fn::Length":{"Ref":"A"}}`}},
		{`{"p":[{"Ref":"A"},"k"]}`, map[string]any{"p": []any{Unknown{`{"Ref":"A"}`}, "k"}}},
	} {
		got, errs := evaluate(c.expr, false)
		if s, ok := scalarText(got); ok {
			got = s
		}
		if d := cmp.Diff(c.want, got); d != "" || len(errs) > 0 {
			t.Errorf("%s: %v %s", c.expr, errs, d)
		}
	}
	if Known(map[string]any{"a": []any{Unknown{}}}) || !Known([]any{"x", map[string]any{"y": 1}}) {
		t.Error("Known")
	}
}

// A function that is in a table of functions has a case in these tests.
func TestEveryFunctionHasACase(t *testing.T) {
	t.Parallel()
	var cases strings.Builder
	for _, file := range []string{"eval_test.go", "plan_test.go"} {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		cases.Write(text)
	}
	for _, name := range slices.Concat(sortedKeys(intrinsicFunctions), sortedKeys(conditionFunctions)) {
		if !strings.Contains(cases.String(), `{"`+name+`":`) {
			t.Errorf("no test has %s", name)
		}
	}
}
