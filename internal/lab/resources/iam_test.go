package resources

import (
	"context"
	"strings"
	"testing"
)

// trust lets a service assume a role.
func trust(service string) props {
	return props{"Version": "2012-10-17", "Statement": props{
		"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": props{"Service": service},
	}}
}

// allow allows an action on everything.
func allow(actions ...string) props {
	return props{"Version": "2012-10-17", "Statement": props{"Effect": "Allow", "Action": actions, "Resource": "*"}}
}

func TestRoleAndItsPolicies(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	base := func(more props) props {
		p := props{"AssumeRolePolicyDocument": trust("lambda.amazonaws.com")}
		for k, v := range more {
			p[k] = v
		}
		return p
	}
	inline := func(name, action string) props {
		return props{"PolicyName": name, "PolicyDocument": allow(action)}
	}
	role := w.make("AWS::IAM::Role", "Role", base(props{"Policies": []any{inline("one", "s3:ListBucket"), inline("two", "s3:GetObject")}}))
	arn := role.Attributes["Arn"].(string)
	if want := "arn:aws:iam::123456789012:role/" + role.id(); arn != want {
		t.Errorf("ARN %s, want %s", arn, want)
	}
	may := func(action string) bool { return w.Cloud.Authorize(arn, action, "*", nil).Allowed }
	check := func(when, allowed, denied string) {
		t.Helper()
		for _, a := range strings.Fields(allowed) {
			if !may(a) {
				t.Errorf("%s: %s is denied", when, a)
			}
		}
		for _, a := range strings.Fields(denied) {
			if may(a) {
				t.Errorf("%s: %s is allowed", when, a)
			}
		}
	}
	check("new", "s3:ListBucket s3:GetObject", "s3:PutObject ec2:DescribeVpcs")

	managed := "arn:aws:iam::aws:policy/service-role/AWSLambdaVPCAccessExecutionRole"
	role.change(base(props{"Policies": []any{inline("two", "s3:PutObject")}, "ManagedPolicyArns": []string{managed}}))
	check("updated", "s3:PutObject ec2:CreateNetworkInterface", "s3:ListBucket s3:GetObject")

	policy := w.make("AWS::IAM::Policy", "Policy", props{"PolicyName": "extra", "PolicyDocument": allow("sqs:SendMessage"), "Roles": []string{role.id()}})
	check("with a policy", "sqs:SendMessage", "")
	policy.change(props{"PolicyName": "other", "PolicyDocument": allow("sqs:ReceiveMessage"), "Roles": []string{role.id()}})
	check("with another policy", "sqs:ReceiveMessage", "sqs:SendMessage")
	if err := role.typ.Delete(context.Background(), role.Request); err == nil || !strings.Contains(err.Error(), "DeleteConflict") {
		t.Errorf("a role that still has a policy: %v", err)
	}
	policy.delete()
	role.change(base(nil))
	check("bare", "", "s3:PutObject ec2:CreateNetworkInterface sqs:ReceiveMessage")
	role.delete()
	if left := w.Roles.Names(); len(left) != 0 {
		t.Errorf("roles are left: %v", left)
	}
}

func TestRoleTrust(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	role := w.make("AWS::IAM::Role", "Role", props{"AssumeRolePolicyDocument": trust("ec2.amazonaws.com")})
	arn := role.Attributes["Arn"].(string)
	if w.Roles.MayAssume("lambda.amazonaws.com", arn) == nil || w.Roles.MayAssume("ec2.amazonaws.com", arn) != nil {
		t.Error("the trust policy does not decide")
	}
	role.change(props{"AssumeRolePolicyDocument": trust("lambda.amazonaws.com")})
	if err := w.Roles.MayAssume("lambda.amazonaws.com", arn); err != nil {
		t.Errorf("after the update: %v", err)
	}
}

func TestPoliciesAreReadBeforeAnythingIsMade(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	bad := props{"Version": "2012-10-17", "Statement": props{"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": props{"Perhaps": props{"a": "b"}}}}
	for typ, p := range map[string]props{
		"AWS::IAM::Role":        {"AssumeRolePolicyDocument": trust("x"), "Policies": []any{props{"PolicyName": "p", "PolicyDocument": bad}}},
		"AWS::IAM::Policy":      {"PolicyName": "p", "Roles": []string{"r"}, "PolicyDocument": bad},
		"AWS::S3::BucketPolicy": {"Bucket": "b", "PolicyDocument": bad},
		"AWS::EC2::VPCEndpoint": {"VpcId": "v", "ServiceName": s3Service, "PolicyDocument": bad},
	} {
		if _, err := w.try(typ, "X", p); err == nil || !strings.Contains(err.Error(), "PolicyDocument: ") {
			t.Errorf("%s: %v", typ, err)
		}
	}
}

func TestInstanceProfile(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	role := w.make("AWS::IAM::Role", "Role", props{"RoleName": "role", "AssumeRolePolicyDocument": props{"Version": "2012-10-17", "Statement": []any{props{"Effect": "Allow", "Principal": props{"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}}}})
	for name, roles := range map[string][]string{"NoSuchEntity": {"nobody"}, "LimitExceeded": {"role", "other"}} {
		if _, err := w.try("AWS::IAM::InstanceProfile", "Wrong", props{"Roles": roles}); err == nil || !strings.HasPrefix(err.Error(), name) {
			t.Errorf("%v: %v, want %s", roles, err, name)
		}
	}
	profile := w.make("AWS::IAM::InstanceProfile", "Profile", props{"Roles": []string{role.id()}})
	if got, want := profile.Attributes["Arn"], "arn:aws:iam::123456789012:instance-profile/"+profile.id(); got != want {
		t.Errorf("ARN %s, want %s", got, want)
	}
	profile.delete()
	if left := w.Left()["instance profile"]; len(left) != 0 {
		t.Errorf("left: %v", left)
	}
}

// TestPermissionsBoundary: what the boundary does not allow, no policy of the role does
// (docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html).
func TestPermissionsBoundary(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	base := props{
		"AssumeRolePolicyDocument": trust("lambda.amazonaws.com"), "PermissionsBoundary": "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess",
		"Policies": []any{props{"PolicyName": "one", "PolicyDocument": allow("s3:ListBucket", "sqs:SendMessage")}},
	}
	role := w.make("AWS::IAM::Role", "Role", base)
	may := func(action string) bool {
		return w.Cloud.Authorize(role.Attributes["Arn"].(string), action, "*", nil).Allowed
	}
	if !may("s3:ListBucket") || may("sqs:SendMessage") || may("s3:GetObject") {
		t.Error("want what both the policy and the boundary allow")
	}
	delete(base, "PermissionsBoundary")
	role.change(base)
	if !may("sqs:SendMessage") {
		t.Error("the boundary stayed")
	}
	base["PermissionsBoundary"] = "arn:aws:iam::123456789012:policy/Nothing"
	if err := role.update(base); err == nil {
		t.Error("a boundary that does not exist was taken")
	}
}
