package escapes

import "provenendpoints/internal/test/templates"

// routes are ways out of a subnet that its route table opens, whichever it is.
var routes = []escape{
	{name: "the subnet is associated with another table, which leads to the internet", stack: gateway, refuted: []string{"sends 0.0.0.0/0 to igw-"}, add: func(t template) {
		t.Add("Other", "AWS::EC2::RouteTable", object{"VpcId": ref(t, "AWS::EC2::VPC", "Network")})
		t.Add("OtherRoute", "AWS::EC2::Route", object{
			"RouteTableId": templates.RefTo("Other"), "DestinationCidrBlock": "0.0.0.0/0", "GatewayId": ref(t, "AWS::EC2::InternetGateway", "Network"),
		}, the(t, "AWS::EC2::VPCGatewayAttachment", "Network"))
		t.Properties(the(t, "AWS::EC2::SubnetRouteTableAssociation", "Private"))["RouteTableId"] = templates.RefTo("Other")
		endpoint := t.Properties(the(t, "AWS::EC2::VPCEndpoint", "S3"))
		endpoint["RouteTableIds"] = append(endpoint["RouteTableIds"].([]any), templates.RefTo("Other"))
	}},
	{name: "a peering", stack: gateway, refuted: []string{"sends 172.31.0.0/16 to pcx-"}, add: peering},
	{name: "a peering", stack: iface, refuted: []string{"sends 172.31.0.0/16 to pcx-"}, add: peering},
	{name: "a NAT gateway", stack: privateOn, refuted: []string{"sends 0.0.0.0/0 to nat-", "has the public address", "it was reached"}, add: natGateway},
	{name: "a NAT gateway", stack: iface, refuted: []string{"to nat-"}, add: natGateway},
	{name: "a route without a gateway behind it yet", stack: privateOn, refuted: []string{"sends 0.0.0.0/0 to igw-"}, add: func(t template) {
		t.Add("Out", "AWS::EC2::Route", object{
			"RouteTableId": ref(t, "AWS::EC2::RouteTable", "Private"), "DestinationCidrBlock": "0.0.0.0/0", "GatewayId": ref(t, "AWS::EC2::InternetGateway", "Network"),
		}, the(t, "AWS::EC2::VPCGatewayAttachment", "Network"))
	}},
	{name: "a table with a way out that no subnet has", stack: gateway, add: func(t template) {
		t.Add("Other", "AWS::EC2::RouteTable", object{"VpcId": ref(t, "AWS::EC2::VPC", "Network")})
		t.Add("OtherRoute", "AWS::EC2::Route", object{
			"RouteTableId": templates.RefTo("Other"), "DestinationCidrBlock": "0.0.0.0/0", "GatewayId": ref(t, "AWS::EC2::InternetGateway", "Network"),
		}, the(t, "AWS::EC2::VPCGatewayAttachment", "Network"))
	}},
	{name: "a peering of the public subnet", stack: iface, refuted: []string{"sends 172.31.0.0/16 to pcx-"}, add: func(t template) {
		peering(t)
		t.Properties("PeeringRoute")["RouteTableId"] = ref(t, "AWS::EC2::RouteTable", "Public")
	}},
}

// peering routes the private subnet to another VPC.
func peering(t template) {
	t.Add("Peer", "AWS::EC2::VPC", object{"CidrBlock": "172.31.0.0/16"})
	t.Add("Peering", "AWS::EC2::VPCPeeringConnection", object{"VpcId": ref(t, "AWS::EC2::VPC", "Network"), "PeerVpcId": templates.RefTo("Peer")})
	t.Add("PeeringRoute", "AWS::EC2::Route", object{
		"RouteTableId": ref(t, "AWS::EC2::RouteTable", "Private"), "DestinationCidrBlock": "172.31.0.0/16", "VpcPeeringConnectionId": templates.RefTo("Peering"),
	})
}

// natGateway routes the private subnet to the internet.
func natGateway(t template) {
	attached := the(t, "AWS::EC2::VPCGatewayAttachment", "Network")
	t.Add("NatAddress", "AWS::EC2::EIP", object{"Domain": "vpc"}, attached)
	t.Add("Nat", "AWS::EC2::NatGateway", object{"SubnetId": ref(t, "AWS::EC2::Subnet", "Public"), "AllocationId": attribute("NatAddress", "AllocationId")}, attached)
	t.Add("NatRoute", "AWS::EC2::Route", object{
		"RouteTableId": ref(t, "AWS::EC2::RouteTable", "Private"), "DestinationCidrBlock": "0.0.0.0/0", "NatGatewayId": templates.RefTo("Nat"),
	})
}
