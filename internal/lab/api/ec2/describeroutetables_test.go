package ec2

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"provenendpoints/internal/lab/vpc"
)

// TestDescribeRoute puts each kind of target where EC2 puts it.
func TestDescribeRoute(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		route vpc.Route
		want  routeXML
	}{
		{vpc.Route{Destination: "10.0.0.0/16", Target: "local", Active: true}, routeXML{CIDR: "10.0.0.0/16", Gateway: "local", State: "active", Origin: "CreateRouteTable"}},
		{vpc.Route{Destination: "0.0.0.0/0", Target: "igw-1", Active: true}, routeXML{CIDR: "0.0.0.0/0", Gateway: "igw-1", State: "active", Origin: "CreateRoute"}},
		{vpc.Route{Destination: "0.0.0.0/0", Target: "nat-1"}, routeXML{CIDR: "0.0.0.0/0", NAT: "nat-1", State: "blackhole", Origin: "CreateRoute"}},
		{vpc.Route{Destination: "pl-1", Target: "vpce-1", Active: true}, routeXML{PrefixList: "pl-1", Gateway: "vpce-1", State: "active", Origin: "CreateRoute"}},
		{vpc.Route{Destination: "10.1.0.0/16", Target: "pcx-1", Active: true}, routeXML{CIDR: "10.1.0.0/16", Peering: "pcx-1", State: "active", Origin: "CreateRoute"}},
		{vpc.Route{Destination: "10.2.0.0/16", Target: "eni-1", Active: true}, routeXML{CIDR: "10.2.0.0/16", Interface: "eni-1", State: "active", Origin: "CreateRoute"}},
	} {
		if diff := cmp.Diff(test.want, describeRoute(test.route)); diff != "" {
			t.Errorf("%+v: %s", test.route, diff)
		}
	}
}
