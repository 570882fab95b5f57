package verifier

import (
	"context"
	"fmt"
	"net/url"
	"strings"

	"provenendpoints/internal/lambda/verifier/api"
	"provenendpoints/proof"
)

var (
	_ = implement(proof.RoleLookup, roleOf)
	_ = implement(proof.VerifierRoleLookup, roleOf)
)

// roleOf is the role with all that gives it permissions.
func roleOf(ctx context.Context, c *clients, arn string) (role proof.Role, err error) {
	if role, err = trustOf(ctx, c, arn); err != nil {
		return role, err
	}
	name := arn[strings.LastIndex(arn, "/")+1:]
	attached, err := api.ListAttachedRolePolicies.All(ctx, c.aws, api.ListAttachedRolePoliciesInput{RoleName: name})
	if err != nil {
		return role, err
	}
	for _, policy := range attached {
		role.Managed = append(role.Managed, policy.PolicyArn)
	}
	names, err := api.ListRolePolicies.All(ctx, c.aws, api.ListRolePoliciesInput{RoleName: name})
	if err != nil {
		return role, err
	}
	for _, policy := range names {
		found, err := api.GetRolePolicy.Do(ctx, c.aws, api.GetRolePolicyInput{RoleName: name, PolicyName: policy})
		if err != nil {
			return role, err
		}
		document, err := documentOf(found.PolicyDocument)
		if err != nil {
			return role, err
		}
		role.Policies = append(role.Policies, proof.RolePolicy{Name: policy, Document: document})
	}
	return role, nil
}

// trustOf is the role with its trust policy alone.
func trustOf(ctx context.Context, c *clients, arn string) (role proof.Role, err error) {
	name := arn[strings.LastIndex(arn, "/")+1:]
	if name == "" {
		return role, fmt.Errorf("%q names no role", arn)
	}
	found, err := api.GetRole.Do(ctx, c.aws, api.GetRoleInput{RoleName: name})
	if err != nil {
		return role, err
	}
	if found.Role == nil {
		return role, fmt.Errorf("the answer is about no role")
	}
	role.ARN = found.Role.Arn
	role.Trust, err = documentOf(found.Role.AssumeRolePolicyDocument)
	return role, err
}

// documentOf is a policy document as it was written: IAM escapes it as in a URL
// (docs.aws.amazon.com/IAM/latest/APIReference/API_GetRolePolicy.html).
func documentOf(escaped string) (string, error) {
	document, err := url.PathUnescape(escaped)
	if err == nil && document == "" {
		err = fmt.Errorf("a policy without its document")
	}
	return document, err
}
