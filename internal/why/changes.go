package why

import (
	"fmt"
	"maps"
	"slices"

	"provenendpoints/internal/template"
)

// change is one change of a template.
type change struct {
	// resource, typ and property are what is changed, words says how.
	resource, typ, property, words string
	// apply makes the change; it is false where it cannot be made.
	apply func(document) bool
}

// setting sets a property of a resource.
func (e *evidence) setting(id, property string, value any, words string) change {
	if words == "" {
		words = fmt.Sprintf("%s of %s is %s", property, id, brief(value))
	}
	return change{id, e.typeOf(id), property, words, func(d document) bool {
		p := d.properties(id)
		if p == nil || same(p[property], value) {
			return false
		}
		p[property] = template.Clone(value)
		return true
	}}
}

// removing removes a resource, with what cannot be without it and what is there for it
// alone.
func (e *evidence) removing(id string) change {
	keep := func(other string) bool { return e.wanted[other] }
	return change{id, e.typeOf(id), "", "remove " + id, func(d document) bool { return d.removeWhole(id, keep) }}
}

// adding adds a resource. name begins its logical id.
func adding(name, typ string, p object, words string) change {
	return change{name, typ, "", words, func(d document) bool {
		for _, id := range d.ofType(typ) {
			if same(d.properties(id), p) {
				return false
			}
		}
		d.add(name, typ, p)
		return true
	}}
}

// appending adds an element to a list of a resource.
func (e *evidence) appending(id, property string, value any, words string) change {
	return change{id, e.typeOf(id), property, words, func(d document) bool {
		p := d.properties(id)
		if p == nil {
			return false
		}
		list, _ := p[property].([]any)
		if slices.ContainsFunc(list, func(v any) bool { return same(v, value) }) {
			return false
		}
		p[property] = append(slices.Clone(list), template.Clone(value))
		return true
	}}
}

// configures are the types of the resources that configure one of a type.
var configures = map[string][]string{
	"AWS::EC2::RouteTable":                             {"AWS::EC2::Route", "AWS::EC2::SubnetRouteTableAssociation", "AWS::EC2::VPNGatewayRoutePropagation", "AWS::EC2::VPCEndpoint"},
	"AWS::EC2::Subnet":                                 {"AWS::EC2::SubnetRouteTableAssociation", "AWS::EC2::SubnetNetworkAclAssociation"},
	"AWS::EC2::SecurityGroup":                          {"AWS::EC2::SecurityGroupIngress", "AWS::EC2::SecurityGroupEgress"},
	"AWS::EC2::NetworkAcl":                             {"AWS::EC2::NetworkAclEntry", "AWS::EC2::SubnetNetworkAclAssociation"},
	"AWS::EC2::VPC":                                    {"AWS::EC2::VPCGatewayAttachment", "AWS::EC2::VPCDHCPOptionsAssociation"},
	"AWS::EC2::VPCEndpointService":                     {"AWS::EC2::VPCEndpointServicePermissions"},
	"AWS::IAM::Role":                                   {"AWS::IAM::Policy", "AWS::IAM::ManagedPolicy", "AWS::IAM::RolePolicy"},
	"AWS::S3::Bucket":                                  {"AWS::S3::BucketPolicy"},
	"AWS::ElasticLoadBalancingV2::LoadBalancer":        {"AWS::ElasticLoadBalancingV2::Listener"},
	"AWS::ElasticLoadBalancingV2::TargetGroup":         {"AWS::ElasticLoadBalancingV2::Listener"},
	"AWS::EC2::Instance":                               {"AWS::EC2::EIP", "AWS::EC2::EIPAssociation"},
	"AWS::EC2::VPCPeeringConnection":                   {"AWS::EC2::Route"},
	"AWS::EC2::InternetGateway":                        {"AWS::EC2::Route", "AWS::EC2::VPCGatewayAttachment"},
	"AWS::EC2::NatGateway":                             {"AWS::EC2::Route"},
	"AWS::EC2::TransitGateway":                         {"AWS::EC2::Route"},
	"AWS::ElasticLoadBalancingV2::ListenerRule":        {},
	"AWS::Route53Resolver::FirewallRuleGroup":          {"AWS::Route53Resolver::FirewallRuleGroupAssociation"},
	"AWS::Route53Resolver::ResolverRule":               {"AWS::Route53Resolver::ResolverRuleAssociation"},
	"AWS::Lambda::Function":                            {"AWS::Lambda::Permission"},
	"AWS::EC2::PrefixList":                             {"AWS::EC2::Route"},
	"AWS::EC2::DHCPOptions":                            {"AWS::EC2::VPCDHCPOptionsAssociation"},
	"AWS::Lambda::Alias":                               {"AWS::Lambda::Permission"},
	"AWS::ElasticLoadBalancingV2::ListenerCertificate": {},
}

