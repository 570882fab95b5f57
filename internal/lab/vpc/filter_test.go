package vpc

import (
	"context"
	"errors"
	"net/netip"
	"testing"
)

// docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html
func TestSecurityGroupRules(t *testing.T) {
	t.Parallel()
	tcp80 := func(r Rule) Rule { r.Protocol, r.FromPort, r.ToPort = "tcp", 80, 80; return r }
	tests := []struct {
		name  string
		rule  Rule
		opens bool
	}{
		{"block", tcp80(Rule{CIDR: prefix("10.0.0.0/24")}), true},
		{"another block", tcp80(Rule{CIDR: prefix("10.0.1.0/24")}), false},
		{"one address", tcp80(Rule{CIDR: prefix("10.0.0.4/32")}), true},
		{"group", tcp80(Rule{Group: "sg-client"}), true},
		{"another group", tcp80(Rule{Group: "sg-other"}), false},
		{"itself", tcp80(Rule{Group: "sg-server"}), false},
		{"list", tcp80(Rule{PrefixList: "pl-near"}), true},
		{"another list", tcp80(Rule{PrefixList: "pl-far"}), false},
		{"range", Rule{Protocol: "tcp", FromPort: 1, ToPort: 80, CIDR: anywhere}, true},
		{"another range", Rule{Protocol: "tcp", FromPort: 81, ToPort: 90, CIDR: anywhere}, false},
		{"a lower range", Rule{Protocol: "tcp", FromPort: 1, ToPort: 79, CIDR: anywhere}, false},
		{"protocol number", Rule{Protocol: "6", FromPort: 80, ToPort: 80, CIDR: anywhere}, true},
		{"another protocol", Rule{Protocol: "udp", FromPort: 80, ToPort: 80, CIDR: anywhere}, false},
		{"all ports", Rule{Protocol: "tcp", FromPort: -1, ToPort: -1, CIDR: anywhere}, true},
		{"all", Rule{Protocol: "-1", CIDR: anywhere}, true},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			b := newBed(t, Faults{})
			b.vpc("1", "10.0.0.0/16")
			b.subnet("1", "a", "10.0.0.0/24")
			b.must(b.CreatePrefixList(PrefixList{ID: "pl-near", Entries: []netip.Prefix{prefix("10.0.0.0/24")}}))
			b.must(b.CreatePrefixList(PrefixList{ID: "pl-far", Entries: []netip.Prefix{prefix("9.0.0.0/8")}}))
			for _, id := range []string{"sg-client", "sg-other", "sg-server"} {
				b.must(b.CreateSecurityGroup(SecurityGroup{ID: id, VPC: "vpc-1", Egress: []Rule{AllowAll}}))
			}
			b.must(b.CreateSecurityGroup(SecurityGroup{ID: "sg-out", VPC: "vpc-1"}))
			client := b.host("a", "client", false, "sg-client")
			server := b.host("a", "server", false, "sg-server")
			b.serve(server, "server")
			to := server.Addr().String() + ":80"
			b.silent(client, to, "eni-server", "security group, ingress")
			b.must(b.AuthorizeIngress("sg-server", test.rule))
			if test.opens {
				b.wants(client, to, "server")
			} else {
				b.silent(client, to, "eni-server", "security group, ingress")
			}

			// The same rule as egress, seen from the server: turned round, the
			// other side is the destination.
			b.must(b.RevokeEgress("sg-server", AllowAll))
			b.must(b.AuthorizeIngress("sg-client", AllowAll))
			b.serve(client, "client")
			to = client.Addr().String() + ":80"
			b.silent(server, to, "eni-server", "security group, egress")
			b.must(b.AuthorizeEgress("sg-server", test.rule))
			if test.opens {
				b.wants(server, to, "client")
			} else {
				b.silent(server, to, "eni-server", "security group, egress")
			}
		})
	}
}

// docs.aws.amazon.com/vpc/latest/userguide/default-security-group.html: its
// members reach each other, others do not reach them.
func TestDefaultGroup(t *testing.T) {
	t.Parallel()
	b := newBed(t, Faults{})
	b.vpc("1", "10.0.0.0/16")
	b.subnet("1", "a", "10.0.0.0/24")
	one, two, other := b.host("a", "one", false), b.host("a", "two", false), b.host("a", "other", false, "sg-1-open")
	b.serve(one, "one")
	b.wants(two, one.Addr().String()+":80", "one")
	b.silent(other, one.Addr().String()+":80", "eni-one", "security group, ingress")
	if err := b.pings(two, one.Addr()); err != nil {
		t.Error(err)
	}
}

