package iam

import (
	"bytes"
	"encoding/json"
	"flag"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// The evaluator is compared with an independent one. No Go module was to be had:
// github.com/nsiow/yams is not on the module proxy. The simulator of
// @cloud-copilot is a Node package under the AGPL, so nothing here depends on it:
// its decisions on generated cases are kept in testdata/simulated.txt. To decide
// them anew:
//
//	mkdir /tmp/simulator && cd /tmp/simulator && npm install @cloud-copilot/iam-simulate@0.1.173
//	go test ./internal/lab/iam -run Simulator -simulator /tmp/simulator
var simulator = flag.String("simulator", "", "folder in which @cloud-copilot/iam-simulate is installed; decide the cases anew")

// simulatedCases is how many cases there are. The seed makes them.
const simulatedCases = 1500

// simulated is one request with the policies that decide it.
type simulated struct {
	Principal      string              `json:"principal"`
	Account        string              `json:"account"`
	Action         string              `json:"action"`
	Resource       string              `json:"resource"`
	Context        map[string][]string `json:"context"`
	Identity       []any               `json:"identity"`
	ResourcePolicy any                 `json:"resourcePolicy,omitempty"`
	EndpointPolicy any                 `json:"endpointPolicy,omitempty"`
}

// disagreements are conditions of an Allow on which the simulator is wrong, with
// what AWS says. The generated cases do not have their patterns.
var disagreements = []struct {
	operator, key, pattern, value string
	want, documentation           string
}{
	{
		"IpAddress", "aws:SourceIp", "0.0.0.0/0", "203.0.113.9", "Allowed",
		"reference_policies_elements_condition_operators.html: the value must be in the standard CIDR format; this block has every address",
	},
	{
		"ArnLike", "aws:PrincipalArn", "arn:aws:iam::${aws:PrincipalAccount}:role/team/prober", simulatedRole, "Allowed",
		"reference_policies_elements_condition_operators.html: ARN operators take policy variables; the colon of a variable separates no components",
	},
	{
		"StringNotEquals", "aws:SourceVpce", "${aws:SourceVpc}", "vpce-1", "Allowed",
		"reference_policies_variables.html#policy-vars-no-value: inverted operators match against the null value of a variable that is not in the request",
	},
	{
		"StringEquals", "s3:prefix", "home/a${*}", "home/a*", "Allowed",
		"reference_policies_variables.html#policy-vars-specialchars: ${*} can be used in any string in which variables can be used",
	},
	{
		"ArnNotLike", "aws:PrincipalArn", "arn:aws:*:prober", simulatedRole, "Allowed",
		"reference_policies_elements_condition_operators.html: each of the six components is checked separately; what has four does not match, and negated matching is then true",
	},
}

func TestSimulatorAgrees(t *testing.T) {
	t.Parallel()
	cases := simulatedRequests()
	file := filepath.Join("testdata", "simulated.txt")
	if *simulator != "" {
		writeDecisions(t, file, cases)
	}
	decisions := readDecisions(t, file)
	if len(decisions) != len(cases) {
		t.Fatalf("%d decisions on %d cases; decide them anew", len(decisions), len(cases))
	}
	seen := map[string]int{}
	for i, c := range cases {
		seen[decisions[i]]++
		got := c.decide(t)
		if i < len(disagreements) {
			if d := disagreements[i]; got != d.want || decisions[i] == d.want {
				t.Errorf("%s %s: %s, want %s; the simulator says %s\n%s", d.operator, d.pattern, got, d.want, decisions[i], d.documentation)
			}
			continue
		}
		if got != decisions[i] {
			text, _ := json.Marshal(c)
			t.Errorf("case %d: %s, the simulator says %s\n%s", i, got, decisions[i], text)
		}
	}
	for _, d := range []string{"Allowed", "ImplicitlyDenied", "ExplicitlyDenied"} {
		if seen[d] < len(cases)/20 {
			t.Errorf("only %d cases are %s: %v", seen[d], d, seen)
		}
	}
}

// readDecisions reads one letter per case.
func readDecisions(t *testing.T, file string) []string {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	words := map[rune]string{'A': "Allowed", 'I': "ImplicitlyDenied", 'E': "ExplicitlyDenied"}
	var out []string
	for _, letter := range strings.ReplaceAll(string(text), "\n", "") {
		out = append(out, words[letter])
	}
	return out
}

// decide returns this package's decision in the simulator's words.
func (c simulated) decide(t *testing.T) string {
	t.Helper()
	parse := func(document any) *Policy {
		if document == nil {
			return nil
		}
		p, err := Parse(document)
		if err != nil {
			t.Fatal(err)
		}
		return &p
	}
	var identity []Policy
	for _, document := range c.Identity {
		identity = append(identity, *parse(document))
	}
	d := Evaluate(Request{
		Principal: c.Principal, Account: c.Account, Action: c.Action, Resource: c.Resource, Context: c.Context,
	}, identity, parse(c.EndpointPolicy), parse(c.ResourcePolicy))
	switch {
	case d.Allowed:
		return "Allowed"
	case d.Explicit:
		return "ExplicitlyDenied"
	}
	return "ImplicitlyDenied"
}

func writeDecisions(t *testing.T, file string, cases []simulated) {
	t.Helper()
	input, err := json.Marshal(cases)
	if err != nil {
		t.Fatal(err)
	}
	script, err := filepath.Abs(filepath.Join("testdata", "simulate.mjs"))
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("node", script)
	cmd.Dir, cmd.Stdin, cmd.Stderr = *simulator, bytes.NewReader(input), os.Stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	var decisions []string
	if err := json.Unmarshal(out, &decisions); err != nil {
		t.Fatal(err)
	}
	var letters strings.Builder
	for i, d := range decisions {
		letters.WriteString(d[:1])
		if (i+1)%100 == 0 {
			letters.WriteByte('\n')
		}
	}
	if err := os.WriteFile(file, []byte(letters.String()+"\n"), 0o644); err != nil {
		t.Fatal(err)
	}
}

// simulatedRequests makes the cases: the known disagreements, then every operator
// alone, then those that follow from the seed.
func simulatedRequests() []simulated {
	var out []simulated
	for _, d := range disagreements {
		out = append(out, oneCondition(d.operator, d.key, d.pattern, d.value))
	}
	for _, class := range simulatedOperators {
		for _, key := range class.keys {
			k := simulatedKeys[key]
			for _, operator := range class.names {
				for _, pattern := range k.patterns {
					for _, value := range append(k.values, "") {
						out = append(out, oneCondition(operator, key, pattern, value), oneCondition(operator+"IfExists", key, pattern, value))
					}
				}
			}
		}
	}
	g := &generator{rand.New(rand.NewPCG(8, 1))}
	for range simulatedCases {
		out = append(out, g.request())
	}
	return out
}

// oneCondition is a request with one context value ("" for none) under an Allow
// with one condition.
func oneCondition(operator, key, pattern, value string) simulated {
	statement := map[string]any{"Effect": "Allow", "Action": "*", "Resource": "*"}
	statement["Condition"] = map[string]any{operator: map[string]any{key: pattern}}
	r := newSimulated()
	r.Context[key] = []string{value}
	if value == "" {
		delete(r.Context, key)
	}
	r.Identity = []any{map[string]any{"Version": "2012-10-17", "Statement": []any{statement}}}
	return r
}

// newSimulated is a request of the role without policies.
func newSimulated() simulated {
	return simulated{
		Principal: simulatedRole, Account: simulatedAccount, Action: "s3:ListBucket", Resource: "arn:aws:s3:::bucket",
		Context: map[string][]string{"aws:PrincipalArn": {simulatedRole}, "aws:PrincipalAccount": {simulatedAccount}},
	}
}

type generator struct{ *rand.Rand }

// one returns one of several values.
func one[T any](g *generator, values ...T) T { return values[g.IntN(len(values))] }

// some returns one value, or a list of one to three.
func (g *generator) some(value func() any) any {
	if g.IntN(2) == 0 {
		return value()
	}
	list := make([]any, 1+g.IntN(3))
	for i := range list {
		list[i] = value()
	}
	return list
}

const (
	simulatedAccount = "111122223333"
	simulatedRole    = "arn:aws:iam::111122223333:role/team/prober"
)

// The context keys of the cases by the type of their values, with values that a
// request may have and patterns that a policy may have.
var simulatedKeys = map[string]struct{ values, patterns []string }{
	"aws:SourceVpce":        {[]string{"vpce-1", "vpce-12"}, []string{"vpce-1", "VPCE-1", "vpce-*", "vpce-?", "*", "${aws:PrincipalAccount}", "vpce-${*}"}},
	"aws:SourceVpc":         {[]string{"vpc-1"}, []string{"vpc-1", "vpc-2", "vpc-?", "${aws:SourceVpc}", "${aws:SourceVpce, 'vpc-1'}"}},
	"s3:prefix":             {[]string{"Home/", "home/a*"}, []string{"", "Home/", "home/*", "H?me/", "${aws:PrincipalAccount}"}},
	"aws:PrincipalArn":      {[]string{simulatedRole}, []string{simulatedRole, "arn:aws:iam::*:role/*", "arn:aws:iam::111122223333:role/prober", "arn:*:iam::*:role/team/?rober", "arn:aws:iam:*:*:role/team/prober"}},
	"aws:SourceArn":         {[]string{"arn:aws:s3:::bucket", "arn:aws:lambda:us-east-1:111122223333:function:f"}, []string{"arn:aws:s3:::*", "arn:aws:lambda:*:*:function:f", "arn:aws:lambda:us-east-1:111122223333:function:*", "arn:aws:lambda:*:function:f"}},
	"aws:SecureTransport":   {[]string{"true", "false"}, []string{"true", "false", "True"}},
	"aws:ViaAWSService":     {[]string{"true", "false"}, []string{"true", "false"}},
	"aws:VpcSourceIp":       {[]string{"10.0.1.9", "10.1.0.1"}, []string{"10.0.0.0/16", "10.0.1.9", "10.0.1.9/32", "10.1.0.0/24", "0.0.0.0/1"}},
	"aws:SourceIp":          {[]string{"203.0.113.9", "2001:db8::1"}, []string{"203.0.113.0/24", "2001:db8::/32", "0.0.0.0/1", "::/1"}},
	"s3:max-keys":           {[]string{"0", "10", "11"}, []string{"10", "11", "0", "9"}},
	"aws:PrincipalOrgPaths": {[]string{"o-1/r-1/ou-a/", "o-1/r-1/ou-b/", "o-2/r-1/"}, []string{"o-1/*", "o-1/r-1/ou-a/*", "*", "o-2/r-1/", "*/ou-b/"}},
}

// The operators of the cases with the keys that they suit.
var simulatedOperators = []struct {
	names, keys []string
}{
	{
		[]string{"StringEquals", "StringNotEquals", "StringEqualsIgnoreCase", "StringNotEqualsIgnoreCase", "StringLike", "StringNotLike"},
		[]string{"aws:SourceVpce", "aws:SourceVpc", "s3:prefix"},
	},
	{[]string{"ArnEquals", "ArnNotEquals", "ArnLike", "ArnNotLike"}, []string{"aws:PrincipalArn", "aws:SourceArn"}},
	{[]string{"Bool"}, []string{"aws:SecureTransport", "aws:ViaAWSService"}},
	{[]string{"IpAddress", "NotIpAddress"}, []string{"aws:VpcSourceIp", "aws:SourceIp"}},
	{
		[]string{"NumericEquals", "NumericNotEquals", "NumericLessThan", "NumericLessThanEquals", "NumericGreaterThan", "NumericGreaterThanEquals"},
		[]string{"s3:max-keys"},
	},
}

func (g *generator) request() simulated {
	r := newSimulated()
	if g.IntN(3) == 0 {
		r.Action, r.Resource = "s3:GetObject", "arn:aws:s3:::bucket/"+one(g, "a", "a/b", "é")
	}
	for _, key := range sortedNames(simulatedKeys) {
		ofList := strings.HasPrefix(key, "s3:")
		if g.IntN(3) == 0 || key == "aws:PrincipalArn" || ofList && r.Action != "s3:ListBucket" {
			continue
		}
		values := simulatedKeys[key].values
		r.Context[key] = []string{one(g, values...)}
		if key == "aws:PrincipalOrgPaths" {
			r.Context[key] = values[:1+g.IntN(len(values))]
		}
	}
	for range 1 + g.IntN(2) {
		r.Identity = append(r.Identity, g.policy(nil))
	}
	if g.IntN(3) == 0 {
		r.ResourcePolicy = g.policy(func() any {
			return one[any](g, "*", map[string]any{"AWS": simulatedRole}, map[string]any{"AWS": simulatedAccount},
				map[string]any{"AWS": []any{"arn:aws:iam::111122223333:root"}}, map[string]any{"AWS": "*"},
				map[string]any{"AWS": "444455556666"}, map[string]any{"Service": "lambda.amazonaws.com"})
		})
	}
	if g.IntN(3) == 0 {
		// The simulator refuses any other principal, as gateway endpoints do.
		r.EndpointPolicy = g.policy(func() any { return "*" })
	}
	return r
}

// policy makes a document of one to three statements; principal is nil for
// identity policies.
func (g *generator) policy(principal func() any) any {
	statements := make([]any, 1+g.IntN(3))
	for i := range statements {
		s := map[string]any{
			"Effect": one(g, "Allow", "Allow", "Allow", "Deny"),
			one(g, "Action", "Action", "Action", "NotAction"): g.some(func() any {
				return one(g, "*", "s3:*", "s3:List*", "S3:getobject", "s3:Get?bject", "s3:ListBucket", "ec2:*")
			}),
			one(g, "Resource", "Resource", "Resource", "NotResource"): g.some(func() any {
				return one(g, "*", "arn:aws:s3:::bucket", "arn:aws:s3:::bucket*", "arn:aws:s3:::bucket/*", "arn:aws:s3:::bucket/?",
					"arn:aws:s3:::other/*", "arn:aws:s3:::${aws:SourceVpc, 'bucket'}", "arn:aws:s3:::*/${aws:PrincipalAccount}")
			}),
		}
		if principal != nil {
			s["Principal"] = principal()
		}
		conditions := map[string]any{}
		for range g.IntN(3) {
			operator, keys := g.condition()
			conditions[operator] = keys
		}
		if len(conditions) > 0 {
			s["Condition"] = conditions
		}
		statements[i] = s
	}
	return map[string]any{"Version": "2012-10-17", "Statement": statements}
}

// condition makes one operator with its keys.
func (g *generator) condition() (operator string, keys map[string]any) {
	const multivalued = "aws:PrincipalOrgPaths"
	if g.IntN(6) == 0 {
		operator := one(g, "ForAllValues:", "ForAnyValue:") + one(g, "StringEquals", "StringLike", "StringNotLike", "StringNotEquals") + one(g, "", "", "IfExists")
		return operator, map[string]any{multivalued: g.some(func() any { return one(g, simulatedKeys[multivalued].patterns...) })}
	}
	if g.IntN(8) == 0 {
		return "Null", map[string]any{one(g, sortedNames(simulatedKeys)...): one(g, "true", "false")}
	}
	class := one(g, simulatedOperators...)
	keys = map[string]any{}
	for range 1 + g.IntN(2) {
		key := one(g, class.keys...)
		keys[key] = g.some(func() any { return one(g, simulatedKeys[key].patterns...) })
	}
	return one(g, class.names...) + one(g, "", "", "IfExists"), keys
}

func sortedNames[V any](m map[string]V) []string {
	object := make(map[string]any, len(m))
	for name := range m {
		object[name] = nil
	}
	return sortedKeys(object)
}
