package vpc_test

import (
	"net/netip"
	"slices"
	"testing"

	"provenendpoints/internal/lab/vpc"
	"provenendpoints/internal/lab/vpc/vpctest"
)

const (
	allow = true
	deny  = false
)

// entry is an entry about all protocols and addresses.
func entry(number int, egress, allowed bool) vpc.ACLEntry {
	return vpc.ACLEntry{Number: number, Egress: egress, Allow: allowed, Protocol: -1, CIDR: vpc.Anywhere}
}

func tcp(e vpc.ACLEntry, from, to int) vpc.ACLEntry {
	e.Protocol, e.FromPort, e.ToPort = 6, from, to
	return e
}

func with(e vpc.ACLEntry, cidr string) vpc.ACLEntry {
	e.CIDR = netip.MustParsePrefix(cidr)
	return e
}

// newACLs is a VPC with a client in subnet a, and a server and a neighbour in
// subnet b, to which acl-b belongs.
func newACLs(t *testing.T) (n *vpctest.Network, client, neighbour *vpc.Host, server string) {
	t.Helper()
	n = vpctest.New(t, vpc.Faults{})
	n.AddVPC("1", "10.0.0.0/16")
	n.AddSubnet("1", "a", "10.0.0.0/24", "0.0.0.0/0", "igw-1")
	n.AddSubnet("1", "b", "10.0.1.0/24", "0.0.0.0/0", "igw-1")
	client = n.AddHost("a", "client", true, "sg-1-open")
	neighbour = n.AddHost("b", "neighbour", false, "sg-1-open")
	host := n.AddHost("b", "server", true, "sg-1-open")
	n.Serve(host, "server")
	n.Must(n.NetworkACLs().Create("acl-b", "vpc-1"))
	n.Must(n.NetworkACLs().Associate("acl-b", "subnet-b"))
	return n, client, neighbour, host.Addr().String() + ":80"
}

// docs.aws.amazon.com/vpc/latest/userguide/nacl-basics.html and
// docs.aws.amazon.com/vpc/latest/userguide/nacl-rules.html: the lowest number that
// matches decides, nothing is remembered, and what nothing allows is denied.
func TestNetworkACLEntries(t *testing.T) {
	t.Parallel()
	const in, out = "network ACL, ingress", "network ACL, egress"
	const ephemeral = 1024
	tests := []struct {
		name    string
		entries []vpc.ACLEntry
		stops   string // where the server's subnet stops the connection
	}{
		{"none", nil, in},
		{"all", []vpc.ACLEntry{entry(100, false, allow), entry(100, true, allow)}, ""},
		{"no answers", []vpc.ACLEntry{entry(100, false, allow)}, out},
		{"a port and ephemeral ports back", []vpc.ACLEntry{tcp(entry(1, false, allow), 80, 80), tcp(entry(1, true, allow), ephemeral, 65535)}, ""},
		{"a port, and the same back", []vpc.ACLEntry{tcp(entry(1, false, allow), 80, 80), tcp(entry(1, true, allow), 80, 80)}, out},
		{"another port", []vpc.ACLEntry{tcp(entry(1, false, allow), 443, 443), entry(1, true, allow)}, in},
		{"another protocol", []vpc.ACLEntry{{Number: 1, Allow: true, Protocol: 17, FromPort: 0, ToPort: 65535, CIDR: vpc.Anywhere}, entry(1, true, allow)}, in},
		{"denied before", []vpc.ACLEntry{entry(100, false, allow), entry(100, true, allow), with(entry(99, false, deny), "10.0.0.0/24")}, in},
		{"denied after", []vpc.ACLEntry{entry(100, false, allow), entry(100, true, allow), with(entry(101, false, deny), "10.0.0.0/24")}, ""},
		{"others denied", []vpc.ACLEntry{entry(100, false, allow), entry(100, true, allow), with(entry(99, false, deny), "10.0.2.0/24")}, ""},
		{"one address denied", []vpc.ACLEntry{entry(100, false, allow), entry(100, true, allow), with(entry(1, true, deny), "10.0.0.4/32")}, out},
		{"only others allowed", []vpc.ACLEntry{with(entry(100, false, allow), "10.0.2.0/24"), entry(100, true, allow)}, in},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			n, client, neighbour, server := newACLs(t)
			for _, e := range test.entries {
				n.Must(n.NetworkACLs().CreateEntry("acl-b", e))
			}
			if test.stops == "" {
				n.Wants(client, server, "server")
			} else {
				n.Silent(client, server, "acl-b", test.stops)
			}
			// Inside of the subnet it is not asked.
			n.Wants(neighbour, server, "server")
			// A change holds at once, and the default one is the other's again.
			n.Must(n.NetworkACLs().Disassociate("acl-b", "subnet-b"))
			n.Wants(client, server, "server")
		})
	}
}

