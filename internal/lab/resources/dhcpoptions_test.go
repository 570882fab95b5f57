package resources

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"provenendpoints/internal/lab/vpc"
)

// TestDHCPOptions: a set, its association, and its replacement by another.
func TestDHCPOptions(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	v, _, _ := w.network()
	of := func() string {
		got, err := w.Network.VPCs().Get(v.id())
		if err != nil {
			t.Fatal(err)
		}
		return got.DHCPOptions
	}
	if of() != w.Network.DHCPOptions().Default() {
		t.Errorf("a new VPC has %s", of())
	}
	options := w.make("AWS::EC2::DHCPOptions", "Options", props{"DomainNameServers": []string{"10.0.0.9"}, "DomainName": "example.com", "NtpServers": []string{"169.254.169.123"}})
	for _, o := range w.Network.DHCPOptions().All() {
		want := vpc.DHCPOptions{ID: o.ID, Servers: []string{"10.0.0.9"}, Others: map[string][]string{"domain-name": {"example.com"}, "ntp-servers": {"169.254.169.123"}}}
		if d := cmp.Diff(want, o); o.ID == options.id() && d != "" {
			t.Error(d)
		}
	}
	association := w.make("AWS::EC2::VPCDHCPOptionsAssociation", "Association", props{"DhcpOptionsId": options.id(), "VpcId": v.id()})
	if of() != options.id() {
		t.Errorf("the VPC has %s, want %s", of(), options.id())
	}
	other := w.make("AWS::EC2::DHCPOptions", "Other", props{"DomainNameServers": []string{"AmazonProvidedDNS"}})
	replacement := w.make("AWS::EC2::VPCDHCPOptionsAssociation", "Association", props{"DhcpOptionsId": other.id(), "VpcId": v.id()})
	association.delete()
	if of() != other.id() {
		t.Errorf("after the replacement the VPC has %s, want %s", of(), other.id())
	}
	options.delete()
	replacement.delete()
	if of() != vpc.NoDHCPOptions {
		t.Errorf("after the deletion the VPC has %s", of())
	}
	other.delete()
	if left := w.Network.DHCPOptions().All(); len(left) != 1 {
		t.Errorf("left: %v", left)
	}
}
