package test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"provenendpoints/internal/test/assembled"
	"provenendpoints/internal/test/templates"
)

// statements are those of a policy document.
func statements(document any) []map[string]any {
	object, _ := document.(map[string]any)
	list, _ := object["Statement"].([]any)
	var found []map[string]any
	for _, statement := range list {
		found = append(found, statement.(map[string]any))
	}
	return found
}

// listOf is a value that may be one or a list of several.
func listOf(value any) []any {
	if list, ok := value.([]any); ok {
		return list
	}
	return []any{value}
}

// target writes an ARN for people: the type of the resource that it refers to,
// or itself.
func (tpl *template) target(value any) string {
	if resource := tpl.Resources[templates.Target(value)]; resource != nil {
		if description, ok := resource.Properties["Description"].(string); ok && resource.Type == "AWS::Lambda::Function" {
			return description
		}
		return resource.Type
	}
	if s, ok := value.(string); ok {
		return s
	}
	return text(value)
}

// statement writes a statement for people, a line for each action.
func (tpl *template) statement(statement map[string]any) []string {
	var on []string
	for _, resource := range listOf(statement["Resource"]) {
		on = append(on, tpl.target(resource))
	}
	slices.Sort(on)
	condition := ""
	if operators, ok := statement["Condition"].(map[string]any); ok {
		for _, operator := range slices.Sorted(maps.Keys(operators)) {
			for key, value := range operators[operator].(map[string]any) {
				condition += fmt.Sprintf(" if %s %s %s", operator, key, tpl.target(value))
			}
		}
	}
	var lines []string
	for _, action := range listOf(statement["Action"]) {
		lines = append(lines, fmt.Sprintf("%v %v on %s%s", statement["Effect"], action, strings.Join(on, ", "), condition))
	}
	return lines
}

// permissions are all statements of a role's policies, sorted.
func (tpl *template) permissions(t *testing.T, role string) []string {
	t.Helper()
	for _, property := range []string{"ManagedPolicyArns", "Policies"} {
		if value, set := tpl.Resources[role].Properties[property]; set {
			t.Errorf("%s has %s: %v", role, property, value)
		}
	}
	var lines []string
	for _, policy := range tpl.all("AWS::IAM::Policy") {
		if slices.Contains(templates.Targets(policy.Properties["Roles"]), role) {
			for _, statement := range statements(policy.Properties["PolicyDocument"]) {
				lines = append(lines, tpl.statement(statement)...)
			}
		}
	}
	slices.Sort(lines)
	return lines
}

// function is the one whose description begins like this.
func (tpl *template) function(t testing.TB, description string) *resource {
	t.Helper()
	for _, function := range tpl.all("AWS::Lambda::Function") {
		if strings.HasPrefix(function.Properties["Description"].(string), description) {
			return function
		}
	}
	t.Fatalf("no function %q", description)
	return nil
}

const ownLog = "AWS::Logs::LogGroup"

// proberPermissions are those of every prober, with the one call or without.
func proberPermissions(call ...string) []string {
	const functions = `{"Fn::Join":["",["arn:",{"Ref":"AWS::Partition"},":lambda:",{"Ref":"AWS::Region"},":",{"Ref":"AWS::AccountId"},":function:*"]]}`
	lines := append(call, "Allow logs:CreateLogStream on "+ownLog, "Allow logs:PutLogEvents on "+ownLog)
	for _, action := range []string{
		"AssignPrivateIpAddresses", "CreateNetworkInterface", "DeleteNetworkInterface",
		"DescribeNetworkInterfaces", "DescribeSubnets", "UnassignPrivateIpAddresses",
	} {
		lines = append(lines,
			"Allow ec2:"+action+" on *",
			"Deny ec2:"+action+" on * if ArnLike lambda:SourceFunctionArn "+functions)
	}
	slices.Sort(lines)
	return lines
}

