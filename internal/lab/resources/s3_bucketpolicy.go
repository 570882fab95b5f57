package resources

import (
	"context"
	"slices"
	"strings"

	"provenendpoints/internal/lab/awserr"
	"provenendpoints/internal/lab/cfn"
	"provenendpoints/internal/lab/iam"
)

func init() { register("AWS::S3::BucketPolicy", (*Resources).bucketPolicyType) }

type bucketPolicyProps struct {
	Bucket         string `cfn:"required,replace"`
	PolicyDocument any    `cfn:"required"`
}

// bucketPolicyType is AWS::S3::BucketPolicy.
func (r *Resources) bucketPolicyType() cfn.Definition[bucketPolicyProps] {
	put := func(p bucketPolicyProps) error {
		policy, err := parsePolicy(p.PolicyDocument, iam.ResourcePolicy)
		if err != nil {
			return err
		}
		if err := r.checkBucketPolicy(p.Bucket, policy); err != nil {
			return err
		}
		return r.Buckets.PutBucketPolicy(p.Bucket, &policy)
	}
	return cfn.Definition[bucketPolicyProps]{
		Validate: func(p map[string]any) cfn.Findings {
			return checkPolicy("PolicyDocument", p["PolicyDocument"], iam.ResourcePolicy)
		},
		Create: func(_ context.Context, c cfn.TypedRequest[bucketPolicyProps]) (cfn.Result, error) {
			return cfn.Result{PhysicalID: c.Props.Bucket}, put(c.Props)
		},
		Update: func(_ context.Context, c cfn.TypedRequest[bucketPolicyProps]) (cfn.Result, error) {
			return cfn.Result{}, put(c.Props)
		},
		Delete: func(_ context.Context, c cfn.TypedRequest[bucketPolicyProps]) error {
			return ignoreGone(r.Buckets.PutBucketPolicy(c.Props.Bucket, nil))
		},
	}
}

// checkBucketPolicy refuses what S3 refuses in a bucket's policy: actions of
// other services, resources outside the bucket, and public access where it is
// blocked (docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-policies.html).
func (r *Resources) checkBucketPolicy(bucket string, p iam.Policy) error {
	r.mu.Lock()
	blocks := r.blocks[bucket]
	r.mu.Unlock()
	arn := r.Scope.Bucket(bucket)
	for _, s := range p.Statements {
		for _, action := range slices.Concat(s.Actions, s.NotActions) {
			if action != "*" && !strings.HasPrefix(strings.ToLower(action), "s3:") {
				return awserr.New("MalformedPolicy", "Policy has invalid action")
			}
		}
		for _, resource := range slices.Concat(s.Resources, s.NotResources) {
			if resource != arn && !strings.HasPrefix(resource, arn+"/") {
				return awserr.New("MalformedPolicy", "Policy has invalid resource")
			}
		}
		if blocks && isPublic(s) {
			return awserr.New("AccessDenied", "User is not authorized to perform: s3:PutBucketPolicy because public policies are prevented by the BlockPublicPolicy setting in S3 Block Public Access.")
		}
	}
	return nil
}

// narrowingKeys are the condition keys whose fixed values make a policy for
// everybody one that is not public
// (docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html#access-control-block-public-access-policy-status).
var narrowingKeys = []string{
	"aws:principalorgid", "aws:sourcearn", "aws:sourcevpc", "aws:sourcevpce", "aws:sourceowner", "aws:sourceaccount",
	"aws:userid", "aws:principalaccount", "aws:principalarn", "s3:dataaccesspointarn", "s3:dataaccesspointaccount",
}

// isPublic reports whether a statement grants access to everybody.
func isPublic(s iam.Statement) bool {
	if s.Deny || s.Principal == nil || !s.Principal.Any {
		return false
	}
	return !slices.ContainsFunc(s.Conditions, func(c iam.Condition) bool {
		fixed := !slices.ContainsFunc(c.Values, func(v string) bool { return strings.ContainsAny(v, "*?$") })
		return fixed && !c.IfExists && slices.Contains(narrowingKeys, strings.ToLower(c.Key))
	})
}
