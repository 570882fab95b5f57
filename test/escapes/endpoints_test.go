package escapes

import (
	"slices"

	"provenendpoints/internal/test/templates"
)

// endpoints are further endpoints beside the one that is proved.
var endpoints = []escape{
	{name: "an endpoint to another service", stack: gateway, refuted: []string{"has the endpoint vpce-", "com.amazonaws.ap-northeast-2.sqs", "admits *"}, add: endpointTo("sqs", "Network", "Private")},
	{name: "an endpoint to another service", stack: privateOn, refuted: []string{"has the endpoint vpce-", "com.amazonaws.ap-northeast-2.sqs"}, add: endpointTo("sqs", "Network", "Public")},
	{name: "a second endpoint, with an open policy", stack: gateway, refuted: []string{"com.amazonaws.ap-northeast-2.s3 too, which admits *"}, add: endpointTo("s3", "Network", "Private")},
	{name: "a second endpoint, with an open policy", stack: iface, refuted: []string{"com.amazonaws.ap-northeast-2.cloudformation too, which admits *"}, add: endpointTo("cloudformation", "Network", "Private")},
	{name: "a gateway endpoint to another service", stack: iface, refuted: []string{"com.amazonaws.ap-northeast-2.dynamodb"}, add: adding("Other", "AWS::EC2::VPCEndpoint", func(t template) object {
		return object{
			"VpcId": ref(t, "AWS::EC2::VPC", "Network"), "ServiceName": "com.amazonaws.ap-northeast-2.dynamodb",
			"RouteTableIds": []any{ref(t, "AWS::EC2::RouteTable", "Public")},
		}
	})},
	{name: "an endpoint to another service", stack: service, refuted: []string{"has the endpoint vpce-", "com.amazonaws.ap-northeast-2.sqs"}, add: endpointTo("sqs", "MyVpc", "MyVpc")},
	{name: "a policy in another order, which denies more", stack: gateway, add: func(t template) {
		policy := t.Properties(the(t, "AWS::EC2::VPCEndpoint", "S3"))["PolicyDocument"].(object)
		statements := policy["Statement"].([]any)
		slices.Reverse(statements)
		statements[0].(object)["Sid"] = "Other"
		policy["Statement"] = append(statements, object{"Effect": "Deny", "Principal": "*", "Action": "s3:DeleteObject", "Resource": "*"})
	}},
	{name: "an endpoint in another VPC", stack: gateway, add: func(t template) {
		t.Add("Elsewhere", "AWS::EC2::VPC", object{"CidrBlock": "10.0.0.0/16"})
		t.Add("ElsewhereSubnet", "AWS::EC2::Subnet", object{"VpcId": templates.RefTo("Elsewhere"), "CidrBlock": "10.0.1.0/24"})
		endpointTo("s3", "Elsewhere", "ElsewhereSubnet")(t)
	}},
}

// endpointTo adds an interface endpoint, whose policy and group let everything
// through, without private DNS.
func endpointTo(service, vpc, subnet string) func(template) {
	return func(t template) {
		in := ref(t, "AWS::EC2::VPC", vpc)
		t.Add("OtherGroup", "AWS::EC2::SecurityGroup", object{
			"GroupDescription": "added", "VpcId": in, "SecurityGroupIngress": []any{object{"IpProtocol": "-1", "CidrIp": "0.0.0.0/0"}},
		})
		t.Add("Other", "AWS::EC2::VPCEndpoint", object{
			"VpcId": in, "VpcEndpointType": "Interface", "PrivateDnsEnabled": false, "ServiceName": "com.amazonaws.ap-northeast-2." + service,
			"SubnetIds": []any{ref(t, "AWS::EC2::Subnet", subnet)}, "SecurityGroupIds": []any{attribute("OtherGroup", "GroupId")},
		})
	}
}
