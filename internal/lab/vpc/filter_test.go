package vpc_test

import (
	"context"
	"errors"
	"net/netip"
	"testing"

	"provenendpoints/internal/lab/vpc"
	"provenendpoints/internal/lab/vpc/vpctest"
)

// docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html
func TestSecurityGroupRules(t *testing.T) {
	t.Parallel()
	tcp80 := func(r vpc.Rule) vpc.Rule { r.Protocol, r.FromPort, r.ToPort = "tcp", 80, 80; return r }
	tests := []struct {
		name  string
		rule  vpc.Rule
		opens bool
	}{
		{"block", tcp80(vpc.Rule{CIDR: netip.MustParsePrefix("10.0.0.0/24")}), true},
		{"another block", tcp80(vpc.Rule{CIDR: netip.MustParsePrefix("10.0.1.0/24")}), false},
		{"one address", tcp80(vpc.Rule{CIDR: netip.MustParsePrefix("10.0.0.4/32")}), true},
		{"group", tcp80(vpc.Rule{Group: "sg-client"}), true},
		{"another group", tcp80(vpc.Rule{Group: "sg-other"}), false},
		{"itself", tcp80(vpc.Rule{Group: "sg-server"}), false},
		{"list", tcp80(vpc.Rule{PrefixList: "pl-near"}), true},
		{"another list", tcp80(vpc.Rule{PrefixList: "pl-far"}), false},
		{"range", vpc.Rule{Protocol: "tcp", FromPort: 1, ToPort: 80, CIDR: vpc.Anywhere}, true},
		{"another range", vpc.Rule{Protocol: "tcp", FromPort: 81, ToPort: 90, CIDR: vpc.Anywhere}, false},
		{"a lower range", vpc.Rule{Protocol: "tcp", FromPort: 1, ToPort: 79, CIDR: vpc.Anywhere}, false},
		{"protocol number", vpc.Rule{Protocol: "6", FromPort: 80, ToPort: 80, CIDR: vpc.Anywhere}, true},
		{"another protocol", vpc.Rule{Protocol: "udp", FromPort: 80, ToPort: 80, CIDR: vpc.Anywhere}, false},
		{"all ports", vpc.Rule{Protocol: "tcp", FromPort: -1, ToPort: -1, CIDR: vpc.Anywhere}, true},
		{"all", vpc.Rule{Protocol: "-1", CIDR: vpc.Anywhere}, true},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			b := vpctest.New(t, vpc.Faults{})
			b.AddVPC("1", "10.0.0.0/16")
			b.AddSubnet("1", "a", "10.0.0.0/24")
			b.Must(b.PrefixLists().Create(vpc.PrefixList{ID: "pl-near", Entries: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/24")}}))
			b.Must(b.PrefixLists().Create(vpc.PrefixList{ID: "pl-far", Entries: []netip.Prefix{netip.MustParsePrefix("9.0.0.0/8")}}))
			for _, id := range []string{"sg-client", "sg-other", "sg-server"} {
				b.Must(b.SecurityGroups().Create(vpc.SecurityGroup{ID: id, VPC: "vpc-1", Egress: []vpc.Rule{vpc.AllowAll}}))
			}
			b.Must(b.SecurityGroups().Create(vpc.SecurityGroup{ID: "sg-out", VPC: "vpc-1"}))
			client := b.AddHost("a", "client", false, "sg-client")
			server := b.AddHost("a", "server", false, "sg-server")
			b.Serve(server, "server")
			to := server.Addr().String() + ":80"
			b.Silent(client, to, "eni-server", "security group, ingress")
			b.Must(b.SecurityGroups().AuthorizeIngress("sg-server", test.rule))
			if test.opens {
				b.Wants(client, to, "server")
			} else {
				b.Silent(client, to, "eni-server", "security group, ingress")
			}

			// The same rule as egress, seen from the server: reversed, the
			// other side is the destination.
			b.Must(b.SecurityGroups().RevokeEgress("sg-server", vpc.AllowAll))
			b.Must(b.SecurityGroups().AuthorizeIngress("sg-client", vpc.AllowAll))
			b.Serve(client, "client")
			to = client.Addr().String() + ":80"
			b.Silent(server, to, "eni-server", "security group, egress")
			b.Must(b.SecurityGroups().AuthorizeEgress("sg-server", test.rule))
			if test.opens {
				b.Wants(server, to, "client")
			} else {
				b.Silent(server, to, "eni-server", "security group, egress")
			}
		})
	}
}

// docs.aws.amazon.com/vpc/latest/userguide/default-security-group.html: its
// members reach each other, others do not reach them.
func TestDefaultGroup(t *testing.T) {
	t.Parallel()
	b := vpctest.New(t, vpc.Faults{})
	b.AddVPC("1", "10.0.0.0/16")
	b.AddSubnet("1", "a", "10.0.0.0/24")
	one, two, other := b.AddHost("a", "one", false), b.AddHost("a", "two", false), b.AddHost("a", "other", false, "sg-1-open")
	b.Serve(one, "one")
	b.Wants(two, one.Addr().String()+":80", "one")
	b.Silent(other, one.Addr().String()+":80", "eni-one", "security group, ingress")
	if err := b.Ping(two, one.Addr()); err != nil {
		t.Error(err)
	}
}

// ICMP rules name a type and a code.
func TestPingThroughSecurityGroups(t *testing.T) {
	t.Parallel()
	tests := []struct {
		rule vpc.Rule
		ok   bool
	}{
		{vpc.Rule{Protocol: "icmp", FromPort: 8, ToPort: 0, CIDR: vpc.Anywhere}, true},
		{vpc.Rule{Protocol: "icmp", FromPort: 8, ToPort: -1, CIDR: vpc.Anywhere}, true},
		{vpc.Rule{Protocol: "icmp", FromPort: -1, ToPort: -1, CIDR: vpc.Anywhere}, true},
		{vpc.Rule{Protocol: "icmp", FromPort: 0, ToPort: 0, CIDR: vpc.Anywhere}, false}, // the answer's type
		{vpc.Rule{Protocol: "tcp", FromPort: 0, ToPort: 65535, CIDR: vpc.Anywhere}, false},
	}
	for _, test := range tests {
		b := vpctest.New(t, vpc.Faults{})
		b.AddVPC("1", "10.0.0.0/16")
		b.AddSubnet("1", "a", "10.0.0.0/24")
		b.Must(b.SecurityGroups().Create(vpc.SecurityGroup{ID: "sg-s", VPC: "vpc-1", Ingress: []vpc.Rule{test.rule}}))
		client, server := b.AddHost("a", "client", false, "sg-1-open"), b.AddHost("a", "server", false, "sg-s")
		err := b.Ping(client, server.Addr())
		if (err == nil) != test.ok || err != nil && !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("%+v: got %v, want it to pass: %t", test.rule, err, test.ok)
		}
	}
}

