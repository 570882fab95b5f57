package escapes

import (
	"strings"

	"provenendpoints/internal/test/templates"
)

// services are other ways to the hosts of an endpoint service, and others who come
// by the declared way.
var services = []escape{
	{name: "a host with a public address", stack: service, refuted: []string{" of i-", "has the public address"}, add: func(t template) {
		nic(t, "WEB1Instance")["AssociatePublicIpAddress"] = true
	}},
	{name: "a host with an Elastic IP address", stack: service, refuted: []string{" of i-", "has the public address"}, add: func(t template) {
		attached := the(t, "AWS::EC2::VPCGatewayAttachment", "CustomVpc")
		t.Add("Address", "AWS::EC2::EIP", object{"Domain": "vpc"}, attached)
		t.Add("Association", "AWS::EC2::EIPAssociation", object{"AllocationId": attribute("Address", "AllocationId"), "InstanceId": ref(t, "AWS::EC2::Instance", "WEB2")}, attached)
	}},
	{name: "hosts that admit their whole VPC", stack: service, refuted: []string{"admits tcp 80 from 20.0.0.0/16"}, add: func(t template) {
		admit(t, "WEB1", 80, "20.0.0.0/16")
	}},
	{name: "hosts that admit SSH from everywhere", stack: service, refuted: []string{"admits tcp 22 from 0.0.0.0/0"}, add: func(t template) {
		admit(t, "WEB2", 22, "0.0.0.0/0")
	}},
	{name: "an instance with the load balancer's security group", stack: service, refuted: []string{" of i-", "has the security group sg-"}, add: func(t template) {
		like := t.Properties(the(t, "AWS::EC2::Instance", "WEB1"))
		t.Add("Pretender", "AWS::EC2::Instance", object{
			"LaunchTemplate": like["LaunchTemplate"], "InstanceType": like["InstanceType"], "SubnetId": ref(t, "AWS::EC2::Subnet", "CustomVpc"),
			"SecurityGroupIds": []any{attribute(the(t, "AWS::EC2::SecurityGroup", "LoadBalancer"), "GroupId")},
		})
	}},
	{name: "an instance with the security group of the instance connect endpoint", stack: service, refuted: []string{" of i-", "of an EC2 Instance Connect Endpoint, which the hosts admit"}, add: func(t template) {
		like := t.Properties(the(t, "AWS::EC2::Instance", "WEB1"))
		t.Add("Shell", "AWS::EC2::Instance", object{
			"LaunchTemplate": like["LaunchTemplate"], "InstanceType": like["InstanceType"], "SubnetId": ref(t, "AWS::EC2::Subnet", "CustomVpc"),
			"SecurityGroupIds": []any{attribute(the(t, "AWS::EC2::SecurityGroup", "CustomVpcInstanceConnect"), "GroupId")},
		})
	}},
	{name: "an interface with the security group of the instance connect endpoint", stack: service, refuted: []string{"of an EC2 Instance Connect Endpoint, which the hosts admit"}, add: func(t template) {
		t.Add("Card", "AWS::EC2::NetworkInterface", object{
			"SubnetId": ref(t, "AWS::EC2::Subnet", "CustomVpc"), "GroupSet": []any{attribute(the(t, "AWS::EC2::SecurityGroup", "CustomVpcInstanceConnect"), "GroupId")},
		})
	}},
	{name: "an interface of a host in the consumer's VPC", stack: service, refuted: []string{"the instance i-", "and can pass on what it gets"}, add: func(t template) {
		t.Add("Shut", "AWS::EC2::SecurityGroup", object{"GroupDescription": "added", "VpcId": ref(t, "AWS::EC2::VPC", "MyVpc")})
		t.Add("Card", "AWS::EC2::NetworkInterface", object{"SubnetId": ref(t, "AWS::EC2::Subnet", "MyVpc"), "GroupSet": []any{attribute("Shut", "GroupId")}})
		t.Add("CardOfHost", "AWS::EC2::NetworkInterfaceAttachment", object{
			"InstanceId": ref(t, "AWS::EC2::Instance", "WEB1"), "NetworkInterfaceId": templates.RefTo("Card"), "DeviceIndex": "1",
		})
	}},
	{name: "the consumer's instance in the hosts' VPC as well", stack: service, refuted: []string{"the instance i-", "and can pass on what it gets"}, add: func(t template) {
		t.Add("Card", "AWS::EC2::NetworkInterface", object{"SubnetId": ref(t, "AWS::EC2::Subnet", "CustomVpc")})
		t.Add("CardOfInstance", "AWS::EC2::NetworkInterfaceAttachment", object{
			"InstanceId": templates.RefTo(instanceIn(t)), "NetworkInterfaceId": templates.RefTo("Card"), "DeviceIndex": "1",
		})
	}},
	{name: "a third host that calls itself WEB1", stack: service, refuted: []string{"is registered as well"}, add: func(t template) {
		t.Add("Third", "AWS::EC2::Instance", t.Properties(the(t, "AWS::EC2::Instance", "WEB1")))
		group := t.Properties(the(t, "AWS::ElasticLoadBalancingV2::TargetGroup", ""))
		group["Targets"] = append(group["Targets"].([]any), object{"Id": templates.RefTo("Third"), "Port": 80})
	}},
	{name: "a host in WEB1's place that calls itself so", stack: service, refuted: []string{"is not registered"}, add: func(t template) {
		t.Add("Third", "AWS::EC2::Instance", t.Properties(the(t, "AWS::EC2::Instance", "WEB1")))
		group := t.Properties(the(t, "AWS::ElasticLoadBalancingV2::TargetGroup", ""))
		group["Targets"].([]any)[0] = object{"Id": templates.RefTo("Third"), "Port": 80}
	}},

	{name: "a second load balancer in front of the same hosts", stack: service, refuted: []string{"of the load balancer, which the hosts admit"}, add: func(t template) {
		secondBalancer(t, "internal", ref(t, "AWS::EC2::Instance", "WEB1"))
	}},
	{name: "a second load balancer with a security group of its own", stack: service, refuted: []string{"forwards to i-", "by the target group"}, add: func(t template) {
		secondBalancer(t, "internal", ref(t, "AWS::EC2::Instance", "WEB1"))
		t.Add("SecondGroup", "AWS::EC2::SecurityGroup", object{"GroupDescription": "second", "VpcId": ref(t, "AWS::EC2::VPC", "CustomVpc")})
		t.Properties("Second")["SecurityGroups"] = []any{attribute("SecondGroup", "GroupId")}
	}},
	{name: "an internet-facing load balancer", stack: service, refuted: []string{"it is internet-facing"}, add: func(t template) {
		id := the(t, "AWS::ElasticLoadBalancingV2::LoadBalancer", "")
		t.Properties(id)["Scheme"] = "internet-facing"
		t.SetDependsOn(id, append(t.DependsOn(id), the(t, "AWS::EC2::VPCGatewayAttachment", "CustomVpc")))
	}},
	{name: "enforcement off for PrivateLink traffic", stack: service, refuted: []string{"its inbound rules do not apply to PrivateLink traffic"}, add: func(t template) {
		t.Properties(the(t, "AWS::ElasticLoadBalancingV2::LoadBalancer", ""))["EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic"] = "off"
	}},
	{name: "a load balancer that admits everybody", stack: service, refuted: []string{"admits tcp 80 from 0.0.0.0/0"}, add: func(t template) {
		admit(t, "LoadBalancer", 80, "0.0.0.0/0")
	}},
	{name: "a listener that leads elsewhere", stack: service, refuted: []string{"it listens on TCP 80 to", "not on TCP 80 to"}, add: func(t template) {
		t.Add("Elsewhere", "AWS::ElasticLoadBalancingV2::TargetGroup", t.Properties(the(t, "AWS::ElasticLoadBalancingV2::TargetGroup", "")))
		t.Properties(the(t, "AWS::ElasticLoadBalancingV2::Listener", ""))["DefaultActions"] = []any{object{"Type": "forward", "TargetGroupArn": templates.RefTo("Elsewhere")}}
	}},
	{name: "a further listener", stack: service, refuted: []string{"it listens on TCP 8080 to", "as well"}, add: func(t template) {
		t.Add("Further", "AWS::ElasticLoadBalancingV2::Listener", listener(ref(t, "AWS::ElasticLoadBalancingV2::LoadBalancer", ""), 8080, ref(t, "AWS::ElasticLoadBalancingV2::TargetGroup", "")))
	}},

	{name: "a stranger's connection", stack: service, refuted: []string{"vpce-", "is connected with it, available"}, add: func(t template) {
		stranger(t)
	}},
	{name: "a second endpoint service on the load balancer", stack: service, refuted: []string{"vpce-svc-", "as well"}, add: func(t template) {
		t.Add("Beside", "AWS::EC2::VPCEndpointService", object{"AcceptanceRequired": false, "NetworkLoadBalancerArns": []any{ref(t, "AWS::ElasticLoadBalancingV2::LoadBalancer", "")}},
			the(t, "AWS::ElasticLoadBalancingV2::LoadBalancer", ""))
	}},
	{name: "a peering whose way back leaves the prober out", stack: service, refuted: []string{"sends 20.0.0.0/16 to pcx-"}, add: func(t template) {
		pair(t, "20.0.0.0/16", "10.0.0.200/32")
	}},
	{name: "a peering with one way alone", stack: service, refuted: []string{"sends 10.0.0.0/25 to pcx-"}, add: func(t template) {
		pair(t, "", "10.0.0.0/25")
	}},

	{name: "a peering without a route", stack: service, add: func(t template) { pair(t, "", "") }},
	{name: "a port without a listener", stack: service, add: func(t template) { admit(t, "LoadBalancer", 8443, "0.0.0.0/0") }},
	{name: "a target group that nothing forwards to", stack: service, add: func(t template) {
		t.Add("Idle", "AWS::ElasticLoadBalancingV2::TargetGroup", t.Properties(the(t, "AWS::ElasticLoadBalancingV2::TargetGroup", "")))
	}},
	{name: "a second load balancer in front of another host", stack: service, add: func(t template) {
		t.Add("Third", "AWS::EC2::Instance", t.Properties(the(t, "AWS::EC2::Instance", "WEB1")))
		secondBalancer(t, "internal", templates.RefTo("Third"))
		t.Add("SecondGroup", "AWS::EC2::SecurityGroup", object{"GroupDescription": "second", "VpcId": ref(t, "AWS::EC2::VPC", "CustomVpc")})
		t.Properties("Second")["SecurityGroups"] = []any{attribute("SecondGroup", "GroupId")}
	}},
}