// TestNetworkACLOfTheSender: what leaves is judged by the destination, in the
// subnet that it leaves.
func TestNetworkACLOfTheSender(t *testing.T) {
	t.Parallel()
	n, client, _, server := newACLs(t)
	n.Must(n.NetworkACLs().Associate("acl-1", "subnet-b"))
	n.Wants(client, server, "server")
	n.Must(n.NetworkACLs().CreateEntry("acl-1", tcp(with(entry(1, true, deny), "10.0.1.0/24"), 80, 80)))
	n.Silent(client, server, "acl-1", "network ACL, egress")
	n.Must(n.NetworkACLs().ReplaceEntry("acl-1", tcp(with(entry(1, true, deny), "10.0.1.0/24"), 443, 443)))
	n.Wants(client, server, "server")
	n.Must(n.NetworkACLs().CreateEntry("acl-1", tcp(with(entry(2, false, deny), "10.0.1.0/24"), 1024, 65535)))
	n.Silent(client, server, "acl-1", "network ACL, ingress")
	n.Must(n.NetworkACLs().DeleteEntry("acl-1", 2, false))
	n.Wants(client, server, "server")
}

// TestNetworkACLAndTheInternet: a gateway translates outside of the subnet, so that
// entries name private addresses on this side and public ones on the other.
func TestNetworkACLAndTheInternet(t *testing.T) {
	t.Parallel()
	n, _, neighbour, _ := newACLs(t)
	web := n.AddPublicHost("web", "93.184.215.14")
	n.Serve(web, "web")
	server := n.AddHost("b", "out", true, "sg-1-open")
	n.Silent(server, "93.184.215.14:80", "acl-b", "network ACL, egress")
	n.Must(n.NetworkACLs().CreateEntry("acl-b", with(entry(1, true, allow), "93.184.215.14/32")))
	n.Silent(server, "93.184.215.14:80", "acl-b", "network ACL, ingress")
	n.Must(n.NetworkACLs().CreateEntry("acl-b", with(entry(1, false, allow), "93.184.215.14/32")))
	n.Wants(server, "93.184.215.14:80", "web")

	// A NAT gateway in another subnet: that subnet's ACL can single out one host.
	_, err := n.NatGateways().Create(vpc.NatGateway{ID: "nat-1", Subnet: "subnet-a"})
	n.Must(err)
	n.Must(n.RouteTables().ReplaceRoute("rtb-b", vpc.Route{Destination: "0.0.0.0/0", Target: "nat-1"}))
	n.Wants(neighbour, "93.184.215.14:80", "web")
	n.Must(n.NetworkACLs().CreateEntry("acl-1", with(entry(1, false, deny), neighbour.Addr().String()+"/32")))
	n.Silent(neighbour, "93.184.215.14:80", "acl-1", "network ACL, ingress")
	n.Wants(server, "93.184.215.14:80", "web")
}

