package cloud

import (
	"net/url"
	"slices"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"

	labiam "provenendpoints/internal/lab/iam"
)

// TestRoles sees what IAM says of a role and its policies. IAM has one endpoint for all
// Regions, and its calls can be limited to a role.
func TestRoles(t *testing.T) {
	t.Parallel()
	b, ctx := newFixture(t, Faults{}), t.Context()
	other := b.role("other", `{"Effect":"Allow","Action":"s3:ListBucket","Resource":"*","Condition":{"StringEquals":{"aws:SourceVpce":"vpce-1"}}}`)
	b.must(b.Roles.AttachRolePolicy("other", "arn:aws:iam::aws:policy/AdministratorAccess"))
	config := b.config(b.outside, b.role("verifier", `{"Effect":"Allow","Action":["iam:GetRole","iam:GetRolePolicy","iam:ListRolePolicies","iam:ListAttachedRolePolicies"],"Resource":"`+other+`"}`))
	client := iam.NewFromConfig(config)

	role, err := client.GetRole(ctx, &iam.GetRoleInput{RoleName: aws.String("other")})
	b.must(err)
	read := func(text *string) labiam.Policy {
		t.Helper()
		plain, err := url.PathUnescape(*text)
		b.must(err)
		policy, err := labiam.Parse(plain)
		b.must(err)
		return policy
	}
	if *role.Role.Arn != other || !slices.Equal(read(role.Role.AssumeRolePolicyDocument).Statements[0].Principal.Services, []string{"lambda.amazonaws.com"}) {
		t.Errorf("role: %+v", role.Role)
	}
	names, err := client.ListRolePolicies(ctx, &iam.ListRolePoliciesInput{RoleName: aws.String("other")})
	b.must(err)
	if len(names.PolicyNames) != 1 || names.IsTruncated {
		t.Fatalf("policies: %+v", names)
	}
	policy, err := client.GetRolePolicy(ctx, &iam.GetRolePolicyInput{RoleName: aws.String("other"), PolicyName: &names.PolicyNames[0]})
	b.must(err)
	if s := read(policy.PolicyDocument).Statements; len(s) != 1 || s[0].Actions[0] != "s3:ListBucket" || s[0].Conditions[0].Values[0] != "vpce-1" {
		t.Errorf("policy: %+v", s)
	}
	attached, err := client.ListAttachedRolePolicies(ctx, &iam.ListAttachedRolePoliciesInput{RoleName: aws.String("other")})
	b.must(err)
	if len(attached.AttachedPolicies) != 1 || *attached.AttachedPolicies[0].PolicyName != "AdministratorAccess" {
		t.Errorf("attached: %+v", attached.AttachedPolicies)
	}

	if _, err := client.GetRole(ctx, &iam.GetRoleInput{RoleName: aws.String("verifier")}); code(err) != "AccessDenied" {
		t.Errorf("another role: %v", err)
	}
	b.must(b.Roles.PutRolePolicy("verifier", "all", labiam.Policy{Version: "2012-10-17", Statements: []labiam.Statement{{Actions: []string{"iam:*"}, Resources: []string{"*"}}}}))
	if _, err := client.GetRole(ctx, &iam.GetRoleInput{RoleName: aws.String("gone")}); code(err) != "NoSuchEntity" {
		t.Errorf("no role: %v", err)
	}
	if _, err := client.GetRolePolicy(ctx, &iam.GetRolePolicyInput{RoleName: aws.String("other"), PolicyName: aws.String("gone")}); code(err) != "NoSuchEntity" {
		t.Errorf("no policy: %v", err)
	}
}