// instanceIn is the instance in the consumer's VPC.
func instanceIn(t template) string {
	for _, id := range t.OfType("AWS::EC2::Instance") {
		if strings.HasPrefix(id, "Instance") {
			return id
		}
	}
	panic("the consumer has no instance")
}

// nic is the network interface of an instance.
func nic(t template, instance string) object {
	return t.Properties(the(t, "AWS::EC2::Instance", instance))["NetworkInterfaces"].([]any)[0].(object)
}

// admit lets a CIDR block in to a port of a security group.
func admit(t template, group string, port int, from string) {
	t.Add("Admit", "AWS::EC2::SecurityGroupIngress", object{
		"GroupId": attribute(the(t, "AWS::EC2::SecurityGroup", group), "GroupId"), "IpProtocol": "tcp", "FromPort": port, "ToPort": port, "CidrIp": from,
	})
}

func listener(balancer any, port int, group any) object {
	return object{"LoadBalancerArn": balancer, "Port": port, "Protocol": "TCP", "DefaultActions": []any{object{"Type": "forward", "TargetGroupArn": group}}}
}

// secondBalancer adds a load balancer with the security groups of the first, in
// front of one target.
func secondBalancer(t template, scheme string, target any) {
	first := t.Properties(the(t, "AWS::ElasticLoadBalancingV2::LoadBalancer", ""))
	group := templates.Object{}
	for key, value := range t.Properties(the(t, "AWS::ElasticLoadBalancingV2::TargetGroup", "")) {
		group[key] = value
	}
	group["Targets"] = []any{object{"Id": target, "Port": 80}}
	t.Add("Second", "AWS::ElasticLoadBalancingV2::LoadBalancer", object{"Type": "network", "Scheme": scheme, "Subnets": first["Subnets"], "SecurityGroups": first["SecurityGroups"]})
	t.Add("SecondTargets", "AWS::ElasticLoadBalancingV2::TargetGroup", group)
	t.Add("SecondListener", "AWS::ElasticLoadBalancingV2::Listener", listener(templates.RefTo("Second"), 80, templates.RefTo("SecondTargets")))
}

