package why

import (
	"encoding/json"
	"strings"

	"provenendpoints/internal/contract"
	"provenendpoints/internal/lab/verdict"
	"provenendpoints/internal/template"
	"provenendpoints/proof"
)

// byKind are the changes after which what a claim wants is in the template: the claim says
// it, in the same words and references.
func (e *evidence) byKind(v verdict.Verdict, c object) []change {
	switch proof.Kind(v.Kind) {
	case proof.Routed:
		return append(e.routed(c), e.routes(v.Seen)...)
	case proof.Enclosed, proof.Accounted, proof.Unrouted, proof.Apart, proof.Shielded:
		return e.routes(v.Seen)
	case proof.Limited:
		if policy, ok := policyOf(c["Policy"]); ok {
			return []change{e.setting(target(c["Endpoint"]), "PolicyDocument", policy, "the policy of "+target(c["Endpoint"])+" is the one that was declared")}
		}
	case proof.Permitted:
		var out []change
		service := target(c["Service"])
		for _, id := range e.users(service, "AWS::EC2::VPCEndpointServicePermissions") {
			out = append(out, e.setting(id, "AllowedPrincipals", c["Principals"], "let "+id+" allow those that were declared"))
		}
		return append(append(out, adding("ServicePermissions", "AWS::EC2::VPCEndpointServicePermissions",
			object{"ServiceId": c["Service"], "AllowedPrincipals": c["Principals"]}, "allow those that were declared to connect to "+service)),
			e.setting(service, "AcceptanceRequired", c["Acceptance"] == "required", ""))
	case proof.Granted:
		return e.granted(c)
	case proof.Trusted:
		return append(e.ofVerifier(target(c["Role"])), e.trusted(c)...)
	case proof.Placed:
		return e.placed(c)
	case proof.Unfiltered:
		group := target(c["Group"])
		out := []change{e.setting(group, "SecurityGroupEgress", []any{object{"IpProtocol": "-1", "CidrIp": "0.0.0.0/0"}}, "let "+group+" let everything out")}
		for _, r := range e.users(group, ingressType) {
			out = append(out, e.removing(r))
		}
		for _, subnet := range targets(c["Subnets"]) {
			for _, a := range e.users(subnet, aclOfSubnetType) {
				out = append(out, e.removing(a))
			}
		}
		return out
	case proof.Guarded:
		return e.guarded(c)
	case proof.Resolves, proof.Nonexistent:
		return e.names(c)
	case proof.Available, proof.Connected:
		return []change{e.setting(target(c["Service"]), "AcceptanceRequired", false, "")}
	case proof.Healthy, proof.Spreads, proof.Balanced:
		return e.balanced(c)
	case proof.Unaddressed:
		return e.unaddressed(v.Seen)
	case proof.Unredirected:
		return e.unredirected(c, v.Seen)
	case proof.Last:
		return e.last(v.Seen)
	}
	return nil
}

// placed puts a prober where the claim wants it.
func (e *evidence) placed(c object) []change {
	from, _ := c["From"].(string)
	function := target(e.points[from])
	if e.typeOf(function) != "AWS::Lambda::Function" {
		return nil
	}
	var out []change
	for _, p := range e.ofType(contract.ResourceType) {
		points, _ := e.properties(p)["VantagePoints"].(object)
		for _, other := range e.ofType("AWS::Lambda::Function") {
			// A function that measures elsewhere, or none, and runs as the claim wants.
			if points[from] != nil && other != function && same(e.properties(other)["Role"], c["Role"]) && same(e.placeOf(other), wantedPlace(c)) {
				out = append(out, e.puttingAs(p, place{"VantagePoints", from}, attribute(other, "Arn"), "let "+other+" measure at "+from))
			}
		}
	}
	for _, id := range e.users(function, "AWS::Lambda::Permission") {
		out = append(out, e.removing(id))
	}
	out = append(out, e.setting(function, "Role", c["Role"], "let "+function+" run as "+target(c["Role"])))
	if c["Subnets"] == nil {
		return append(out, e.taking(function, place{"VpcConfig"}))
	}
	config := object{"SubnetIds": c["Subnets"], "SecurityGroupIds": []any{c["Group"]}}
	return append(out,
		e.puttingAs(function, place{"VpcConfig", "SubnetIds"}, c["Subnets"], "put "+function+" into "+strings.Join(targets(c["Subnets"]), ", ")),
		e.puttingAs(function, place{"VpcConfig", "SecurityGroupIds"}, []any{c["Group"]}, "give "+function+" the security group "+target(c["Group"])),
		e.setting(function, "VpcConfig", config, "put "+function+" into "+strings.Join(targets(c["Subnets"]), ", ")))
}