// ICMP rules name a type and a code.
func TestPingThroughSecurityGroups(t *testing.T) {
	t.Parallel()
	tests := []struct {
		rule Rule
		ok   bool
	}{
		{Rule{Protocol: "icmp", FromPort: 8, ToPort: 0, CIDR: anywhere}, true},
		{Rule{Protocol: "icmp", FromPort: 8, ToPort: -1, CIDR: anywhere}, true},
		{Rule{Protocol: "icmp", FromPort: -1, ToPort: -1, CIDR: anywhere}, true},
		{Rule{Protocol: "icmp", FromPort: 0, ToPort: 0, CIDR: anywhere}, false}, // the answer's type
		{Rule{Protocol: "tcp", FromPort: 0, ToPort: 65535, CIDR: anywhere}, false},
	}
	for _, test := range tests {
		b := newBed(t, Faults{})
		b.vpc("1", "10.0.0.0/16")
		b.subnet("1", "a", "10.0.0.0/24")
		b.must(b.CreateSecurityGroup(SecurityGroup{ID: "sg-s", VPC: "vpc-1", Ingress: []Rule{test.rule}}))
		client, server := b.host("a", "client", false, "sg-1-open"), b.host("a", "server", false, "sg-s")
		err := b.pings(client, server.Addr())
		if (err == nil) != test.ok || err != nil && !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("%+v: got %v, want it to pass: %t", test.rule, err, test.ok)
		}
	}
}

func TestSecurityGroupRefusals(t *testing.T) {
	t.Parallel()
	b := newBed(t, Faults{})
	b.vpc("1", "10.0.0.0/16")
	b.vpc("2", "10.2.0.0/16")
	b.subnet("1", "a", "10.0.0.0/24")
	b.must(b.CreateSecurityGroup(SecurityGroup{ID: "sg-a", VPC: "vpc-1", Ingress: []Rule{{Protocol: "-1", Group: "sg-a"}}}))
	b.must(b.CreateSecurityGroup(SecurityGroup{ID: "sg-b", VPC: "vpc-1", Ingress: []Rule{{Protocol: "-1", Group: "sg-a"}}}))
	b.refuses(b.AuthorizeIngress("sg-b", Rule{Protocol: "-1", Group: "sg-a", Description: "again"}), "InvalidPermission.Duplicate")
	b.refuses(b.RevokeIngress("sg-b", AllowAll), "InvalidPermission.NotFound")
	b.refuses(b.AuthorizeIngress("sg-b", Rule{Protocol: "-1"}), "InvalidParameterValue")
	b.refuses(b.AuthorizeIngress("sg-b", Rule{Protocol: "-1", CIDR: anywhere, Group: "sg-a"}), "InvalidParameterValue")
	b.refuses(b.AuthorizeIngress("sg-b", Rule{Protocol: "tpc", CIDR: anywhere}), "InvalidPermission.Malformed")
	b.refuses(b.AuthorizeIngress("sg-b", Rule{Protocol: "-1", Group: "sg-c"}), "InvalidGroup.NotFound")
	b.refuses(b.AuthorizeEgress("sg-c", AllowAll), "InvalidGroup.NotFound")
	b.refuses(b.AuthorizeEgress("sg-b", Rule{Protocol: "-1", PrefixList: "pl-9"}), "InvalidPrefixListID.NotFound")
	_, err := b.CreateInterface(Interface{ID: "eni-1", Subnet: "subnet-a", Groups: []string{"sg-2"}})
	b.refuses(err, "InvalidParameter")
	b.refuses(b.DeleteSecurityGroup("sg-a"), "DependencyViolation")
	b.refuses(b.DeleteSecurityGroup("sg-1"), "CannotDelete")
	b.host("a", "x", false, "sg-b")
	b.refuses(b.DeleteSecurityGroup("sg-b"), "DependencyViolation")
	b.refuses(b.ModifyInterface("eni-x", nil), "InvalidParameterValue")
	b.must(b.ModifyInterface("eni-x", []string{"sg-1"}))
	b.must(b.DeleteSecurityGroup("sg-b"))
	b.must(b.DeleteSecurityGroup("sg-a"))
}
