package why

import (
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"provenendpoints/internal/lab/verdict"
	"provenendpoints/internal/template"
	"provenendpoints/internal/trace"
	"provenendpoints/proof"
)

// The types that the changes of a network are about.
const (
	routeType       = "AWS::EC2::Route"
	tableType       = "AWS::EC2::RouteTable"
	associationType = "AWS::EC2::SubnetRouteTableAssociation"
	endpointType    = "AWS::EC2::VPCEndpoint"
	groupType       = "AWS::EC2::SecurityGroup"
	ingressType     = "AWS::EC2::SecurityGroupIngress"
	egressType      = "AWS::EC2::SecurityGroupEgress"
	entryType       = "AWS::EC2::NetworkAclEntry"
	aclOfSubnetType = "AWS::EC2::SubnetNetworkAclAssociation"
	vpcType         = "AWS::EC2::VPC"
	subnetType      = "AWS::EC2::Subnet"
)

// routed leads subnets to a gateway endpoint: by its route tables, or by theirs.
func (e *evidence) routed(c object) []change {
	endpoint := target(c["Endpoint"])
	var out []change
	tables := targets(e.properties(endpoint)["RouteTableIds"])
	for _, subnet := range targets(c["Subnets"]) {
		have := e.users(subnet, associationType)
		for _, a := range have {
			if t := target(e.properties(a)["RouteTableId"]); t != "" && !slices.Contains(tables, t) {
				for _, good := range tables {
					out = append(out, e.setting(a, "RouteTableId", ref(good), "associate "+subnet+" with "+good))
				}
				out = append(out, e.appending(endpoint, "RouteTableIds", ref(t), "add "+t+" to the route tables of "+endpoint))
			}
		}
		if len(have) > 0 {
			continue
		}
		for _, good := range append(slices.Clone(tables), e.ofType(tableType)...) {
			out = append(out, adding("RouteTableAssociation", associationType, object{"RouteTableId": ref(good), "SubnetId": ref(subnet)}, "associate "+subnet+" with "+good))
		}
	}
	if list := c["PrefixList"]; list != nil && endpoint != "" {
		out = append(out, e.setting(endpoint, "ServiceName", list, "the service of "+endpoint+" is that of the prefix list"))
	}
	return out
}

// routes removes the routes that a text speaks of: of the tables that it names, to what
// it names.
func (e *evidence) routes(text string) []change {
	var out []change
	named := e.named(text)
	for _, id := range e.ofType(routeType) {
		p := e.properties(id)
		if !slices.ContainsFunc(named, func(t string) bool { return target(p["RouteTableId"]) == t }) {
			continue
		}
		for key, v := range p {
			to, _ := v.(string)
			if key != "RouteTableId" && (to != "" && strings.Contains(text, to+" to ") || target(v) != "" && slices.Contains(named, target(v))) {
				out = append(out, e.removing(id))
				break
			}
		}
	}
	for _, id := range named { // another table than the one that is meant
		if e.typeOf(id) != tableType {
			continue
		}
		for _, a := range e.users(id, associationType) {
			for _, other := range e.ofType(tableType) {
				if other != id && same(e.properties(other)["VpcId"], e.properties(id)["VpcId"]) {
					subnet := target(e.properties(a)["SubnetId"])
					out = append(out, e.setting(a, "RouteTableId", ref(other), "associate "+subnet+" with "+other))
				}
			}
		}
	}
	return out
}

// ruleProperties are the places of rules in a group and the types of rules of their own.
var ruleProperties = map[string][2]string{
	trace.Ingress: {"SecurityGroupIngress", ingressType},
	trace.Egress:  {"SecurityGroupEgress", egressType},
}

// byHop mends where the way of a packet ends, or takes away what leads it on.
func (e *evidence) byHop(v verdict.Verdict, c object) []change {
	var out []change
	negative := proof.Kind(v.Kind).Negative()
	for _, x := range v.Traces {
		h, back, broken := x.Broken()
		switch {
		case broken && !negative:
			out = append(out, e.passing(h, x, back)...)
		case !broken && negative:
			for _, h := range x.There.Hops {
				out = append(out, e.stopping(h)...)
			}
		}
	}
	return out
}

