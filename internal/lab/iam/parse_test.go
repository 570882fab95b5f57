package iam

import (
	"strings"
	"testing"
)

// bucketPolicy has one of everything that the lab's own templates use.
const bucketPolicy = `{
  "Version": "2012-10-17", "Id": "p",
  "Statement": [{
    "Sid": "Tls", "Effect": "Deny", "Principal": {"AWS": "*"}, "Action": "s3:*",
    "Resource": ["arn:aws:s3:::b", "arn:aws:s3:::b/*"],
    "Condition": {"Bool": {"aws:SecureTransport": false}}
  }, {
    "Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com", "AWS": ["111122223333", "arn:aws:iam::111122223333:role/path/r"]},
    "NotAction": ["s3:Put*"], "NotResource": "arn:aws:s3:::b/${aws:PrincipalAccount}/*",
    "Condition": {"ForAnyValue:StringLikeIfExists": {"aws:SourceVpce": ["vpce-*"]}, "NumericLessThan": {"s3:max-keys": 10}}
  }]
}`

func TestParse(t *testing.T) {
	t.Parallel()
	p, err := Parse(bucketPolicy)
	if err != nil {
		t.Fatal(err)
	}
	if err := p.ValidateFor(ResourcePolicy); err != nil {
		t.Error(err)
	}
	if len(p.Statements) != 2 || !p.Statements[0].Deny || !p.Statements[0].Principal.Any {
		t.Errorf("first statement: %+v", p.Statements)
	}
	second := p.Statements[1]
	if c := second.Conditions; len(c) != 2 || c[0].Set != "ForAnyValue" || !c[0].IfExists || c[0].Operator != "StringLike" || c[1].Values[0] != "10" {
		t.Errorf("conditions: %+v", c)
	}
	if len(second.Principal.AWS) != 2 || len(second.Principal.Services) != 1 {
		t.Errorf("principal: %+v", second.Principal)
	}
}

func TestParseTakesDecodedObjects(t *testing.T) {
	t.Parallel()
	p, err := Parse(map[string]any{"Statement": map[string]any{"Effect": "Allow", "Action": []string{"s3:*"}, "Resource": "*"}})
	if err != nil || p.Version != "2008-10-17" || len(p.Statements) != 1 {
		t.Errorf("got %+v, %v", p, err)
	}
}

// TestParseRefuses shows that what is not evaluated is named.
func TestParseRefuses(t *testing.T) {
	t.Parallel()
	statement := func(members string) string {
		return `{"Version":"2012-10-17","Statement":[{` + members + `}]}`
	}
	const base = `"Effect":"Allow","Action":"s3:*","Resource":"*"`
	for _, test := range []struct{ name, document, want string }{
		{"not JSON", `{`, "not a JSON object"},
		{"a list", `[]`, "not a JSON object"},
		{"null", `null`, "not a JSON object: null"},
		{"trailing text", statement(base) + `{}`, "text after its end"},
		{"version", `{"Version":"2020-01-01","Statement":{}}`, "version 2020-01-01"},
		{"element of a policy", `{"Statements":[]}`, `unknown element "Statements"`},
		{"no statement", `{"Version":"2012-10-17"}`, "Statement is missing"},
		{"element of a statement", statement(base + `,"Effects":"x"`), `statement 1: unknown element "Effects"`},
		{"NotPrincipal", statement(base + `,"NotPrincipal":"*"`), `unknown element "NotPrincipal"`},
		{"effect", statement(`"Effect":"allow","Action":"s3:*","Resource":"*"`), "effect allow"},
		{"no effect", statement(`"Action":"s3:*","Resource":"*"`), "Effect is missing"},
		{"no action", statement(`"Effect":"Allow","Resource":"*"`), "want one of Action and NotAction"},
		{"both actions", statement(base + `,"NotAction":"s3:x"`), "want one of Action and NotAction"},
		{"both resources", statement(base + `,"NotResource":"*"`), "want one of Resource and NotResource"},
		{"action", statement(`"Effect":"Allow","Action":"ListBucket","Resource":"*"`), `"ListBucket": want * or service:Name`},
		{"resource", statement(`"Effect":"Allow","Action":"s3:*","Resource":"bucket"`), `"bucket": want * or an ARN`},
		{"unresolved intrinsic", statement(`"Effect":"Allow","Action":"s3:*","Resource":{"Ref":"B"}`), "want a string, got an object"},
		{"operator", statement(base + `,"Condition":{"BinaryEquals":{"aws:CurrentTime":"x"}}`), `unsupported condition operator "BinaryEquals"`},
		{"date", statement(base + `,"Condition":{"DateLessThan":{"aws:CurrentTime":"x"}}`), `key aws:CurrentTime: "x": want a time, such as 2025-01-31T12:00:00Z`},
		{"set operator", statement(base + `,"Condition":{"ForSome:StringLike":{"aws:SourceVpce":"x"}}`), `"ForSome:StringLike"`},
		{"NullIfExists", statement(base + `,"Condition":{"NullIfExists":{"aws:SourceVpce":"true"}}`), `"NullIfExists"`},
		{"key", statement(base + `,"Condition":{"StringEquals":{"aws:SourceVPCE2":"x"}}`), `there is no key "aws:SourceVPCE2"`},
		{"bool", statement(base + `,"Condition":{"Bool":{"aws:SecureTransport":"yes"}}`), `"yes": want true or false`},
		{"number", statement(base + `,"Condition":{"NumericEquals":{"s3:max-keys":"ten"}}`), `"ten": want a number`},
		{"address", statement(base + `,"Condition":{"IpAddress":{"aws:SourceIp":"10.0.0.0/40"}}`), "want an address or CIDR"},
		{"arn", statement(base + `,"Condition":{"ArnLike":{"aws:PrincipalArn":"role/x"}}`), "want an ARN"},
		{"variable", statement(`"Effect":"Allow","Action":"s3:*","Resource":"arn:aws:s3:::b/${aws:ResourceTag/team}"`), "unsupported variable ${aws:ResourceTag/team}"},
		{"variable's end", statement(`"Effect":"Allow","Action":"s3:*","Resource":"arn:aws:s3:::b/${aws:userid"`), "variable without its end"},
		{"variable's default", statement(`"Effect":"Allow","Action":"s3:*","Resource":"arn:aws:s3:::b/${aws:userid, x}"`), "single quotes"},
		{"kind of principal", statement(base + `,"Principal":{"Robot":"x"}`), `kind of principal "Robot"`},
		{"principal wildcard", statement(base + `,"Principal":{"AWS":"arn:aws:iam::*:role/x"}`), "want an account id"},
		{"same Sid", `{"Statement":[{"Sid":"a",` + base + `},{"Sid":"a",` + base + `}]}`, "Sid occurs twice"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			_, err := Parse(test.document)
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v, want it to say %q", err, test.want)
			}
		})
	}
}

