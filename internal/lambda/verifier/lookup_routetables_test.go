package verifier

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"provenendpoints/internal/lambda/verifier/api"
	"provenendpoints/proof"
)

func TestTargetOfRoute(t *testing.T) {
	t.Parallel()
	id := "target-1"
	for name, route := range map[string]api.Route{
		"gateway": {GatewayId: id}, "nat": {NatGatewayId: id}, "interface": {NetworkInterfaceId: id, InstanceId: "i-1"},
		"instance": {InstanceId: id}, "peering": {VpcPeeringConnectionId: id}, "transit gateway": {TransitGatewayId: id},
		"egress-only": {EgressOnlyInternetGatewayId: id}, "carrier": {CarrierGatewayId: id}, "local gateway": {LocalGatewayId: id},
		"core network": {CoreNetworkArn: id}, "odb": {OdbNetworkArn: id}, "address": {IpAddress: id},
	} {
		if got := targetOf(route); got != "target-1" {
			t.Errorf("%s: target %q", name, got)
		}
	}
	if got := targetOf(api.Route{}); got != "an unknown target" {
		t.Errorf("a target newer than this code is %q: it must be seen", got)
	}
}

func TestRouteTableOf(t *testing.T) {
	t.Parallel()
	association := func(subnet string, state string) api.RouteTableAssociation {
		return api.RouteTableAssociation{SubnetId: subnet, AssociationState: api.RouteTableAssociationState{State: state}}
	}
	got := routeTableOf(api.RouteTable{
		RouteTableId: "rtb-1", VpcId: "vpc-1",
		Routes:          []api.Route{{DestinationIpv6CidrBlock: "::/0", EgressOnlyInternetGatewayId: "eigw-1", State: "active"}, {State: "new"}},
		PropagatingVgws: []api.PropagatingVgw{{GatewayId: "vgw-1"}},
		Associations: []api.RouteTableAssociation{
			association("subnet-1", "associated"), association("subnet-2", "associating"),
			association("subnet-3", "disassociating"), association("subnet-4", "disassociated"),
			association("subnet-5", "failed"), {SubnetId: "subnet-6"}, {Main: true},
		},
	})
	want := proof.RouteTable{
		ID: "rtb-1", VPC: "vpc-1", Main: true, Propagating: []string{"vgw-1"}, Subnets: []string{"subnet-1", "subnet-2", "subnet-3", "subnet-6"},
		Routes: []proof.Route{{Destination: "::/0", Target: "eigw-1", Active: true}, {Destination: "an unknown destination", Target: "an unknown target", Active: true}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}