// stranger adds a VPC with an endpoint to the service.
func stranger(t template) {
	t.Add("Stranger", "AWS::EC2::VPC", object{"CidrBlock": "10.0.0.0/16"})
	t.Add("StrangerSubnet", "AWS::EC2::Subnet", object{
		"VpcId": templates.RefTo("Stranger"), "CidrBlock": "10.0.0.0/24",
		"AvailabilityZone": t.Properties(the(t, "AWS::EC2::Subnet", "CustomVpc"))["AvailabilityZone"],
	})
	own := the(t, "AWS::EC2::VPCEndpoint", "Web")
	t.Add("StrangerEndpoint", "AWS::EC2::VPCEndpoint", object{
		"VpcEndpointType": "Interface", "VpcId": templates.RefTo("Stranger"), "SubnetIds": []any{templates.RefTo("StrangerSubnet")},
		"ServiceName": t.Properties(own)["ServiceName"], "PrivateDnsEnabled": false,
	}, t.DependsOn(own)...)
}

// pair peers the two VPCs, with a route there and a route back.
func pair(t template, there, back string) {
	t.Add("Peering", "AWS::EC2::VPCPeeringConnection", object{"VpcId": ref(t, "AWS::EC2::VPC", "MyVpc"), "PeerVpcId": ref(t, "AWS::EC2::VPC", "CustomVpc")})
	for table, destination := range map[string]string{"MyVpc": there, "CustomVpc": back} {
		if destination != "" {
			t.Add("Route"+table, "AWS::EC2::Route", object{
				"RouteTableId": ref(t, "AWS::EC2::RouteTable", table), "DestinationCidrBlock": destination, "VpcPeeringConnectionId": templates.RefTo("Peering"),
			})
		}
	}
}
