package test

import (
	"slices"
	"testing"

	"provenendpoints/internal/test/assembled"
	"provenendpoints/internal/test/templates"
)

func TestGatewayEndpoint(t *testing.T) {
	t.Parallel()
	template := load(t, assembled.GatewayEndpoint)
	endpoint := template.one(t, "AWS::EC2::VPCEndpoint", "VpcEndpointType", "Gateway")
	private := template.tableOf(t, template.one(t, "AWS::EC2::Subnet", "CidrBlock", "10.0.1.0/24").ID)
	if got := templates.Targets(endpoint.Properties["RouteTableIds"]); !slices.Equal(got, []string{private}) {
		t.Errorf("routes in %v, want the private subnet's %s alone", got, private)
	}
	// The template validator does not see these on a gateway endpoint.
	for _, wrong := range []string{"SubnetIds", "SecurityGroupIds", "PrivateDnsEnabled"} {
		if value, set := endpoint.Properties[wrong]; set {
			t.Errorf("a gateway endpoint has no %s, got %v", wrong, value)
		}
	}
	if want := `{"Fn::Join":["",["com.amazonaws.",{"Ref":"AWS::Region"},".s3"]]}`; text(endpoint.Properties["ServiceName"]) != want {
		t.Errorf("leads to %s, want %s", text(endpoint.Properties["ServiceName"]), want)
	}
	for _, statement := range statements(endpoint.Properties["PolicyDocument"]) {
		if statement["Principal"] != "*" {
			t.Errorf("a gateway endpoint's policy needs the principal *, got %v", statement["Principal"])
		}
	}
}

func TestInterfaceEndpoints(t *testing.T) {
	t.Parallel()
	for stack, want := range map[string]struct {
		private bool
		subnets []string
	}{
		assembled.InterfaceEndpoint:           {false, []string{"10.0.0.0/24", "10.0.1.0/24"}},
		assembled.InterfaceEndpointPrivateDNS: {true, []string{"10.0.0.0/24", "10.0.1.0/24"}},
		assembled.EndpointService:             {false, []string{"10.0.0.0/24"}},
	} {
		t.Run(stack, func(t *testing.T) {
			t.Parallel()
			template := load(t, stack)
			endpoint := template.one(t, "AWS::EC2::VPCEndpoint", "VpcEndpointType", "Interface")
			// CloudFormation's default is off and CDK's is on: it must be said.
			if got := endpoint.Properties["PrivateDnsEnabled"]; got != want.private {
				t.Errorf("private DNS is %v, want %t", got, want.private)
			}
			if _, set := endpoint.Properties["RouteTableIds"]; set {
				t.Error("an interface endpoint has no route tables")
			}
			var cidrs []string
			zones := map[string]bool{}
			for _, id := range templates.Targets(endpoint.Properties["SubnetIds"]) {
				subnet := template.Resources[id]
				cidrs = append(cidrs, subnet.Properties["CidrBlock"].(string))
				zones[text(subnet.Properties["AvailabilityZone"])] = true
				if templates.Target(subnet.Properties["VpcId"]) != templates.Target(endpoint.Properties["VpcId"]) {
					t.Errorf("%s is of another VPC", id)
				}
			}
			if !slices.Equal(cidrs, want.subnets) {
				t.Errorf("has addresses in %v, want %v", cidrs, want.subnets)
			}
			if len(zones) != len(cidrs) {
				t.Errorf("%d subnets lie in %d zones: at most one subnet in a zone", len(cidrs), len(zones))
			}
			if got := len(templates.Targets(endpoint.Properties["SecurityGroupIds"])); got != 1 {
				t.Errorf("%d security groups, want one of its own", got)
			}
		})
	}
}

