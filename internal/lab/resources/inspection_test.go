package resources

import (
	"slices"
	"strings"
	"testing"
)

// A Gateway Load Balancer with its service, endpoint, route and gateway route table, created,
// changed, and deleted.
func TestGatewayLoadBalancer(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	v, a, b := w.network()
	igw := w.make("AWS::EC2::InternetGateway", "Igw", props{})
	attached := w.make("AWS::EC2::VPCGatewayAttachment", "Attached", props{"VpcId": v.id(), "InternetGatewayId": igw.id()})
	gwlb := w.make("AWS::ElasticLoadBalancingV2::LoadBalancer", "Gwlb", props{"Type": "gateway", "Subnets": []string{a.id()}})
	if !strings.Contains(gwlb.id(), ":loadbalancer/gwy/") || gwlb.Attributes["DNSName"] != "" {
		t.Errorf("%s has the name %q", gwlb.id(), gwlb.Attributes["DNSName"])
	}
	appliance := w.host("Appliance", a, nil)
	group := w.make("AWS::ElasticLoadBalancingV2::TargetGroup", "Group", props{"VpcId": v.id(), "Protocol": "GENEVE", "Port": 6081, "Targets": []any{props{"Id": appliance.id()}}})
	listener := w.make("AWS::ElasticLoadBalancingV2::Listener", "Listener", props{"LoadBalancerArn": gwlb.id(), "DefaultActions": []any{props{"Type": "forward", "TargetGroupArn": group.id()}}})
	service := w.make("AWS::EC2::VPCEndpointService", "Service", props{"GatewayLoadBalancerArns": []string{gwlb.id()}, "AcceptanceRequired": false})
	permissions := w.make("AWS::EC2::VPCEndpointServicePermissions", "Permissions", props{"ServiceId": service.id(), "AllowedPrincipals": []string{w.Scope.Root()}})
	p := props{"VpcId": v.id(), "ServiceName": "com.amazonaws.vpce." + w.Scope.Region + "." + service.id(), "VpcEndpointType": "GatewayLoadBalancer", "SubnetIds": []string{a.id()}}
	endpoint := w.make("AWS::EC2::VPCEndpoint", "Endpoint", p)
	table := w.make("AWS::EC2::RouteTable", "Table", props{"VpcId": v.id()})
	route := w.make("AWS::EC2::Route", "Route", props{"RouteTableId": table.id(), "DestinationCidrBlock": "10.0.1.0/24", "VpcEndpointId": endpoint.id()})
	edge := w.make("AWS::EC2::GatewayRouteTableAssociation", "Edge", props{"RouteTableId": table.id(), "GatewayId": igw.id()})
	got, err := w.Network.RouteTables().Get(table.id())
	if err != nil || !slices.Equal(got.Gateways, []string{igw.id()}) || got.Routes[1].Target != endpoint.id() || !got.Routes[1].Active {
		t.Errorf("%+v, %v", got, err)
	}
	second := w.make("AWS::EC2::RouteTable", "Second", props{"VpcId": v.id()})
	edge.change(props{"RouteTableId": second.id(), "GatewayId": igw.id()})
	p["SubnetIds"] = []string{b.id()}
	if err := endpoint.update(p); err == nil || !strings.Contains(err.Error(), "cannot be changed") {
		t.Errorf("another subnet: %v", err)
	}
	for want, test := range map[string]struct {
		typ string
		p   props
	}{
		"exactly one of NetworkLoadBalancerArns and GatewayLoadBalancerArns": {"AWS::EC2::VPCEndpointService", props{}},
		"has neither a protocol nor a port":                                  {"AWS::ElasticLoadBalancingV2::Listener", props{"LoadBalancerArn": gwlb.id(), "Protocol": "TCP", "Port": 80, "DefaultActions": []any{props{"Type": "forward", "TargetGroupArn": group.id()}}}},
		"exactly one of GatewayId":                                           {"AWS::EC2::Route", props{"RouteTableId": table.id(), "DestinationCidrBlock": "0.0.0.0/0", "VpcEndpointId": endpoint.id(), "GatewayId": igw.id()}},
	} {
		if _, err := w.try(test.typ, "Refused", test.p); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %s", err, want)
		}
	}
	for _, x := range []*thing{edge, route, second, table, endpoint, permissions, service, listener, group, gwlb, appliance, attached, igw} {
		x.delete()
	}
	if left := len(w.Network.Interfaces().All()) + len(w.PrivateLink.Endpoints()) + len(w.LoadBalancing.LoadBalancers()); left != 0 {
		t.Errorf("%d objects are left", left)
	}
}
