package vpc

import (
	"net/netip"
	"testing"
)

// The longest prefix wins, and of two equal ones the static route; a route without an
// attachment is a black hole.
func TestNextOf(t *testing.T) {
	t.Parallel()
	block := netip.MustParsePrefix
	routes := []TransitRoute{
		{block("10.1.0.0/16"), "propagated", true}, {block("10.1.0.0/16"), "static", false}, {block("10.1.2.0/24"), "longer", true},
		{block("10.3.0.0/16"), "", false}, {block("10.3.0.0/16"), "beside", true}, {block("0.0.0.0/0"), "rest", false},
	}
	g := TransitGateway{
		Attachments: []TransitAttachment{{ID: "from", VPC: "vpc-from"}, {ID: "static", VPC: "vpc-static"}, {ID: "longer", VPC: "vpc-longer"}, {ID: "rest", VPC: "vpc-rest"}, {ID: "alone", VPC: "vpc-alone"}},
		Tables:      []TransitRouteTable{{ID: "table", Associations: []string{"from"}, Routes: routes}},
	}
	for _, test := range []struct{ from, to, want string }{
		{"vpc-from", "10.1.1.1", "static"}, {"vpc-from", "10.1.2.1", "longer"}, {"vpc-from", "10.3.0.1", ""}, {"vpc-from", "192.0.2.1", "rest"},
		{"vpc-alone", "10.1.1.1", ""}, {"vpc-unknown", "10.1.1.1", ""},
	} {
		got, ok := g.Next(test.from, netip.MustParseAddr(test.to))
		if got.ID != test.want || ok != (test.want != "") {
			t.Errorf("from %s to %s: %q, want %q", test.from, test.to, got.ID, test.want)
		}
	}
}
