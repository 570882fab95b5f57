package reach_test

import (
	"context"
	"net/netip"
	"strings"
	"testing"
	"time"

	"provenendpoints/internal/lab/cfn"
	"provenendpoints/internal/lab/reach"
	"provenendpoints/internal/lab/region"
	"provenendpoints/internal/lab/vpc"
)

// deployed is a Region with the sample: a web server, its database, and a subnet whose
// network ACL lets nothing pass.
func deployed(t *testing.T) *region.Region {
	t.Helper()
	a, err := cfn.ReadAssembly("../../../labtest/testdata/web")
	if err != nil {
		t.Fatal(err)
	}
	r, err := region.New(region.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := r.Close(); err != nil {
			t.Error(err)
		}
	})
	if _, err := r.Deploy(t.Context(), a.Stacks[0]); err != nil {
		t.Fatal(err)
	}
	if err := r.Network.Clock().Sleep(t.Context(), time.Minute); err != nil { // for the servers to start
		t.Fatal(err)
	}
	return r
}

// survey is a survey that is closed with the test. Everything that it made must be gone
// then: the stack can be deleted, and nothing is left.
func survey(t *testing.T, r *region.Region) *reach.Survey {
	t.Helper()
	s := reach.New(r, "", "Web")
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
		if _, err := r.Delete(context.Background(), "Web"); err != nil {
			t.Error(err)
		}
		if err := r.Left(); err != nil {
			t.Error(err)
		}
	})
	return s
}

func TestProbesSayWhy(t *testing.T) {
	t.Parallel()
	r := deployed(t)
	s := survey(t, r)
	for probe, want := range map[string]struct {
		state reach.State
		why   string
	}{
		"internet Web:80":      {reach.Open, ""},
		"subnet:Public Web:80": {reach.Open, ""},
		"stranger Web:80":      {reach.Open, ""},
		"Web Db:5432":          {reach.Open, ""},
		"Web internet:443":     {reach.Open, ""},
		"Private s3.ap-northeast-2.amazonaws.com:80": {reach.Open, ""},
		"Web Db:5433":                                  {reach.Closed, "instance Db refuses the connection: nothing listens there on tcp 5433"},
		"internet Web:22":                              {reach.Filtered, "the security group WebGroup (sg-"},
		"subnet:Public Db:5432":                        {reach.Filtered, "of instance Db do not admit TCP 5432 from 10.0.0."},
		"internet Db:5432":                             {reach.Filtered, "instance Db has no public address"},
		"Private example.com:80":                       {reach.Filtered, "the route table PrivateRouteTable (rtb-"},
		"Private sts.ap-northeast-2.amazonaws.com:443": {reach.Filtered, "has no route to 52.95.192.65"},
		"Isolated Web:80":                              {reach.Filtered, "the network ACL IsolatedAcl (acl-"},
		"Public Isolated:ping":                         {reach.Filtered, "does not let ICMP in from 10.0.0."},
		"Public 10.0.0.200:80":                         {reach.Filtered, "nothing has the address 10.0.0.200 in Vpc (vpc-"},
		"Public no.such.name:80":                       {reach.Filtered, "no.such.name does not resolve from subnet PublicSubnet: no such host (NXDOMAIN)"},
	} {
		t.Run(probe, func(t *testing.T) {
			from, rest, _ := strings.Cut(probe, " ")
			to, port, err := reach.SplitPort(rest)
			if err != nil {
				t.Fatal(err)
			}
			place, err := s.Place(from)
			if err != nil {
				t.Fatal(err)
			}
			target, err := s.Target(to)
			if err != nil {
				t.Fatal(err)
			}
			got, err := s.Probe(t.Context(), place, target, port)
			if err != nil {
				t.Fatal(err)
			}
			for _, g := range got {
				if g.State != want.state || !strings.Contains(g.Why, want.why) {
					t.Errorf("got %+v, want %s: %s", g, want.state, want.why)
				}
			}
			if len(got) == 0 {
				t.Error("nothing was tried")
			}
		})
	}
}

