package proof

import (
	"strings"
	"testing"
)

func TestJudgePlaced(t *testing.T) {
	t.Parallel()
	in := Claim{Kind: Placed, From: "private", Subnets: []string{"subnet-1", "subnet-2"}, Group: "sg-1"}
	outside := Claim{Kind: Placed, From: "outside"}
	const look = "the VPC configuration of the prober at private"
	at := func(groups []string, subnets ...string) known {
		return known{Function: Function{Name: "f", Role: "arn:r", Subnets: subnets, Groups: groups}}
	}
	one := []string{"sg-1"}
	role := outside
	role.Role = "arn:aws:iam::1:role/prober"
	as := func(role string) known { return known{Function: Function{Name: "f", Role: role}} }
	tests := map[string]judged{
		"in whatever role":   {claim: Claim{Kind: Placed, From: "private"}, facts: as(""), state: Holds, text: "no VPC"},
		"in its role":        {claim: role, facts: as(role.Role), state: Holds, text: "no VPC"},
		"in another role":    {claim: role, facts: as("arn:aws:iam::1:role/other"), state: Refuted, text: "it runs as arn:aws:iam::1:role/other", look: "the role of the prober at outside"},
		"in an unknown role": {claim: role, facts: as(""), state: Unproven, text: "whom the prober runs as is unknown"},
		"in any role":        {claim: outside, facts: as("arn:aws:iam::1:role/other"), state: Holds, text: "no VPC"},
		"in place":           {claim: in, facts: at(one, "subnet-2", "subnet-1"), state: Holds, text: "subnet-1 and subnet-2, sg-1"},
		"in another subnet":  {claim: in, facts: at(one, "subnet-1", "subnet-3"), state: Refuted, text: "it is in subnet-1 and subnet-3", look: look},
		"in one of two":      {claim: in, facts: at(one, "subnet-1"), state: Refuted, text: "it is in subnet-1", look: look},
		"in one too many":    {claim: in, facts: at(one, "subnet-1", "subnet-2", "subnet-3"), state: Refuted, text: "it is in subnet-1, subnet-2 and subnet-3", look: look},
		"in no VPC":          {claim: in, facts: at(nil), state: Refuted, text: "it is in no VPC", look: look},
		"another group":      {claim: in, facts: at([]string{"sg-2"}, "subnet-1", "subnet-2"), state: Refuted, text: "it has the security group sg-2", look: look},
		"one group too many": {claim: in, facts: at([]string{"sg-2", "sg-1"}, "subnet-1", "subnet-2"), state: Refuted, text: "it has the security groups sg-1 and sg-2", look: look},
		"no group":           {claim: in, facts: at(nil, "subnet-1", "subnet-2"), state: Refuted, text: "it has no security group", look: look},
		"any group":          {claim: Claim{Kind: Placed, From: "private", Subnets: []string{"subnet-1"}}, facts: at(one, "subnet-1"), state: Holds, text: "subnet-1"},
		"unknown":            {claim: outside, state: Unproven, text: "where the prober is is unknown"},
		"outside":            {claim: outside, facts: at(nil), state: Holds, text: "no VPC"},
		"not outside":        {claim: outside, facts: at(one, "subnet-1"), state: Refuted, text: "it is in subnet-1", look: "the VPC configuration of the prober at outside"},
		"half outside":       {claim: outside, facts: at(one), state: Refuted, text: "it has the security group sg-1", look: "the VPC configuration of the prober at outside"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) { t.Parallel(); test.check(t) })
	}
}

