package escapes

import (
	"strings"

	"provenendpoints/internal/test/templates"
)

// controls are edits after which a prober reaches less than what it stands for, or
// the probers' role more than through the one endpoint.
var controls = []escape{
	{name: "the probers' group lets nothing out", stack: iface, refuted: []string{"lets out only"}, add: egress(
		object{"CidrIp": "255.255.255.255/32", "IpProtocol": "icmp", "FromPort": 252, "ToPort": 86, "Description": "none"})},
	{name: "the probers' group lets out to S3 alone", stack: gateway, refuted: []string{"lets out only tcp 443 to pl-"}, add: egress(
		object{"DestinationPrefixListId": "pl-78a54011", "IpProtocol": "tcp", "FromPort": 443, "ToPort": 443})},
	{name: "the probers' group lets out to the VPC alone", stack: iface, refuted: []string{"lets out only everything to 10.0.0.0/16"}, add: egress(
		object{"CidrIp": "10.0.0.0/16", "IpProtocol": "-1"})},
	{name: "the probers' group lets out TCP alone", stack: service, refuted: []string{"lets out only tcp"}, add: egress(
		object{"CidrIp": "0.0.0.0/0", "IpProtocol": "tcp", "FromPort": 0, "ToPort": 65535})},
	{name: "the probers' group lets out in halves", stack: gateway, add: egress(
		object{"CidrIp": "0.0.0.0/1", "IpProtocol": "-1"}, object{"CidrIp": "128.0.0.0/1", "IpProtocol": "-1"})},
	{name: "a prober with a second group", stack: gateway, refuted: []string{"it has the security groups"}, add: func(t template) {
		t.Add("Second", "AWS::EC2::SecurityGroup", object{"GroupDescription": "added", "VpcId": ref(t, "AWS::EC2::VPC", "Network")})
		config := t.Properties(the(t, "AWS::Lambda::Function", "ProbersNetworkPrivate"))["VpcConfig"].(object)
		config["SecurityGroupIds"] = append(config["SecurityGroupIds"].([]any), attribute("Second", "GroupId"))
	}},

	{name: "a prober that says what is wanted", stack: gateway, refuted: []string{"its code has the SHA-256"}, add: func(t template) {
		p := t.Properties(the(t, "AWS::Lambda::Function", "ProbersNetworkPrivate"))
		p["Runtime"], p["Handler"], p["Code"] = "nodejs22.x", "index.handler", object{"ZipFile": obliging}
	}},
	{name: "a prober with the code of the verifier", stack: iface, refuted: []string{"its code has the SHA-256"}, add: func(t template) {
		t.Properties(the(t, "AWS::Lambda::Function", "ProbersNetworkPrivate"))["Code"] = t.Properties(the(t, "AWS::Lambda::Function", "VerifierFunction"))["Code"]
	}},
	{name: "a prober with a layer", stack: service, refuted: []string{"it has the layer arn:aws:lambda:"}, add: func(t template) {
		t.Add("Layer", "AWS::Lambda::LayerVersion", object{"Content": t.Properties(the(t, "AWS::Lambda::Function", "VerifierFunction"))["Code"]})
		t.Properties(the(t, "AWS::Lambda::Function", "ProbersMyVpc"))["Layers"] = []any{templates.RefTo("Layer")}
	}},
	{name: "a prober with an environment", stack: gateway, refuted: []string{"it has the environment variable GODEBUG"}, add: func(t template) {
		t.Properties(the(t, "AWS::Lambda::Function", "ProbersOutside"))["Environment"] = object{"Variables": object{"GODEBUG": "netdns=go"}}
	}},

	{name: "the grant in the whole VPC", stack: gateway, refuted: []string{"allows s3:ListBucket", "if StringEquals aws:SourceVpc vpc-"}, add: func(t template) {
		condition(t, object{"StringEquals": object{"aws:SourceVpc": ref(t, "AWS::EC2::VPC", "Network")}})
	}},
	{name: "the grant through any endpoint", stack: gateway, refuted: []string{"if StringLike aws:SourceVpce vpce-*"}, add: func(t template) {
		condition(t, object{"StringLike": object{"aws:SourceVpce": "vpce-*"}})
	}},
	{name: "the grant through another endpoint", stack: gateway, refuted: []string{"if StringEquals aws:SourceVpce vpce-0123456789abcdef0"}, add: func(t template) {
		condition(t, object{"StringEquals": object{"aws:SourceVpce": "vpce-0123456789abcdef0"}})
	}},
	{name: "the grant through two endpoints", stack: gateway, refuted: []string{"vpce-0123456789abcdef0 or vpce-"}, add: func(t template) {
		condition(t, object{"StringEquals": object{"aws:SourceVpce": []any{ref(t, "AWS::EC2::VPCEndpoint", "S3"), "vpce-0123456789abcdef0"}}})
	}},
	{name: "the grant wherever there is no endpoint too", stack: iface, refuted: []string{"if ForAllValues:StringEquals aws:SourceVpce"}, add: func(t template) {
		condition(t, object{"ForAllValues:StringEquals": object{"aws:SourceVpce": ref(t, "AWS::EC2::VPCEndpoint", "CloudFormation")}})
	}},
	{name: "the grant if there is an endpoint", stack: iface, refuted: []string{"if Null aws:SourceVpce false"}, add: func(t template) {
		condition(t, object{"Null": object{"aws:SourceVpce": "false"}})
	}},
	{name: "the grant without a condition", stack: iface, refuted: []string{"allows cloudformation:GetStackPolicy"}, add: func(t template) { condition(t, nil) }},
	{name: "the grant under one condition more", stack: gateway, add: func(t template) {
		condition(t, object{"StringEquals": object{"aws:SourceVpce": ref(t, "AWS::EC2::VPCEndpoint", "S3")}, "Bool": object{"aws:SecureTransport": "true"}})
	}},

	{name: "a second policy of the probers", stack: gateway, refuted: []string{"its policy second allows s3:GetObject on *"}, add: second(object{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"})},
	{name: "a second policy of the probers", stack: service, refuted: []string{"its policy second allows s3:GetObject on *"}, add: second(object{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"})},
	{name: "a second policy that denies", stack: gateway, add: second(object{"Effect": "Deny", "Action": "s3:PutObject", "Resource": "*"})},
	{name: "a managed policy of the probers", stack: gateway, refuted: []string{"it has the managed policy arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess"}, add: func(t template) {
		probers(t)["ManagedPolicyArns"] = []any{"arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess"}
	}},
	{name: "a role of probers for anybody", stack: gateway, refuted: []string{"its trust policy lets * assume it"}, add: trusting("*")},
	{name: "a role of probers for the account", stack: service, refuted: []string{"its trust policy lets arn:aws:iam::123456789012:root assume it"}, add: trusting("arn:aws:iam::123456789012:root")},
	{name: "an inbound rule of the probers' group", stack: gateway, refuted: []string{"admits tcp 80 from 0.0.0.0/0"}, add: func(t template) {
		t.Add("Open", "AWS::EC2::SecurityGroupIngress", object{
			"GroupId":    attribute(the(t, "AWS::EC2::SecurityGroup", "VerificationProbers"), "GroupId"),
			"IpProtocol": "tcp", "FromPort": 80, "ToPort": 80, "CidrIp": "0.0.0.0/0",
		})
	}},
	{name: "a role of the verifier for EC2", stack: iface, refuted: []string{"its trust policy lets ec2.amazonaws.com assume it"}, add: func(t template) {
		trust := t.Properties(the(t, "AWS::IAM::Role", "VerificationVerifier"))["AssumeRolePolicyDocument"].(object)
		trust["Statement"] = append(trust["Statement"].([]any), object{"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": object{"Service": "ec2.amazonaws.com"}})
	}},
	{name: "a role of the verifier for all of EC2", stack: gateway, refuted: []string{"its policy wide allows ec2:* on *"}, add: func(t template) {
		t.Add("Wide", "AWS::IAM::Policy", object{
			"PolicyName": "wide", "Roles": []any{templates.RefTo(the(t, "AWS::IAM::Role", "VerificationVerifier"))},
			"PolicyDocument": object{"Version": "2012-10-17", "Statement": []any{object{"Effect": "Allow", "Action": "ec2:*", "Resource": "*"}}},
		})
	}},
	{name: "an administrator as the verifier", stack: service, refuted: []string{"it has the managed policy arn:aws:iam::aws:policy/AdministratorAccess"}, add: func(t template) {
		t.Properties(the(t, "AWS::IAM::Role", "VerificationVerifier"))["ManagedPolicyArns"] = []any{"arn:aws:iam::aws:policy/AdministratorAccess"}
	}},
	{name: "a role of the verifier with a policy for logs", stack: privateOn, add: func(t template) {
		t.Properties(the(t, "AWS::IAM::Role", "VerificationVerifier"))["ManagedPolicyArns"] = []any{"arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"}
	}},
	{name: "a prober that everybody may invoke", stack: gateway, refuted: []string{"its resource policy lets * invoke it"}, add: invoked("ProbersNetworkPrivate", "*")},
	{name: "a prober that another account may invoke", stack: iface, refuted: []string{"its resource policy lets arn:aws:iam::210987654321:root invoke it"}, add: invoked("ProbersOutside", "arn:aws:iam::210987654321:root")},
	{name: "a prober that a service may invoke", stack: service, refuted: []string{"its resource policy lets s3.amazonaws.com invoke it"}, add: invoked("ProbersCustomVpc", "s3.amazonaws.com")},
	{name: "a permissions boundary", stack: gateway, add: func(t template) {
		probers(t)["PermissionsBoundary"] = "arn:aws:iam::aws:policy/AdministratorAccess"
	}},
}

// obliging is the code of a prober that says of each claim what lets it hold.
const obliging = `exports.handler = async (request) => ({ Observations: request.Probes.map((p) => ({
  Claim: p.Claim, Took: 1000000, Connections: p.Requests || 0,
  Outcome: p.Kind === 'unreachable' ? 'timed out' : p.Kind === 'denied' ? 'denied' : 'ok',
})) });`

// invoked lets somebody invoke a function.
func invoked(function, principal string) func(template) {
	return adding("Invoked", "AWS::Lambda::Permission", func(t template) object {
		return object{"FunctionName": attribute(the(t, "AWS::Lambda::Function", function), "Arn"), "Action": "lambda:InvokeFunction", "Principal": principal}
	})
}

// egress replaces the outbound rules of the first of the probers' groups.
func egress(rules ...any) func(template) {
	return func(t template) {
		for _, id := range t.OfType("AWS::EC2::SecurityGroup") {
			if strings.Contains(id, "VerificationProbers") {
				t.Properties(id)["SecurityGroupEgress"] = rules
				return
			}
		}
		panic("the probers have no group")
	}
}

// condition replaces the condition of the grant.
func condition(t template, value object) {
	document := t.Properties(the(t, "AWS::IAM::Policy", "ProbersGrant"))["PolicyDocument"].(object)
	statement := document["Statement"].([]any)[0].(object)
	delete(statement, "Condition")
	if value != nil {
		statement["Condition"] = value
	}
}

// probers are the properties of the probers' role.
func probers(t template) object { return t.Properties(the(t, "AWS::IAM::Role", "VerificationProbers")) }

// second adds a policy of one statement to the probers' role.
func second(statement object) func(template) {
	return func(t template) {
		t.Add("Second", "AWS::IAM::Policy", object{
			"PolicyName": "second", "Roles": []any{templates.RefTo(the(t, "AWS::IAM::Role", "VerificationProbers"))},
			"PolicyDocument": object{"Version": "2012-10-17", "Statement": []any{statement}},
		})
	}
}

// trusting lets another principal assume the probers' role as well.
func trusting(principal string) func(template) {
	return func(t template) {
		document := probers(t)["AssumeRolePolicyDocument"].(object)
		document["Statement"] = append(document["Statement"].([]any), object{"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": object{"AWS": principal}})
	}
}