// The probers may make interfaces (Lambda for them, not their code) and the one
// call that is proved, through the one endpoint.
func TestProberPermissions(t *testing.T) {
	t.Parallel()
	stackARN := func(stack string) string {
		return `{"Fn::Join":["",["arn:",{"Ref":"AWS::Partition"},":cloudformation:",{"Ref":"AWS::Region"},":",{"Ref":"AWS::AccountId"},":stack/` + stack + `/*"]]}`
	}
	const through = " if StringEquals aws:SourceVpce AWS::EC2::VPCEndpoint"
	for stack, want := range map[string][]string{
		assembled.GatewayEndpoint:             proberPermissions("Allow s3:ListBucket on AWS::S3::Bucket" + through),
		assembled.InterfaceEndpoint:           proberPermissions("Allow cloudformation:GetStackPolicy on " + stackARN(assembled.InterfaceEndpoint) + through),
		assembled.InterfaceEndpointPrivateDNS: proberPermissions("Allow cloudformation:GetStackPolicy on " + stackARN(assembled.InterfaceEndpointPrivateDNS) + through),
		assembled.EndpointService:             proberPermissions(),
	} {
		template := load(t, stack)
		roles := map[string]bool{}
		for _, function := range template.all("AWS::Lambda::Function") {
			if strings.HasPrefix(function.Properties["Description"].(string), "Measures") {
				roles[templates.Target(function.Properties["Role"])] = true
			}
		}
		if len(roles) != 1 {
			t.Fatalf("%s: the probers have %d roles: inside and outside must differ in nothing but the path", stack, len(roles))
		}
		for role := range roles {
			if diff := cmp.Diff(want, template.permissions(t, role)); diff != "" {
				t.Errorf("%s (-want +got):\n%s", stack, diff)
			}
		}
	}
}

// proberOf describes the prober of a scenario's vantage point.
func proberOf(point string) string {
	if network, two := strings.CutSuffix(point, "Vpc"); two {
		return "Measures from the subnet " + network + "Vpc/Public"
	}
	if point == "Outside" {
		return "Measures from outside every VPC"
	}
	return "Measures from the subnet Network/" + point
}