// passing lets a packet pass where it was dropped.
func (e *evidence) passing(h trace.Hop, x trace.Exchange, back bool) []change {
	t := x.There
	if back {
		t = *x.Back
	}
	var out []change
	for _, physical := range h.By {
		id := e.logical[physical]
		switch {
		case id == "":
		case e.typeOf(id) == groupType && h.Direction != "":
			out = append(out, e.admitting(id, h, t)...)
		case strings.HasPrefix(physical, "acl-"):
			out = append(out, e.allowing(id, h)...)
		case e.typeOf(id) == tableType || e.typeOf(id) == vpcType:
			out = append(out, e.leading(id, h)...)
		case e.typeOf(id) == endpointType:
			out = append(out, e.around(id)...)
		}
	}
	return out
}

// admitting adds a rule to a group for a packet that it does not admit.
func (e *evidence) admitting(group string, h trace.Hop, t trace.Trace) []change {
	far := h.Source.Addr()
	if h.Direction == trace.Egress {
		far = h.Destination.Addr()
	}
	rule := object{"IpProtocol": trace.Protocol(t.Protocol)}
	if t.Protocol == 6 || t.Protocol == 17 {
		rule["FromPort"], rule["ToPort"] = float64(h.Destination.Port()), float64(h.Destination.Port())
	} else {
		rule["IpProtocol"] = "-1"
	}
	var out []change
	for _, from := range e.blocks(group, far) {
		r := template.Clone(rule).(object)
		r["CidrIp"] = from
		words := fmt.Sprintf("let %s admit %s %s of %s (%s)", group, rule["IpProtocol"], portText(h.Destination), brief(from), h.Direction)
		out = append(out, e.appending(group, ruleProperties[h.Direction][0], r, words))
	}
	return out
}

func portText(a netip.AddrPort) string { return strconv.Itoa(int(a.Port())) }

// blocks are the blocks for a rule of a group about an address: that of the group's VPC,
// if the address is in it, and the address alone.
func (e *evidence) blocks(group string, a netip.Addr) []any {
	var out []any
	for _, v := range append(targets(e.properties(group)["VpcId"]), e.ofType(vpcType)...) {
		block, _ := e.properties(v)["CidrBlock"].(string)
		if p, err := netip.ParsePrefix(block); err == nil && p.Contains(a) && !slices.ContainsFunc(out, func(o any) bool { return target(o) == v }) {
			out = append(out, attribute(v, "CidrBlock"))
		}
	}
	return append(out, netip.PrefixFrom(a, a.BitLen()).String())
}

// allowing lets a packet pass a network ACL: without the entry that denies it, with one
// that allows it, or without the network ACL.
func (e *evidence) allowing(acl string, h trace.Hop) []change {
	egress := h.Direction == trace.Egress
	var out []change
	for _, id := range e.users(acl, entryType) {
		p := e.properties(id)
		if fmt.Sprint(p["RuleNumber"]) == strconv.Itoa(h.Number) && (fmt.Sprint(p["Egress"]) == "true") == egress {
			out = append(out, e.setting(id, "RuleAction", "allow", "let "+id+" allow"), e.removing(id))
		}
	}
	for _, id := range e.users(acl, aclOfSubnetType) {
		out = append(out, e.removing(id))
	}
	out = append(out, e.removing(acl))
	entry := object{"NetworkAclId": ref(acl), "RuleNumber": float64(1), "Protocol": float64(-1), "RuleAction": "allow", "Egress": egress, "CidrBlock": "0.0.0.0/0"}
	return append(out, adding("NetworkAclEntry", entryType, entry, fmt.Sprintf("let %s allow everything (%s)", acl, h.Direction)))
}

// leading gives a route table, or a VPC's subnets, a way to where a packet wants to go.
func (e *evidence) leading(id string, h trace.Hop) []change {
	var out []change
	vpc := target(e.properties(id)["VpcId"])
	if e.typeOf(id) == vpcType {
		vpc = id
	}
	for _, endpoint := range e.users(vpc, endpointType) {
		if list, ok := e.properties(endpoint)["RouteTableIds"]; ok && e.typeOf(id) == tableType && !slices.Contains(targets(list), id) {
			out = append(out, e.appending(endpoint, "RouteTableIds", ref(id), "add "+id+" to the route tables of "+endpoint))
		}
	}
	if e.typeOf(id) != tableType {
		return out
	}
	for key, typ := range map[string]string{"NatGatewayId": "AWS::EC2::NatGateway", "GatewayId": "AWS::EC2::InternetGateway"} {
		for _, gateway := range e.ofType(typ) {
			out = append(out, adding("DefaultRoute", routeType, object{"RouteTableId": ref(id), "DestinationCidrBlock": "0.0.0.0/0", key: ref(gateway)},
				"lead 0.0.0.0/0 of "+id+" to "+gateway))
		}
	}
	slices.SortFunc(out, func(a, b change) int { return strings.Compare(a.words, b.words) })
	return out
}

