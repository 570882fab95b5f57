package iam

import (
	"strings"
	"testing"
)

const (
	account = "111122223333"
	role    = "arn:aws:iam::111122223333:role/prober"
)

// request is the prober's call through its endpoint.
func request(change func(*Request)) Request {
	r := Request{
		Principal: role, Account: account, Action: "s3:ListBucket", Resource: "arn:aws:s3:::bucket",
		Context: map[string][]string{
			"aws:SourceVpce": {"vpce-1"}, "aws:VpcSourceIp": {"10.0.1.9"}, "aws:PrincipalAccount": {account},
			"aws:PrincipalArn": {role}, "aws:SecureTransport": {"true"}, "s3:max-keys": {"1"},
		},
	}
	if change != nil {
		change(&r)
	}
	return r
}

func mustParse(t *testing.T, document string) *Policy {
	t.Helper()
	if document == "" {
		return nil
	}
	p, err := Parse(document)
	if err != nil {
		t.Fatal(err)
	}
	return &p
}

func doc(statements ...string) string {
	return `{"Version":"2012-10-17","Statement":[` + strings.Join(statements, ",") + `]}`
}

const (
	allowAll     = `{"Effect":"Allow","Action":"*","Resource":"*"}`
	allowList    = `{"Effect":"Allow","Action":"s3:ListBucket","Resource":"arn:aws:s3:::bucket"}`
	denyList     = `{"Effect":"Deny","Action":"s3:List*","Resource":"*"}`
	anyoneAll    = `{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"}`
	anyoneGet    = `{"Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"*"}`
	anyoneDeny   = `{"Effect":"Deny","Principal":"*","Action":"s3:ListBucket","Resource":"*"}`
	roleAll      = `{"Effect":"Allow","Principal":{"AWS":"` + role + `"},"Action":"*","Resource":"*"}`
	rootAll      = `{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111122223333:root"},"Action":"*","Resource":"*"}`
	strangersAll = `{"Effect":"Allow","Principal":{"AWS":"444455556666"},"Action":"*","Resource":"*"}`
)

// TestEvaluate follows the flow chart of
// docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-denyallow.html.
func TestEvaluate(t *testing.T) {
	t.Parallel()
	const (
		noIdentity = "because no identity-based policy allows the s3:ListBucket action"
		noEndpoint = "because no VPC endpoint policy allows the s3:ListBucket action"
	)
	for _, test := range []struct{ name, identity, endpoint, resource, want string }{
		{"nothing allows", doc(`{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"}`), "", "", noIdentity},
		{"identity allows", doc(allowList), "", "", ""},
		{"identity denies", doc(allowAll, denyList), "", "", "with an explicit deny in an identity-based policy"},
		{"other resource", doc(`{"Effect":"Allow","Action":"s3:*","Resource":"arn:aws:s3:::other"}`), "", "", noIdentity},
		{"bucket policy allows the role", "", "", doc(roleAll), ""},
		{"bucket policy allows everybody", "", "", doc(anyoneAll), ""},
		{"bucket policy only delegates to the account", "", "", doc(rootAll), noIdentity},
		{"bucket policy delegates, identity allows", doc(allowList), "", doc(rootAll), ""},
		{"bucket policy is for others", "", "", doc(strangersAll), noIdentity},
		{"bucket policy denies", doc(allowAll), "", doc(anyoneDeny), "with an explicit deny in a resource-based policy"},
		{"endpoint allows too", doc(allowList), doc(anyoneAll), "", ""},
		{"endpoint alone gives nothing", "", doc(anyoneAll), "", noIdentity},
		{"endpoint does not allow", doc(allowList), doc(anyoneGet), "", noEndpoint},
		{"endpoint does not allow what the bucket does", "", doc(anyoneGet), doc(roleAll), noEndpoint},
		{"endpoint denies", doc(allowList), doc(anyoneAll, anyoneDeny), "", "with an explicit deny in a VPC endpoint policy"},
		{"endpoint is for the account", doc(allowList), doc(rootAll), "", ""},
		{"endpoint is for others", doc(allowList), doc(strangersAll), "", noEndpoint},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			var identity []Policy
			if p := mustParse(t, test.identity); p != nil {
				identity = append(identity, *p)
			}
			d := Evaluate(request(nil), identity, mustParse(t, test.endpoint), mustParse(t, test.resource))
			if d.Allowed != (test.want == "") || d.Reason != test.want || d.Explicit != strings.Contains(test.want, "explicit") {
				t.Errorf("got %+v, want %q", d, test.want)
			}
		})
	}
}

