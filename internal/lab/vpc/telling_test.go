package vpc_test

import (
	"net/netip"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"provenendpoints/internal/lab/vpc"
	"provenendpoints/internal/lab/vpc/vpctest"
	"provenendpoints/internal/trace"
)

// Each object that decides about a packet tells its hop, in the order of the packet's
// way, up to where it ends; the answer has a way of its own.
func TestTrace(t *testing.T) {
	t.Parallel()
	web80 := vpctest.TCPFrom(80, "10.0.1.0/24")
	tests := map[string]struct {
		build func(n *vpctest.Network) *vpc.Host
		to    string
		want  string // of the first packet and its answer; ports are left out
	}{
		"by a NAT gateway, with the answer": {
			func(n *vpctest.Network) *vpc.Host {
				n.Serve(n.AddPublicHost("web", "93.184.216.34"), "web")
				return n.AddHost("priv", "one", false, "sg-1-open")
			}, "93.184.216.34:80", `
				RECEIVED at eni-one
				ADMITTED by sg-1-open (egress: all of 0.0.0.0/0)
				ROUTED by rtb-priv (0.0.0.0/0) to nat-1
				ADMITTED by acl-1 (egress: entry 100: allow all of 0.0.0.0/0)
				RECEIVED at eni-nat-1
				ADMITTED by acl-1 (ingress: entry 100: allow all of 0.0.0.0/0)
				TRANSLATED by nat-1 to 10.0.0.4 → 93.184.216.34
				ROUTED by rtb-pub (0.0.0.0/0) to igw-1
				ADMITTED by acl-1 (egress: entry 100: allow all of 0.0.0.0/0)
				TRANSLATED by igw-1 to 3.36.0.10 → 93.184.216.34
				DELIVERED to web
				-
				RECEIVED at web
				TRANSLATED by igw-1 to 93.184.216.34 → 10.0.0.4
				RECEIVED at eni-nat-1
				ADMITTED by acl-1 (ingress: entry 100: allow all of 0.0.0.0/0)
				TRANSLATED by nat-1 to 93.184.216.34 → 10.0.1.4
				ROUTED by rtb-pub (10.0.0.0/16) to local
				ADMITTED by acl-1 (egress: entry 100: allow all of 0.0.0.0/0)
				RECEIVED at eni-one
				ADMITTED by acl-1 (ingress: entry 100: allow all of 0.0.0.0/0)
				ADMITTED by sg-1-open (ingress: all of 0.0.0.0/0)
				DELIVERED to eni-one`,
		},
		"no route": {
			func(n *vpctest.Network) *vpc.Host {
				n.AddSubnet("1", "alone", "10.0.2.0/24")
				return n.AddHost("alone", "one", false, "sg-1-open")
			}, "93.184.216.34:80", `
				RECEIVED at eni-one
				ADMITTED by sg-1-open (egress: all of 0.0.0.0/0)
				DROPPED by rtb-alone: no route`,
		},
		"no rule of two groups": {
			func(n *vpctest.Network) *vpc.Host {
				for _, id := range []string{"sg-a", "sg-b"} {
					n.Must(n.SecurityGroups().Create(vpc.SecurityGroup{ID: id, VPC: "vpc-1", Ingress: []vpc.Rule{web80}}))
				}
				n.AddHost("priv", "two", false, "sg-a", "sg-b")
				return n.AddHost("pub", "one", false, "sg-1-open")
			}, "10.0.1.4:80", `
				RECEIVED at eni-one
				ADMITTED by sg-1-open (egress: all of 0.0.0.0/0)
				ROUTED by rtb-pub (10.0.0.0/16) to local
				ADMITTED by acl-1 (egress: entry 100: allow all of 0.0.0.0/0)
				RECEIVED at eni-two
				ADMITTED by acl-1 (ingress: entry 100: allow all of 0.0.0.0/0)
				DROPPED by sg-a, sg-b (ingress): no rule admits tcp 80 from 10.0.0.5`,
		},
		"an entry that denies": {
			func(n *vpctest.Network) *vpc.Host {
				n.Must(n.NetworkACLs().Create("acl-b", "vpc-1"))
				n.Must(n.NetworkACLs().CreateEntry("acl-b", tcp(entry(7, true, deny), 80, 90)))
				n.Must(n.NetworkACLs().Associate("acl-b", "subnet-priv"))
				return n.AddHost("priv", "one", false, "sg-1-open")
			}, "93.184.216.34:80", `
				RECEIVED at eni-one
				ADMITTED by sg-1-open (egress: all of 0.0.0.0/0)
				ROUTED by rtb-priv (0.0.0.0/0) to nat-1
				DROPPED by acl-b (egress: entry 7: deny tcp 80-90 of 0.0.0.0/0)`,
		},
		"an answer that no entry allows": {
			func(n *vpctest.Network) *vpc.Host {
				n.Must(n.NetworkACLs().Create("acl-b", "vpc-1"))
				n.Must(n.NetworkACLs().CreateEntry("acl-b", entry(1, true, allow)))
				n.Must(n.NetworkACLs().Associate("acl-b", "subnet-priv"))
				n.Serve(n.AddHost("pub", "two", false, "sg-1-open"), "two")
				return n.AddHost("priv", "one", false, "sg-1-open")
			}, "10.0.0.5:80", `
				RECEIVED at eni-one
				ADMITTED by sg-1-open (egress: all of 0.0.0.0/0)
				ROUTED by rtb-priv (10.0.0.0/16) to local
				ADMITTED by acl-b (egress: entry 1: allow all of 0.0.0.0/0)
				RECEIVED at eni-two
				ADMITTED by acl-1 (ingress: entry 100: allow all of 0.0.0.0/0)
				ADMITTED by sg-1-open (ingress: all of 0.0.0.0/0)
				DELIVERED to eni-two
				-
				RECEIVED at eni-two
				ADMITTED by sg-1-open (egress: all of 0.0.0.0/0)
				ROUTED by rtb-pub (10.0.0.0/16) to local
				ADMITTED by acl-1 (egress: entry 100: allow all of 0.0.0.0/0)
				RECEIVED at eni-one
				DROPPED by acl-b (ingress): no entry allows tcp from 10.0.0.5`,
		},
		"by a peering": {
			func(n *vpctest.Network) *vpc.Host {
				n.AddVPC("2", "10.2.0.0/16")
				n.AddSubnet("2", "far", "10.2.0.0/24")
				n.Must(n.Peerings().Create(vpc.Peering{ID: "pcx-1", Requester: "vpc-1", Accepter: "vpc-2"}))
				n.Must(n.RouteTables().CreateRoute("rtb-priv", vpc.Route{Destination: "10.2.0.0/16", Target: "pcx-1"}))
				n.AddHost("far", "two", false, "sg-2-open")
				return n.AddHost("priv", "one", false, "sg-1-open")
			}, "10.2.0.4:80", `
				RECEIVED at eni-one
				ADMITTED by sg-1-open (egress: all of 0.0.0.0/0)
				ROUTED by rtb-priv (10.2.0.0/16) to pcx-1
				ADMITTED by acl-1 (egress: entry 100: allow all of 0.0.0.0/0)
				FORWARDED by pcx-1 to vpc-2
				RECEIVED at eni-two
				ADMITTED by acl-2 (ingress: entry 100: allow all of 0.0.0.0/0)
				ADMITTED by sg-2-open (ingress: all of 0.0.0.0/0)
				DELIVERED to eni-two
				-
				RECEIVED at eni-two
				ADMITTED by sg-2-open (egress: all of 0.0.0.0/0)
				DROPPED by rtb-far: no route`,
		},
		"to the resolver": {
			func(n *vpctest.Network) *vpc.Host {
				n.Must(n.VPCs().Modify("vpc-1", false, false))
				return n.AddHost("priv", "one", false, "sg-1-open")
			}, "10.0.0.2:53", `
				RECEIVED at eni-one
				DROPPED by vpc-1: no resolver`,
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			n := vpctest.New(t, vpc.Faults{})
			n.AddVPC("1", "10.0.0.0/16")
			n.AddSubnet("1", "pub", "10.0.0.0/24", "0.0.0.0/0", "igw-1")
			_, err := n.NatGateways().Create(vpc.NatGateway{ID: "nat-1", Subnet: "subnet-pub"})
			n.Must(err)
			n.AddSubnet("1", "priv", "10.0.1.0/24", "0.0.0.0/0", "nat-1")
			host := test.build(n)
			var mu sync.Mutex
			var first, answer *trace.Trace
			stop := n.Trace(func(s vpc.Transmission) {
				mu.Lock()
				defer mu.Unlock()
				switch {
				case first == nil && s.From == host.Name():
					first = s.Trace
				case answer == nil && s.From != host.Name():
					answer = s.Trace
				}
			})
			_, _ = n.Get(host, test.to) // what becomes of it is in the trace
			stop()
			mu.Lock()
			defer mu.Unlock()
			got := portless(*first)
			if answer != nil {
				got = append(append(got, "-"), portless(*answer)...)
			}
			want := strings.Split(strings.ReplaceAll(strings.TrimSpace(test.want), "\t", ""), "\n")
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("the way (-want +got):\n%s", diff)
			}
			if broken, ok := first.Broken(); ok == first.Arrived() {
				t.Errorf("it arrived: %t, and is broken at %s", first.Arrived(), broken)
			}
		})
	}
}

// portless are the hops as text. The ports that the sender chose are left out.
func portless(t trace.Trace) []string {
	var out []string
	for _, h := range t.Hops {
		h.Source = netip.AddrPortFrom(h.Source.Addr(), 0)
		h.Destination = netip.AddrPortFrom(h.Destination.Addr(), 0)
		if before, _, ok := strings.Cut(h.Reason, " from "); ok && !strings.Contains(before, " 80") {
			h.Reason = "no entry allows tcp from" + strings.SplitN(h.Reason, " from", 2)[1]
		}
		out = append(out, h.String())
	}
	return out
}
