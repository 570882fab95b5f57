package escapes

// turned are changes by hand of what the stack itself has made: the tables beside are additions.
// A deployment that turns the same is a mutant (see test/mutation), so that only drift has
// these rows.
var turned = []escape{
	{name: "the endpoint's policy lets everything pass", stack: gateway, refuted: []string{"policy"}, add: func(t template) {
		endpointOf(t)["PolicyDocument"] = object{"Version": "2012-10-17", "Statement": []any{object{"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}}}
	}},
	{name: "the endpoint leaves the private route table", stack: gateway, refuted: []string{"has no route for pl-"}, add: func(t template) {
		endpointOf(t)["RouteTableIds"] = []any{ref(t, "AWS::EC2::RouteTable", "Public")}
	}},
	{name: "the grant goes", stack: gateway, refuted: []string{"denied"}, add: func(t template) {
		document := t.Properties(the(t, "AWS::IAM::Policy", "ProbersGrant"))["PolicyDocument"].(object)
		document["Statement"].([]any)[0].(object)["Action"] = "s3:GetObject"
	}},
	{name: "private DNS is off", stack: privateOn, refuted: []string{"private DNS"}, add: func(t template) { endpointOf(t)["PrivateDnsEnabled"] = false }},
	{name: "the VPC's names are off", stack: privateOn, refuted: []string{"resolve"}, add: func(t template) {
		p := t.Properties(the(t, "AWS::EC2::VPC", "Network"))
		p["EnableDnsSupport"], p["EnableDnsHostnames"] = false, false
	}},
	{name: "private DNS is on", stack: iface, refuted: []string{"private DNS"}, add: func(t template) { endpointOf(t)["PrivateDnsEnabled"] = true }},
	{name: "the endpoint leaves a subnet", stack: iface, refuted: []string{"has no DNS name for the zone"}, add: func(t template) {
		p := endpointOf(t)
		p["SubnetIds"] = p["SubnetIds"].([]any)[:1]
	}},
	{name: "the endpoint's group admits everybody", stack: iface, refuted: []string{"tcp 443 from 0.0.0.0/0"}, add: func(t template) {
		groupAdmits(t, object{"CidrIp": "0.0.0.0/0"})
	}},
	{name: "the endpoint's group admits everybody by IPv6", stack: iface, refuted: []string{"::/0"}, add: func(t template) {
		groupAdmits(t, object{"CidrIpv6": "::/0"})
	}},
	{name: "the endpoint's group admits another group of the VPC", stack: iface, add: func(t template) {
		groupAdmits(t, object{"SourceSecurityGroupId": attribute(the(t, "AWS::EC2::SecurityGroup", "InstanceConnect"), "GroupId")})
	}},
	{name: "everybody may connect to the service", stack: service, refuted: []string{"*"}, add: func(t template) {
		t.Properties(the(t, "AWS::EC2::VPCEndpointServicePermissions", ""))["AllowedPrincipals"] = []any{"*"}
	}},
	{name: "a host is no target any more", stack: service, refuted: []string{"WEB"}, add: func(t template) {
		p := t.Properties(the(t, "AWS::ElasticLoadBalancingV2::TargetGroup", ""))
		p["Targets"] = p["Targets"].([]any)[:1]
	}},
}

// endpointOf are the properties of the stack's one endpoint.
func endpointOf(t template) object { return t.Properties(the(t, "AWS::EC2::VPCEndpoint", "")) }

// groupAdmits has the endpoint's group admit somebody on its port.
func groupAdmits(t template, whom object) {
	rule := object{"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443}
	for k, v := range whom {
		rule[k] = v
	}
	p := t.Properties(the(t, "AWS::EC2::SecurityGroup", "EndpointSecurityGroup"))
	rules, _ := p["SecurityGroupIngress"].([]any)
	p["SecurityGroupIngress"] = append(rules, rule)
}
