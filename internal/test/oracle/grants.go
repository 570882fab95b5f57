package oracle

import (
	"slices"
	"strings"

	"provenendpoints/internal/lab/iam"
)

// principals are the services that the oracle tries to have assume a role.
var principals = []string{"lambda.amazonaws.com", "ec2.amazonaws.com", "ecs-tasks.amazonaws.com", "cloudformation.amazonaws.com"}

// grants notes who may assume each role, and what each role of a function may do
// by which way. The policies are evaluated as for a call of the function's code.
func (m *measurement) grants() error {
	for _, r := range m.Resources(m.stack) {
		if r.Type != "AWS::IAM::Role" {
			continue
		}
		who := roleOf + m.named(r.PhysicalID)
		arn := m.Cloud.Scope().GlobalARN("iam", "role/"+r.PhysicalID)
		for _, service := range principals {
			if m.Cloud.Roles.MayAssume(service, arn) == nil {
				m.add(who, "is assumed by", service, "yes")
			}
		}
	}
	for _, by := range m.functionRoles() {
		policies := m.Cloud.Roles.Policies(by.arn)
		for _, a := range m.actions() {
			m.add(roleOf+by.name, "may", a.action+" on "+a.on, m.waysOf(by, policies, a)...)
		}
	}
	return nil
}

// action is an IAM action on a resource.
type action struct{ action, on, resource string }

// actions are those that would give a function more than a measurement needs.
func (m *measurement) actions() []action {
	scope := m.Cloud.Scope()
	out := []action{
		{"s3:ListBucket", "another bucket", scope.Bucket(other)},
		{"s3:PutObject", "another bucket", scope.Bucket(other) + "/oracle"},
		{"s3:GetObject", "another bucket", scope.Bucket(other) + "/oracle"},
		{"cloudformation:GetStackPolicy", "another stack", scope.ARN("cloudformation", "stack/another/1")},
		{"ec2:DescribeVpcs", "anything", "*"},
		{"ec2:CreateRoute", "anything", scope.ARN("ec2", "route-table/rtb-1")},
		{"ec2:CreateNetworkInterface", "anything", "*"},
		{"iam:PassRole", "anything", scope.GlobalARN("iam", "role/anything")},
		{"lambda:UpdateFunctionCode", "anything", scope.ARN("lambda", "function:anything")},
		{"sts:AssumeRole", "anything", scope.GlobalARN("iam", "role/anything")},
	}
	for _, bucket := range m.Buckets.Buckets() {
		if m.survey.Knows(bucket) {
			out = append(out, action{"s3:ListBucket", m.named(bucket), scope.Bucket(bucket)},
				action{"s3:PutObject", m.named(bucket), scope.Bucket(bucket) + "/oracle"})
		}
	}
	if s, ok := m.Stack(m.stack); ok {
		out = append(out, action{"cloudformation:GetStackPolicy", "the stack", s.ID})
	}
	return out
}

// waysOf are the ways by which a role may do something: everywhere, or through
// certain endpoints.
func (m *measurement) waysOf(by caller, policies []iam.Policy, a action) []string {
	allowed := func(endpoint, vpc string) bool {
		q := iam.Request{
			Principal: by.arn, Account: m.Cloud.Scope().Account, Action: a.action, Resource: a.resource,
			Context: map[string][]string{
				"aws:SecureTransport": {"true"}, "aws:PrincipalArn": {by.arn}, "aws:PrincipalAccount": {m.Cloud.Scope().Account},
				"aws:RequestedRegion": {m.Network.Region()}, "aws:ResourceAccount": {m.Cloud.Scope().Account},
				"aws:ViaAWSService": {"false"}, "aws:PrincipalIsAWSService": {"false"},
			},
		}
		for key, value := range by.context {
			q.Context[key] = []string{value}
		}
		if endpoint != "" {
			q.Context["aws:SourceVpce"], q.Context["aws:SourceVpc"] = []string{endpoint}, []string{vpc}
			q.Context["aws:VpcSourceIp"] = []string{"10.0.0.4"}
		} else {
			q.Context["aws:SourceIp"] = []string{"203.0.113.77"}
		}
		return iam.Evaluate(q, policies, nil, nil).Allowed
	}
	if allowed("", "") {
		return []string{"from everywhere"}
	}
	var ways []string
	for _, e := range m.PrivateLink.Endpoints() {
		if !strings.HasPrefix(e.ID, "vpce-oracle") && allowed(e.ID, e.VPC) {
			ways = append(ways, "through "+m.named(e.ID))
		}
	}
	if allowed("vpce-00000000000000001", "vpc-00000000000000001") {
		ways = append(ways, "through any endpoint")
	}
	slices.Sort(ways)
	return ways
}
