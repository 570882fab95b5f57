package vpc_test

import (
	"net/netip"
	"testing"
	"time"

	miekg "github.com/miekg/dns"

	"provenendpoints/internal/lab/awserr"
	"provenendpoints/internal/lab/dns"
	"provenendpoints/internal/lab/vpc"
	"provenendpoints/internal/lab/vpc/vpctest"
)

// formationName is a public name.
const formationName = "cloudformation.ap-northeast-2.amazonaws.com"

var formationAddr = netip.MustParseAddr("52.95.193.132")

// newNamed returns two VPCs on a network with the public name.
func newNamed(t *testing.T, o vpc.Options) vpctest.TwoVPCs {
	t.Helper()
	n := vpctest.NewTwoVPCs(t, o)
	n.Must(n.PublishName(formationName, formationAddr))
	return n
}

// The VPC's resolver answers at the base of the VPC's block plus two and at
// 169.254.169.253, whatever the security groups say
// (docs.aws.amazon.com/vpc/latest/userguide/AmazonDNS-concepts.html).
func TestResolverAddresses(t *testing.T) {
	t.Parallel()
	n := newNamed(t, vpc.Options{})
	h := n.AddHost("closed", "my-b", n.AddGroup("sg-closed", "my"))
	n.Must(n.SecurityGroups().RevokeEgress("sg-closed", vpc.AllowAll))
	for _, network := range []string{"udp", "tcp"} {
		for _, server := range []string{"10.0.0.2:53", "169.254.169.253:53"} {
			if got, want := n.LookupAt(h, network, server, formationName, miekg.TypeA), vpctest.NoError(formationAddr); got != want {
				t.Errorf("%s %s: %q, want %q", network, server, got, want)
			}
		}
	}
	if got := h.Nameservers()[0].String(); got != "10.0.0.2:53" {
		t.Errorf("nameserver %s, want the base of the VPC plus two", got)
	}
	if got := n.LookupAt(h, "udp", "10.0.1.2:53", formationName, miekg.TypeA); got != "no answer" {
		t.Errorf("base of another subnet plus two: %q, want no answer", got)
	}
	if got := n.LookupAt(h, "udp", "10.0.0.2:53", formationName, miekg.TypeAAAA); got != "NOERROR" {
		t.Errorf("AAAA: %q, want an empty answer", got)
	}
	if got := n.Lookup(h, "nothing.example.com"); got != "NXDOMAIN" {
		t.Errorf("unknown name: %q", got)
	}
}

// Without enableDnsSupport the resolver does not answer (same page).
func TestResolverNeedsDNSSupport(t *testing.T) {
	t.Parallel()
	n := newNamed(t, vpc.Options{})
	h := n.AddHost("a", "my-a")
	n.Must(n.VPCs().Modify("vpc-my", false, false))
	if got := n.Lookup(h, formationName); got != "no answer" {
		t.Errorf("answer %q, want none", got)
	}
	n.Must(n.VPCs().Modify("vpc-my", true, false))
	if got, want := n.Lookup(h, formationName), vpctest.NoError(formationAddr); got != want {
		t.Errorf("answer %q, want %q", got, want)
	}
}

func TestPublicResolver(t *testing.T) {
	t.Parallel()
	n := newNamed(t, vpc.Options{})
	h, err := n.PublicHost("somebody", netip.MustParseAddr("203.0.113.7"))
	n.Must(err)
	n.Must(n.PublishName("www.example.com", h.Addr()))
	for name, want := range map[string]string{
		formationName:     vpctest.NoError(formationAddr),
		"www.example.com": vpctest.NoError(h.Addr()),
	} {
		if got := n.Lookup(h, name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	n.PublicZone().Remove("www.example.com")
	if got := n.Lookup(h, "www.example.com"); got != "NXDOMAIN" {
		t.Errorf("withdrawn name: %q", got)
	}
	if err := n.PublishName("not a..name", h.Addr()); awserr.Code(err) != "InvalidParameterValue" {
		t.Errorf("bad name: %v", err)
	}
}

func TestDNSFaults(t *testing.T) {
	t.Parallel()
	lie := netip.MustParseAddr("203.0.113.99")
	n := newNamed(t, vpc.Options{Faults: vpc.Faults{DNS: func(q vpc.Query) dns.Effect {
		switch {
		case q.VPC == "vpc-custom" && q.Source == netip.MustParseAddr("20.0.0.4"):
			return dns.Effect{Drop: true}
		case q.VPC == "vpc-my" && q.Name == "lie.example.com.":
			return dns.Effect{Addresses: []netip.Addr{lie}}
		case q.VPC == "vpc-my" && q.Name == "late."+formationName+".":
			return dns.Effect{Delay: 2 * vpctest.AnswerTimeout}
		case q.VPC == "vpc-my" && q.Type == "AAAA":
			return dns.Effect{Rcode: miekg.RcodeServerFailure}
		}
		return dns.Effect{}
	}}})
	mine, other := n.AddHost("a", "my-a"), n.AddHost("b", "custom-a")
	began := n.Clock().Now()
	for _, tt := range []struct {
		h          *vpc.Host
		name, want string
	}{
		{other, formationName, "no answer"},
		{mine, formationName, vpctest.NoError(formationAddr)},
		{mine, "lie.example.com", vpctest.NoError(lie)},
		{mine, "late." + formationName, "no answer"},
	} {
		if got := n.Lookup(tt.h, tt.name); got != tt.want {
			t.Errorf("%s from %s: %q, want %q", tt.name, tt.h.Addr(), got, tt.want)
		}
	}
	if got := n.LookupAt(mine, "udp", "10.0.0.2:53", formationName, miekg.TypeAAAA); got != "SERVFAIL" {
		t.Errorf("AAAA: %q, want SERVFAIL", got)
	}
	if took := n.Clock().Since(began); took < 2*vpctest.AnswerTimeout || took > time.Minute {
		t.Errorf("took %v of the lab's time, want two time-outs", took)
	}
}