func TestSecurityGroupRefusals(t *testing.T) {
	t.Parallel()
	b := vpctest.New(t, vpc.Faults{})
	b.AddVPC("1", "10.0.0.0/16")
	b.AddVPC("2", "10.2.0.0/16")
	b.AddSubnet("1", "a", "10.0.0.0/24")
	b.Must(b.SecurityGroups().Create(vpc.SecurityGroup{ID: "sg-a", VPC: "vpc-1", Ingress: []vpc.Rule{{Protocol: "-1", Group: "sg-a"}}}))
	b.Must(b.SecurityGroups().Create(vpc.SecurityGroup{ID: "sg-b", VPC: "vpc-1", Ingress: []vpc.Rule{{Protocol: "-1", Group: "sg-a"}}}))
	b.Refuses(b.SecurityGroups().AuthorizeIngress("sg-b", vpc.Rule{Protocol: "-1", Group: "sg-a", Description: "again"}), "InvalidPermission.Duplicate")
	b.Refuses(b.SecurityGroups().RevokeIngress("sg-b", vpc.AllowAll), "InvalidPermission.NotFound")
	b.Refuses(b.SecurityGroups().AuthorizeIngress("sg-b", vpc.Rule{Protocol: "-1"}), "InvalidParameterValue")
	b.Refuses(b.SecurityGroups().AuthorizeIngress("sg-b", vpc.Rule{Protocol: "-1", CIDR: vpc.Anywhere, Group: "sg-a"}), "InvalidParameterValue")
	b.Refuses(b.SecurityGroups().AuthorizeIngress("sg-b", vpc.Rule{Protocol: "tpc", CIDR: vpc.Anywhere}), "InvalidPermission.Malformed")
	b.Refuses(b.SecurityGroups().AuthorizeIngress("sg-b", vpc.Rule{Protocol: "-1", Group: "sg-c"}), "InvalidGroup.NotFound")
	b.Refuses(b.SecurityGroups().AuthorizeEgress("sg-c", vpc.AllowAll), "InvalidGroup.NotFound")
	b.Refuses(b.SecurityGroups().AuthorizeEgress("sg-b", vpc.Rule{Protocol: "-1", PrefixList: "pl-9"}), "InvalidPrefixListID.NotFound")
	_, err := b.Interfaces().Create(vpc.Interface{ID: "eni-1", Subnet: "subnet-a", Groups: []string{"sg-2"}})
	b.Refuses(err, "InvalidParameter")
	b.Refuses(b.SecurityGroups().Delete("sg-a"), "DependencyViolation")
	b.Refuses(b.SecurityGroups().Delete("sg-1"), "CannotDelete")
	b.AddHost("a", "x", false, "sg-b")
	b.Refuses(b.SecurityGroups().Delete("sg-b"), "DependencyViolation")
	b.Refuses(b.Interfaces().Modify("eni-x", nil), "InvalidParameterValue")
	b.Must(b.Interfaces().Modify("eni-x", []string{"sg-1"}))
	b.Must(b.SecurityGroups().Delete("sg-b"))
	b.Must(b.SecurityGroups().Delete("sg-a"))
}
