package proof

import (
	"strings"
	"testing"
)

var _ = exampleOf(Limited, example{
	valid:  Claim{Endpoint: "vpce-1", Policy: `{"Statement":[{"Effect":"Allow","Action":"s3:ListBucket"}]}`},
	fields: "Endpoint! Policy!",
	gathered: []Claim{
		{Endpoint: "vpce-1"},
	},
})

func TestJudgeLimited(t *testing.T) {
	t.Parallel()
	const declared = `{"Version":"2012-10-17","Statement":[
		{"Effect":"Allow","Principal":{"AWS":"*"},"Action":["s3:ListBucket","s3:GetObject"],"Resource":"arn:aws:s3:::b","Condition":{"StringEquals":{"aws:PrincipalAccount":"1"},"Bool":{"aws:SecureTransport":"true"}}},
		{"Effect":"Deny","Principal":"*","NotAction":"s3:PutObject","Resource":"*"}]}`
	claim := Claim{Kind: Limited, Endpoint: "vpce-1", Policy: declared}
	const seen = "Deny all but s3:PutObject, s3:GetObject, s3:ListBucket"
	const about = ": its actions are Deny all but s3:PutObject, s3:GetObject and s3:ListBucket"
	tests := map[string]struct {
		change []string // old, new, …
		state  State
		text   string
	}{
		"the same": {nil, Holds, seen},
		"in another order": {[]string{`"s3:ListBucket","s3:GetObject"`, `"s3:GetObject","s3:ListBucket","s3:GetObject"`,
			`"Effect":"Allow","Principal":{"AWS":"*"}`, `"Principal":"*","Effect":"Allow"`}, Holds, seen},
		"in another order of statements": {[]string{declared, `{"Id":"x","Version":"2012-10-17","Statement":[
			{"Sid":"a","Effect":"Deny","Principal":"*","NotAction":"s3:PutObject","Resource":"*"},
			{"Sid":"b","Effect":"Allow","Principal":{"AWS":"*"},"Action":["s3:ListBucket","s3:GetObject"],"Resource":"arn:aws:s3:::b","Condition":{"StringEquals":{"aws:PrincipalAccount":"1"},"Bool":{"aws:SecureTransport":"true"}}}]}`}, Holds, seen},
		"denies more":            {[]string{`"Resource":"*"}]`, `"Resource":"*"},{"Effect":"Deny","Principal":"*","Action":"s3:ListBucket","Resource":"*"}]`}, Holds, "Deny all but s3:PutObject, Deny s3:ListBucket, s3:GetObject, s3:ListBucket"},
		"denies something else":  {[]string{`"NotAction":"s3:PutObject"`, `"Action":"s3:PutObject"`}, Refuted, "it differs in Statement 2 Action: its actions are Deny s3:PutObject, s3:GetObject and s3:ListBucket"},
		"allows more":            {[]string{`"Resource":"*"}]`, `"Resource":"*"},{"Effect":"Allow","Principal":"*","Action":"s3:PutObject","Resource":"*"}]`}, Refuted, "it differs in Statement: its actions are Deny all but s3:PutObject, s3:GetObject, s3:ListBucket and s3:PutObject"},
		"twice the same":         {[]string{`"Resource":"*"}]`, `"Resource":"*"},{"Effect":"Deny","Principal":"*","NotAction":"s3:PutObject","Resource":"*"}]`}, Holds, seen},
		"lists of one":           {[]string{`"arn:aws:s3:::b"`, `["arn:aws:s3:::b"]`, `{"AWS":"*"}`, `{"AWS":["*"]}`, `"1"`, `[1]`, `"true"`, `true`}, Holds, seen},
		"an account as a number": {[]string{`"1"`, `123456789012`}, Refuted, "it differs in Statement 1 Condition StringEquals aws:PrincipalAccount" + about},
		"two differences, the first by name": {[]string{`"Allow"`, `"Deny"`, `"s3:GetObject"`, `"s3:PutObject"`, `"arn:aws:s3:::b"`, `"*"`}, Refuted,
			"it differs in Statement 1 Action 1: its actions are Deny all but s3:PutObject, Deny s3:ListBucket and Deny s3:PutObject"},
		"another resource":    {[]string{`"arn:aws:s3:::b"`, `"*"`}, Refuted, "it differs in Statement 1 Resource" + about},
		"one resource more":   {[]string{`"arn:aws:s3:::b"`, `["arn:aws:s3:::b","*"]`}, Refuted, "it differs in Statement 1 Resource" + about},
		"one action more":     {[]string{`"s3:GetObject"`, `"s3:GetObject","s3:*"`}, Refuted, "it differs in Statement 1 Action: its actions are Deny all but s3:PutObject, s3:*, s3:GetObject and s3:ListBucket"},
		"another action":      {[]string{`"s3:GetObject"`, `"s3:PutObject"`}, Refuted, "it differs in Statement 1 Action 1: its actions are Deny all but s3:PutObject, s3:ListBucket and s3:PutObject"},
		"another effect":      {[]string{`"Deny"`, `"Allow"`}, Refuted, "it differs in Statement 2 Effect: its actions are all but s3:PutObject, s3:GetObject and s3:ListBucket"},
		"another principal":   {[]string{`{"AWS":"*"}`, `{"AWS":"1"}`}, Refuted, "it differs in Statement 1 Principal" + about},
		"a principal more":    {[]string{`{"AWS":"*"}`, `{"AWS":"*","Service":"x"}`}, Refuted, "it differs in Statement 1 Principal" + about},
		"a condition less":    {[]string{`"aws:PrincipalAccount":"1"`, ``}, Refuted, "it differs in Statement 1 Condition StringEquals aws:PrincipalAccount" + about},
		"a condition more":    {[]string{`"aws:PrincipalAccount":"1"`, `"aws:PrincipalAccount":"1","x":"y"`}, Refuted, "it differs in Statement 1 Condition StringEquals x" + about},
		"no condition":        {[]string{`"Condition"`, `"Sid":"a","X"`}, Refuted, "it differs in Statement 1 Condition" + about},
		"another version":     {[]string{"2012-10-17", "2008-10-17"}, Refuted, "it differs in Version" + about},
		"a statement less":    {[]string{declared[strings.Index(declared, ",\n\t\t{\"Effect\":\"Deny\""):], "]}"}, Refuted, "it differs in Statement: its actions are s3:GetObject and s3:ListBucket"},
		"everything":          {[]string{declared, `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"}]}`}, Refuted, "it differs in Statement: its actions are *"},
		"nothing":             {[]string{declared, `{"Version":"2012-10-17"}`}, Refuted, "it differs in Statement: its actions are nothing"},
		"unknown":             {[]string{declared, ``}, Unproven, "the policy of the endpoint is unknown"},
		"no JSON":             {[]string{declared, `Allow`}, Unproven, "the policy of the endpoint cannot be read: invalid character 'A' looking for beginning of value"},
		"a list":              {[]string{declared, `[]`}, Unproven, "the policy of the endpoint cannot be read: json: cannot unmarshal array into Go value of type map[string]interface {}"},
		"no document at all":  {[]string{declared, `null`}, Unproven, "the policy of the endpoint cannot be read: want one JSON object"},
		"two documents":       {[]string{declared, `{}{}`}, Unproven, "the policy of the endpoint cannot be read: want one JSON object"},
		"a text for the list": {[]string{declared, `{"Version":"2012-10-17","Statement":"a"}`}, Refuted, "it differs in Statement: its actions are nothing"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			actual := strings.NewReplacer(append([]string{"\x00", ""}, test.change...)...).Replace(declared)
			hint := ""
			if test.state == Refuted {
				hint = "the policy of vpce-1, and who changed it"
			}
			judged{claim: claim, facts: Facts{limitedFacts{actual}}, state: test.state, text: test.text, hint: hint}.check(t)
		})
	}
	if got := Judge(Claim{Kind: Limited}, Facts{limitedFacts{"{}"}}, Observation{}); got.State != Unproven {
		t.Errorf("got %+v", got)
	}
}
