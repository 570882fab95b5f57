package iam

import (
	"context"

	"provenendpoints/internal/lab/api"
	"provenendpoints/internal/lab/awserr"
	"provenendpoints/internal/lab/iam"
)

// The calls that change what a role may do, and who may be it
// (docs.aws.amazon.com/IAM/latest/APIReference/API_PutRolePolicy.html and its siblings).
func init() {
	changes("PutRolePolicy", []string{"PolicyName", "PolicyDocument"}, func(a account, r *api.Request) error {
		p, err := policyIn(r)
		if err != nil {
			return err
		}
		return a.roles.PutRolePolicy(r.Form.Get("RoleName"), r.Form.Get("PolicyName"), p)
	})
	changes("DeleteRolePolicy", []string{"PolicyName"}, func(a account, r *api.Request) error {
		return a.roles.DeleteRolePolicy(r.Form.Get("RoleName"), r.Form.Get("PolicyName"))
	})
	changes("AttachRolePolicy", []string{"PolicyArn"}, func(a account, r *api.Request) error {
		return a.roles.AttachRolePolicy(r.Form.Get("RoleName"), r.Form.Get("PolicyArn"))
	})
	changes("DetachRolePolicy", []string{"PolicyArn"}, func(a account, r *api.Request) error {
		return a.roles.DetachRolePolicy(r.Form.Get("RoleName"), r.Form.Get("PolicyArn"))
	})
	changes("UpdateAssumeRolePolicy", []string{"PolicyDocument"}, func(a account, r *api.Request) error {
		p, err := policyIn(r)
		if err != nil {
			return err
		}
		return a.roles.UpdateTrust(r.Form.Get("RoleName"), p)
	})
}

// changes registers a call that changes a role. All its parameters are required.
func changes(name string, parameters []string, change func(account, *api.Request) error) {
	parameters = append([]string{"RoleName"}, parameters...)
	service.Register(api.QueryOperation[account]{
		Name: name, Parameters: parameters, Resource: roleARN,
		Validate: func(r *api.Request) error {
			for _, p := range parameters {
				if r.Form.Get(p) == "" {
					return awserr.New("ValidationError", "the parameter %s is required", p)
				}
			}
			return nil
		},
		Run: func(_ context.Context, a account, r *api.Request) (any, error) { return struct{}{}, change(a, r) },
	})
}

// policyIn reads the policy of a request.
func policyIn(r *api.Request) (iam.Policy, error) {
	p, err := iam.Parse(r.Form.Get("PolicyDocument"))
	if err != nil {
		return p, awserr.New("MalformedPolicyDocument", "%v", err)
	}
	return p, nil
}