// Endpoint policies allow what the scenario needs and nothing else.
func TestEndpointPolicies(t *testing.T) {
	t.Parallel()
	const account = ` if StringEquals aws:PrincipalAccount {"Ref":"AWS::AccountId"}`
	getPolicy := func(stack string) []string {
		return []string{`Allow cloudformation:GetStackPolicy on {"Fn::Join":["",["arn:",{"Ref":"AWS::Partition"},":cloudformation:",{"Ref":"AWS::Region"},":",{"Ref":"AWS::AccountId"},":stack/` + stack + `/*"]]}` + account}
	}
	for stack, want := range map[string][]string{
		assembled.GatewayEndpoint: {
			`Allow s3:ListBucket on AWS::S3::Bucket` + account,
			`Allow s3:PutObject on {"Fn::Join":["",["arn:",{"Ref":"AWS::Partition"},":s3:::cloudformation-waitcondition-",{"Ref":"AWS::Region"},"/*"]]}`,
		},
		assembled.InterfaceEndpoint:           getPolicy(assembled.InterfaceEndpoint),
		assembled.InterfaceEndpointPrivateDNS: getPolicy(assembled.InterfaceEndpointPrivateDNS),
		assembled.EndpointService:             nil, // takes none
	} {
		template := load(t, stack)
		endpoint := template.one(t, "AWS::EC2::VPCEndpoint", "", nil)
		var got []string
		for _, statement := range statements(endpoint.Properties["PolicyDocument"]) {
			got = append(got, template.statement(statement)...)
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s:\n%q\nwant\n%q", stack, got, want)
		}
	}
}

func TestEndpointService(t *testing.T) {
	t.Parallel()
	template := load(t, assembled.EndpointService)
	service := template.one(t, "AWS::EC2::VPCEndpointService", "AcceptanceRequired", false)
	balancer := template.one(t, "AWS::ElasticLoadBalancingV2::LoadBalancer", "Type", "network")
	if got := templates.Targets(service.Properties["NetworkLoadBalancerArns"]); !slices.Equal(got, []string{balancer.ID}) {
		t.Errorf("the service stands on %v, want %s", got, balancer.ID)
	}
	permissions := template.one(t, "AWS::EC2::VPCEndpointServicePermissions", "ServiceId", map[string]any{"Ref": service.ID})
	if want := `[{"Fn::Join":["",["arn:",{"Ref":"AWS::Partition"},":iam::",{"Ref":"AWS::AccountId"},":root"]]}]`; text(permissions.Properties["AllowedPrincipals"]) != want {
		t.Errorf("admits %s, want the stack's account alone", text(permissions.Properties["AllowedPrincipals"]))
	}
	endpoint := template.one(t, "AWS::EC2::VPCEndpoint", "VpcEndpointType", "Interface")
	if want := `{"Fn::Join":[".",["com.amazonaws.vpce",{"Ref":"AWS::Region"},{"Ref":"` + service.ID + `"}]]}`; text(endpoint.Properties["ServiceName"]) != want {
		t.Errorf("leads to %s, want %s", text(endpoint.Properties["ServiceName"]), want)
	}
	for property, want := range map[string]any{
		"Scheme": "internal",
		"EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic": "on",
	} {
		if got := balancer.Properties[property]; got != want {
			t.Errorf("the balancer's %s is %v, want %v", property, got, want)
		}
	}
	group := template.one(t, "AWS::ElasticLoadBalancingV2::TargetGroup", "Protocol", "TCP")
	listener := template.one(t, "AWS::ElasticLoadBalancingV2::Listener", "LoadBalancerArn", map[string]any{"Ref": balancer.ID})
	if listener.Properties["Protocol"] != "TCP" || listener.Properties["Port"] != 80.0 ||
		!slices.Contains(template.mentions(listener.Properties["DefaultActions"]), group.ID) {
		t.Errorf("the listener is %s, want TCP 80 to %s", text(listener.Properties), group.ID)
	}
	var targets []string
	for _, target := range group.Properties["Targets"].([]any) {
		targets = append(targets, template.Resources[templates.Target(target.(map[string]any)["Id"])].name())
	}
	slices.Sort(targets)
	if !slices.Equal(targets, []string{"WEB1", "WEB2"}) {
		t.Errorf("the targets are %v, want WEB1 and WEB2", targets)
	}
}
