package mutation

import (
	"fmt"
	"net/netip"

	"provenendpoints/internal/test/templates"
)

// upperHalf is the upper half of a block.
func upperHalf(block string) string {
	p := netip.MustParsePrefix(block)
	a := p.Addr().As4()
	a[p.Bits()/8] |= 1 << (7 - p.Bits()%8)
	return netip.PrefixFrom(netip.AddrFrom4(a), p.Bits()+1).String()
}

// openGroup adds a security group that admits everything.
func openGroup(a *addition, vpc any) templates.Object {
	a.add("AddedGroup", "AWS::EC2::SecurityGroup", templates.Object{
		"GroupDescription": "added", "VpcId": vpc,
		"SecurityGroupIngress": []any{templates.Object{"IpProtocol": "-1", "CidrIp": "0.0.0.0/0"}},
	})
	return attribute("AddedGroup", "GroupId")
}

// addedNeighbours puts hosts beside those of the template: with a public address,
// and as a router that passes packets on.
func addedNeighbours(t templates.Template) []edit {
	instances := t.OfType("AWS::EC2::Instance")
	if len(instances) == 0 {
		return nil
	}
	var out []edit
	for _, subnet := range t.OfType("AWS::EC2::Subnet") {
		vpc := t.Properties(subnet)["VpcId"]
		if _, attached := gatewayOf(t, vpc); attached != "" {
			out = append(out, edit{"an instance with a public address in " + subnet, func(a *addition) {
				instance(a, instances[0], subnet, openGroup(a, vpc), true, attached)
			}})
		}
		out = append(out, edit{"an instance connect endpoint in " + subnet, func(a *addition) {
			a.add("AddedConnect", "AWS::EC2::InstanceConnectEndpoint", templates.Object{
				"SubnetId": templates.RefTo(subnet), "PreserveClientIp": false, "SecurityGroupIds": []any{openGroup(a, vpc)},
			})
		}})
	}
	return out
}

// instance adds an instance like another one that does nothing.
func instance(a *addition, like, subnet string, group any, public bool, dependsOn ...string) {
	p := templates.Object{}
	for _, name := range []string{"ImageId", "LaunchTemplate", "InstanceType", "MetadataOptions"} {
		if v, ok := a.Properties(like)[name]; ok {
			p[name] = v
		}
	}
	p["NetworkInterfaces"] = []any{templates.Object{
		"DeviceIndex": "0", "AssociatePublicIpAddress": public, "GroupSet": []any{group}, "SubnetId": templates.RefTo(subnet),
	}}
	a.add("AddedInstance", "AWS::EC2::Instance", p, dependsOn...)
}

// addedAccess lets more in and out: rules in each security group, and public
// addresses for each instance.
func addedAccess(t templates.Template) []edit {
	var out []edit
	for _, group := range t.OfType("AWS::EC2::SecurityGroup") {
		vpc := t.Properties(group)["VpcId"]
		rule := func(name, typ string, more templates.Object) edit {
			return edit{fmt.Sprintf("%s of %s", name, group), func(a *addition) {
				p := templates.Object{"GroupId": attribute(group, "GroupId"), "IpProtocol": "-1"}
				for key, value := range more {
					p[key] = value
				}
				a.add("AddedRule", typ, p)
			}}
		}
		out = append(out,
			rule("an ingress rule for everybody", "AWS::EC2::SecurityGroupIngress", templates.Object{"CidrIp": "0.0.0.0/0"}),
			rule("an ingress rule for the VPC", "AWS::EC2::SecurityGroupIngress", templates.Object{"CidrIp": attribute(templates.Target(vpc), "CidrBlock")}),
			rule("an ingress rule for one port", "AWS::EC2::SecurityGroupIngress", templates.Object{"IpProtocol": "tcp", "FromPort": 80.0, "ToPort": 80.0, "CidrIp": "0.0.0.0/0"}))
		if letsOut(t.Properties(group)["SecurityGroupEgress"]) {
			continue
		}
		out = append(out, rule("an egress rule for everything", "AWS::EC2::SecurityGroupEgress", templates.Object{"CidrIp": "0.0.0.0/0"}))
	}
	for _, id := range t.OfType("AWS::EC2::Instance") {
		interfaces, _ := t.Properties(id)["NetworkInterfaces"].([]any)
		if len(interfaces) == 0 {
			continue
		}
		subnet, _ := interfaces[0].(templates.Object)
		vpc := t.Properties(templates.Target(subnet["SubnetId"]))["VpcId"]
		_, attached := gatewayOf(t, vpc)
		if attached == "" {
			continue
		}
		out = append(out, edit{"an elastic address of " + id, func(a *addition) {
			a.add("AddedAddress", "AWS::EC2::EIP", templates.Object{"Domain": "vpc", "InstanceId": templates.RefTo(id)}, attached)
		}}, edit{"an associated elastic address of " + id, func(a *addition) {
			a.add("AddedAddress", "AWS::EC2::EIP", templates.Object{"Domain": "vpc"}, attached)
			a.add("AddedAssociation", "AWS::EC2::EIPAssociation", templates.Object{
				"AllocationId": attribute("AddedAddress", "AllocationId"), "InstanceId": templates.RefTo(id),
			})
		}})
	}
	return out
}

// letsOut reports whether a group's egress rules let everything out already.
func letsOut(rules any) bool {
	list, _ := rules.([]any)
	for _, rule := range list {
		if r, _ := rule.(templates.Object); r["IpProtocol"] == "-1" && r["CidrIp"] == "0.0.0.0/0" {
			return true
		}
	}
	return false
}

// addedFilters puts other network ACLs around the subnets.
func addedFilters(t templates.Template) []edit {
	var out []edit
	for _, subnet := range t.OfType("AWS::EC2::Subnet") {
		acl := func(name string, rules ...templates.Object) edit {
			return edit{fmt.Sprintf("a network ACL that %s, for %s", name, subnet), func(a *addition) {
				a.add("AddedAcl", "AWS::EC2::NetworkAcl", templates.Object{"VpcId": t.Properties(subnet)["VpcId"]})
				for i, rule := range rules {
					p := templates.Object{"NetworkAclId": templates.RefTo("AddedAcl"), "RuleNumber": float64(100 + i), "Protocol": -1.0, "CidrBlock": "0.0.0.0/0"}
					for key, value := range rule {
						p[key] = value
					}
					a.add(fmt.Sprintf("AddedEntry%d", i), "AWS::EC2::NetworkAclEntry", p)
				}
				a.add("AddedAssociation", "AWS::EC2::SubnetNetworkAclAssociation", templates.Object{
					"SubnetId": templates.RefTo(subnet), "NetworkAclId": templates.RefTo("AddedAcl"),
				})
			}}
		}
		in, out2 := templates.Object{"RuleAction": "allow", "Egress": false}, templates.Object{"RuleAction": "allow", "Egress": true}
		out = append(out,
			acl("denies all"),
			acl("allows all", in, out2),
			acl("hides one way out", in, templates.Object{"RuleAction": "deny", "Egress": true, "CidrBlock": "52.95.0.0/16"}, out2))
	}
	return out
}
