package why

import (
	"fmt"

	"provenendpoints/internal/contract"
)

// ofVerifier narrows what the verifier's role may do, statement by statement, to what the
// constructs grant it: the actions that belong to a resource, the resources that belong to
// actions.
func (e *evidence) ofVerifier(role string) []change {
	var out []change
	for _, id := range e.users(role, "AWS::IAM::Policy", "AWS::IAM::RolePolicy") {
		for i, s := range statements(e.properties(id)["PolicyDocument"]) {
			s, _ := s.(object)
			for _, grant := range e.verifierGrants() {
				at := place{"PolicyDocument", "Statement", i}
				if s["Resource"] == "*" && mentionsText(s["Action"], grant.actions[0]) {
					out = append(out, e.puttingAs(id, append(at, "Resource"), grant.resource, fmt.Sprintf("let statement %d of %s be about what it was declared for", i, id)))
				}
				if same(s["Resource"], grant.resource) && !mentionsText(s["Action"], grant.actions[0]) {
					out = append(out, e.puttingAs(id, append(at, "Action"), list(grant.actions), fmt.Sprintf("let statement %d of %s allow what it was declared for", i, id)))
				}
			}
		}
	}
	if managed, ok := e.properties(role)["ManagedPolicyArns"].([]any); ok && len(managed) > 0 {
		out = append(out, e.setting(role, "ManagedPolicyArns", []any{}, "take the managed policies from "+role))
	}
	return out
}

// verifierGrant is something that the verifier's role may do.
type verifierGrant struct {
	actions  []string
	resource any
}

// verifierGrants are what the constructs grant on named resources: its stack, the probers,
// and the endpoint services that the claims are about.
func (e *evidence) verifierGrants() []verifierGrant {
	grants := []verifierGrant{{
		[]string{"cloudformation:DescribeStacks", "cloudformation:GetTemplate", "cloudformation:ListStackResources"}, ref("AWS::StackId"),
	}}
	var probers []any
	known := map[string]bool{}
	for _, p := range e.ofType(contract.ResourceType) {
		points, _ := e.properties(p)["VantagePoints"].(object)
		for _, function := range e.ofType("AWS::Lambda::Function") {
			if mentions(points, function) && !known[function] {
				known[function] = true
				probers = append(probers, attribute(function, "Arn"))
			}
		}
	}
	grants = append(grants, verifierGrant{[]string{"lambda:GetFunctionConfiguration", "lambda:GetPolicy", "lambda:InvokeFunction"}, probers})
	for _, service := range e.ofType("AWS::EC2::VPCEndpointService") {
		grants = append(grants, verifierGrant{[]string{"ec2:DescribeVpcEndpointServicePermissions"}, object{"Fn::Join": []any{"", []any{
			"arn:", ref("AWS::Partition"), ":ec2:", ref("AWS::Region"), ":", ref("AWS::AccountId"), ":vpc-endpoint-service/", ref(service)}}}})
	}
	return grants
}
