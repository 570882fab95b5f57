package escapes

import "provenendpoints/internal/test/templates"

// gateways are ways out that are no internet or NAT gateway, and other redirections of
// names than zones.
var gateways = []escape{
	{name: "an egress-only internet gateway", stack: gateway, refuted: []string{"sends ::/0 to eigw-"}, add: func(t template) {
		ipv6(t)
		t.Add("Out", "AWS::EC2::EgressOnlyInternetGateway", object{"VpcId": ref(t, "AWS::EC2::VPC", "Network")})
		t.Add("OutRoute", "AWS::EC2::Route", object{
			"RouteTableId": ref(t, "AWS::EC2::RouteTable", "Private"), "DestinationIpv6CidrBlock": "::/0", "EgressOnlyInternetGatewayId": templates.RefTo("Out"),
		})
	}},
	{name: "an interface with an IPv6 address and a prefix list to the internet", stack: gateway, refuted: []string{"has the public address 2406:da12:"}, add: func(t template) {
		ipv6In(t, "Public")
		t.Add("List", "AWS::EC2::PrefixList", object{"PrefixListName": "partners", "AddressFamily": "IPv6", "MaxEntries": 1, "Entries": []any{object{"Cidr": "2001:db8::/32"}}})
		t.Add("ListRoute", "AWS::EC2::Route", object{
			"RouteTableId": ref(t, "AWS::EC2::RouteTable", "Public"), "DestinationPrefixListId": templates.RefTo("List"), "GatewayId": ref(t, "AWS::EC2::InternetGateway", "Network"),
		}, the(t, "AWS::EC2::VPCGatewayAttachment", "Network"))
		t.Add("Card", "AWS::EC2::NetworkInterface", object{"SubnetId": ref(t, "AWS::EC2::Subnet", "Public"), "Ipv6AddressCount": 1}, "SixOfPublic")
	}},
	{name: "IPv6 without a way out", stack: gateway, add: ipv6},
	{name: "a transit gateway", stack: iface, refuted: []string{"sends 172.31.0.0/16 to tgw-"}, add: func(t template) {
		t.Add("Transit", "AWS::EC2::TransitGateway", object{})
		t.Add("Attached", "AWS::EC2::TransitGatewayAttachment", object{
			"TransitGatewayId": templates.RefTo("Transit"), "VpcId": ref(t, "AWS::EC2::VPC", "Network"), "SubnetIds": []any{ref(t, "AWS::EC2::Subnet", "Private")},
		})
		t.Add("TransitRoute", "AWS::EC2::Route", object{
			"RouteTableId": ref(t, "AWS::EC2::RouteTable", "Private"), "DestinationCidrBlock": "172.31.0.0/16", "TransitGatewayId": templates.RefTo("Transit"),
		}, "Attached")
	}},
	{name: "a VPN with propagated routes", stack: gateway, refuted: []string{"vgw-"}, add: func(t template) {
		vpn(t)
		t.Add("Customer", "AWS::EC2::CustomerGateway", object{"Type": "ipsec.1", "IpAddress": "203.0.113.9", "BgpAsn": 65000})
		t.Add("Connection", "AWS::EC2::VPNConnection", object{
			"Type": "ipsec.1", "CustomerGatewayId": templates.RefTo("Customer"), "VpnGatewayId": templates.RefTo("Vpn"), "StaticRoutesOnly": true,
		})
		t.Add("Office", "AWS::EC2::VPNConnectionRoute", object{"VpnConnectionId": templates.RefTo("Connection"), "DestinationCidrBlock": "192.168.0.0/16"})
		t.Add("Propagation", "AWS::EC2::VPNGatewayRoutePropagation", object{
			"RouteTableIds": []any{ref(t, "AWS::EC2::RouteTable", "Private")}, "VpnGatewayId": templates.RefTo("Vpn"),
		}, "VpnAttached")
	}},
	{name: "a VPN with routes propagated to the public subnet", stack: iface, refuted: []string{"takes the routes that vgw-"}, add: func(t template) {
		vpn(t)
		t.Add("Propagation", "AWS::EC2::VPNGatewayRoutePropagation", object{
			"RouteTableIds": []any{ref(t, "AWS::EC2::RouteTable", "Public")}, "VpnGatewayId": templates.RefTo("Vpn"),
		}, "VpnAttached")
	}},
	{name: "a VPN gateway without a route to it", stack: gateway, add: vpn},
	{name: "a customer's prefix list to the internet", stack: gateway, refuted: []string{"to igw-"}, add: func(t template) {
		t.Add("List", "AWS::EC2::PrefixList", object{"PrefixListName": "partners", "AddressFamily": "IPv4", "MaxEntries": 1, "Entries": []any{object{"Cidr": "93.184.216.0/24"}}})
		t.Add("ListRoute", "AWS::EC2::Route", object{
			"RouteTableId": ref(t, "AWS::EC2::RouteTable", "Private"), "DestinationPrefixListId": templates.RefTo("List"), "GatewayId": ref(t, "AWS::EC2::InternetGateway", "Network"),
		}, the(t, "AWS::EC2::VPCGatewayAttachment", "Network"))
	}},
	{name: "a NAT instance", stack: privateOn, refuted: []string{"to eni-"}, add: func(t template) {
		publicHost(t)
		t.Properties("Host")["SourceDestCheck"] = false
		t.Add("HostRoute", "AWS::EC2::Route", object{
			"RouteTableId": ref(t, "AWS::EC2::RouteTable", "Private"), "DestinationCidrBlock": "0.0.0.0/0", "InstanceId": templates.RefTo("Host"),
		})
	}},
	{name: "an endpoint service before a host of its own", stack: gateway, refuted: []string{"the endpoint service vpce-svc-", "leads from other VPCs to the load balancer"}, add: func(t template) {
		innerBalancer(t)
		t.Add("Published", "AWS::EC2::VPCEndpointService", object{"NetworkLoadBalancerArns": []any{templates.RefTo("Inner")}, "AcceptanceRequired": false}, "Inner")
		t.Add("Anybody", "AWS::EC2::VPCEndpointServicePermissions", object{"ServiceId": templates.RefTo("Published"), "AllowedPrincipals": []any{"*"}})
	}},
	{name: "an instance in another VPC as well", stack: gateway, refuted: []string{"has the interface eni-", "as well, and can pass on what it gets"}, add: func(t template) {
		t.Add("Second", "AWS::EC2::VPC", object{"CidrBlock": "10.7.0.0/16"})
		t.Add("SecondSubnet", "AWS::EC2::Subnet", object{
			"VpcId": templates.RefTo("Second"), "CidrBlock": "10.7.0.0/24", "AvailabilityZone": attribute(the(t, "AWS::EC2::Subnet", "Private"), "AvailabilityZone"),
		})
		t.Add("SecondInterface", "AWS::EC2::NetworkInterface", object{"SubnetId": templates.RefTo("SecondSubnet")})
		t.Add("SecondAttached", "AWS::EC2::NetworkInterfaceAttachment", object{
			"InstanceId": ref(t, "AWS::EC2::Instance", "Instance"), "NetworkInterfaceId": templates.RefTo("SecondInterface"), "DeviceIndex": "1",
		})
	}},
	{name: "an internal balancer that nobody else reaches", stack: gateway, add: innerBalancer},
	{name: "a resolver rule", stack: gateway, refuted: []string{"resolver rule rslvr-rr-"}, add: func(t template) {
		t.Add("Rule", "AWS::Route53Resolver::ResolverRule", object{"RuleType": "SYSTEM", "DomainName": "corp.example"})
		t.Add("RuleOfNetwork", "AWS::Route53Resolver::ResolverRuleAssociation", object{"ResolverRuleId": templates.RefTo("Rule"), "VPCId": ref(t, "AWS::EC2::VPC", "Network")})
	}},
	{name: "a DNS firewall", stack: privateOn, refuted: []string{"DNS Firewall rule group rslvr-frg-"}, add: func(t template) {
		t.Add("Rules", "AWS::Route53Resolver::FirewallRuleGroup", object{"FirewallRules": []any{}})
		t.Add("RulesOfNetwork", "AWS::Route53Resolver::FirewallRuleGroupAssociation", object{
			"FirewallRuleGroupId": templates.RefTo("Rules"), "VpcId": ref(t, "AWS::EC2::VPC", "Network"), "Priority": 101,
		})
	}},
	{name: "a Route 53 profile", stack: iface, refuted: []string{"Route 53 profile rp-"}, add: func(t template) {
		t.Add("Profile", "AWS::Route53Profiles::Profile", object{"Name": "added"})
		t.Add("ProfileOfNetwork", "AWS::Route53Profiles::ProfileAssociation", object{
			"Name": "added", "ProfileId": templates.RefTo("Profile"), "ResourceId": ref(t, "AWS::EC2::VPC", "Network"),
		})
	}},
}

