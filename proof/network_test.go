package proof

import (
	"net/netip"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// TestReadResolvers: the resolvers of a function are those that Lambda writes
// into /etc/resolv.conf.
func TestReadResolvers(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		file string
		want []netip.AddrPort
		err  bool
	}{
		"one":            {file: "search a.example\nnameserver 10.0.0.2\n", want: []netip.AddrPort{netip.MustParseAddrPort("10.0.0.2:53")}},
		"two in order":   {file: "nameserver 169.254.169.253\nnameserver fd00:ec2::253\n", want: []netip.AddrPort{netip.MustParseAddrPort("169.254.169.253:53"), netip.MustParseAddrPort("[fd00:ec2::253]:53")}},
		"one is garbage": {file: "nameserver resolver\nnameserver 10.0.0.2\n", want: []netip.AddrPort{netip.MustParseAddrPort("10.0.0.2:53")}},
		"none":           {file: "search a.example\n", err: true},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			file := filepath.Join(t.TempDir(), "resolv.conf")
			if err := os.WriteFile(file, []byte(test.file), 0o600); err != nil {
				t.Fatal(err)
			}
			got, err := readResolvers(file)
			if (err != nil) != test.err {
				t.Fatalf("error %v", err)
			}
			if diff := cmp.Diff(test.want, got, cmpopts.EquateComparable(netip.AddrPort{})); diff != "" {
				t.Error(diff)
			}
		})
	}
	if _, err := readResolvers(filepath.Join(t.TempDir(), "none")); err == nil {
		t.Error("a missing file is no error")
	}
}
