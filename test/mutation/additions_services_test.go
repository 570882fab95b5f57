package mutation

import (
	"fmt"
	"maps"
	"strings"

	"provenendpoints/internal/test/templates"
)

// addedEndpoints adds other endpoints to each VPC: to other services, and to the
// same ones past their policies.
func addedEndpoints(t templates.Template) []edit {
	var out []edit
	for _, subnet := range t.OfType("AWS::EC2::Subnet") {
		vpc := t.Properties(subnet)["VpcId"]
		to := func(name string, service any, privateDNS bool) edit {
			return edit{fmt.Sprintf("an endpoint in %s to %s", subnet, name), func(a *addition) {
				a.add("AddedEndpoint", "AWS::EC2::VPCEndpoint", templates.Object{
					"VpcId": vpc, "VpcEndpointType": "Interface", "PrivateDnsEnabled": privateDNS, "ServiceName": service,
					"SubnetIds": []any{templates.RefTo(subnet)}, "SecurityGroupIds": []any{openGroup(a, vpc)},
				})
			}}
		}
		out = append(out, to("another service", "com.amazonaws.ap-northeast-2.sts", true), to("another service by its own name", "com.amazonaws.ap-northeast-2.sts", false))
		for _, endpoint := range t.OfType("AWS::EC2::VPCEndpoint") {
			if p := t.Properties(endpoint); same(p["VpcId"], vpc) {
				out = append(out, to("the service of "+endpoint, p["ServiceName"], false))
			}
		}
	}
	for _, table := range t.OfType("AWS::EC2::RouteTable") {
		for _, service := range []string{"s3", "dynamodb"} {
			if hasGatewayEndpoint(t, table, service) {
				continue
			}
			out = append(out, edit{fmt.Sprintf("a gateway endpoint of %s to %s", table, service), func(a *addition) {
				a.add("AddedEndpoint", "AWS::EC2::VPCEndpoint", templates.Object{
					"VpcId": t.Properties(table)["VpcId"], "VpcEndpointType": "Gateway", "ServiceName": "com.amazonaws.ap-northeast-2." + service,
					"RouteTableIds": []any{templates.RefTo(table)},
				})
			}})
		}
	}
	return out
}

// hasGatewayEndpoint reports whether a table leads to a service already.
func hasGatewayEndpoint(t templates.Template, table, service string) bool {
	for _, id := range t.OfType("AWS::EC2::VPCEndpoint") {
		p := t.Properties(id)
		if templates.Mentions(p["RouteTableIds"], table) && strings.Contains(fmt.Sprint(p["ServiceName"]), "."+service) {
			return true
		}
	}
	return false
}

func same(a, b any) bool { return fmt.Sprint(a) == fmt.Sprint(b) }

// addedBalancing puts more before the targets of each target group, and more behind
// its listeners.
func addedBalancing(t templates.Template) []edit {
	var out []edit
	for _, balancer := range t.OfType("AWS::ElasticLoadBalancingV2::LoadBalancer") {
		p := t.Properties(balancer)
		for _, group := range t.OfType("AWS::ElasticLoadBalancingV2::TargetGroup") {
			out = append(out, edit{"a listener of " + balancer + " to " + group, func(a *addition) {
				listener(a, balancer, group, 81)
			}}, edit{"an empty target group behind " + balancer, func(a *addition) {
				targetGroup(a, group)["Targets"] = []any{}
				listener(a, balancer, "AddedTargets", 81)
			}}, edit{"a balancer before the targets of " + group, func(a *addition) {
				anotherBalancer(a, p, group, "internal", p["SecurityGroups"])
			}}, edit{"a balancer with an open group before the targets of " + group, func(a *addition) {
				vpc := t.Properties(group)["VpcId"]
				groups, _ := p["SecurityGroups"].([]any)
				anotherBalancer(a, p, group, "internal", append([]any{openGroup(a, vpc)}, groups...))
			}}, edit{"an internet-facing balancer before the targets of " + group, func(a *addition) {
				vpc := t.Properties(group)["VpcId"]
				groups, _ := p["SecurityGroups"].([]any)
				_, attached := gatewayOf(t, vpc)
				anotherBalancer(a, p, group, "internet-facing", append([]any{openGroup(a, vpc)}, groups...), attached)
			}})
		}
	}
	for _, group := range t.OfType("AWS::ElasticLoadBalancingV2::TargetGroup") {
		targets, _ := t.Properties(group)["Targets"].([]any)
		if len(targets) == 0 {
			continue
		}
		first, _ := targets[0].(templates.Object)
		host := templates.Target(first["Id"])
		if host == "" {
			continue
		}
		out = append(out, edit{"a target of " + group + " that calls itself " + host, func(a *addition) {
			a.add("AddedInstance", "AWS::EC2::Instance", maps.Clone(t.Properties(host)))
			more := templates.Object{"Id": templates.RefTo("AddedInstance"), "Port": 80.0}
			a.change(group)["Targets"] = append(a.Properties(group)["Targets"].([]any), more)
		}})
	}
	return out
}