func TestValidateFor(t *testing.T) {
	t.Parallel()
	with := func(members string) string {
		return `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*"` + members + `}]}`
	}
	for _, test := range []struct {
		name, document string
		policyType     PolicyType
		want           string
	}{
		{"identity", with(`,"Resource":"*"`), IdentityPolicy, ""},
		{"identity with principal", with(`,"Resource":"*","Principal":"*"`), IdentityPolicy, "identity policy: statement 1: element Principal is not allowed"},
		{"identity without resource", with(``), IdentityPolicy, "element Resource is missing"},
		{"resource without principal", with(`,"Resource":"*"`), ResourcePolicy, "element Principal is missing"},
		{"trust", with(`,"Principal":{"Service":"ec2.amazonaws.com"}`), TrustPolicy, ""},
		{"trust with resource", with(`,"Resource":"*","Principal":"*"`), TrustPolicy, "element Resource is not allowed"},
		{"endpoint by account", with(`,"Resource":"*","Principal":{"AWS":"111122223333"}`), EndpointPolicy, ""},
		{"gateway endpoint by account", with(`,"Resource":"*","Principal":{"AWS":"111122223333"}`), GatewayEndpointPolicy, `Principal must be "*"`},
		{"gateway endpoint", with(`,"Resource":"*","Principal":{"AWS":"*"}`), GatewayEndpointPolicy, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			p, err := Parse(test.document)
			if err != nil {
				t.Fatal(err)
			}
			err = p.ValidateFor(test.policyType)
			if (test.want == "") != (err == nil) || err != nil && !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v, want %q", err, test.want)
			}
		})
	}
}

// FuzzParse looks for documents that crash the parser, or that it accepts and
// the evaluation then crashes on.
func FuzzParse(f *testing.F) {
	f.Add(bucketPolicy)
	f.Add(`{"Statement":{"Effect":"Allow","Action":"*","Resource":"${*}${aws:userid, 'x'}"}}`)
	f.Add(`{"Version":"2012-10-17","Statement":[{"Effect":"Deny","NotAction":["a:?*"],"Resource":"arn:*","Condition":{"Null":{"aws:SourceVpce":"true"}}}]}`)
	request := Request{
		Principal: "arn:aws:iam::111122223333:role/r", Account: "111122223333",
		Action: "s3:ListBucket", Resource: "arn:aws:s3:::b",
		Context: map[string][]string{"aws:SourceVpce": {"vpce-1"}, "aws:PrincipalAccount": {"111122223333"}, "aws:SourceIp": {"10.0.0.1"}},
	}
	f.Fuzz(func(t *testing.T, document string) {
		p, err := Parse(document)
		if err != nil {
			return
		}
		d := Evaluate(request, []Policy{p}, &p, &p)
		if d.Allowed == (d.Reason != "") {
			t.Errorf("decision %+v: a reason exactly where refused", d)
		}
	})
}
