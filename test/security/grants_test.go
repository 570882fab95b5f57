package security

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"provenendpoints/internal/lab/cfn"
	"provenendpoints/internal/lab/cloud"
	"provenendpoints/internal/lab/iam"
)

// grant is one action on one resource that a policy allows, or denies.
type grant struct {
	// holder is who has it: the ARN of a role, or the id of an endpoint.
	holder string
	// name is the holder's logical id.
	name             string
	action, resource string
	deny             bool
	conditions       []iam.Condition
}

func (g grant) String() string {
	text := fmt.Sprintf("%s: %s on %s", g.name, g.action, g.resource)
	for _, c := range g.conditions {
		text += fmt.Sprintf(" if %s %s %q", c.Operator, c.Key, c.Values)
	}
	return text
}

// split makes a grant of each action on each resource of a policy. What cannot
// be enumerated is an error: it grants more than anybody can have used.
func split(holder, name string, document any) ([]grant, error) {
	policy, err := iam.Parse(document)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	var grants []grant
	for _, s := range policy.Statements {
		if s.NotActions != nil || s.NotResources != nil {
			return nil, fmt.Errorf("%s: statement %s uses NotAction or NotResource", name, s.SID)
		}
		for _, action := range s.Actions {
			for _, resource := range s.Resources {
				grants = append(grants, grant{
					holder: holder, name: name, action: action, resource: resource, deny: s.Deny, conditions: s.Conditions,
				})
			}
		}
	}
	return grants, nil
}

// roleGrants are what the policies of a stack's roles say, and the roles' names
// by their ARNs.
func roleGrants(t *testing.T, resources []cfn.ResourceInfo) ([]grant, map[string]string) {
	t.Helper()
	names, arns := map[string]string{}, map[string]string{}
	var grants []grant
	add := func(role cfn.ResourceInfo, document any) {
		found, err := split(text(role.Attributes["Arn"]), role.LogicalID, document)
		if err != nil {
			t.Error(err)
		}
		grants = append(grants, found...)
	}
	byName := map[string]cfn.ResourceInfo{}
	for _, role := range resources {
		if role.Type != "AWS::IAM::Role" {
			continue
		}
		byName[role.PhysicalID] = role
		names[text(role.Attributes["Arn"])], arns[role.PhysicalID] = role.LogicalID, text(role.Attributes["Arn"])
		if managed, _ := role.Properties["ManagedPolicyArns"].([]any); len(managed) > 0 {
			t.Errorf("%s has managed policies, which name no resource: %v", role.LogicalID, managed)
		}
		inline, _ := role.Properties["Policies"].([]any)
		for _, policy := range inline {
			add(role, policy.(map[string]any)["PolicyDocument"])
		}
	}
	for _, policy := range resources {
		switch policy.Type {
		case "AWS::IAM::ManagedPolicy", "AWS::IAM::User", "AWS::IAM::Group", "AWS::IAM::RolePolicy":
			t.Errorf("%s is an %s, which this test does not look into", policy.LogicalID, policy.Type)
		case "AWS::IAM::Policy":
			for _, role := range policy.Properties["Roles"].([]any) {
				if _, ours := byName[text(role)]; !ours {
					t.Errorf("%s is a policy of %v, which is not of the stack", policy.LogicalID, role)
				}
				add(byName[text(role)], policy.Properties["PolicyDocument"])
			}
		}
	}
	return grants, names
}

// endpointGrants are what the policies of a stack's endpoints say. An endpoint
// without a policy to write has none here: that of an endpoint service.
func endpointGrants(t *testing.T, resources []cfn.ResourceInfo) []grant {
	t.Helper()
	var grants []grant
	for _, endpoint := range resources {
		document := endpoint.Properties["PolicyDocument"]
		if endpoint.Type != "AWS::EC2::VPCEndpoint" || document == nil {
			continue
		}
		found, err := split(endpoint.PhysicalID, endpoint.LogicalID, document)
		if err != nil {
			t.Error(err)
		}
		grants = append(grants, found...)
	}
	return grants
}

