package resources

import (
	"net/netip"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"provenendpoints/internal/lab/vpc"
)

func sameRules(a, b []vpc.Rule) string {
	return cmp.Diff(a, b, cmpopts.EquateComparable(netip.Prefix{}), cmpopts.EquateEmpty())
}

func TestSecurityGroup(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	v, _, _ := w.network()
	base := func(more props) props {
		p := props{"GroupDescription": "x", "VpcId": v.id()}
		for k, e := range more {
			p[k] = e
		}
		return p
	}
	group := w.make("AWS::EC2::SecurityGroup", "Group", base(nil))
	state := func() vpc.SecurityGroup {
		got, err := w.Network.SecurityGroups().Get(group.id())
		if err != nil {
			t.Fatal(err)
		}
		return got
	}
	if got := state(); len(got.Ingress) != 0 || sameRules(got.Egress, []vpc.Rule{vpc.AllowAll}) != "" {
		t.Errorf("a new group has %v in and %v out", got.Ingress, got.Egress)
	}

	https := vpc.Rule{Protocol: "tcp", FromPort: 443, ToPort: 443, CIDR: netip.MustParsePrefix("10.0.0.0/16"), Description: "d"}
	group.change(base(props{
		"SecurityGroupIngress": []any{props{"IpProtocol": "tcp", "FromPort": "443", "ToPort": 443, "CidrIp": "10.0.0.0/16", "Description": "d"}},
		"SecurityGroupEgress":  []any{props{"IpProtocol": "icmp", "FromPort": 252, "ToPort": 86, "CidrIp": "255.255.255.255/32"}},
	}))
	nothing := vpc.Rule{Protocol: "icmp", FromPort: 252, ToPort: 86, CIDR: netip.MustParsePrefix("255.255.255.255/32")}
	if d := sameRules(state().Ingress, []vpc.Rule{https}) + sameRules(state().Egress, []vpc.Rule{nothing}); d != "" {
		t.Error(d)
	}

	rule := w.make("AWS::EC2::SecurityGroupIngress", "Rule", props{
		"GroupId": group.id(), "IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "SourceSecurityGroupId": group.id(),
	})
	group.change(base(nil))
	ssh := vpc.Rule{Protocol: "tcp", FromPort: 22, ToPort: 22, Group: group.id()}
	if d := sameRules(state().Ingress, []vpc.Rule{ssh}); d != "" {
		t.Errorf("the group's update touched the rule beside it: %s", d)
	}
	if got := state().Egress; len(got) != 0 {
		t.Errorf("after its egress rules were removed the group lets out %v", got)
	}
	rule.delete()
	out := w.make("AWS::EC2::SecurityGroupEgress", "Out", props{"GroupId": group.id(), "IpProtocol": -1, "CidrIp": "0.0.0.0/0"})
	if d := sameRules(state().Egress, []vpc.Rule{vpc.AllowAll}); d != "" {
		t.Error(d)
	}
	out.delete()
	if got := state(); len(got.Ingress)+len(got.Egress) != 0 {
		t.Errorf("rules are left: %v, %v", got.Ingress, got.Egress)
	}
	group.delete()
}

func TestRules(t *testing.T) {
	t.Parallel()
	port := 443
	for _, test := range []struct {
		name     string
		protocol string
		from, to *int
		cidr     string
		want     vpc.Rule
		err      string
	}{
		{name: "number for a name", protocol: "6", from: &port, to: &port, cidr: "10.0.0.0/8",
			want: vpc.Rule{Protocol: "tcp", FromPort: 443, ToPort: 443, CIDR: netip.MustParsePrefix("10.0.0.0/8")}},
		{name: "ports say nothing for all", protocol: "-1", from: &port, to: &port, cidr: "0.0.0.0/0", want: vpc.AllowAll},
		{name: "host bits", protocol: "-1", cidr: "10.1.2.3/8", want: vpc.Rule{Protocol: "-1", CIDR: netip.MustParsePrefix("10.0.0.0/8")}},
		{name: "no ports", protocol: "udp", cidr: "10.0.0.0/8", err: "both from and to ports are needed for udp"},
		{name: "no block", protocol: "-1", cidr: "everywhere", err: `property CidrIp: "everywhere" is not a CIDR block`},
	} {
		got, err := makeRule(test.protocol, test.from, test.to, test.cidr, "", "", "", "")
		if test.err != "" {
			if err == nil || !strings.Contains(err.Error(), test.err) {
				t.Errorf("%s: %v, want %s", test.name, err, test.err)
			}
			continue
		}
		if err != nil || got != test.want {
			t.Errorf("%s: %v (%v), want %v", test.name, got, err, test.want)
		}
	}
}