// stopping takes away what leads a packet on that must not arrive: a route but the local
// ones, an endpoint, a rule that admits it.
func (e *evidence) stopping(h trace.Hop) []change {
	var out []change
	for _, physical := range h.By {
		id := e.logical[physical]
		switch {
		case id == "":
		case h.Action == trace.Routed && h.To != "local":
			for _, r := range e.users(id, routeType) {
				p := e.properties(r)
				to := e.logical[h.To]
				if p["DestinationCidrBlock"] == h.Rule || to != "" && mentions(p, to) {
					out = append(out, e.removing(r))
				}
			}
		case h.Action == trace.Forwarded && e.typeOf(id) == endpointType:
			out = append(out, e.setting(id, "PrivateDnsEnabled", false, ""), e.removing(id))
		case h.Action == trace.Admitted && h.Direction == trace.Ingress && e.typeOf(id) == groupType:
			for _, r := range e.users(id, ingressType) {
				out = append(out, e.removing(r))
			}
			list, _ := e.properties(id)["SecurityGroupIngress"].([]any)
			for i := range list {
				out = append(out, e.taking(id, place{"SecurityGroupIngress", i}))
			}
		}
	}
	return out
}

// guarded makes the rules of an endpoint's groups those that the claim wants: one port,
// from inside the VPC.
func (e *evidence) guarded(c object) []change {
	endpoint := target(c["Endpoint"])
	port := portOf(c)
	vpc := target(e.properties(endpoint)["VpcId"])
	rule := object{"IpProtocol": "tcp", "FromPort": port, "ToPort": port, "CidrIp": attribute(vpc, "CidrBlock")}
	words := fmt.Sprintf("admit tcp %v from inside the VPC alone", port)
	var out []change
	groups := targets(e.properties(endpoint)["SecurityGroupIds"])
	for _, group := range groups {
		list, _ := e.properties(group)["SecurityGroupIngress"].([]any)
		for i := range list {
			out = append(out, e.puttingAs(group, place{"SecurityGroupIngress", i}, rule, "let "+group+" "+words))
		}
		if len(list) == 0 {
			out = append(out, e.setting(group, "SecurityGroupIngress", []any{rule}, "let "+group+" "+words))
		}
		if len(list) > 1 {
			out = append(out, e.setting(group, "SecurityGroupIngress", []any{rule}, "let "+group+" "+words))
		}
	}
	if len(groups) > 0 {
		return out
	}
	for _, group := range e.users(vpc, groupType) { // the VPC's default group stands in
		out = append(out, e.setting(endpoint, "SecurityGroupIds", []any{attribute(group, "GroupId")}, "give "+endpoint+" the security group "+group))
	}
	return out
}

// puttingAs is putting with words of its own.
func (e *evidence) puttingAs(id string, at place, value any, words string) change {
	c := e.putting(id, at, value)
	c.words = words
	return c
}

func portOf(c object) float64 {
	if n, err := strconv.ParseFloat(fmt.Sprint(c["Port"]), 64); err == nil {
		return n
	}
	if c["Scheme"] == "http" {
		return 80
	}
	return 443
}

// named lets an endpoint answer for names, or not.
func (e *evidence) names(c object) []change {
	var out []change
	endpoints := e.ofType(endpointType)
	if id := target(c["Endpoint"]); id != "" {
		endpoints = append([]string{id}, endpoints...)
	}
	var vpcs []string
	for _, id := range endpoints {
		p := e.properties(id)
		vpcs = append(vpcs, targets(p["VpcId"])...)
		if p["VpcEndpointType"] == "Interface" || p["SubnetIds"] != nil {
			on := fmt.Sprint(p["PrivateDnsEnabled"]) == "true"
			out = append(out, e.setting(id, "PrivateDnsEnabled", !on, fmt.Sprintf("PrivateDnsEnabled of %s is %t", id, !on)))
		}
		for _, subnet := range e.ofType(subnetType) {
			if same(e.properties(subnet)["VpcId"], p["VpcId"]) && !mentions(p["SubnetIds"], subnet) && p["SubnetIds"] != nil {
				out = append(out, e.appending(id, "SubnetIds", ref(subnet), "add "+subnet+" to the subnets of "+id))
			}
		}
	}
	for _, id := range slices.Compact(vpcs) {
		for _, p := range []string{"EnableDnsSupport", "EnableDnsHostnames"} {
			if fmt.Sprint(e.properties(id)[p]) != "true" {
				out = append(out, e.setting(id, p, true, ""))
			}
		}
	}
	return out
}
