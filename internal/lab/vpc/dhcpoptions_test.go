package vpc_test

import (
	"context"
	"net/netip"
	"slices"
	"testing"
	"time"

	miekg "github.com/miekg/dns"

	"provenendpoints/internal/lab/dns"
	"provenendpoints/internal/lab/vpc"
	"provenendpoints/internal/lab/vpc/vpctest"
)

// lookup resolves a name as the host's operating system does.
func lookup(b *vpctest.Network, h *vpc.Host, name string) string {
	client := dns.Client{Dial: h.Dial, WithTimeout: b.Clock().WithTimeout, Timeout: time.Second}
	found, err := client.Lookup(context.Background(), h.Nameservers(), name)
	if err != nil {
		return err.Error()
	}
	var texts []string
	for _, a := range found {
		texts = append(texts, a.String())
	}
	slices.Sort(texts)
	return texts[0]
}

// docs.aws.amazon.com/vpc/latest/userguide/VPC_DHCP_Options.html: the machines ask the
// DNS servers that the VPC's DHCP options name, be they the VPC's own resolver, one in
// the VPC or one on the internet.
func TestDHCPOptions(t *testing.T) {
	t.Parallel()
	b := vpctest.New(t, vpc.Faults{})
	b.AddVPC("1", "10.0.0.0/16")
	b.AddSubnet("1", "pub", "10.0.0.0/24", "0.0.0.0/0", "igw-1")
	b.AddSubnet("1", "priv", "10.0.1.0/24")
	b.Must(b.PublishName("www.example.com", netip.MustParseAddr("93.184.216.34")))
	public, private := b.AddHost("pub", "public", true, "sg-1-open"), b.AddHost("priv", "private", false, "sg-1-open")
	liar := func(h *vpc.Host, answer string) {
		packets, err := h.ListenPacket(53)
		b.Must(err)
		zone := dns.NewZone(".")
		b.Must(zone.SetAddresses("www.example.com", netip.MustParseAddr(answer)))
		zones := new(dns.Zones)
		zones.Add(zone)
		server := &miekg.Server{PacketConn: packets, ReadTimeout: 24 * time.Hour, Handler: miekg.HandlerFunc(func(w miekg.ResponseWriter, q *miekg.Msg) {
			_ = w.WriteMsg(dns.View{zones}.Answer(q))
		})}
		go server.ActivateAndServe()
		t.Cleanup(func() { _ = server.Shutdown() })
	}
	liar(b.AddPublicHost("resolver", "9.9.9.9"), "6.6.6.6")
	inside := b.AddHost("pub", "inside", false, "sg-1-open")
	liar(inside, "10.6.6.6")

	wants := func(what, fromPublic, fromPrivate string) {
		t.Helper()
		if got := lookup(b, public, "www.example.com"); got != fromPublic {
			t.Errorf("%s: from the public subnet %q, want %q", what, got, fromPublic)
		}
		if got := lookup(b, private, "www.example.com"); got != fromPrivate {
			t.Errorf("%s: from the private subnet %q, want %q", what, got, fromPrivate)
		}
	}
	wants("a new VPC's", "93.184.216.34", "93.184.216.34")
	set := func(id string, servers ...string) {
		t.Helper()
		b.Must(b.DHCPOptions().Create(vpc.DHCPOptions{ID: id, Servers: servers}))
		b.Must(b.DHCPOptions().Associate(id, "vpc-1"))
	}
	set("dopt-internet", "9.9.9.9")
	wants("on the internet", "6.6.6.6", "resolver 9.9.9.9:53: context deadline exceeded")
	set("dopt-inside", inside.Addr().String())
	wants("in the VPC", "10.6.6.6", "10.6.6.6")
	set("dopt-both", "9.9.9.9", vpc.AmazonProvidedDNS)
	wants("the second answers", "6.6.6.6", "93.184.216.34")
	b.Must(b.DHCPOptions().Create(vpc.DHCPOptions{ID: "dopt-none", Others: map[string][]string{"domain-name": {"example.com"}}}))
	b.Must(b.DHCPOptions().Associate("dopt-none", "vpc-1"))
	wants("none named", dns.ErrNoResolver.Error(), dns.ErrNoResolver.Error())
	b.Refuses(b.DHCPOptions().Delete("dopt-none"), "DependencyViolation")
	b.Must(b.DHCPOptions().Associate(vpc.NoDHCPOptions, "vpc-1"))
	if v, _ := b.VPCs().Get("vpc-1"); v.DHCPOptions != "default" {
		t.Errorf("the VPC's options are %s", v.DHCPOptions)
	}
	wants("no options", dns.ErrNoResolver.Error(), dns.ErrNoResolver.Error())
	b.Must(b.DHCPOptions().Delete("dopt-none"))

	b.Refuses(b.DHCPOptions().Associate("dopt-none", "vpc-1"), "InvalidDhcpOptionID.NotFound")
	b.Refuses(b.DHCPOptions().Delete(b.DHCPOptions().Default()), "OperationNotPermitted")
	b.Refuses(b.DHCPOptions().Create(vpc.DHCPOptions{ID: "dopt-1"}), "MissingParameter")
	b.Refuses(b.DHCPOptions().Create(vpc.DHCPOptions{ID: "dopt-1", Servers: []string{"resolver.example.com"}}), "InvalidParameterValue")
	b.Refuses(b.DHCPOptions().Create(vpc.DHCPOptions{ID: "dopt-1", Servers: []string{"1.1.1.1", "1.1.1.2", "1.1.1.3", "1.1.1.4", "1.1.1.5"}}), "InvalidParameterValue")
}
