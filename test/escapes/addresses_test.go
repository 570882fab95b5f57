package escapes

import "provenendpoints/internal/test/templates"

// addresses are public addresses beside an isolated subnet.
var addresses = []escape{
	{name: "a host with a public address beside the subnet", stack: gateway, refuted: []string{" of i-", "has the public address"}, add: publicHost},
	{name: "a host with a public address beside the subnet", stack: privateOn, refuted: []string{" of i-", "has the public address"}, add: publicHost},
	{name: "an interface with an Elastic IP address", stack: iface, refuted: []string{"has the public address"}, add: func(t template) {
		attached := the(t, "AWS::EC2::VPCGatewayAttachment", "Network")
		t.Add("Card", "AWS::EC2::NetworkInterface", object{"SubnetId": ref(t, "AWS::EC2::Subnet", "Public")})
		t.Add("Address", "AWS::EC2::EIP", object{"Domain": "vpc"}, attached)
		t.Add("Association", "AWS::EC2::EIPAssociation", object{"AllocationId": attribute("Address", "AllocationId"), "NetworkInterfaceId": templates.RefTo("Card")}, attached)
	}},
	{name: "an Elastic IP address that nobody has", stack: gateway, add: adding("Address", "AWS::EC2::EIP", func(template) object { return object{"Domain": "vpc"} })},
	{name: "another host without a public address", stack: gateway, add: func(t template) { host(t, false) }},
}

func publicHost(t template) { host(t, true) }

// host adds an instance in the public subnet.
func host(t template, public bool) {
	like := t.Properties(the(t, "AWS::EC2::Instance", "Instance"))
	t.Add("Host", "AWS::EC2::Instance", object{
		"LaunchTemplate": like["LaunchTemplate"], "InstanceType": like["InstanceType"],
		"NetworkInterfaces": []any{object{"DeviceIndex": "0", "SubnetId": ref(t, "AWS::EC2::Subnet", "Public"), "AssociatePublicIpAddress": public}},
	}, the(t, "AWS::EC2::VPCGatewayAttachment", "Network"))
}
