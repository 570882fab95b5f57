package test

import (
	"slices"
	"testing"

	"provenendpoints/internal/contract"
	"provenendpoints/internal/lab/latency"
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

// early are the references by which a resource may begin while what it refers to is not
// stable yet, each with the reason. Every other reference to something that becomes
// stable late needs a DependsOn besides: CloudFormation begins what only refers to a
// resource at CONFIGURATION_COMPLETE
// (github.com/aws-cloudformation/cloudformation-coverage-roadmap/issues/1951).
var early = map[[2]string]string{
	{"AWS::EC2::Instance", "AWS::IAM::InstanceProfile"}:                                    "CDK writes every instance so, and nobody reports that it fails",
	{"AWS::EC2::VPCEndpoint", "AWS::S3::Bucket"}:                                           "its policy names the bucket, which nobody looks up",
	{"AWS::ElasticLoadBalancingV2::Listener", "AWS::ElasticLoadBalancingV2::LoadBalancer"}: "a load balancer takes listeners while it is provisioning: CDK writes every listener so",
	{"AWS::IAM::InstanceProfile", "AWS::IAM::Role"}:                                        "IAM knows its own role",
	{"AWS::IAM::Policy", "AWS::IAM::Role"}:                                                 "IAM knows its own role",
	{"AWS::IAM::Policy", "AWS::EC2::VPCEndpoint"}:                                          "a statement names it, which nobody looks up",
	{"AWS::IAM::Policy", "AWS::Lambda::Function"}:                                          "a statement names it, which nobody looks up",
	{"AWS::IAM::Policy", "AWS::S3::Bucket"}:                                                "a statement names it, which nobody looks up",
	{"AWS::Lambda::EventInvokeConfig", "AWS::Lambda::Function"}:                            "it is none of the calls that a Pending function refuses (docs.aws.amazon.com/lambda/latest/dg/functions-states.html)",
	{"AWS::S3::BucketPolicy", "AWS::S3::Bucket"}:                                           "a bucket takes a policy when it exists",
	{contract.ResourceType, "AWS::S3::Bucket"}:                                             "the call on it is tried again",
}

// An edge of a template that is a mere reference is enough, or there is a dependency
// besides. Which types become stable late is the lab's table of latencies.
func TestReferencesAreEnough(t *testing.T) {
	t.Parallel()
	used := map[[2]string]bool{}
	for _, stack := range assembled.Scenarios {
		template := load(t, stack)
		for id, resource := range template.Resources {
			complete := template.completeBefore(id)
			for _, to := range template.mentions(resource.Properties) {
				other := template.Resources[to]
				if other == nil || to == id || complete[to] || !latency.Known(latency.Stable(other.Type)) {
					continue
				}
				edge := [2]string{resource.Type, other.Type}
				used[edge] = true
				if early[edge] == "" {
					t.Errorf("%s: %s (%s) may begin before %s (%s) is stable: it only refers to it", stack, id, resource.Type, to, other.Type)
				}
			}
		}
	}
	for edge := range early {
		if !used[edge] {
			t.Errorf("no template has the reference %v that is excused", edge)
		}
	}
}

// What must be there before something begins that does not refer to it.
func TestWhatIsNeededWithoutAReference(t *testing.T) {
	t.Parallel()
	found := map[string]int{}
	want := func(stack, what string, needs bool, format string, args ...any) {
		found[what]++
		if !needs {
			t.Errorf("%s: "+format, append([]any{stack}, args...)...)
		}
	}
	for _, stack := range assembled.Scenarios {
		template := load(t, stack)
		for id, resource := range template.Resources {
			complete := template.completeBefore(id)
			p := resource.Properties
			switch resource.Type {
			case "AWS::EC2::Route":
				for _, attachment := range template.all("AWS::EC2::VPCGatewayAttachment") {
					if gateway := templates.Target(p["GatewayId"]); gateway != "" && gateway == templates.Target(attachment.Properties["InternetGatewayId"]) {
						want(stack, "attachment", complete[attachment.ID], "%s begins before %s: the gateway is not attached", id, attachment.ID)
					}
				}
			case "AWS::Lambda::Function":
				for _, policy := range template.all("AWS::IAM::Policy") {
					ofRole := slices.Contains(templates.Targets(policy.Properties["Roles"]), templates.Target(p["Role"]))
					if ofRole && !template.mentionsEndpoint(policy.Properties) {
						want(stack, "policy", complete[policy.ID], "%s begins before %s is complete: Lambda needs it for the function's interfaces and log", id, policy.ID)
					}
				}
			case contract.ResourceType:
				for _, policy := range template.all("AWS::IAM::Policy") {
					want(stack, "grant", complete[policy.ID], "the proof begins before %s is complete", policy.ID)
				}
				for _, function := range template.all("AWS::Lambda::Function") {
					want(stack, "function", complete[function.ID], "the proof begins while %s may be Pending", function.ID)
				}
			case "AWS::EC2::VPCEndpoint":
				for _, typ := range []string{"AWS::EC2::VPCEndpointService", "AWS::EC2::VPCEndpointServicePermissions"} {
					for _, needed := range template.all(typ) {
						want(stack, "service", complete[needed.ID], "%s begins before %s is complete", id, needed.ID)
					}
				}
			case "AWS::EC2::VPCEndpointService":
				for _, listener := range template.all("AWS::ElasticLoadBalancingV2::Listener") {
					want(stack, "listener", complete[listener.ID], "%s begins before %s is complete", id, listener.ID)
				}
			case "AWS::CloudFormation::WaitCondition":
				for _, instance := range template.all("AWS::EC2::Instance") {
					want(stack, "instance", complete[instance.ID], "%s counts its time before %s runs", id, instance.ID)
				}
			}
		}
	}
	for _, what := range []string{"attachment", "policy", "grant", "function", "service", "listener", "instance"} {
		if found[what] == 0 {
			t.Errorf("no %s was found to look at", what)
		}
	}
}

// mentionsEndpoint reports whether a policy is about endpoints or their services: it is made after them,
// and not for the functions to begin.
func (tpl *template) mentionsEndpoint(value any) bool {
	return slices.ContainsFunc(tpl.mentions(value), func(id string) bool {
		return tpl.Resources[id] != nil && (tpl.Resources[id].Type == "AWS::EC2::VPCEndpoint" || tpl.Resources[id].Type == "AWS::EC2::VPCEndpointService")
	})
}

// completeBefore are the resources that are complete when a resource begins: those that
// it names in DependsOn, and all that were complete before what it depends on or
// refers to began.
func (tpl *template) completeBefore(id string) map[string]bool {
	complete := map[string]bool{}
	seen := map[string]bool{}
	var visit func(id string)
	visit = func(id string) {
		resource := tpl.Resources[id]
		if seen[id] || resource == nil {
			return
		}
		seen[id] = true
		for _, on := range resource.DependsOn {
			complete[on] = true
			visit(on)
		}
		for _, to := range tpl.mentions(resource.Properties) {
			visit(to)
		}
	}
	visit(id)
	return complete
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
				if slices.Contains(templates.Targets(policy.Properties["Roles"]), role) && !needed[policy.ID] && !template.mentionsEndpoint(policy.Properties) {
					t.Errorf("%s: %s does not wait for %s", stack, function.ID, policy.ID)
				}
			}
		}
	}
}