// TestNetworkACLAndPing: entries about ICMP name type and code, and the answer
// needs its own.
func TestNetworkACLAndPing(t *testing.T) {
	t.Parallel()
	n, client, neighbour, _ := newACLs(t)
	icmp := func(number int, egress bool, kind int) vpc.ACLEntry {
		e := entry(number, egress, allow)
		e.Protocol, e.Type, e.Code = 1, kind, -1
		return e
	}
	n.Must(n.NetworkACLs().CreateEntry("acl-b", icmp(1, false, 8)))
	n.Must(n.NetworkACLs().CreateEntry("acl-b", icmp(1, true, 8)))
	if n.Ping(client, neighbour.Addr()) == nil {
		t.Error("the answer passed without an entry")
	}
	n.Must(n.NetworkACLs().CreateEntry("acl-b", icmp(2, true, 0)))
	if err := n.Ping(client, neighbour.Addr()); err != nil {
		t.Error(err)
	}
}

// TestNetworkACLAndTheResolver: it is reached whatever the network ACL says
// (docs.aws.amazon.com/vpc/latest/userguide/nacl-basics.html).
func TestNetworkACLAndTheResolver(t *testing.T) {
	t.Parallel()
	n := newNamed(t, vpc.Options{})
	h := n.AddHost("closed", "my-b")
	n.Must(n.NetworkACLs().Create("acl-b", "vpc-my"))
	n.Must(n.NetworkACLs().Associate("acl-b", "subnet-my-b"))
	if got, want := n.Lookup(h, formationName), vpctest.NoError(formationAddr); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestNetworkACLsRefuse(t *testing.T) {
	t.Parallel()
	n, _, _, _ := newACLs(t)
	acls := n.NetworkACLs()
	n.AddVPC("2", "10.1.0.0/16")
	n.AddSubnet("2", "far", "10.1.0.0/24")
	n.Refuses(acls.Create("acl-x", "vpc-x"), "InvalidVpcID.NotFound")
	n.Refuses(acls.Delete("acl-x"), "InvalidNetworkAclID.NotFound")
	n.Refuses(acls.Delete("acl-1"), "InvalidParameterValue")
	n.Refuses(acls.Delete("acl-b"), "DependencyViolation")
	n.Refuses(acls.Associate("acl-b", "subnet-far"), "InvalidParameterValue")
	n.Refuses(acls.Associate("acl-b", "subnet-x"), "InvalidSubnetID.NotFound")
	n.Refuses(acls.CreateEntry("acl-x", entry(1, true, allow)), "InvalidNetworkAclID.NotFound")
	n.Refuses(acls.CreateEntry("acl-1", entry(100, true, allow)), "NetworkAclEntryAlreadyExists")
	n.Refuses(acls.CreateEntry("acl-b", entry(0, true, allow)), "InvalidParameterValue")
	n.Refuses(acls.CreateEntry("acl-b", entry(32767, true, allow)), "InvalidParameterValue")
	n.Refuses(acls.CreateEntry("acl-b", vpc.ACLEntry{Number: 1, Protocol: -1}), "InvalidParameterValue")
	n.Refuses(acls.CreateEntry("acl-b", vpc.ACLEntry{Number: 1, Protocol: 256, CIDR: vpc.Anywhere}), "InvalidParameterValue")
	n.Refuses(acls.ReplaceEntry("acl-b", entry(1, true, allow)), "InvalidNetworkAclEntry.NotFound")
	n.Refuses(acls.DeleteEntry("acl-b", 1, true), "InvalidNetworkAclEntry.NotFound")

	n.Must(acls.Disassociate("acl-1", "subnet-b")) // another has taken its place
	var of []string
	for _, l := range acls.All() {
		if l.ID == "acl-b" {
			of = l.Subnets
		}
	}
	if !slices.Equal(of, []string{"subnet-b"}) {
		t.Errorf("acl-b holds for %v", of)
	}
}
