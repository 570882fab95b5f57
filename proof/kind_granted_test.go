package proof

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
)

const (
	grantedRole = "arn:aws:iam::1:role/path/prober"
	trustLambda = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"Service":"lambda.amazonaws.com"}}]}`
	// ownStatements are what every role of probers may.
	ownStatements = `{"Sid":"Log","Effect":"Allow","Action":["logs:CreateLogStream","logs:PutLogEvents"],"Resource":"arn:aws:logs:r:1:log-group:g:*"},
		{"Effect":"Allow","Action":["ec2:CreateNetworkInterface","ec2:DescribeSubnets"],"Resource":"*"}`
	denyToCode = `{"Effect":"Deny","Action":["ec2:AssignPrivateIpAddresses","ec2:CreateNetworkInterface","ec2:DeleteNetworkInterface",
		"ec2:DescribeNetworkInterfaces","ec2:DescribeSubnets","ec2:UnassignPrivateIpAddresses"],"Resource":"*",
		"Condition":{"ArnLike":{"lambda:SourceFunctionArn":"arn:aws:lambda:r:1:function:*"}}}`
)

// listWith is a statement that allows the call under a condition.
func listWith(condition string) string {
	return `{"Effect":"Allow","Action":"s3:ListBucket","Resource":"arn:aws:s3:::bucket","Condition":{` + condition + `}}`
}

const through = `"StringEquals":{"aws:SourceVpce":"vpce-1"}`

// roleWith is a role of probers with one policy more.
func roleWith(statements ...string) Role {
	return Role{ARN: grantedRole, Trust: trustLambda, Policies: []RolePolicy{
		{"Default", `{"Version":"2012-10-17","Statement":[` + ownStatements + `,` + denyToCode + `]}`},
		{"Grant", `{"Version":"2012-10-17","Statement":[` + strings.Join(statements, ",") + `]}`},
	}}
}

var _ = exampleOf(Granted, example{
	valid:    Claim{Role: grantedRole, Endpoint: "vpce-1", Action: "s3:ListBucket", Resource: "arn:aws:s3:::bucket"},
	fields:   "Role! Endpoint Endpoints Action Resource",
	gathered: []Claim{{Role: grantedRole}},
	lookups:  Lookups{RoleLookup.By(func(context.Context, string) (Role, error) { return roleWith(), nil })},
})

func TestJudgeGranted(t *testing.T) {
	t.Parallel()
	claim := Claim{Kind: Granted, Role: grantedRole, Endpoint: "vpce-1", Action: "s3:ListBucket", Resource: "arn:aws:s3:::bucket"}
	nothing := Claim{Kind: Granted, Role: grantedRole}
	tests := map[string]judged{
		"unknown": {claim: claim, state: Unproven, text: "the role's permissions are unknown"},
	}
	const all, grant, trust = "the policies of prober", "the policy Grant of prober", "the trust policy of prober"
	const once = "s3:ListBucket through vpce-1 alone"
	add := func(name string, c Claim, role Role, state State, text, hint string) {
		tests[name] = judged{claim: c, facts: Facts{grantedFacts{role}}, state: state, text: text, hint: hint}
	}
	for name, statements := range map[string][]string{
		"the grant":                {listWith(through)},
		"twice":                    {listWith(through), listWith(through)},
		"in lists":                 {`{"Effect":"Allow","Action":["s3:ListBucket"],"Resource":["arn:aws:s3:::bucket"],"Condition":{"StringEquals":{"aws:SourceVpce":["vpce-1"]}}}`},
		"in another case":          {`{"Effect":"Allow","Action":"S3:listbucket","Resource":"arn:aws:s3:::bucket","Condition":{"StringEquals":{"AWS:sourceVPCE":"vpce-1"}}}`},
		"StringLike no pattern":    {listWith(`"StringLike":{"aws:SourceVpce":"vpce-1"}`)},
		"narrower":                 {listWith(through + `,"Bool":{"aws:SecureTransport":"true"}`)},
		"a Deny besides":           {listWith(through), `{"Effect":"Deny","NotAction":"s3:*","NotResource":"arn:aws:s3:::x"}`},
		"logs and traces besides":  {listWith(through), `{"Effect":"Allow","Action":["xray:PutTraceSegments","logs:CreateLogGroup"],"Resource":"*"}`},
		"nothing, and none wanted": nil,
	} {
		if statements == nil {
			add(name, nothing, roleWith(), Holds, "no permission but for logs and network interfaces", "")
			continue
		}
		add(name, claim, roleWith(statements...), Holds, once, "")
	}
	for name, test := range map[string]struct{ statement, text string }{
		"no condition":         {`{"Effect":"Allow","Action":"s3:ListBucket","Resource":"arn:aws:s3:::bucket"}`, "s3:ListBucket on arn:aws:s3:::bucket"},
		"the VPC":              {listWith(`"StringEquals":{"aws:SourceVpc":"vpc-1"}`), "s3:ListBucket on arn:aws:s3:::bucket if StringEquals aws:SourceVpc vpc-1"},
		"another endpoint":     {listWith(`"StringEquals":{"aws:SourceVpce":"vpce-2"}`), "s3:ListBucket on arn:aws:s3:::bucket if StringEquals aws:SourceVpce vpce-2"},
		"two endpoints":        {listWith(`"StringEquals":{"aws:SourceVpce":["vpce-1","vpce-2"]}`), "s3:ListBucket on arn:aws:s3:::bucket if StringEquals aws:SourceVpce vpce-1 or vpce-2"},
		"a pattern":            {listWith(`"StringLike":{"aws:SourceVpce":"vpce-*"}`), "s3:ListBucket on arn:aws:s3:::bucket if StringLike aws:SourceVpce vpce-*"},
		"a variable":           {listWith(`"StringEquals":{"aws:SourceVpce":"${aws:SourceVpce}"}`), "s3:ListBucket on arn:aws:s3:::bucket if StringEquals aws:SourceVpce ${aws:SourceVpce}"},
		"if it exists":         {listWith(`"StringEqualsIfExists":{"aws:SourceVpce":"vpce-1"}`), "s3:ListBucket on arn:aws:s3:::bucket if StringEqualsIfExists aws:SourceVpce vpce-1"},
		"all values":           {listWith(`"ForAllValues:StringEquals":{"aws:SourceVpce":"vpce-1"}`), "s3:ListBucket on arn:aws:s3:::bucket if ForAllValues:StringEquals aws:SourceVpce vpce-1"},
		"any endpoint":         {listWith(`"Null":{"aws:SourceVpce":"false"}`), "s3:ListBucket on arn:aws:s3:::bucket if Null aws:SourceVpce false"},
		"no endpoint":          {listWith(`"Null":{"aws:SourceVpce":true}`), "s3:ListBucket on arn:aws:s3:::bucket if Null aws:SourceVpce true"},
		"not another":          {listWith(`"StringNotEquals":{"aws:SourceVpce":"vpce-2"}`), "s3:ListBucket on arn:aws:s3:::bucket if StringNotEquals aws:SourceVpce vpce-2"},
		"the key twice":        {listWith(through + `,"StringLike":{"aws:sourcevpce":"*"}`), "s3:ListBucket on arn:aws:s3:::bucket if StringEquals aws:SourceVpce vpce-1 and StringLike aws:sourcevpce *"},
		"everywhere":           {`{"Effect":"Allow","Action":"s3:ListBucket","Resource":"*","Condition":{` + through + `}}`, "s3:ListBucket on * if StringEquals aws:SourceVpce vpce-1"},
		"elsewhere":            {`{"Effect":"Allow","Action":"s3:ListBucket","NotResource":"arn:aws:s3:::x","Condition":{` + through + `}}`, "s3:ListBucket on everything but arn:aws:s3:::x if StringEquals aws:SourceVpce vpce-1"},
		"a wider action":       {`{"Effect":"Allow","Action":"s3:*","Resource":"arn:aws:s3:::bucket","Condition":{` + through + `}}`, "s3:* on arn:aws:s3:::bucket if StringEquals aws:SourceVpce vpce-1"},
		"one action more":      {`{"Effect":"Allow","Action":["s3:ListBucket","s3:GetObject"],"Resource":"arn:aws:s3:::bucket","Condition":{` + through + `}}`, "s3:GetObject and s3:ListBucket on arn:aws:s3:::bucket if StringEquals aws:SourceVpce vpce-1"},
		"all but an action":    {`{"Effect":"Allow","NotAction":"iam:*","Resource":"*"}`, "everything but iam:* on *"},
		"logs and more":        {`{"Effect":"Allow","Action":["logs:PutLogEvents","logs:*"],"Resource":"*"}`, "logs:* and logs:PutLogEvents on *"},
		"interfaces by a star": {`{"Effect":"Allow","Action":"ec2:Describe*","Resource":"*"}`, "ec2:Describe* on *"},
	} {
		text := "its policy Grant allows " + test.text
		add("besides "+name, claim, roleWith(listWith(through), test.statement), Refuted, text, grant)
		add("instead "+name, claim, roleWith(test.statement), Refuted, text, grant)
	}
	add("wanted none", nothing, roleWith(listWith(through)), Holds, "no permission but for logs and network interfaces", "")
	elsewhere := func(action, endpoint string) string {
		return strings.NewReplacer("s3:ListBucket", action, "vpce-1", endpoint).Replace(listWith(through))
	}
	shared := claim
	shared.Endpoints = []string{"vpce-2"}
	add("another call elsewhere", claim, roleWith(listWith(through), elsewhere("kms:GenerateRandom", "vpce-2")), Holds, "s3:ListBucket through vpce-1 alone", "")
	add("the call through a wanted endpoint", shared, roleWith(listWith(through), elsewhere("s3:ListBucket", "vpce-2")), Holds, "s3:ListBucket through vpce-1 alone", "")
	add("the call through another endpoint", shared, roleWith(listWith(through), elsewhere("s3:ListBucket", "vpce-3")), Refuted, "its policy Grant allows s3:ListBucket on arn:aws:s3:::bucket if StringEquals aws:SourceVpce vpce-3", grant)
	add("every call elsewhere", claim, roleWith(listWith(through), elsewhere("s3:*", "vpce-2")), Refuted, "its policy Grant allows s3:* on arn:aws:s3:::bucket if StringEquals aws:SourceVpce vpce-2", grant)
	add("no grant", claim, roleWith(), Refuted, "none of its policies allows s3:ListBucket on arn:aws:s3:::bucket through vpce-1", all)
	for name, test := range map[string]struct{ principal, text string }{
		"anybody":         {`"*"`, "lets * assume it"},
		"the account":     {`{"AWS":"arn:aws:iam::1:root"}`, "lets arn:aws:iam::1:root assume it"},
		"another service": {`{"Service":"ec2.amazonaws.com"}`, "lets ec2.amazonaws.com assume it"},
		"two services":    {`{"Service":["lambda.amazonaws.com","ec2.amazonaws.com"]}`, "lets ec2.amazonaws.com or lambda.amazonaws.com assume it"},
		"Lambda and more": {`{"Service":"lambda.amazonaws.com","AWS":"1"}`, "lets 1 and lambda.amazonaws.com assume it"},
	} {
		role := roleWith(listWith(through))
		role.Trust = fmt.Sprintf(`{"Statement":[{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"Service":"lambda.amazonaws.com"}},{"Effect":"Allow","Action":"sts:AssumeRole","Principal":%s}]}`, test.principal)
		add("trusts "+name, claim, role, Refuted, "its trust policy "+test.text, trust)
	}
	changed := func(change func(*Role)) Role {
		role := roleWith(listWith(through))
		change(&role)
		return role
	}
	add("trusts all but some", claim, changed(func(r *Role) {
		r.Trust = `{"Statement":{"Effect":"Allow","Action":"sts:AssumeRole","NotPrincipal":{"AWS":"1"}}}`
	}), Refuted, "its trust policy lets everybody but some assume it", trust)
	add("trusted for more", claim, changed(func(r *Role) {
		r.Trust = `{"Statement":{"Effect":"Allow","Action":"sts:*","Principal":{"Service":"lambda.amazonaws.com"}}}`
	}), Refuted, "its trust policy allows sts:*", trust)
	add("trust denied besides", claim, changed(func(r *Role) {
		r.Trust = strings.Replace(trustLambda, `[`, `[{"Effect":"Deny","Action":"sts:AssumeRole","Principal":"*","Condition":{}},`, 1)
	}), Holds, once, "")
	add("managed", claim, changed(func(r *Role) { r.Managed = []string{"arn:aws:iam::aws:policy/AdministratorAccess"} }),
		Refuted, "it has the managed policy arn:aws:iam::aws:policy/AdministratorAccess", "the managed policies of prober")
	add("unreadable", claim, changed(func(r *Role) { r.Policies[1].Document = "{" }), Unproven, "its policy Grant could not be read: unexpected EOF", "")
	add("unreadable trust", claim, changed(func(r *Role) { r.Trust = `{"Statement":[1]}` }), Unproven, "its trust policy could not be read: want statements that are objects", "")
	add("an element of tomorrow", claim, changed(func(r *Role) {
		r.Policies[1].Document = `{"Statement":{"Effect":"Allow","Action":"s3:ListBucket","Widen":"x"}}`
	}), Unproven, "its policy Grant could not be read: the element Widen is unknown", "")
	for name, deny := range map[string]string{
		"nothing denied": `{"Effect":"Deny","Action":"s3:*","Resource":"*"}`,
		"denied to one":  strings.Replace(denyToCode, "function:*", "function:one", 1),
		"denied half":    strings.Replace(denyToCode, `"ec2:CreateNetworkInterface",`, "", 1),
		"denied on one":  strings.Replace(denyToCode, `"Resource":"*"`, `"Resource":"arn:aws:ec2:r:1:subnet/x"`, 1),
		"denied if more": strings.Replace(denyToCode, `"Condition":{`, `"Condition":{"Bool":{"aws:SecureTransport":"false"},`, 1),
		"denied unconditional": strings.Replace(denyToCode, `,
		"Condition":{"ArnLike":{"lambda:SourceFunctionArn":"arn:aws:lambda:r:1:function:*"}}`, "", 1),
	} {
		add(name, claim, changed(func(r *Role) { r.Policies[0].Document = `{"Statement":[` + ownStatements + `,` + deny + `]}` }),
			Refuted, "nothing denies the actions for network interfaces to the code of functions", all)
	}
	checkJudged(t, tests)
}

func TestValidateGranted(t *testing.T) {
	t.Parallel()
	for want, change := range map[string]func(*Claim){
		"claim C: Action: required where Endpoint is set":                           func(c *Claim) { c.Action = "" },
		"claim C: Resource: required where Endpoint is set":                         func(c *Claim) { c.Resource = "" },
		`claim C: Resource: used only with Endpoint, got "arn:aws:s3:::bucket"`:     func(c *Claim) { c.Endpoint, c.Action = "", "" },
		`claim C: Action: want an IAM action such as s3:ListBucket, got "s3:List*"`: func(c *Claim) { c.Action = "s3:List*" },
		"": func(c *Claim) { c.Endpoint, c.Action, c.Resource = "", "", "" },
	} {
		claim := validClaim(Granted)
		change(&claim)
		if got := errorText(claim.Validate()); got != want {
			t.Errorf("got  %s\nwant %s", got, want)
		}
	}
}

// TestGatherGranted: an answer that is not whole is none.
func TestGatherGranted(t *testing.T) {
	t.Parallel()
	for want, role := range map[string]Role{
		"": roleWith(),
		`looking up the role prober: the answer was about "arn:aws:iam::1:role/other"`: {ARN: "arn:aws:iam::1:role/other", Trust: trustLambda},
		"looking up the role prober: it was described without its trust policy":        {ARN: grantedRole},
		"looking up the role prober: a policy was described without its document":      {ARN: grantedRole, Trust: trustLambda, Policies: []RolePolicy{{Name: "p"}}},
		"looking up the role prober: iam:GetRole: AccessDenied":                        {},
	} {
		lookups := Lookups{RoleLookup.By(func(context.Context, string) (Role, error) {
			if role.ARN == "" {
				return role, errors.New("iam:GetRole: AccessDenied")
			}
			return role, nil
		})}
		if _, err := Gather(t.Context(), lookups, validClaim(Granted)); errorText(err) != want {
			t.Errorf("got  %v\nwant %s", err, want)
		}
	}
}