// The verifier may look up what its claims need, ask its probers, see its own
// stack and write its own log.
func TestVerifierPermissions(t *testing.T) {
	t.Parallel()
	scenario2 := []string{"ec2:DescribeDhcpOptions", "ec2:DescribeNetworkInterfaces", "ec2:DescribeRouteTables", "ec2:DescribeSecurityGroups", "ec2:DescribeSubnets", "ec2:DescribeVpcEndpointServiceConfigurations", "ec2:DescribeVpcEndpoints", "ec2:DescribeVpcs", "route53:ListHostedZonesByVPC", "route53profiles:ListProfileAssociations", "route53resolver:ListFirewallRuleGroupAssociations", "route53resolver:ListResolverRuleAssociations"}
	ask := func(points ...string) string {
		var functions []string
		for _, point := range points {
			functions = append(functions, proberOf(point))
		}
		slices.Sort(functions)
		return strings.Join(functions, ", ")
	}
	for stack, want := range map[string]struct {
		lookups []string
		ask     string
	}{
		assembled.GatewayEndpoint: {
			[]string{"ec2:DescribeDhcpOptions", "ec2:DescribeNetworkInterfaces", "ec2:DescribePrefixLists", "ec2:DescribeRouteTables", "ec2:DescribeSubnets", "ec2:DescribeVpcEndpointServiceConfigurations", "ec2:DescribeVpcEndpoints", "ec2:DescribeVpcs", "route53:ListHostedZonesByVPC", "route53profiles:ListProfileAssociations", "route53resolver:ListFirewallRuleGroupAssociations", "route53resolver:ListResolverRuleAssociations"},
			ask("Outside", "Private"),
		},
		assembled.InterfaceEndpoint:           {scenario2, ask("Outside", "Private", "Public")},
		assembled.InterfaceEndpointPrivateDNS: {scenario2, ask("Outside", "Private", "Public")},
		assembled.EndpointService: {
			append(slices.Clone(scenario2), "ec2:DescribeVpcEndpointConnections", "elasticloadbalancing:DescribeListeners", "elasticloadbalancing:DescribeLoadBalancerAttributes", "elasticloadbalancing:DescribeLoadBalancers", "elasticloadbalancing:DescribeTargetGroups", "elasticloadbalancing:DescribeTargetHealth"),
			ask("CustomVpc", "MyVpc"),
		},
	} {
		template := load(t, stack)
		lines := []string{
			"Allow logs:CreateLogStream on " + ownLog, "Allow logs:PutLogEvents on " + ownLog,
			`Allow cloudformation:DescribeStacks on {"Ref":"AWS::StackId"}`,
			`Allow cloudformation:GetTemplate on {"Ref":"AWS::StackId"}`,
			`Allow cloudformation:ListStackResources on {"Ref":"AWS::StackId"}`,
			"Allow lambda:GetFunctionConfiguration on " + want.ask,
			"Allow lambda:GetPolicy on " + want.ask,
			"Allow lambda:InvokeFunction on " + want.ask,
			"Allow ssm:PutParameter on " + text(nonceARN(template.proofOf(t))),
		}
		if stack == assembled.EndpointService {
			lines = append(lines, "Allow ec2:DescribeVpcEndpointServicePermissions on "+
				`{"Fn::Join":["",["arn:",{"Ref":"AWS::Partition"},":ec2:",{"Ref":"AWS::Region"},":",{"Ref":"AWS::AccountId"},":vpc-endpoint-service/",{"Ref":"`+
				template.one(t, "AWS::EC2::VPCEndpointService", "", nil).ID+`"}]]}`)
		}
		// The last are for the claims about the probers themselves.
		for _, action := range append(want.lookups, "ec2:DescribeNetworkAcls", "ec2:DescribeSecurityGroups", "ec2:DescribeSubnets") {
			lines = append(lines, "Allow "+action+" on *")
		}
		slices.Sort(lines)
		lines = slices.Compact(lines)
		for _, action := range []string{"GetRole", "GetRolePolicy", "ListAttachedRolePolicies", "ListRolePolicies"} {
			// Of the probers' role, and of the verifier's own.
			lines = append(lines, "Allow iam:"+action+" on AWS::IAM::Role", "Allow iam:"+action+" on AWS::IAM::Role")
		}
		slices.Sort(lines)
		role := templates.Target(template.function(t, "Judges").Properties["Role"])
		if diff := cmp.Diff(lines, template.permissions(t, role)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", stack, diff)
		}
	}
}

// Instances have no permissions in AWS, and only its service may assume a role.
func TestOtherRoles(t *testing.T) {
	t.Parallel()
	for _, stack := range assembled.Scenarios {
		template := load(t, stack)
		for _, profile := range template.all("AWS::IAM::InstanceProfile") {
			for _, role := range templates.Targets(profile.Properties["Roles"]) {
				if lines := template.permissions(t, role); len(lines) > 0 {
					t.Errorf("%s: an instance may %q", stack, lines)
				}
			}
		}
		for _, role := range template.all("AWS::IAM::Role") {
			for _, statement := range statements(role.Properties["AssumeRolePolicyDocument"]) {
				service := text(statement["Principal"])
				if service != `{"Service":"lambda.amazonaws.com"}` && service != `{"Service":"ec2.amazonaws.com"}` {
					t.Errorf("%s: %s may be assumed by %s", stack, role.ID, service)
				}
			}
		}
	}
}

// Every Effect is one that IAM knows: the template validator does not look into
// endpoint policies.
func TestPolicyEffects(t *testing.T) {
	t.Parallel()
	for _, stack := range assembled.Scenarios {
		for _, resource := range load(t, stack).Resources {
			for _, property := range []string{"PolicyDocument", "AssumeRolePolicyDocument"} {
				for _, statement := range statements(resource.Properties[property]) {
					if effect := statement["Effect"]; effect != "Allow" && effect != "Deny" {
						t.Errorf("%s: %s has the effect %v", stack, resource.ID, effect)
					}
				}
			}
		}
	}
}
