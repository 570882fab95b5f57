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
	lookups: Lookups{TrustLookup.By(func(context.Context, string) (Role, error) {
		return Role{ARN: trustedRole, Trust: trustLambda}, nil
	})},
})

func TestJudgeTrusted(t *testing.T) {
	t.Parallel()
	claim := Claim{Kind: Trusted, Role: trustedRole}
	in := func(trust string) Facts { return Facts{trustedFacts{Role{ARN: trustedRole, Trust: trust}}} }
	const hint = "the trust policy of verifier"
	checkJudged(t, map[string]judged{
		"Lambda":  {claim: claim, facts: in(trustLambda), state: Holds, text: "Lambda alone"},
		"anybody": {claim: claim, facts: in(`{"Statement":{"Effect":"Allow","Action":"sts:AssumeRole","Principal":"*"}}`), state: Refuted, text: "its trust policy lets * assume it", hint: hint},
		"EC2 too": {claim: claim, facts: in(`{"Statement":[{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"Service":["lambda.amazonaws.com","ec2.amazonaws.com"]}}]}`), state: Refuted, text: "its trust policy lets ec2.amazonaws.com or lambda.amazonaws.com assume it", hint: hint},
		"unknown": {claim: claim, state: Unproven, text: "the role's trust policy is unknown"},
		"no JSON": {claim: claim, facts: in("x"), state: Unproven, text: "its trust policy could not be read: invalid character 'x' looking for beginning of value"},
	})
}
