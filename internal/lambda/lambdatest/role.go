package lambdatest

import (
	"fmt"
	"net/url"
)

// Trust is the trust policy of [Role], and RolePolicies are its inline policies. It
// also has the managed policy [ManagedPolicy].
const (
	Trust         = `{"Statement":[{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"Service":"lambda.amazonaws.com"}}]}`
	ManagedPolicy = "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"
)

// RolePolicies returns the inline policies of [Role] by name.
func RolePolicies() map[string]string {
	return map[string]string{
		"Grant": `{"Statement":{"Effect":"Allow","Action":"s3:ListBucket","Resource":"arn:aws:s3:::b+c","Condition":{"StringEquals":{"aws:SourceVpce":"` + Endpoint + `"}}}}`,
		"Logs":  `{"Statement":{"Effect":"Allow","Action":"logs:PutLogEvents","Resource":"*"}}`,
	}
}

// describeRole answers a call of IAM. Lists come in two pages.
func (a *AWS) describeRole(action string, form url.Values) string {
	second := form.Get("Marker") != ""
	more := "<IsTruncated>true</IsTruncated><Marker>more</Marker>"
	if second {
		more = "<IsTruncated>false</IsTruncated>"
	}
	var answer string
	switch action {
	case "GetRole":
		answer = `<Role><Path>/</Path><RoleName>prober</RoleName><RoleId>AROA1</RoleId><Arn>` + Role + `</Arn><CreateDate>2026-01-01T00:00:00Z</CreateDate>
			<AssumeRolePolicyDocument>` + url.PathEscape(Trust) + `</AssumeRolePolicyDocument></Role>`
	case "ListRolePolicies":
		name := "Grant"
		if second {
			name = "Logs"
		}
		answer = "<PolicyNames><member>" + name + "</member></PolicyNames>" + more
	case "ListAttachedRolePolicies":
		answer = "<AttachedPolicies/>" + more
		if second {
			answer = "<AttachedPolicies><member><PolicyArn>" + ManagedPolicy + "</PolicyArn></member></AttachedPolicies>" + more
		}
	case "GetRolePolicy":
		name := form.Get("PolicyName")
		answer = "<RoleName>prober</RoleName><PolicyName>" + name + "</PolicyName><PolicyDocument>" + url.PathEscape(RolePolicies()[name]) + "</PolicyDocument>"
	}
	return fmt.Sprintf(`<%[1]sResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/"><%[1]sResult>%[2]s</%[1]sResult></%[1]sResponse>`, action, answer)
}