// innerBalancer adds an internal load balancer before the private instance.
func innerBalancer(t template) {
	t.Add("Inner", "AWS::ElasticLoadBalancingV2::LoadBalancer", object{"Type": "network", "Scheme": "internal", "Subnets": []any{ref(t, "AWS::EC2::Subnet", "Private")}})
	t.Add("InnerTargets", "AWS::ElasticLoadBalancingV2::TargetGroup", object{"Protocol": "TCP", "Port": 22, "VpcId": ref(t, "AWS::EC2::VPC", "Network"), "TargetType": "instance"})
	t.Add("InnerListener", "AWS::ElasticLoadBalancingV2::Listener", object{
		"LoadBalancerArn": templates.RefTo("Inner"), "Protocol": "TCP", "Port": 22,
		"DefaultActions": []any{object{"Type": "forward", "TargetGroupArn": templates.RefTo("InnerTargets")}},
	})
}

// ipv6 gives the VPC and its private subnet IPv6 blocks.
func ipv6(t template) { ipv6In(t, "Private") }

// ipv6In gives the VPC and one of its subnets IPv6 blocks.
func ipv6In(t template, subnet string) {
	vpc := the(t, "AWS::EC2::VPC", "Network")
	t.Add("Six", "AWS::EC2::VPCCidrBlock", object{"VpcId": templates.RefTo(vpc), "AmazonProvidedIpv6CidrBlock": true})
	block := object{"Fn::Select": []any{0, attribute(vpc, "Ipv6CidrBlocks")}}
	t.Add("SixOf"+subnet, "AWS::EC2::SubnetCidrBlock", object{
		"SubnetId": ref(t, "AWS::EC2::Subnet", subnet), "Ipv6CidrBlock": object{"Fn::Select": []any{0, object{"Fn::Cidr": []any{block, 1, "64"}}}},
	}, "Six")
}

// vpn attaches a virtual private gateway to the VPC.
func vpn(t template) {
	t.Add("Vpn", "AWS::EC2::VPNGateway", object{"Type": "ipsec.1"})
	t.Add("VpnAttached", "AWS::EC2::VPCGatewayAttachment", object{"VpcId": ref(t, "AWS::EC2::VPC", "Network"), "VpnGatewayId": templates.RefTo("Vpn")})
}
