package resources

import (
	"slices"
	"strings"
	"testing"

	"provenendpoints/internal/lab/cfn"
	"provenendpoints/internal/lab/vpc"
)

// TestIPv6: blocks of a VPC and of subnets, addresses, routes and rules, created in the
// order of a template and deleted in the other.
func TestIPv6(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	v, a, b := w.network()
	blocks := v.Attributes["Ipv6CidrBlocks"].(cfn.Live)
	if got := blocks().([]any); len(got) != 0 {
		t.Errorf("blocks before there is one: %v", got)
	}
	amazons := w.make("AWS::EC2::VPCCidrBlock", "Six", props{"VpcId": v.id(), "AmazonProvidedIpv6CidrBlock": true})
	second := w.make("AWS::EC2::VPCCidrBlock", "Second", props{"VpcId": v.id(), "CidrBlock": "10.1.0.0/16"})
	got := blocks().([]any)
	if len(got) != 1 || !strings.HasSuffix(got[0].(string), "::/56") {
		t.Fatalf("blocks %v", got)
	}
	block := strings.TrimSuffix(got[0].(string), "/56") + "/64"
	ofA := w.make("AWS::EC2::SubnetCidrBlock", "OfA", props{"SubnetId": a.id(), "Ipv6CidrBlock": block})
	if got := a.Attributes["Ipv6CidrBlocks"].(cfn.Live)().([]any); len(got) != 1 || got[0] != block {
		t.Errorf("blocks of the subnet: %v", got)
	}
	a.change(props{"VpcId": v.id(), "CidrBlock": "10.0.0.0/24", "AvailabilityZone": "ap-northeast-2a", "AssignIpv6AddressOnCreation": true})
	eni := w.make("AWS::EC2::NetworkInterface", "Interface", props{"SubnetId": a.id()})
	chosen := strings.TrimSuffix(block, "::/64") + "::abcd"
	other := w.make("AWS::EC2::NetworkInterface", "Other", props{"SubnetId": a.id(), "Ipv6Addresses": []any{props{"Ipv6Address": chosen}}})
	none := w.make("AWS::EC2::NetworkInterface", "None", props{"SubnetId": a.id(), "Ipv6AddressCount": 0})
	host := w.host("Host", a, props{})
	if eni.Attributes["PrimaryIpv6Address"] == "" || other.Attributes["PrimaryIpv6Address"] != chosen || none.Attributes["PrimaryIpv6Address"] != "" {
		t.Errorf("addresses %v, %v, %v", eni.Attributes, other.Attributes, none.Attributes)
	}
	if i := slices.IndexFunc(w.Network.Interfaces().All(), func(i vpc.Interface) bool { return i.Instance == host.id() && len(i.IPv6Addrs) == 1 }); i < 0 {
		t.Error("the instance has no IPv6 address")
	}
	gateway := w.make("AWS::EC2::EgressOnlyInternetGateway", "Gateway", props{"VpcId": v.id()})
	table := w.make("AWS::EC2::RouteTable", "Table", props{"VpcId": v.id()})
	route := w.make("AWS::EC2::Route", "Route", props{"RouteTableId": table.id(), "DestinationIpv6CidrBlock": "::/0", "EgressOnlyInternetGatewayId": gateway.id()})
	now, _ := w.Network.RouteTables().Get(table.id())
	var found []string
	for _, r := range now.Routes {
		found = append(found, r.Destination+" "+r.Target)
	}
	if !slices.Contains(found, "::/0 "+gateway.id()) || !slices.Contains(found, got[0].(string)+" local") || !slices.Contains(found, "10.1.0.0/16 local") {
		t.Errorf("routes %q", found)
	}
	group := w.make("AWS::EC2::SecurityGroup", "Group", props{"GroupDescription": "x", "VpcId": v.id(), "SecurityGroupIngress": []any{props{"IpProtocol": "icmpv6", "FromPort": -1, "ToPort": -1, "CidrIpv6": "::/0"}}})
	made, _ := w.Network.SecurityGroups().Get(group.id())
	if len(made.Egress) != 2 || made.Ingress[0].Protocol != "icmpv6" || made.Ingress[0].CIDR.String() != "::/0" {
		t.Errorf("group %+v", made)
	}
	egress := w.make("AWS::EC2::SecurityGroupEgress", "Egress", props{"GroupId": group.id(), "IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "CidrIpv6": "2001:db8::/32"})
	acl := w.make("AWS::EC2::NetworkAcl", "Acl", props{"VpcId": v.id()})
	entry := w.make("AWS::EC2::NetworkAclEntry", "Entry", props{"NetworkAclId": acl.id(), "RuleNumber": 1, "Protocol": 58, "RuleAction": "allow", "Ipv6CidrBlock": "::/0", "Icmp": props{"Type": -1, "Code": -1}})

	for want, test := range map[string]struct {
		typ string
		p   props
	}{
		"exactly one of CidrBlock, Ipv4IpamPoolId and AmazonProvided": {"AWS::EC2::VPCCidrBlock", props{"VpcId": v.id()}},
		"only true is supported":                  {"AWS::EC2::VPCCidrBlock", props{"VpcId": v.id(), "AmazonProvidedIpv6CidrBlock": false}},
		"property Ipv6CidrBlock is not supported": {"AWS::EC2::VPCCidrBlock", props{"VpcId": v.id(), "Ipv6CidrBlock": "2001:db8::/56", "Ipv6Pool": "x"}},
		"has the IPv6 CIDR block":                 {"AWS::EC2::SubnetCidrBlock", props{"SubnetId": a.id(), "Ipv6CidrBlock": block}},
		"conflicts with another subnet":           {"AWS::EC2::SubnetCidrBlock", props{"SubnetId": b.id(), "Ipv6CidrBlock": block}},
		"has no IPv6 CIDR block":                  {"AWS::EC2::NetworkInterface", props{"SubnetId": b.id(), "Ipv6AddressCount": 1}},
		"is no IPv6 address":                      {"AWS::EC2::NetworkInterface", props{"SubnetId": a.id(), "Ipv6Addresses": []any{props{"Ipv6Address": "10.0.0.9"}}}},
		"malformed for CidrIpv6":                  {"AWS::EC2::SecurityGroupEgress", props{"GroupId": group.id(), "IpProtocol": "-1", "CidrIpv6": "10.0.0.0/8"}},
		"not both":                                {"AWS::EC2::SecurityGroupEgress", props{"GroupId": group.id(), "IpProtocol": "-1", "CidrIpv6": "::/0", "CidrIp": "10.0.0.0/8"}},
	} {
		if _, err := w.try(test.typ, "Refused", test.p); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %s", test.typ, err, want)
		}
	}

	for _, x := range []*thing{host, entry, acl, egress, group, route, table, gateway, none, other, eni, ofA, second, amazons} {
		x.delete()
	}
	if left, _ := w.Network.VPCs().Get(v.id()); len(left.IPv6CIDRs) != 0 || len(left.CIDRs) != 1 {
		t.Errorf("the VPC's blocks are %v and %v", left.CIDRs, left.IPv6CIDRs)
	}
}