func TestJudgeLimited(t *testing.T) {
	t.Parallel()
	const declared = `{"Version":"2012-10-17","Statement":[
		{"Effect":"Allow","Principal":{"AWS":"*"},"Action":["s3:ListBucket","s3:GetObject"],"Resource":"arn:aws:s3:::b","Condition":{"StringEquals":{"aws:PrincipalAccount":"1"},"Bool":{"aws:SecureTransport":"true"}}},
		{"Effect":"Deny","Principal":"*","NotAction":"s3:PutObject","Resource":"*"}]}`
	claim := Claim{Kind: Limited, Endpoint: "vpce-1", Policy: declared}
	const seen = "Deny all but s3:PutObject, s3:GetObject, s3:ListBucket"
	const about = ": it is about Deny all but s3:PutObject, s3:GetObject and s3:ListBucket"
	tests := map[string]struct {
		change []string // old, new, …
		state  State
		text   string
	}{
		"the same": {nil, Holds, seen},
		"in another order": {[]string{`"s3:ListBucket","s3:GetObject"`, `"s3:GetObject","s3:ListBucket","s3:GetObject"`,
			`"Effect":"Allow","Principal":{"AWS":"*"}`, `"Principal":"*","Effect":"Allow"`}, Holds, seen},
		"lists of one":           {[]string{`"arn:aws:s3:::b"`, `["arn:aws:s3:::b"]`, `{"AWS":"*"}`, `{"AWS":["*"]}`, `"1"`, `[1]`, `"true"`, `true`}, Holds, seen},
		"an account as a number": {[]string{`"1"`, `123456789012`}, Refuted, "it differs in Statement 1 Condition StringEquals aws:PrincipalAccount" + about},
		"two differences, the first by name": {[]string{`"Allow"`, `"Deny"`, `"s3:GetObject"`, `"s3:PutObject"`, `"arn:aws:s3:::b"`, `"*"`}, Refuted,
			"it differs in Statement 1 Action 1: it is about Deny all but s3:PutObject, Deny s3:ListBucket and Deny s3:PutObject"},
		"another resource":    {[]string{`"arn:aws:s3:::b"`, `"*"`}, Refuted, "it differs in Statement 1 Resource" + about},
		"one resource more":   {[]string{`"arn:aws:s3:::b"`, `["arn:aws:s3:::b","*"]`}, Refuted, "it differs in Statement 1 Resource" + about},
		"one action more":     {[]string{`"s3:GetObject"`, `"s3:GetObject","s3:*"`}, Refuted, "it differs in Statement 1 Action: it is about Deny all but s3:PutObject, s3:*, s3:GetObject and s3:ListBucket"},
		"another action":      {[]string{`"s3:GetObject"`, `"s3:PutObject"`}, Refuted, "it differs in Statement 1 Action 1: it is about Deny all but s3:PutObject, s3:ListBucket and s3:PutObject"},
		"another effect":      {[]string{`"Deny"`, `"Allow"`}, Refuted, "it differs in Statement 2 Effect: it is about all but s3:PutObject, s3:GetObject and s3:ListBucket"},
		"another principal":   {[]string{`{"AWS":"*"}`, `{"AWS":"1"}`}, Refuted, "it differs in Statement 1 Principal" + about},
		"a principal more":    {[]string{`{"AWS":"*"}`, `{"AWS":"*","Service":"x"}`}, Refuted, "it differs in Statement 1 Principal" + about},
		"a condition less":    {[]string{`"aws:PrincipalAccount":"1"`, ``}, Refuted, "it differs in Statement 1 Condition StringEquals aws:PrincipalAccount" + about},
		"a condition more":    {[]string{`"aws:PrincipalAccount":"1"`, `"aws:PrincipalAccount":"1","x":"y"`}, Refuted, "it differs in Statement 1 Condition StringEquals x" + about},
		"no condition":        {[]string{`"Condition"`, `"Sid":"a","X"`}, Refuted, "it differs in Statement 1 Condition" + about},
		"another version":     {[]string{"2012-10-17", "2008-10-17"}, Refuted, "it differs in Version" + about},
		"a statement less":    {[]string{declared[strings.Index(declared, ",\n\t\t{\"Effect\":\"Deny\""):], "]}"}, Refuted, "it differs in Statement: it is about s3:GetObject and s3:ListBucket"},
		"everything":          {[]string{declared, `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"}]}`}, Refuted, "it differs in Statement: it is about *"},
		"nothing":             {[]string{declared, `{"Version":"2012-10-17"}`}, Refuted, "it differs in Statement: it is about nothing"},
		"unknown":             {[]string{declared, ``}, Unproven, "the policy of the endpoint is unknown"},
		"no JSON":             {[]string{declared, `Allow`}, Unproven, "the policy of the endpoint cannot be read: invalid character 'A' looking for beginning of value"},
		"a list":              {[]string{declared, `[]`}, Unproven, "the policy of the endpoint cannot be read: json: cannot unmarshal array into Go value of type map[string]interface {}"},
		"no document at all":  {[]string{declared, `null`}, Unproven, "the policy of the endpoint cannot be read: want one JSON object"},
		"two documents":       {[]string{declared, `{}{}`}, Unproven, "the policy of the endpoint cannot be read: want one JSON object"},
		"a text for the list": {[]string{declared, `{"Version":"2012-10-17","Statement":"a"}`}, Refuted, "it differs in Statement: it is about nothing"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			actual := strings.NewReplacer(append([]string{"\x00", ""}, test.change...)...).Replace(declared)
			look := ""
			if test.state == Refuted {
				look = "the policy of vpce-1, and who changed it"
			}
			judged{claim: claim, facts: known{Endpoint: Endpoint{ID: "vpce-1", Policy: actual}}, state: test.state, text: test.text, look: look}.check(t)
		})
	}
	if got := Judge(Claim{Kind: Limited}, Facts{limitedFacts{"{}"}}, Observation{}); got.State != Unproven {
		t.Errorf("got %+v", got)
	}
}

// TestPolicyNumbers: what IAM reads as the same text is the same, and what is
// empty is not.
func TestPolicyNumbers(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		a, b string
		same bool
	}{
		{`{"a":123456789012}`, `{"a":"123456789012"}`, true},
		{`{"a":true,"b":[["x"]]}`, `{"a":"true","b":"x"}`, true},
		{`{"a":["x","x"]}`, `{"a":"x"}`, true},
		{`{"a":[]}`, `{"a":"x"}`, false},
		{`{"a":[]}`, `{}`, false},
		{`{"a":null}`, `{}`, true},
		{`{"a":[{"x":1}]}`, `{"a":{"x":1}}`, true},
		{`{"NotPrincipal":{"AWS":"*"}}`, `{"NotPrincipal":"*"}`, true},
		{`{"a":["x","y"]}`, `{"a":{"x":"y"}}`, false},
		{`{"a":{"x":"y"}}`, `{"a":["x","y"]}`, false},
		{`{"a":"x"}`, `{"a":{"x":"y"}}`, false},
		{`{"a":[{"x":1},{"x":2}]}`, `{"a":[{"x":2},{"x":1}]}`, false},
	} {
		a, _ := readPolicy(test.a)
		b, _ := readPolicy(test.b)
		for range 2 {
			if where, differ := difference("", a, b); differ == test.same || differ && where != " in a" && where != " in a 1 x" {
				t.Errorf("%s and %s: got %t %q", test.a, test.b, differ, where)
			}
			a, b = b, a
		}
	}
}
