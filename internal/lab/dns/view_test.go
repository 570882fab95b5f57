package dns

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	miekg "github.com/miekg/dns"
)

// names makes the public names and the private zone that the tests ask.
func names(t *testing.T) View {
	t.Helper()
	public := NewZone(".")
	must(t, public.SetAddresses("cloudformation.ap-northeast-2.amazonaws.com", addr("52.95.193.132")))
	must(t, public.SetAddresses("s3.ap-northeast-2.amazonaws.com", addr("52.219.56.1"), addr("52.219.56.2")))
	must(t, public.SetAddresses("*.s3.ap-northeast-2.amazonaws.com", addr("52.219.56.3")))
	must(t, public.SetAddressFunc("nothing-healthy.elb.amazonaws.com", func() []netip.Addr { return nil }))
	must(t, public.AddAlias("www.example.com", "cloudformation.ap-northeast-2.amazonaws.com"))
	must(t, public.AddAlias("dangling.example.com", "gone.example.org"))
	must(t, public.AddAlias("a.loop.example.com", "b.loop.example.com"))
	must(t, public.AddAlias("b.loop.example.com", "a.loop.example.com"))
	must(t, public.AddRecord("*.text.example.com. 60 IN TXT hello"))
	private := NewZone("cloudformation.ap-northeast-2.amazonaws.com")
	must(t, private.SetAddresses("cloudformation.ap-northeast-2.amazonaws.com", addr("10.0.0.115"), addr("10.0.1.142")))
	var own, all Zones
	own.Add(private)
	all.Add(public)
	return View{&own, &all}
}

func TestAnswer(t *testing.T) {
	t.Parallel()
	private := names(t)
	public := private[1:]
	tests := []struct {
		name, host string
		view       View
		qtype      uint16
		want       string
	}{
		{"public name", "cloudformation.ap-northeast-2.amazonaws.com", public, miekg.TypeA, "NOERROR 52.95.193.132"},
		{"private zone overrides", "cloudformation.ap-northeast-2.amazonaws.com", private, miekg.TypeA, "NOERROR 10.0.0.115 10.0.1.142"},
		{"private zone is never completed from the public one", "x.cloudformation.ap-northeast-2.amazonaws.com", private, miekg.TypeA, "NXDOMAIN soa=cloudformation.ap-northeast-2.amazonaws.com."},
		{"other names pass the private zone by", "s3.ap-northeast-2.amazonaws.com", private, miekg.TypeA, "NOERROR 52.219.56.1 52.219.56.2"},
		{"case does not count", "S3.Ap-Northeast-2.AmazonAWS.com", public, miekg.TypeA, "NOERROR 52.219.56.1 52.219.56.2"},
		{"wildcard", "my-bucket.s3.ap-northeast-2.amazonaws.com", public, miekg.TypeA, "NOERROR 52.219.56.3"},
		{"wildcard, two labels", "a.b.s3.ap-northeast-2.amazonaws.com", public, miekg.TypeA, "NOERROR 52.219.56.3"},
		{"wildcard has no such type", "my-bucket.s3.ap-northeast-2.amazonaws.com", public, miekg.TypeAAAA, "NOERROR soa=."},
		{"no such name", "s4.ap-northeast-2.amazonaws.com", public, miekg.TypeA, "NXDOMAIN soa=."},
		{"no such type", "s3.ap-northeast-2.amazonaws.com", public, miekg.TypeAAAA, "NOERROR soa=."},
		{"empty non-terminal exists", "ap-northeast-2.amazonaws.com", public, miekg.TypeA, "NOERROR soa=."},
		{"computed and empty", "nothing-healthy.elb.amazonaws.com", public, miekg.TypeA, "NOERROR soa=."},
		{"alias is followed into the private zone", "www.example.com", private, miekg.TypeA, "NOERROR cloudformation.ap-northeast-2.amazonaws.com. 10.0.0.115 10.0.1.142"},
		{"alias itself", "www.example.com", public, miekg.TypeCNAME, "NOERROR cloudformation.ap-northeast-2.amazonaws.com."},
		{"alias to nothing", "dangling.example.com", public, miekg.TypeA, "NXDOMAIN gone.example.org. soa=."},
		{"aliases in a circle", "a.loop.example.com", public, miekg.TypeA, "SERVFAIL"},
		{"any other record", "any.text.example.com", public, miekg.TypeTXT, "NOERROR TXT"},
		{"outside every zone", "s3.ap-northeast-2.amazonaws.com", private[:1], miekg.TypeA, "SERVFAIL"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			query := new(miekg.Msg).SetQuestion(miekg.Fqdn(tt.host), tt.qtype)
			reply := tt.view.Answer(query)
			if diff := cmp.Diff(tt.want, brief(reply)); diff != "" {
				t.Errorf("answer (-want +got):\n%s", diff)
			}
			if len(reply.Answer) > 0 && reply.Answer[0].Header().Name != query.Question[0].Name {
				t.Errorf("the answer is about %s, want the name as it was asked, %s", reply.Answer[0].Header().Name, query.Question[0].Name)
			}
		})
	}
}

