package resources

import (
	"slices"
	"strings"
	"testing"

	"provenendpoints/internal/lab/vpc"
)

// aclOf is the network ACL that holds for a subnet.
func (w *world) aclOf(subnet string) vpc.NetworkACL {
	w.t.Helper()
	var found []vpc.NetworkACL
	for _, l := range w.Network.NetworkACLs().All() {
		if slices.Contains(l.Subnets, subnet) {
			found = append(found, l)
		}
	}
	if len(found) != 1 {
		w.t.Fatalf("%s has %d network ACLs", subnet, len(found))
	}
	return found[0]
}

func TestNetworkACL(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	v, a, _ := w.network()
	if got := w.aclOf(a.id()); got.ID != v.Attributes["DefaultNetworkAcl"] || !got.Default || len(got.Entries) != 2 {
		t.Errorf("a new subnet has %+v", got)
	}
	acl := w.make("AWS::EC2::NetworkAcl", "Acl", props{"VpcId": v.id()})
	entry := w.make("AWS::EC2::NetworkAclEntry", "In", props{
		"NetworkAclId": acl.id(), "RuleNumber": 100, "Protocol": 6, "RuleAction": "allow", "CidrBlock": "10.0.0.0/16", "PortRange": props{"From": 443, "To": 443},
	})
	w.make("AWS::EC2::NetworkAclEntry", "Out", props{
		"NetworkAclId": acl.id(), "RuleNumber": 100, "Egress": true, "Protocol": 1, "RuleAction": "deny", "CidrBlock": "0.0.0.0/0", "Icmp": props{"Type": -1, "Code": -1},
	})
	association := w.make("AWS::EC2::SubnetNetworkAclAssociation", "Association", props{"SubnetId": a.id(), "NetworkAclId": acl.id()})
	got := w.aclOf(a.id())
	want := []vpc.ACLEntry{
		{Number: 100, Allow: true, Protocol: 6, CIDR: got.Entries[0].CIDR, FromPort: 443, ToPort: 443},
		{Number: 100, Egress: true, Protocol: 1, CIDR: got.Entries[1].CIDR, Type: -1, Code: -1},
	}
	if got.ID != acl.id() || !slices.Equal(got.Entries, want) || got.Entries[0].CIDR.String() != "10.0.0.0/16" || got.Entries[1].CIDR.String() != "0.0.0.0/0" {
		t.Errorf("got %+v", got)
	}
	entry.change(props{"NetworkAclId": acl.id(), "RuleNumber": 100, "Protocol": -1, "RuleAction": "deny", "CidrBlock": "10.0.0.0/16"})
	if got := w.aclOf(a.id()).Entries[0]; got.Allow || got.Protocol != -1 {
		t.Errorf("after the update %+v", got)
	}
	entry.delete()
	if got := w.aclOf(a.id()); len(got.Entries) != 1 {
		t.Errorf("after the deletion %+v", got.Entries)
	}
	association.delete()
	if got := w.aclOf(a.id()); !got.Default {
		t.Errorf("without an association %+v", got)
	}
	acl.delete()
}

func TestNetworkACLEntryRefused(t *testing.T) {
	t.Parallel()
	r := New(Options{})
	typ, _ := r.Type("AWS::EC2::NetworkAclEntry")
	for want, change := range map[string]props{
		"":                    {},
		"property RuleNumber": {"RuleNumber": 32767},
		"want allow or deny":  {"RuleAction": "drop"},
		"is needed":           {"CidrBlock": nil},
		"exactly one of CidrBlock and Ipv6CidrBlock": {"Ipv6CidrBlock": "::/0"},
	} {
		p := props{"NetworkAclId": "acl-1", "RuleNumber": 1, "Protocol": -1, "RuleAction": "allow", "CidrBlock": "0.0.0.0/0"}
		for name, value := range change {
			p[name] = value
			if value == nil {
				delete(p, name)
			}
		}
		err := typ.Check(resolved(t, p))
		if (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%v: got %v, want %q", change, err, want)
		}
	}
}