// An answer that does not come back is told apart from a packet that does not get there.
func TestAnswersThatAreDropped(t *testing.T) {
	t.Parallel()
	r := deployed(t)
	s := survey(t, r)
	acl := ""
	for _, res := range r.Resources("Web") {
		if res.LogicalID == "IsolatedAcl" {
			acl = res.PhysicalID
		}
	}
	if err := r.Network.NetworkACLs().CreateEntry(acl, vpc.ACLEntry{Number: 100, Allow: true, Protocol: -1, CIDR: netip.MustParsePrefix("0.0.0.0/0")}); err != nil {
		t.Fatal(err)
	}
	place, err := s.Place("Public")
	if err != nil {
		t.Fatal(err)
	}
	target, err := s.Target("Isolated")
	if err != nil {
		t.Fatal(err)
	}
	got, err := s.Probe(t.Context(), place, target, 80)
	if err != nil {
		t.Fatal(err)
	}
	if len(got) != 1 || got[0].State != reach.Filtered || !strings.Contains(got[0].Why, "the answer does not come back: the network ACL IsolatedAcl") {
		t.Errorf("got %+v", got)
	}
}

func TestNamesThatAreNone(t *testing.T) {
	t.Parallel()
	s := survey(t, deployed(t))
	for text, want := range map[string]string{"web": "instance Web", "Private/Subnet": "subnet PrivateSubnet", "instance:DB": "instance Db"} {
		if p, err := s.Place(text); err != nil || p.Name != want {
			t.Errorf("%s: %s, %v, want %s", text, p.Name, err, want)
		}
	}
	for text, want := range map[string]string{
		"Nope":          `there is no subnet, instance or function "Nope"; there are instance:Db, instance:Web, subnet:IsolatedSubnet, subnet:PrivateSubnet, subnet:PublicSubnet`,
		"Subnet":        `"Subnet" may be any of subnet:IsolatedSubnet, subnet:PrivateSubnet, subnet:PublicSubnet`,
		"instance:Subn": `there is no subnet, instance or function "instance:Subn"; there are instance:Db, instance:Web`,
	} {
		if _, err := s.Place(text); err == nil || err.Error() != want {
			t.Errorf("%s: %v, want %s", text, err, want)
		}
	}
	for text, want := range map[string]string{
		"Web":       `"Web" has no port: want NAME:PORT or NAME:ping`,
		"Web:http":  `"Web:http" has no port: want NAME:PORT, with a port of 1 to 65535, or NAME:ping`,
		"Web:70000": `"Web:70000" has no port: want NAME:PORT, with a port of 1 to 65535, or NAME:ping`,
	} {
		if _, _, err := reach.SplitPort(text); err == nil || err.Error() != want {
			t.Errorf("%s: %v, want %s", text, err, want)
		}
	}
}

func TestMeasure(t *testing.T) {
	t.Parallel()
	r := deployed(t)
	s := survey(t, r)
	m, err := s.Measure(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	got := map[reach.Key]string{}
	for _, l := range m.Lines {
		got[l.Key()] = strings.Join(l.Can, ", ")
	}
	for key, want := range map[[2]string]string{
		{"the internet", "instance Web"}:                                    "tcp 80",
		{"the internet", "instance Db"}:                                     "",
		{"instance Web", "instance Db"}:                                     "tcp 5432",
		{"instance Web", "the internet"}:                                    "ping, tcp 443, tcp 80",
		{"subnet PublicSubnet", "instance Web"}:                             "tcp 80",
		{"subnet PrivateSubnet", "the internet"}:                            "",
		{"subnet PrivateSubnet", "service s3.ap-northeast-2.amazonaws.com"}: "ping, tcp 443",
		{"subnet IsolatedSubnet", "instance Web"}:                           "",
	} {
		ways, ok := got[reach.Key{Who: key[0], Verb: "reaches", What: key[1]}]
		if !ok || ways != want {
			t.Errorf("%s reaches %s by %q (measured: %t), want %q", key[0], key[1], ways, ok, want)
		}
	}
}