func TestFullAccess(t *testing.T) {
	t.Parallel()
	p := FullAccess()
	if err := p.ValidateFor(GatewayEndpointPolicy); err != nil {
		t.Error(err)
	}
	if d := Evaluate(request(nil), []Policy{*mustParse(t, doc(allowList))}, &p, nil); !d.Allowed {
		t.Error(d.Reason)
	}
}

// TestStatements takes one statement of an identity policy at a time.
func TestStatements(t *testing.T) {
	t.Parallel()
	through := func(vpce ...string) func(*Request) {
		return func(r *Request) { r.Context["aws:SourceVpce"] = vpce }
	}
	object := func(arn string) func(*Request) {
		return func(r *Request) { r.Action, r.Resource = "s3:GetObject", arn }
	}
	const ours = `"Effect":"Allow","Action":"s3:ListBucket","Resource":"*","Condition":{"StringEquals":{"aws:sourceVPCE":"vpce-1"}}`
	for _, test := range []struct {
		name, statement string
		change          func(*Request)
		want            bool
	}{
		{"the conditional grant, through the endpoint", ours, nil, true},
		{"through another endpoint", ours, through("vpce-2"), false},
		{"from outside", ours, through(), false},
		{"action without regard to case", `"Effect":"Allow","Action":"S3:listbucket","Resource":"*"`, nil, true},
		{"action by wildcard", `"Effect":"Allow","Action":"s3:L?st*","Resource":"*"`, nil, true},
		{"NotAction leaves others", `"Effect":"Allow","NotAction":"s3:Put*","Resource":"*"`, nil, true},
		{"NotAction excludes", `"Effect":"Allow","NotAction":["ec2:*","s3:List*"],"Resource":"*"`, nil, false},
		{"NotResource leaves others", `"Effect":"Allow","Action":"*","NotResource":"arn:aws:s3:::other"`, nil, true},
		{"NotResource excludes", `"Effect":"Allow","Action":"*","NotResource":"arn:aws:s3:::buck*"`, nil, false},
		{"resource with case", `"Effect":"Allow","Action":"*","Resource":"arn:aws:s3:::Bucket"`, nil, false},
		{"bucket is not its objects", `"Effect":"Allow","Action":"*","Resource":"arn:aws:s3:::bucket"`, object("arn:aws:s3:::bucket/a"), false},
		{"star crosses slashes and colons", `"Effect":"Allow","Action":"*","Resource":"arn:aws:s3:::bucket/*"`, object("arn:aws:s3:::bucket/a/b:c"), true},
		{"question mark is one character", `"Effect":"Allow","Action":"*","Resource":"arn:aws:s3:::bucket/?"`, object("arn:aws:s3:::bucket/é"), true},
		{"variable", `"Effect":"Allow","Action":"*","Resource":"arn:aws:s3:::bucket/${aws:PrincipalAccount}/*"`, object("arn:aws:s3:::bucket/111122223333/a"), true},
		{"variable of another value", `"Effect":"Allow","Action":"*","Resource":"arn:aws:s3:::bucket/${aws:PrincipalAccount}/*"`, object("arn:aws:s3:::bucket/1/a"), false},
		{"variable that is absent", `"Effect":"Allow","Action":"*","Resource":"arn:aws:s3:::bucket*${aws:SourceVpc}"`, nil, false},
		{"variable with default", `"Effect":"Allow","Action":"*","Resource":"arn:aws:s3:::${aws:SourceVpc, 'bucket'}"`, nil, true},
		{"literal star", `"Effect":"Allow","Action":"*","Resource":"arn:aws:s3:::bucket/${*}"`, object("arn:aws:s3:::bucket/a"), false},
		{"literal star itself", `"Effect":"Allow","Action":"*","Resource":"arn:aws:s3:::bucket/${*}"`, object("arn:aws:s3:::bucket/*"), true},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			p := mustParse(t, doc("{"+test.statement+"}"))
			if d := Evaluate(request(test.change), []Policy{*p}, nil, nil); d.Allowed != test.want {
				t.Errorf("got %+v, want %v", d, test.want)
			}
		})
	}
}