// matches reports whether the grant covers the call; without its conditions if
// anyhow is set.
func (g grant) matches(c cloud.Call, anyhow bool) bool {
	statement := iam.Statement{Actions: []string{g.action}, Resources: []string{g.resource}}
	if !anyhow {
		statement.Conditions = g.conditions
	}
	context := map[string][]string{"aws:PrincipalArn": {c.Role}}
	if c.Role != "" {
		context["aws:PrincipalAccount"] = []string{strings.Split(c.Role, ":")[4]}
	}
	if c.Endpoint != "" {
		context["aws:SourceVpce"], context["aws:SourceVpc"] = []string{c.Endpoint}, []string{c.VPC}
		context["aws:VpcSourceIp"] = []string{c.Source.String()}
	}
	request := iam.Request{Principal: c.Role, Action: c.Action, Resource: c.Resource, Context: context}
	return iam.Evaluate(request, []iam.Policy{{Version: "2012-10-17", Statements: []iam.Statement{statement}}}, nil, nil).Allowed
}

// byService reports whether an AWS service itself made the call with the role.
// Calls of a function's code have a session name.
func byService(c cloud.Call) bool { return c.Session == "" }

// audit is the result of comparing grants with calls.
type audit struct {
	// findings are violations.
	findings []string
	// byServiceOnly are the granted actions that the code never used, but an AWS
	// service did.
	byServiceOnly []string
}

func (a *audit) find(format string, args ...any) {
	a.findings = append(a.findings, fmt.Sprintf(format, args...))
}

// compare compares the grants of roles with the calls that were made with them.
func compare(grants []grant, calls []cloud.Call) audit {
	var a audit
	for _, g := range grants {
		if !g.deny {
			a.compareGrant(g, calls)
		}
	}
	for _, c := range calls {
		if c.Role != "" && c.Action != "" {
			a.compareCall(c, grants)
		}
	}
	slices.Sort(a.byServiceOnly)
	a.byServiceOnly = slices.Compact(a.byServiceOnly)
	slices.Sort(a.findings)
	a.findings = slices.Compact(a.findings)
	return a
}

// compareGrant looks for the use of a grant: exactly its action on exactly its
// resource, and, if it has conditions, refused without them at least once.
func (a *audit) compareGrant(g grant, calls []cloud.Call) {
	var byCode, bySomeService, refused bool
	var elsewhere []string
	for _, c := range calls {
		switch {
		case c.Role != g.holder:
		case !c.Allowed:
			refused = refused || g.matches(c, true) && !g.matches(c, false)
		case !g.matches(c, false):
		case c.Resource != g.resource || c.Action != g.action:
			elsewhere = append(elsewhere, c.Action+" on "+c.Resource)
		case byService(c):
			bySomeService = true
		default:
			byCode = true
		}
	}
	switch {
	case byCode:
	case bySomeService:
		a.byServiceOnly = append(a.byServiceOnly, g.action)
	case len(elsewhere) > 0:
		slices.Sort(elsewhere)
		a.find("%s is wider than its use, %s", g, strings.Join(slices.Compact(elsewhere), ", "))
	default:
		a.find("%s is granted and never used", g)
	}
	if len(g.conditions) > 0 && !refused {
		a.find("%s was never seen to be refused where its condition does not hold", g)
	}
}

// compareCall looks for the grant behind a call. A call that was denied must be
// a negative control: one that only the conditions of a grant forbid.
func (a *audit) compareCall(c cloud.Call, grants []grant) {
	granted, control := false, false
	for _, g := range grants {
		if g.holder != c.Role || g.deny {
			continue
		}
		granted = granted || g.matches(c, false)
		control = control || len(g.conditions) > 0 && g.matches(c, true)
	}
	who := fmt.Sprintf("session %q of %s: %s on %s", c.Session, c.Role, c.Action, c.Resource)
	switch {
	case c.Allowed && !granted:
		a.find("%s is used and not granted", who)
	case !c.Allowed && (granted || !control):
		a.find("%s was denied: %s", who, c.Reason)
	}
}

// unused are the grants of endpoint policies that no call through the endpoint
// needed. Their resources may be patterns: AWS's own buckets have keys.
func unused(grants []grant, calls []cloud.Call) []string {
	var out []string
	for _, g := range grants {
		if !g.deny && !slices.ContainsFunc(calls, func(c cloud.Call) bool {
			return c.Allowed && c.Endpoint == g.holder && g.matches(c, false)
		}) {
			out = append(out, g.String()+" is granted and never used")
		}
	}
	return out
}

func text(v any) string { s, _ := v.(string); return s }
