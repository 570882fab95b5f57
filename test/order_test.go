package test

import (
	"slices"
	"testing"

	"provenendpoints/internal/contract"
	"provenendpoints/internal/test/assembled"
	"provenendpoints/internal/test/templates"
)

// proofOf is the custom resource of a stack.
func (tpl *template) proofOf(t testing.TB) *resource {
	t.Helper()
	return tpl.one(t, contract.ResourceType, "", nil)
}

// The proof runs last: all that could change who reaches whom exists before it
// and outlives it. What is left are things that move no packet.
func TestProofWaitsForAll(t *testing.T) {
	t.Parallel()
	free := []string{"AWS::CloudFormation::WaitCondition", "AWS::CloudFormation::WaitConditionHandle", "AWS::EC2::Instance", "AWS::IAM::InstanceProfile", "AWS::IAM::Role"}
	for _, stack := range assembled.Scenarios {
		template := load(t, stack)
		needed := template.needs(template.proofOf(t).ID)
		for id, resource := range template.Resources {
			private := resource.Type != "AWS::EC2::Instance" || resource.name() == "Instance"
			if !needed[id] && resource.Type != contract.ResourceType && !(slices.Contains(free, resource.Type) && private) {
				t.Errorf("%s: the proof does not wait for %s (%s)", stack, id, resource.Type)
			}
		}
	}
}

// Nothing waits for the proof, so nothing but outputs is held up by it, and it
// is deleted first.
func TestNothingWaitsForTheProof(t *testing.T) {
	t.Parallel()
	for _, stack := range assembled.Scenarios {
		template := load(t, stack)
		proof := template.proofOf(t).ID
		for id := range template.Resources {
			if template.needs(id)[proof] {
				t.Errorf("%s: %s waits for the proof", stack, id)
			}
		}
	}
}

// A dependency in a circle cannot be deployed.
func TestNoCircles(t *testing.T) {
	t.Parallel()
	for _, stack := range assembled.Scenarios {
		template := load(t, stack)
		for id := range template.Resources {
			if template.needs(id)[id] {
				t.Errorf("%s: %s waits for itself", stack, id)
			}
		}
	}
}

func (tpl *template) wantNeeds(t *testing.T, from *resource, to ...*resource) {
	t.Helper()
	needed := tpl.needs(from.ID)
	for _, other := range to {
		if !needed[other.ID] {
			t.Errorf("%s does not wait for %s", from.ID, other.ID)
		}
	}
}

// The instance pings at its first start: the way to S3 must be there by then.
func TestPingWaitsForTheWay(t *testing.T) {
	t.Parallel()
	template := load(t, assembled.GatewayEndpoint)
	instance := template.one(t, "AWS::EC2::Instance", "", nil)
	private := template.one(t, "AWS::EC2::Subnet", "CidrBlock", "10.0.1.0/24").ID
	template.wantNeeds(t, instance,
		template.one(t, "AWS::EC2::VPCEndpoint", "", nil),
		template.one(t, "AWS::EC2::SubnetRouteTableAssociation", "SubnetId", map[string]any{"Ref": private}),
		template.one(t, "AWS::CloudFormation::WaitConditionHandle", "", nil),
	)
	if got := templates.Target(instance.Properties["NetworkInterfaces"].([]any)[0].(map[string]any)["SubnetId"]); got != private {
		t.Errorf("the instance lies in %s, want the private subnet", got)
	}
	condition := template.one(t, "AWS::CloudFormation::WaitCondition", "", nil)
	template.wantNeeds(t, condition, instance)
	if got := template.Outputs["Ping"].Value; !equal(got, map[string]any{"Fn::GetAtt": []any{condition.ID, "Data"}}) {
		t.Errorf("the output Ping is %s, want the report's data", text(got))
	}
}

// The service is made when the load balancer is active, which a reference alone
// does not wait for.
func TestServiceWaitsForTheBalancer(t *testing.T) {
	t.Parallel()
	template := load(t, assembled.EndpointService)
	explicit := template.one(t, "AWS::EC2::VPCEndpointService", "", nil).DependsOn
	for _, kind := range []string{"AWS::ElasticLoadBalancingV2::LoadBalancer", "AWS::ElasticLoadBalancingV2::Listener"} {
		if id := template.one(t, kind, "", nil).ID; !slices.Contains(explicit, id) {
			t.Errorf("the service does not depend explicitly on %s", id)
		}
	}
}

// AWS deletes no endpoint service with an endpoint connected to it, and lets no
// endpoint connect before the permission is given.
func TestConsumerGoesBeforeService(t *testing.T) {
	t.Parallel()
	template := load(t, assembled.EndpointService)
	template.wantNeeds(t, template.one(t, "AWS::EC2::VPCEndpoint", "", nil),
		template.one(t, "AWS::EC2::VPCEndpointService", "", nil),
		template.one(t, "AWS::EC2::VPCEndpointServicePermissions", "", nil),
	)
}

// Lambda needs the role's permissions to make a function's interfaces, and to
// remove them.
func TestFunctionsWaitForTheirRoles(t *testing.T) {
	t.Parallel()
	for _, stack := range assembled.Scenarios {
		template := load(t, stack)
		for _, function := range template.all("AWS::Lambda::Function") {
			role := templates.Target(function.Properties["Role"])
			needed := template.needs(function.ID)
			for _, policy := range template.all("AWS::IAM::Policy") {
				grant := len(template.mentions(policy.Properties["PolicyDocument"].(map[string]any)["Statement"].([]any)[0].(map[string]any)["Condition"])) > 0
				if slices.Contains(templates.Targets(policy.Properties["Roles"]), role) && !needed[policy.ID] && !grant {
					t.Errorf("%s: %s does not wait for %s", stack, function.ID, policy.ID)
				}
			}
		}
	}
}
