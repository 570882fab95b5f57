package resources

import (
	"strings"
	"testing"
)

// TestVPNAndTransitGateways: gateways, what they are attached to, and routes to them,
// created, changed and deleted.
func TestVPNAndTransitGateways(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	v, a, _ := w.network()
	table := w.make("AWS::EC2::RouteTable", "Table", props{"VpcId": v.id()})
	gateway := w.make("AWS::EC2::VPNGateway", "Gateway", props{"Type": "ipsec.1"})
	attachment := w.make("AWS::EC2::VPCGatewayAttachment", "Attachment", props{"VpcId": v.id(), "VpnGatewayId": gateway.id()})
	if attachment.id() != "VGW|"+v.id() {
		t.Errorf("the attachment's id is %s", attachment.id())
	}
	customer := w.make("AWS::EC2::CustomerGateway", "Customer", props{"Type": "ipsec.1", "IpAddress": "203.0.113.9", "BgpAsn": 65000})
	connection := w.make("AWS::EC2::VPNConnection", "Connection", props{"Type": "ipsec.1", "CustomerGatewayId": customer.id(), "VpnGatewayId": gateway.id(), "StaticRoutesOnly": true})
	block := w.make("AWS::EC2::VPNConnectionRoute", "Block", props{"VpnConnectionId": connection.id(), "DestinationCidrBlock": "192.168.0.0/16"})
	propagation := w.make("AWS::EC2::VPNGatewayRoutePropagation", "Propagation", props{"RouteTableIds": []string{table.id()}, "VpnGatewayId": gateway.id()})
	routes := func(id string) (found []string) {
		t.Helper()
		got, err := w.Network.RouteTables().Get(id)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range got.Routes[1:] {
			found = append(found, r.Destination+" "+r.Target)
		}
		return found
	}
	if got := routes(table.id()); len(got) != 1 || got[0] != "192.168.0.0/16 "+gateway.id() {
		t.Errorf("propagated: %q", got)
	}
	other := w.make("AWS::EC2::RouteTable", "Other", props{"VpcId": v.id()})
	propagation.change(props{"RouteTableIds": []string{other.id()}, "VpnGatewayId": gateway.id()})
	if here, there := routes(table.id()), routes(other.id()); len(here) != 0 || len(there) != 1 {
		t.Errorf("after the update: %q, %q", here, there)
	}
	written := w.make("AWS::EC2::Route", "Written", props{"RouteTableId": table.id(), "DestinationCidrBlock": "172.16.0.0/12", "GatewayId": gateway.id()})

	transit := w.make("AWS::EC2::TransitGateway", "Transit", props{"DefaultRouteTableAssociation": "enable"})
	attached := w.make("AWS::EC2::TransitGatewayAttachment", "Attached", props{"TransitGatewayId": transit.id(), "VpcId": v.id(), "SubnetIds": []string{a.id()}})
	over := w.make("AWS::EC2::Route", "Over", props{"RouteTableId": table.id(), "DestinationCidrBlock": "20.0.0.0/16", "TransitGatewayId": transit.id()})
	if got := routes(table.id()); len(got) != 2 {
		t.Errorf("routes %q", got)
	}
	for want, test := range map[string]struct {
		typ string
		p   props
	}{
		"exactly one of InternetGatewayId and VpnGatewayId": {"AWS::EC2::VPCGatewayAttachment", props{"VpcId": v.id()}},
		"property TransitGatewayId is not supported":        {"AWS::EC2::VPNConnection", props{"Type": "ipsec.1", "CustomerGatewayId": "cgw-1", "TransitGatewayId": "tgw-1", "StaticRoutesOnly": true}},
		"property DefaultRouteTablePropagation":             {"AWS::EC2::TransitGateway", props{"DefaultRouteTablePropagation": "maybe"}},
		"is no IPv4 address":                                {"AWS::EC2::CustomerGateway", props{"Type": "ipsec.1", "IpAddress": "office"}},
	} {
		if _, err := w.try(test.typ, "Refused", test.p); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %s", test.typ, err, want)
		}
	}
	for _, x := range []*thing{over, attached, transit, written, propagation, block, connection, customer, attachment, gateway, other, table} {
		x.delete()
	}
	if left := len(w.Network.VPNGateways().All()) + len(w.Network.TransitGateways().All()) + len(w.Network.Interfaces().All()); left != 0 {
		t.Errorf("%d objects are left", left)
	}
}
