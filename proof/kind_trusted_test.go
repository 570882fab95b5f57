package proof

import (
	"context"
	"testing"
)

const trustedRole = "arn:aws:iam::1:role/verifier"

var _ = exampleOf(Trusted, example{
	valid:    Claim{Role: trustedRole},
	fields:   "Role!",
	gathered: []Claim{{Role: trustedRole}},
	lookups: Lookups{VerifierRoleLookup.By(func(context.Context, string) (Role, error) {
		return Role{ARN: trustedRole, Trust: trustLambda}, nil
	})},
})

func TestJudgeTrusted(t *testing.T) {
	t.Parallel()
	claim := Claim{Kind: Trusted, Role: trustedRole}
	in := func(trust string) Facts { return Facts{trustedFacts{Role{ARN: trustedRole, Trust: trust}}} }
	having := func(managed ...string) Facts {
		return Facts{trustedFacts{Role{ARN: trustedRole, Trust: trustLambda, Managed: managed}}}
	}
	with := func(statement string) Facts {
		return Facts{trustedFacts{Role{ARN: trustedRole, Trust: trustLambda, Policies: []RolePolicy{
			{"Own", `{"Statement":[{"Effect":"Allow","Action":["logs:CreateLogStream","logs:PutLogEvents"],"Resource":"arn:aws:logs:r:1:log-group:l:*"},
				{"Effect":"Allow","Action":["lambda:GetPolicy","lambda:InvokeFunction"],"Resource":["arn:f1","arn:f2"]},
				{"Effect":"Allow","Action":["ec2:DescribeVpcs","route53:ListHostedZonesByVPC"],"Resource":"*"},
				{"Effect":"Deny","Action":"*","Resource":"*"}]}`},
			{"Other", `{"Statement":` + statement + `}`},
		}}}}
	}
	const hint = "the trust policy of verifier"
	const all, other = "Lambda alone; look-ups, the probers, and its own logs and parameters", "the policy Other of verifier"
	checkJudged(t, map[string]judged{
		"Lambda":               {claim: claim, facts: in(trustLambda), state: Holds, text: all},
		"what it does":         {claim: claim, facts: with(`[]`), state: Holds, text: all},
		"its own notes":        {claim: claim, facts: with(`{"Effect":"Allow","Action":["ssm:GetParameter","SSM:PutParameter"],"Resource":"arn:p"}`), state: Holds, text: all},
		"everything":           {claim: claim, facts: with(`{"Effect":"Allow","Action":"*","Resource":"*"}`), state: Refuted, text: "its policy Other allows * on *", hint: other},
		"all of EC2":           {claim: claim, facts: with(`{"Effect":"Allow","Action":"ec2:*","Resource":"*"}`), state: Refuted, text: "its policy Other allows ec2:* on *", hint: other},
		"a change":             {claim: claim, facts: with(`{"Effect":"Allow","Action":"ec2:CreateRoute","Resource":"arn:t"}`), state: Refuted, text: "its policy Other allows ec2:CreateRoute on arn:t", hint: other},
		"any function":         {claim: claim, facts: with(`{"Effect":"Allow","Action":"lambda:InvokeFunction","Resource":"arn:aws:lambda:r:1:function:*"}`), state: Refuted, text: "its policy Other allows lambda:InvokeFunction on arn:aws:lambda:r:1:function:*", hint: other},
		"all but one":          {claim: claim, facts: with(`{"Effect":"Allow","Action":"lambda:InvokeFunction","NotResource":"arn:f"}`), state: Refuted, text: "its policy Other allows lambda:InvokeFunction on everything but arn:f", hint: other},
		"everything but one":   {claim: claim, facts: with(`{"Effect":"Allow","NotAction":"iam:PassRole","Resource":"arn:f"}`), state: Refuted, text: "its policy Other allows everything but iam:PassRole on arn:f", hint: other},
		"an unreadable policy": {claim: claim, facts: with(`"x"`), state: Unproven, text: "its policy Other could not be read: want statements that are objects"},
		"an administrator":     {claim: claim, facts: having("arn:aws:iam::aws:policy/AdministratorAccess"), state: Refuted, text: "it has the managed policy arn:aws:iam::aws:policy/AdministratorAccess", hint: "the managed policies of verifier"},
		"logs by AWS's policy": {claim: claim, facts: having("arn:aws-cn:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"), state: Holds, text: all},
		"the same of somebody": {claim: claim, facts: having("arn:aws:iam::1:policy/service-role/AWSLambdaBasicExecutionRole"), state: Refuted, text: "it has the managed policy arn:aws:iam::1:policy/service-role/AWSLambdaBasicExecutionRole", hint: "the managed policies of verifier"},
		"anybody":              {claim: claim, facts: in(`{"Statement":{"Effect":"Allow","Action":"sts:AssumeRole","Principal":"*"}}`), state: Refuted, text: "its trust policy lets * assume it", hint: hint},
		"EC2 too":              {claim: claim, facts: in(`{"Statement":[{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"Service":["lambda.amazonaws.com","ec2.amazonaws.com"]}}]}`), state: Refuted, text: "its trust policy lets ec2.amazonaws.com or lambda.amazonaws.com assume it", hint: hint},
		"unknown":              {claim: claim, state: Unproven, text: "the role's permissions are unknown"},
		"no JSON":              {claim: claim, facts: in("x"), state: Unproven, text: "its trust policy could not be read: invalid character 'x' looking for beginning of value"},
	})
}