// policies are the properties that hold policies.
var policies = []string{"PolicyDocument", "AssumeRolePolicyDocument"}

// around are the changes of a resource and of those that configure it: flags turned,
// references to others of the same type, elements of lists and properties removed.
func (e *evidence) around(id string) []change {
	var turned, pointed, cut []change
	for _, r := range append([]string{id}, e.users(id, configures[e.typeOf(id)]...)...) {
		walk(e.properties(r), nil, func(at place, v any) {
			if at[0] == "Claims" || at[0] == "Tags" || at[0] == "Description" {
				return
			}
			switch v {
			case true, false:
				turned = append(turned, e.putting(r, at, v == false))
			case "Deny":
				turned = append(turned, e.putting(r, at, "Allow"))
			case "true", "false":
				turned = append(turned, e.putting(r, at, map[any]string{"true": "false", "false": "true"}[v]))
			}
			if slices.Contains(policies, fmt.Sprint(at[0])) {
				return // who may do what is found by kind and by denial
			}
			if to := target(v); to != "" && e.typeOf(to) != "" {
				for _, other := range e.ofType(e.typeOf(to)) {
					if other != to && other != r {
						pointed = append(pointed, e.putting(r, at, repoint(v, other)))
					}
				}
			}
			if _, listed := at[len(at)-1].(int); listed {
				cut = append(cut, e.taking(r, at))
			}
		})
		if r != id && !e.wanted[r] {
			cut = append(cut, e.removing(r))
		}
	}
	return slices.Concat(turned, pointed, cut)
}

// repoint is a reference to another resource.
func repoint(v any, to string) any {
	o := template.Clone(v).(object)
	if _, ok := o["Ref"]; ok {
		return ref(to)
	}
	if at, ok := o["Fn::GetAtt"].([]any); ok {
		at[0] = to
	}
	return o
}

// putting puts another value at a place in a resource's properties.
func (e *evidence) putting(id string, at place, value any) change {
	return change{id, e.typeOf(id), at.String(), fmt.Sprintf("%s of %s is %s", at, id, brief(value)), func(d document) bool {
		return at.edit(d.properties(id), func(any) (any, bool) { return template.Clone(value), true })
	}}
}

// taking removes what is at a place in a resource's properties.
func (e *evidence) taking(id string, at place) change {
	return change{id, e.typeOf(id), at.String(), fmt.Sprintf("remove %s of %s", at, id), func(d document) bool {
		return at.edit(d.properties(id), func(any) (any, bool) { return nil, false })
	}}
}

// place is a place inside a resource's properties: names and indexes.
type place []any

// String is such as PolicyDocument.Statement[0].Action.
func (p place) String() string {
	text := ""
	for _, step := range p {
		switch step := step.(type) {
		case int:
			text += fmt.Sprintf("[%d]", step)
		case string:
			if text != "" {
				text += "."
			}
			text += step
		}
	}
	return text
}

// edit changes what is at the place; it is removed where to returns false.
func (p place) edit(root any, to func(any) (value any, keep bool)) bool {
	if root == nil {
		return false
	}
	_, ok := p.within(root, to)
	return ok
}

func (p place) within(v any, to func(any) (any, bool)) (any, bool) {
	switch step := p[0].(type) {
	case string:
		o, ok := v.(object)
		if !ok {
			return v, false
		}
		if len(p) > 1 {
			o[step], ok = p[1:].within(o[step], to)
			return o, ok
		}
		if value, keep := to(o[step]); keep {
			o[step] = value
		} else {
			delete(o, step)
		}
		return o, true
	case int:
		list, ok := v.([]any)
		if !ok || step >= len(list) {
			return v, false
		}
		if len(p) > 1 {
			list[step], ok = p[1:].within(list[step], to)
			return list, ok
		}
		if value, keep := to(list[step]); keep {
			list[step] = value
			return list, true
		}
		return slices.Delete(list, step, step+1), true
	}
	return v, false
}

// walk visits every place below a value, but not inside intrinsic functions.
func walk(v any, at place, visit func(place, any)) {
	if len(at) > 0 {
		visit(at, v)
	}
	switch v := v.(type) {
	case object:
		if isIntrinsic(v) {
			return
		}
		for _, key := range slices.Sorted(maps.Keys(v)) {
			walk(v[key], append(slices.Clone(at), key), visit)
		}
	case []any:
		for i, inner := range v {
			walk(inner, append(slices.Clone(at), i), visit)
		}
	}
}

// brief is a value for people.
func brief(v any) string {
	if id := target(v); id != "" {
		return id
	}
	switch v := v.(type) {
	case object, []any:
		text := jsonOf(v)
		if len(text) > 160 {
			return "what the claim says"
		}
		return text
	}
	return fmt.Sprint(v)
}