// placeOf is where a function is, as wantedPlace says it.
func (e *evidence) placeOf(function string) any {
	config, _ := e.properties(function)["VpcConfig"].(object)
	return []any{config["SubnetIds"], config["SecurityGroupIds"]}
}

// wantedPlace is where a claim wants a function.
func wantedPlace(c object) any {
	if c["Subnets"] == nil {
		return []any{nil, nil}
	}
	return []any{c["Subnets"], []any{c["Group"]}}
}

// removingAll removes several resources, of which the first that was spoken of is named.
func (e *evidence) removingAll(spoken, ids []string) change {
	c := e.removing(ids[0])
	if len(spoken) > 0 {
		c.resource, c.typ = spoken[0], e.typeOf(spoken[0])
	}
	c.words = "remove what comes after the proof: " + strings.Join(ids, ", ")
	c.apply = func(d document) bool {
		for _, id := range ids {
			if d.resource(id) != nil && !d.remove(id) {
				return false
			}
		}
		return true
	}
	return c
}

// unaddressed takes public addresses away.
func (e *evidence) unaddressed(seen string) []change {
	var out []change
	for _, id := range e.named(seen) {
		for _, user := range e.users(id, "AWS::EC2::EIP", "AWS::EC2::EIPAssociation") {
			out = append(out, e.removing(user))
		}
		walk(e.properties(id), nil, func(at place, v any) {
			if last := at[len(at)-1]; last == "AssociatePublicIpAddress" || last == "MapPublicIpOnLaunch" {
				out = append(out, e.putting(id, at, false))
			}
		})
		for _, subnet := range e.ofType(subnetType) {
			if mentions(e.properties(id), subnet) {
				out = append(out, e.setting(subnet, "MapPublicIpOnLaunch", false, ""))
			}
		}
	}
	return out
}

// unredirected takes away what answers for names in AWS's place.
func (e *evidence) unredirected(c object, seen string) []change {
	var out []change
	for _, id := range e.named(seen) {
		if !e.wanted[id] {
			out = append(out, e.removing(id))
		}
	}
	for _, subnet := range targets(c["Subnets"]) {
		for _, vpc := range targets(e.properties(subnet)["VpcId"]) {
			for _, id := range e.users(vpc, "AWS::EC2::VPCDHCPOptionsAssociation", "AWS::Route53::HostedZone",
				"AWS::Route53Resolver::ResolverRuleAssociation", "AWS::Route53Resolver::FirewallRuleGroupAssociation", "AWS::Route53Profiles::ProfileAssociation") {
				out = append(out, e.removing(id))
			}
		}
	}
	return out
}

// last lets the proof wait for what it could not see.
func (e *evidence) last(seen string) []change {
	var out []change
	for _, id := range e.named(seen) {
		for _, p := range e.ofType(contract.ResourceType) {
			if id == p {
				continue
			}
			out = append(out, change{id, e.typeOf(id), "", "let " + p + " depend on " + id, func(d document) bool {
				r := d.resource(id)
				r["DependsOn"] = without(r["DependsOn"], p)
				d.depend(p, id)
				return true
			}})
		}
	}
	return out
}

// unseen removes all that the proofs could not see, if that is more than one resource.
func (e *evidence) unseen(seen string) []change {
	text, err := json.Marshal(e.document)
	if err != nil {
		return nil
	}
	parsed, err := template.Parse(text)
	if err != nil {
		return nil
	}
	ids := sortedKeys(parsed.Unseen(contract.ResourceType))
	if len(ids) < 2 {
		return nil
	}
	return []change{e.removingAll(e.named(seen), ids)}
}