// TestOldVersionHasNoVariables follows …/reference_policies_elements_version.html.
func TestOldVersionHasNoVariables(t *testing.T) {
	t.Parallel()
	p := mustParse(t, `{"Statement":{"Effect":"Allow","Action":"*","Resource":"arn:aws:s3:::${aws:PrincipalAccount}"}}`)
	literal := request(func(r *Request) { r.Resource = "arn:aws:s3:::${aws:PrincipalAccount}" })
	if d := Evaluate(literal, []Policy{*p}, nil, nil); !d.Allowed {
		t.Error("the text of a variable is literal in version 2008-10-17")
	}
}

func TestTrust(t *testing.T) {
	t.Parallel()
	p := mustParse(t, doc(`{"Effect":"Allow","Principal":{"Service":"lambda.amazonaws.com"},"Action":"sts:AssumeRole"}`))
	for service, want := range map[string]bool{"lambda.amazonaws.com": true, "ec2.amazonaws.com": false} {
		r := Request{Service: service, Action: "sts:AssumeRole", Resource: role}
		if d := Evaluate(r, nil, nil, p); d.Allowed != want {
			t.Errorf("%s: got %+v, want %v", service, d, want)
		}
	}
}

// A condition on a key that AWS has and the lab does not know decides nothing by a guess:
// the decision names the key where AWS's would depend on its value, and only there.
func TestKeysThatTheLabDoesNotKnow(t *testing.T) {
	t.Parallel()
	const (
		tagged     = `,"Condition":{"StringEquals":{"aws:ResourceTag/team":"a"}}}`
		allowTag   = `{"Effect":"Allow","Action":"s3:*","Resource":"*"` + tagged
		denyTag    = `{"Effect":"Deny","Action":"s3:*","Resource":"*"` + tagged
		otherTag   = `{"Effect":"Deny","Action":"ec2:*","Resource":"*"` + tagged
		falseToo   = `{"Effect":"Deny","Action":"s3:*","Resource":"*","Condition":{"StringEquals":{"aws:ResourceTag/team":"a","aws:SourceVpce":"vpce-2"}}}`
		trustTag   = `{"Effect":"Allow","Principal":"*","Action":"s3:*","Condition":{"StringEquals":{"aws:ResourceTag/team":"a"}}}`
		anyTrusted = `{"Effect":"Allow","Principal":"*","Action":"s3:*"}`
	)
	for _, test := range []struct {
		name, identity string
		allowed        bool
		unknown        string
	}{
		{"alone", doc(allowTag), false, "aws:ResourceTag/team"},
		{"allowed anyway", doc(allowTag, allowAll), true, ""},
		{"denied anyway", doc(allowTag, denyList), false, ""},
		{"may be denied", doc(denyTag, allowAll), false, "aws:ResourceTag/team"},
		{"not allowed anyway", doc(denyTag), false, ""},
		{"another action", doc(otherTag, allowAll), true, ""},
		{"a known condition is false", doc(falseToo, allowAll), true, ""},
	} {
		d := Evaluate(request(nil), []Policy{*mustParse(t, test.identity)}, nil, nil)
		if d.Allowed != test.allowed || d.Unknown != test.unknown {
			t.Errorf("%s: %+v, want allowed %t, unknown %q", test.name, d, test.allowed, test.unknown)
		}
	}
	all := []Policy{*mustParse(t, doc(allowAll))}
	if d := EvaluateTrust(request(nil), all, nil, mustParse(t, doc(trustTag))); d.Allowed || d.Unknown == "" {
		t.Errorf("a trust policy: %+v", d)
	}
	if d := EvaluateTrust(request(nil), all, nil, mustParse(t, doc(anyTrusted))); !d.Allowed {
		t.Errorf("a trust policy without conditions: %+v", d)
	}
}
