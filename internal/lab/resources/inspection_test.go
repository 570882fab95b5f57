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

// A firewall with its policy and rule groups, created, changed, and deleted.
func TestNetworkFirewall(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	v, a, b := w.network()
	const kind = "AWS::NetworkFirewall::"
	stateless := w.make(kind+"RuleGroup", "Stateless", props{"RuleGroupName": "less", "Type": "STATELESS", "Capacity": 10, "RuleGroup": props{"RulesSource": props{"StatelessRulesAndCustomActions": props{
		"StatelessRules": []any{props{"Priority": 1, "RuleDefinition": props{"Actions": []string{"aws:drop"}, "MatchAttributes": props{
			"Protocols": []int{6}, "Sources": []any{props{"AddressDefinition": "10.0.0.4"}}, "DestinationPorts": []any{props{"FromPort": 25, "ToPort": 25}}, "TCPFlags": []any{props{"Flags": []string{"SYN"}, "Masks": []string{"SYN", "ACK"}}},
		}}}},
	}}}})
	simple := props{"Action": "PASS", "Header": props{"Protocol": "TCP", "Source": "10.0.0.0/16", "SourcePort": "ANY", "Direction": "FORWARD", "Destination": "ANY", "DestinationPort": "443"}, "RuleOptions": []any{props{"Keyword": "sid:1"}}}
	group := func(source props) props {
		return props{"RuleGroupName": "ful", "Type": "STATEFUL", "Capacity": 10, "RuleGroup": props{"RulesSource": source, "StatefulRuleOptions": props{"RuleOrder": "STRICT_ORDER"}, "RuleVariables": props{"IPSets": props{"HOME_NET": props{"Definition": []string{"10.0.0.0/8"}}}}}}
	}
	stateful := w.make(kind+"RuleGroup", "Stateful", group(props{"StatefulRules": []any{simple}}))
	stateful.change(group(props{"RulesSourceList": props{"GeneratedRulesType": "ALLOWLIST", "Targets": []string{".example.com"}, "TargetTypes": []string{"TLS_SNI"}}}))
	inner := props{
		"StatelessDefaultActions": []string{"aws:forward_to_sfe"}, "StatelessFragmentDefaultActions": []string{"aws:forward_to_sfe"},
		"StatelessRuleGroupReferences": []any{props{"Priority": 1, "ResourceArn": stateless.id()}},
		"StatefulRuleGroupReferences":  []any{props{"Priority": 2, "ResourceArn": stateful.id()}, props{"ResourceArn": "arn:aws:network-firewall:eu-west-1:aws-managed:stateful-rulegroup/X"}},
		"StatefulDefaultActions":       []string{"aws:drop_established"}, "StatefulEngineOptions": props{"RuleOrder": "STRICT_ORDER"},
	}
	policy := w.make(kind+"FirewallPolicy", "Policy", props{"FirewallPolicyName": "p", "FirewallPolicy": inner})
	p := props{"FirewallName": "f", "FirewallPolicyArn": policy.id(), "VpcId": v.id(), "SubnetMappings": []any{props{"SubnetId": b.id()}, props{"SubnetId": a.id()}}}
	firewall := w.make(kind+"Firewall", "Firewall", p)
	ids := firewall.Attributes["EndpointIds"].([]any)
	if len(ids) != 2 || !strings.HasPrefix(ids[0].(string), w.Scope.Region+"a:vpce-") || !strings.HasPrefix(ids[1].(string), w.Scope.Region+"b:vpce-") {
		t.Errorf("EndpointIds %v", ids)
	}
	_, endpoint, _ := strings.Cut(ids[0].(string), ":")
	table := w.make("AWS::EC2::RouteTable", "Table", props{"VpcId": v.id()})
	route := w.make("AWS::EC2::Route", "Route", props{"RouteTableId": table.id(), "DestinationCidrBlock": "10.0.1.0/24", "VpcEndpointId": endpoint})
	association := w.make(kind+"VpcEndpointAssociation", "Association", props{"FirewallArn": firewall.id(), "VpcId": v.id(), "SubnetMapping": props{"SubnetId": a.id()}})
	if id := association.Attributes["EndpointId"].(string); !strings.HasPrefix(id, "vpce-") || id == endpoint {
		t.Errorf("EndpointId %s", id)
	}
	p["SubnetMappings"] = []any{props{"SubnetId": a.id()}}
	firewall.change(p)
	if ids := firewall.Attributes["EndpointIds"].([]any); len(ids) != 1 {
		t.Errorf("after the update: %v", ids)
	}
	for want, test := range map[string]struct {
		typ string
		p   props
	}{
		"the rules are not those of a group of type STATELESS":             {"RuleGroup", props{"RuleGroupName": "x", "Type": "STATELESS", "Capacity": 1, "RuleGroup": props{"RulesSource": props{"RulesString": "pass tcp any any -> any any (sid:1;)"}}}},
		"RulesString: line 1: ":                                            {"RuleGroup", group(props{"RulesString": "pass"})},
		"has not exactly one of aws:pass, aws:drop and aws:forward_to_sfe": {"FirewallPolicy", props{"FirewallPolicyName": "x", "FirewallPolicy": props{"StatelessDefaultActions": []string{"mine"}, "StatelessFragmentDefaultActions": []string{}}}},
		"is for the rule order STRICT_ORDER alone":                         {"FirewallPolicy", props{"FirewallPolicyName": "x", "FirewallPolicy": props{"StatelessDefaultActions": []string{"aws:pass"}, "StatelessFragmentDefaultActions": []string{"aws:pass"}, "StatefulDefaultActions": []string{"aws:drop_strict"}}}},
		"The rule order of the rule group":                                 {"FirewallPolicy", props{"FirewallPolicyName": "x", "FirewallPolicy": props{"StatelessDefaultActions": []string{"aws:pass"}, "StatelessFragmentDefaultActions": []string{"aws:pass"}, "StatefulRuleGroupReferences": []any{props{"ResourceArn": stateful.id()}}}}},
		"property TransitGatewayId is not supported":                       {"Firewall", props{"FirewallName": "x", "FirewallPolicyArn": policy.id(), "TransitGatewayId": "tgw-1"}},
	} {
		if _, err := w.try(kind+test.typ, "Refused", test.p); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %s", err, want)
		}
	}
	for _, x := range []*thing{association, route, table, firewall, policy, stateful, stateless} {
		x.delete()
	}
	if left := len(w.Network.Interfaces().All()) + len(w.Firewalls.All()); left != 0 {
		t.Errorf("%d objects are left", left)
	}
}