func listener(a *addition, balancer, group string, port float64) {
	a.add("AddedListener", "AWS::ElasticLoadBalancingV2::Listener", templates.Object{
		"LoadBalancerArn": templates.RefTo(balancer), "Port": port, "Protocol": "TCP",
		"DefaultActions": []any{templates.Object{"Type": "forward", "TargetGroupArn": templates.RefTo(group)}},
	})
}

// targetGroup adds one like another and returns its properties.
func targetGroup(a *addition, like string) templates.Object {
	p := maps.Clone(a.Properties(like))
	delete(p, "Name")
	a.add("AddedTargets", "AWS::ElasticLoadBalancingV2::TargetGroup", p)
	return p
}

func anotherBalancer(a *addition, like templates.Object, targets, scheme string, groups any, dependsOn ...string) {
	p := maps.Clone(like)
	delete(p, "Name")
	p["Scheme"], p["SecurityGroups"] = scheme, groups
	a.add("AddedBalancer", "AWS::ElasticLoadBalancingV2::LoadBalancer", p, dependsOn...)
	targetGroup(a, targets)
	listener(a, "AddedBalancer", "AddedTargets", 80)
}

// addedConsumers gives each endpoint service more consumers.
func addedConsumers(t templates.Template) []edit {
	var out []edit
	stranger := "arn:aws:iam::210987654321:root"
	for _, permissions := range t.OfType("AWS::EC2::VPCEndpointServicePermissions") {
		for _, principal := range []string{"*", stranger} {
			out = append(out, edit{fmt.Sprintf("a permission for %s to %s", principal, permissions), func(a *addition) {
				p := a.change(permissions)
				allowed, _ := p["AllowedPrincipals"].([]any)
				p["AllowedPrincipals"] = append(allowed, principal)
			}})
		}
	}
	for _, service := range t.OfType("AWS::EC2::VPCEndpointService") {
		name := templates.Object{"Fn::Join": []any{".", []any{"com.amazonaws.vpce", templates.RefTo("AWS::Region"), templates.RefTo(service)}}}
		permissions := ""
		for _, id := range t.OfType("AWS::EC2::VPCEndpointServicePermissions") {
			if templates.Mentions(t.Properties(id), service) {
				permissions = id
			}
		}
		out = append(out, edit{"a connection of another VPC with " + service, func(a *addition) {
			otherVPC(a)
			a.add("AddedEndpoint", "AWS::EC2::VPCEndpoint", templates.Object{
				"VpcId": templates.RefTo("AddedVpc"), "VpcEndpointType": "Interface", "PrivateDnsEnabled": false, "ServiceName": name,
				"SubnetIds": []any{templates.RefTo("AddedSubnet")}, "SecurityGroupIds": []any{openGroup(a, templates.RefTo("AddedVpc"))},
			}, permissions)
		}}, edit{"another endpoint service like " + service + ", for everybody", func(a *addition) {
			a.add("AddedService", "AWS::EC2::VPCEndpointService", maps.Clone(t.Properties(service)))
			a.add("AddedPermissions", "AWS::EC2::VPCEndpointServicePermissions", templates.Object{
				"ServiceId": templates.RefTo("AddedService"), "AllowedPrincipals": []any{"*"},
			})
		}})
	}
	return out
}

// addedNames changes what names mean: DHCP options and private hosted zones.
func addedNames(t templates.Template) []edit {
	var out []edit
	for _, vpc := range t.OfType("AWS::EC2::VPC") {
		zone := func(name string) edit {
			return edit{fmt.Sprintf("a private zone %s in %s", name, vpc), func(a *addition) {
				a.add("AddedZone", "AWS::Route53::HostedZone", templates.Object{
					"Name": name, "VPCs": []any{templates.Object{"VPCId": templates.RefTo(vpc), "VPCRegion": templates.RefTo("AWS::Region")}},
				})
				a.add("AddedRecord", "AWS::Route53::RecordSet", templates.Object{
					"HostedZoneId": templates.RefTo("AddedZone"), "Name": name, "Type": "A", "TTL": "60", "ResourceRecords": []any{"93.184.216.34"},
				})
			}}
		}
		out = append(out, zone("example.com"), zone("sts.ap-northeast-2.amazonaws.com"), zone("s3.ap-northeast-2.amazonaws.com"), zone("cloudformation.ap-northeast-2.amazonaws.com"),
			edit{"DHCP options with another resolver for " + vpc, func(a *addition) {
				a.add("AddedOptions", "AWS::EC2::DHCPOptions", templates.Object{"DomainNameServers": []any{"203.0.113.53"}})
				a.add("AddedAssociation", "AWS::EC2::VPCDHCPOptionsAssociation", templates.Object{
					"VpcId": templates.RefTo(vpc), "DhcpOptionsId": templates.RefTo("AddedOptions"),
				})
			}})
	}
	return out
}