func TestAnswerRefusesOtherQueries(t *testing.T) {
	t.Parallel()
	view := names(t)
	tests := map[string]struct {
		change func(*miekg.Msg)
		want   string
	}{
		"chaos class":       {func(m *miekg.Msg) { m.Question[0].Qclass = miekg.ClassCHAOS }, "NOTIMP"},
		"update":            {func(m *miekg.Msg) { m.Opcode = miekg.OpcodeUpdate }, "NOTIMP"},
		"no question":       {func(m *miekg.Msg) { m.Question = nil }, "FORMERR"},
		"unknown EDNS form": {func(m *miekg.Msg) { m.SetEdns0(1232, false); m.IsEdns0().SetVersion(7) }, miekg.RcodeToString[miekg.RcodeBadVers]},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			query := new(miekg.Msg).SetQuestion("example.com.", miekg.TypeA)
			tt.change(query)
			if got := brief(view.Answer(query)); got != tt.want {
				t.Errorf("answer %q, want %q", got, tt.want)
			}
		})
	}
}

func TestZoneRemove(t *testing.T) {
	t.Parallel()
	zone := NewZone("vpce.amazonaws.com")
	must(t, zone.SetAddresses("a.b.vpce.amazonaws.com", addr("10.0.0.1")))
	must(t, zone.SetAddresses("c.b.vpce.amazonaws.com", addr("10.0.0.2")))
	exists := func(name string) bool { _, ok := zone.lookup(name, miekg.TypeA); return ok }
	zone.Remove("a.b.vpce.amazonaws.com.")
	if exists("a.b.vpce.amazonaws.com.") || !exists("b.vpce.amazonaws.com.") || !exists("c.b.vpce.amazonaws.com.") {
		t.Error("removing one name must leave its sibling and what lies between")
	}
	zone.Remove("unknown.vpce.amazonaws.com.")
	zone.Remove("c.b.vpce.amazonaws.com.")
	if exists("b.vpce.amazonaws.com.") || !exists("vpce.amazonaws.com.") {
		t.Error("with the last name below it, what lies between goes too, but never the origin")
	}
}

func TestZoneRefusesForeignNames(t *testing.T) {
	t.Parallel()
	zone := NewZone("amazonaws.com")
	for _, err := range []error{
		zone.SetAddresses("example.com", addr("192.0.2.1")),
		zone.AddAlias("notamazonaws.com", "example.com"),
		zone.AddRecord("www.example.com. 60 IN A 192.0.2.1"),
		zone.AddRecord("no record"),
		zone.AddRecord(""),
	} {
		if err == nil {
			t.Error("want an error")
		}
	}
}

func TestZonesAddOnce(t *testing.T) {
	t.Parallel()
	var zones Zones
	if !zones.Add(NewZone("amazonaws.com")) || zones.Add(NewZone("AmazonAWS.com.")) || !zones.Has("amazonaws.com") {
		t.Error("a second zone of the same origin must be refused")
	}
	zones.Remove("amazonaws.com.")
	if zones.Has("amazonaws.com") {
		t.Error("the zone is still there")
	}
}

// brief writes a reply as one line: code, what was answered (addresses in
// order), the SOA's owner.
func brief(m *miekg.Msg) string {
	parts := []string{miekg.RcodeToString[m.Rcode]}
	for _, rr := range m.Answer {
		switch rr := rr.(type) {
		case *miekg.A:
			parts = append(parts, rr.A.String())
		case *miekg.CNAME:
			parts = append(parts, rr.Target)
		default:
			parts = append(parts, miekg.Type(rr.Header().Rrtype).String())
		}
	}
	if len(m.Answer) > 0 && m.Answer[0].Header().Rrtype == miekg.TypeA {
		slices.Sort(parts[1:])
	}
	for _, rr := range m.Ns {
		parts = append(parts, fmt.Sprintf("soa=%s", rr.Header().Name))
	}
	return strings.Join(parts, " ")
}

func addr(s string) netip.Addr { return netip.MustParseAddr(s) }

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
