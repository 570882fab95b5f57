package escapes

import "provenendpoints/internal/test/templates"

// filters are network ACLs that could hide from a prober what others reach.
var filters = []escape{
	{name: "an ACL that lets nothing pass but the VPC", stack: iface, refuted: []string{"nothing allows everything"}, add: func(t template) {
		acl(t, "Private", entry(100, "allow", "10.0.0.0/16"))
	}},
	{name: "an ACL that denies the control's address", stack: gateway, refuted: []string{"entry 1 denies everything to 52.95.192.65/32"}, add: func(t template) {
		acl(t, "Private", entry(1, "deny", "52.95.192.65/32"), entry(100, "allow", "0.0.0.0/0"))
	}},
	{name: "an entry in the default ACL", stack: gateway, refuted: []string{"entry 1 denies everything to 52.95.192.65/32"}, add: func(t template) {
		of := attribute(the(t, "AWS::EC2::VPC", "Network"), "DefaultNetworkAcl")
		t.Add("Deny", "AWS::EC2::NetworkAclEntry", object{
			"NetworkAclId": of, "RuleNumber": 1, "Egress": true, "Protocol": -1, "RuleAction": "deny", "CidrBlock": "52.95.192.65/32",
		})
	}},
	{name: "an ACL beside a NAT gateway that stops a part of the subnet", stack: iface, refuted: []string{"tells addresses of one subnet apart", "10.0.1.0/28"}, add: func(t template) {
		acl(t, "Public", entry(1, "deny", "10.0.1.0/28"), entry(100, "allow", "0.0.0.0/0"))
	}},
	{name: "an ACL of its own that lets everything pass", stack: gateway, add: func(t template) {
		acl(t, "Private", entry(100, "allow", "0.0.0.0/0"))
	}},
	{name: "an ACL that lets everything pass before it denies", stack: gateway, add: func(t template) {
		acl(t, "Private", entry(100, "allow", "0.0.0.0/0"), entry(200, "deny", "52.95.192.65/32"))
	}},
	{name: "an ACL of another subnet that denies it to all", stack: gateway, add: func(t template) {
		acl(t, "Public", entry(1, "deny", "52.95.192.65/32"), entry(100, "allow", "0.0.0.0/0"))
	}},
	{name: "an ACL that no subnet has", stack: gateway, add: adding("Acl", "AWS::EC2::NetworkAcl", func(t template) object {
		return object{"VpcId": ref(t, "AWS::EC2::VPC", "Network")}
	})},
}

// entry is an entry about all protocols.
func entry(number int, action, cidr string) object {
	return object{"RuleNumber": number, "Protocol": -1, "RuleAction": action, "CidrBlock": cidr}
}

// acl gives a subnet a network ACL with these entries in both directions.
func acl(t template, subnet string, entries ...object) {
	t.Add("Acl", "AWS::EC2::NetworkAcl", object{"VpcId": ref(t, "AWS::EC2::VPC", "Network")})
	var ids []string
	for i, e := range entries {
		for direction, egress := range map[string]bool{"In": false, "Out": true} {
			properties := object{"NetworkAclId": templates.RefTo("Acl"), "Egress": egress}
			for name, value := range e {
				properties[name] = value
			}
			id := "Entry" + direction + string(rune('A'+i))
			t.Add(id, "AWS::EC2::NetworkAclEntry", properties)
			ids = append(ids, id)
		}
	}
	t.Add("AclAssociation", "AWS::EC2::SubnetNetworkAclAssociation", object{
		"SubnetId": ref(t, "AWS::EC2::Subnet", subnet), "NetworkAclId": templates.RefTo("Acl"),
	}, ids...)
}