// addedGrants gives each role of a function more: everything, its own call from
// everywhere, another service that may assume it; and lets a service invoke the
// functions.
func addedGrants(t templates.Template) []edit {
	var out []edit
	roles := map[string]bool{}
	for _, function := range t.OfType("AWS::Lambda::Function") {
		roles[templates.Target(t.Properties(function)["Role"])] = true
		out = append(out, edit{"a permission for a service to invoke " + function, func(a *addition) {
			a.add("AddedPermission", "AWS::Lambda::Permission", templates.Object{
				"FunctionName": attribute(function, "Arn"), "Action": "lambda:InvokeFunction", "Principal": "s3.amazonaws.com",
			})
		}})
	}
	for _, role := range t.OfType("AWS::IAM::Role") {
		if !roles[role] {
			continue
		}
		policy := func(name string, statements ...any) edit {
			return edit{fmt.Sprintf("a policy of %s that allows %s", role, name), func(a *addition) {
				a.add("AddedPolicy", "AWS::IAM::Policy", templates.Object{
					"PolicyName": "added", "Roles": []any{templates.RefTo(role)},
					"PolicyDocument": templates.Object{"Version": "2012-10-17", "Statement": statements},
				})
			}}
		}
		out = append(out, policy("everything", templates.Object{"Effect": "Allow", "Action": "*", "Resource": "*"}),
			policy("calls through any endpoint", templates.Object{
				"Effect": "Allow", "Action": []any{"s3:ListBucket", "cloudformation:GetStackPolicy"}, "Resource": "*",
				"Condition": templates.Object{"Null": templates.Object{"aws:SourceVpce": "false"}},
			}),
			edit{"another service that may assume " + role, func(a *addition) {
				p, _ := a.change(role)["AssumeRolePolicyDocument"].(templates.Object)
				more := templates.Object{"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": templates.Object{"Service": "ec2.amazonaws.com"}}
				p["Statement"] = append(p["Statement"].([]any), more)
			}},
			edit{"an AWS managed policy of " + role, func(a *addition) {
				p := a.change(role)
				managed, _ := p["ManagedPolicyArns"].([]any)
				p["ManagedPolicyArns"] = append(managed, "arn:aws:iam::aws:policy/AdministratorAccess")
			}})
		for _, id := range t.OfType("AWS::IAM::Policy") {
			p := t.Properties(id)
			if !templates.Mentions(p["Roles"], role) || !strings.Contains(id, "Grant") {
				continue
			}
			document, _ := p["PolicyDocument"].(templates.Object)
			statements, _ := document["Statement"].([]any)
			var unconditioned []any
			for _, s := range statements {
				s := maps.Clone(s.(templates.Object))
				delete(s, "Condition")
				unconditioned = append(unconditioned, s)
			}
			out = append(out, policy("what "+id+" does, from everywhere", unconditioned...))
		}
	}
	return out
}

// addedHarmless adds what concerns nobody.
func addedHarmless(t templates.Template) []edit {
	one := func(name, typ string, p templates.Object) edit {
		return edit{name, func(a *addition) { a.add("AddedThing", typ, p) }}
	}
	out := []edit{
		one("a bucket", "AWS::S3::Bucket", templates.Object{}),
		one("a log group", "AWS::Logs::LogGroup", templates.Object{"RetentionInDays": 7.0}),
		one("an internet gateway without a VPC", "AWS::EC2::InternetGateway", templates.Object{}),
		one("an elastic address without an interface", "AWS::EC2::EIP", templates.Object{"Domain": "vpc"}),
		one("a role of something else", "AWS::IAM::Role", templates.Object{"AssumeRolePolicyDocument": templates.Object{
			"Version": "2012-10-17", "Statement": []any{templates.Object{"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": templates.Object{"Service": "ecs-tasks.amazonaws.com"}}},
		}}),
		{"another VPC", otherVPC},
	}
	for _, vpc := range t.OfType("AWS::EC2::VPC") {
		out = append(out,
			one("a security group that nothing uses in "+vpc, "AWS::EC2::SecurityGroup", templates.Object{"GroupDescription": "added", "VpcId": templates.RefTo(vpc)}),
			one("a route table that nothing uses in "+vpc, "AWS::EC2::RouteTable", templates.Object{"VpcId": templates.RefTo(vpc)}),
			edit{"a subnet in " + vpc, func(a *addition) {
				base := strings.SplitN(fmt.Sprint(t.Properties(vpc)["CidrBlock"]), ".", 3)
				a.add("AddedSubnet", "AWS::EC2::Subnet", templates.Object{"VpcId": templates.RefTo(vpc), "CidrBlock": base[0] + "." + base[1] + ".99.0/24"})
			}})
	}
	instances := t.OfType("AWS::EC2::Instance")
	for _, subnet := range t.OfType("AWS::EC2::Subnet") {
		if len(instances) > 0 {
			out = append(out, edit{"an instance without a public address in " + subnet, func(a *addition) {
				a.add("AddedGroup", "AWS::EC2::SecurityGroup", templates.Object{"GroupDescription": "added", "VpcId": t.Properties(subnet)["VpcId"]})
				instance(a, instances[0], subnet, attribute("AddedGroup", "GroupId"), false)
			}})
		}
	}
	return out
}
