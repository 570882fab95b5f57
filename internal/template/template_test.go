package template

import (
	"slices"
	"strings"
	"testing"
)

const proof = "Custom::Proof"

func parse(t *testing.T, text string) *Template {
	t.Helper()
	parsed, err := Parse([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return parsed
}

// Every form of reference counts, and nothing that only looks like one.
func TestWaitsFor(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		body string
		want string
	}{
		"none":                     {`{"Properties":{"A":"B"}}`, ""},
		"a dependency":             {`{"DependsOn":"A"}`, "A"},
		"dependencies":             {`{"DependsOn":["B","A"]}`, "A B"},
		"a reference":              {`{"Properties":{"X":{"Ref":"A"}}}`, "A"},
		"a parameter":              {`{"Properties":{"X":{"Ref":"P"}}}`, ""},
		"a pseudo parameter":       {`{"Properties":{"X":{"Ref":"AWS::Region"}}}`, ""},
		"an attribute":             {`{"Properties":{"X":{"Fn::GetAtt":["A","Arn"]}}}`, "A"},
		"an attribute as text":     {`{"Properties":{"X":{"Fn::GetAtt":"A.Arn"}}}`, "A"},
		"an attribute's own name":  {`{"Properties":{"X":{"Fn::GetAtt":["A","B"]}}}`, "A"},
		"deep in a list":           {`{"Properties":{"X":{"Fn::Join":["",[1,{"Ref":"B"}]]}}}`, "B"},
		"a substitution":           {`{"Properties":{"X":{"Fn::Sub":"a ${A} ${B.Arn} ${!C}"}}}`, "A B"},
		"a substitution's list":    {`{"Properties":{"X":{"Fn::Sub":["${A} ${v}",{"v":{"Ref":"B"}}]}}}`, "A B"},
		"a variable hides":         {`{"Properties":{"X":{"Fn::Sub":["${A}",{"A":"text"}]}}}`, ""},
		"in metadata":              {`{"Metadata":{"X":{"Ref":"A"}}}`, "A"},
		"in an unclosed text":      {`{"Properties":{"X":{"Fn::Sub":"${A"}}}`, ""},
		"itself":                   {`{"Properties":{"X":{"Ref":"It"}}}`, ""},
		"a dependency out of here": {`{"DependsOn":["Gone"]}`, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tpl := parse(t, `{"Parameters":{"P":{}},"Resources":{"It":`+c.body+`,"A":{},"B":{},"C":{}}}`)
			if got := strings.Join(tpl.WaitsFor("It"), " "); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

func TestParseRefuses(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		`[]`:                      "the template is not a JSON object: json: cannot unmarshal array into Go value of type map[string]interface {}",
		`{"Resources":{"A":"x"}}`: "resource A: want an object, got string",
	} {
		if _, err := Parse([]byte(text)); err == nil || err.Error() != want {
			t.Errorf("%s: got %v, want %s", text, err, want)
		}
	}
}

// A proof waits for what could change something, but not for what waits for a
// proof, for other proofs, and for what moves no packet.
func TestOrder(t *testing.T) {
	t.Parallel()
	tpl := parse(t, `{"Resources":{
		"Vpc":{"Type":"V"},
		"Alarm":{"Type":"AWS::CloudWatch::Alarm","Properties":{"Vpc":{"Ref":"Vpc"}}},
		"Subnet":{"Type":"S","Properties":{"Vpc":{"Ref":"Vpc"}}},
		"Alone":{"Type":"L"},
		"Table":{"Type":"T","Properties":{"Vpc":{"Ref":"Vpc"}}},
		"Route":{"Type":"R","Properties":{"Vpc":{"Ref":"Vpc"}},"DependsOn":"Table"},
		"One":{"Type":"`+proof+`","Properties":{"S":{"Ref":"Subnet"}}},
		"Two":{"Type":"`+proof+`"},
		"App":{"Type":"X","DependsOn":"One"},
		"AppRole":{"Type":"R"},
		"Later":{"Type":"Y","Properties":{"R":{"Ref":"AppRole"},"A":{"Ref":"App"}}}}}`)
	proofs := tpl.OfType(proof)
	if got, want := proofs, []string{"One", "Two"}; !slices.Equal(got, want) {
		t.Errorf("proofs %q, want %q", got, want)
	}
	if got, want := tpl.After(proofs...), []string{"App", "Later"}; !slices.Equal(got, want) {
		t.Errorf("after %q, want %q", got, want)
	}
	awaited := tpl.Awaited(proof)
	if want := []string{"Alone", "AppRole", "Route", "Subnet", "Table", "Vpc"}; !slices.Equal(awaited, want) {
		t.Errorf("awaited %q, want %q", awaited, want)
	}
	// What no proof waits for may come before it or after.
	if got, want := tpl.Loose(proof), []string{"Alone", "AppRole", "Route", "Table"}; !slices.Equal(got, want) {
		t.Errorf("loose %q, want %q", got, want)
	}
	// Not Table: Route depends on it. But Vpc: what refers to it begins before it is complete.
	if got, want := tpl.Ends(awaited), []string{"Alone", "AppRole", "Route", "Subnet", "Vpc"}; !slices.Equal(got, want) {
		t.Errorf("ends %q, want %q", got, want)
	}
}

func TestDigest(t *testing.T) {
	t.Parallel()
	digest := func(text string) string { return parse(t, text).Digest(proof) }
	base := `{"Parameters":{"P":{"Default":"1"}},"Resources":{"A":{"Type":"T","Properties":{"x":1}},"It":{"Type":"` + proof + `","Properties":{"d":"1"}}}}`
	same := map[string]string{
		"order and space": `{"Resources":{"It":{"Properties":{"d":"1"},"Type":"` + proof + `"}, "A":{"Type":"T","Properties":{"x":1}}},"Parameters":{"P":{"Default":"1"}}}`,
		"the proof":       strings.Replace(base, `"d":"1"`, `"d":"2"`, 1),
		"an output":       strings.Replace(base, `{"Parameters"`, `{"Outputs":{"O":{"Value":"1"}},"Parameters"`, 1),
		"the description": strings.Replace(base, `{"Parameters"`, `{"Description":"x","Parameters"`, 1),
	}
	for name, text := range same {
		if digest(text) != digest(base) {
			t.Errorf("%s changes the digest", name)
		}
	}
	other := map[string]string{
		"a property":   strings.Replace(base, `"x":1`, `"x":2`, 1),
		"a parameter":  strings.Replace(base, `"Default":"1"`, `"Default":"2"`, 1),
		"a resource":   strings.Replace(base, `"A":`, `"B":{"Type":"T"},"A":`, 1),
		"a proof more": strings.Replace(base, `"A":`, `"B":{"Type":"`+proof+`"},"A":`, 1),
		"a condition":  strings.Replace(base, `{"Parameters"`, `{"Conditions":{"C":true},"Parameters"`, 1),
		"a mapping":    strings.Replace(base, `{"Parameters"`, `{"Mappings":{"M":{}},"Parameters"`, 1),
		"metadata":     strings.Replace(base, `"Type":"T"`, `"Type":"T","Metadata":{"m":1}`, 1),
	}
	for name, text := range other {
		if digest(text) == digest(base) {
			t.Errorf("%s does not change the digest", name)
		}
	}
}

// What a resource is made of are its properties and what they refer to, not what it
// waits for, nor what is written about it.
func TestDigestOf(t *testing.T) {
	t.Parallel()
	const base = `{"Resources":{
		"It":{"Type":"I","Properties":{"S":{"Ref":"Subnet"},"H":{"Ref":"Handle"}},"DependsOn":"Route"},
		"Subnet":{"Type":"S","Properties":{"V":{"Fn::GetAtt":["Vpc","Id"]},"I":{"Ref":"It"}}},
		"Vpc":{"Type":"V","Properties":{"C":"1"}},"Handle":{"Type":"H","Properties":{"C":"1"}},
		"Route":{"Type":"R","Properties":{"C":"1"}},"Other":{"Type":"O","Properties":{"C":"1"}}}}`
	digest := func(text string) string { return parse(t, text).DigestOf("It", "Handle") }
	for what, c := range map[string]struct {
		from, to string
		same     bool
	}{
		"its own property":   {`"I","Properties":{`, `"I","Properties":{"X":1,`, false},
		"a reference's":      {`{"V":{"Fn`, `{"X":1,"V":{"Fn`, false},
		"one further off":    {`"V","Properties":{"C":"1"}`, `"V","Properties":{"C":"2"}`, false},
		"a type":             {`"Type":"V"`, `"Type":"W"`, false},
		"what is left out":   {`"H","Properties":{"C":"1"}`, `"H","Properties":{"C":"2"}`, true},
		"what it waits for":  {`"R","Properties":{"C":"1"}`, `"R","Properties":{"C":"2"}`, true},
		"a stranger":         {`"O","Properties":{"C":"1"}`, `"O","Properties":{"C":"2"}`, true},
		"what is written":    {`"Type":"I",`, `"Type":"I","Metadata":{"X":1},`, true},
		"where else it goes": {`"DependsOn":"Route"`, `"DependsOn":["Route","Other"]`, true},
	} {
		changed := strings.Replace(base, c.from, c.to, 1)
		if changed == base {
			t.Fatalf("%s: nothing changed", what)
		}
		if same := digest(changed) == digest(base); same != c.same {
			t.Errorf("%s: the same digest %t, want %t", what, same, c.same)
		}
	}
}

// The functions of a proof are those that it refers to itself.
func TestFunctions(t *testing.T) {
	t.Parallel()
	tpl := parse(t, `{"Resources":{
		"Verifier":{"Type":"AWS::Lambda::Function","Properties":{"Role":{"Ref":"Role"}}},
		"Prober":{"Type":"AWS::Lambda::Function"},"Stranger":{"Type":"AWS::Lambda::Function"},"Role":{"Type":"AWS::IAM::Role"},
		"One":{"Type":"`+proof+`","Properties":{"ServiceToken":{"Fn::GetAtt":["Verifier","Arn"]},"P":[{"Fn::GetAtt":["Prober","Arn"]}]}},
		"Two":{"Type":"`+proof+`","Properties":{"ServiceToken":{"Fn::GetAtt":["Verifier","Arn"]}}}}}`)
	if got, want := tpl.Functions(proof), []string{"Prober", "Verifier"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}
