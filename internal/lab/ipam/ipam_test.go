package ipam_test

import (
	"net/netip"
	"strings"
	"testing"

	"provenendpoints/internal/lab/ipam"
)

// A pool of a pool gives blocks to VPCs, each once, as long as there are any.
func TestPools(t *testing.T) {
	t.Parallel()
	s := ipam.New()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	none := netip.Prefix{}
	must(s.Create(ipam.Pool{ID: "top"}))
	must(s.Create(ipam.Pool{ID: "region", Source: "top", Default: 18, Min: 16, Max: 24}))
	_, err := s.Provision("top", netip.MustParsePrefix("10.255.0.0/16"), 0)
	must(err)
	_, err = s.Provision("top", netip.MustParsePrefix("10.0.0.0/15"), 0)
	must(err)
	block, err := s.Provision("region", none, 16)
	if must(err); block.String() != "10.255.0.0/16" {
		t.Errorf("the region has %s", block)
	}
	for _, test := range []struct {
		user   string
		block  netip.Prefix
		length int
		want   string
	}{
		{"one", none, 0, "10.255.0.0/18"}, {"two", netip.MustParsePrefix("10.255.80.0/20"), 0, "10.255.80.0/20"}, {"three", none, 18, "10.255.128.0/18"},
		{"four", none, 20, "10.255.64.0/20"}, {"five", none, 18, "10.255.192.0/18"}, {"six", none, 18, "does not have a free CIDR of length 18"},
		{"six", none, 25, "is not between those of the IPAM pool"}, {"six", netip.MustParsePrefix("10.255.0.0/24"), 0, "is not free"}, {"six", netip.MustParsePrefix("10.0.0.0/24"), 0, "is not free"},
	} {
		got, err := s.Allocate("region", test.user, test.block, test.length)
		if err != nil && !strings.Contains(err.Error(), test.want) || err == nil && got.String() != test.want {
			t.Errorf("%s: %s, %v; want %s", test.user, got, err, test.want)
		}
	}
	if err := s.Deprovision("region", block); err == nil || !strings.Contains(err.Error(), "is in use by") {
		t.Errorf("what is in use: %v", err)
	}
	for _, user := range []string{"one", "two", "three", "four", "five"} {
		s.Release("region", user)
	}
	if err := s.Delete("region"); err == nil || !strings.Contains(err.Error(), "has provisioned CIDRs") {
		t.Errorf("a pool with blocks: %v", err)
	}
	must(s.Deprovision("region", block))
	if err := s.Delete("top"); err == nil {
		t.Error("a source was deleted")
	}
	must(s.Delete("region"))
	if _, err := s.Allocate("top", "x", none, 0); err == nil || !strings.Contains(err.Error(), "has no default one") {
		t.Errorf("no length: %v", err)
	}
	if got, err := s.Allocate("top", "x", none, 16); err != nil || got.String() != "10.255.0.0/16" {
		t.Errorf("what was returned: %s, %v", got, err)
	}
}
