package resources

import (
	"encoding/json"
	"slices"

	"provenendpoints/internal/lab/awserr"
	"provenendpoints/internal/lab/cfn"
	"provenendpoints/internal/lab/iam"
	"provenendpoints/internal/lab/vpc"
)

// This file is what the types' Read functions share: they say what became of a resource that
// calls can change. See [cfn.Definition].

// errGone says that a resource is gone.
var errGone = awserr.New("ResourceNotFoundException", "the resource does not exist")

// find finds one of a list.
func find[T any](all []T, is func(T) bool) (T, error) {
	if at := slices.IndexFunc(all, is); at >= 0 {
		return all[at], nil
	}
	var none T
	return none, errGone
}

// there is a resource of which nothing can change but whether it is there.
func there[P any](c cfn.TypedRequest[P], is bool) (P, error) {
	if !is {
		return c.Props, errGone
	}
	return c.Props, nil
}

// document is a policy document as it is now: the given one, if it means the same.
func document(given any, now iam.Policy) any {
	if p, err := iam.Parse(given); err == nil && p.Text() == now.Text() {
		return given
	}
	var out any
	_ = json.Unmarshal([]byte(now.Text()), &out) // it has just been written
	return out
}

// optional is a property that is read where it is set.
func optional[T any](given *T, now T) *T {
	if given == nil {
		return nil
	}
	return &now
}

// ruled are the rules of a group as its properties say them: the given ones that are there, and
// further ones but those that resources of their own have made.
func ruled[R any](given []R, now []vpc.Rule, own []vpc.Rule, of func(R) (vpc.Rule, error), as func(vpc.Rule) R) ([]R, error) {
	var out []R
	left := slices.Clone(now)
	take := func(rule vpc.Rule) bool {
		at := slices.Index(left, rule)
		if at >= 0 {
			left = slices.Delete(left, at, at+1)
		}
		return at >= 0
	}
	for _, g := range given {
		rule, err := of(g)
		if err != nil {
			return nil, err
		}
		if take(rule) {
			out = append(out, g)
		}
	}
	for _, rule := range own {
		take(rule)
	}
	for _, rule := range left {
		out = append(out, as(rule))
	}
	return out, nil
}

// blocks are a rule's block as the two properties have it.
func (i *ingressRule) block(r vpc.Rule) { i.CidrIp, i.CidrIpv6 = blockTexts(r) }

func blockTexts(r vpc.Rule) (v4, v6 string) {
	switch {
	case !r.CIDR.IsValid():
	case r.CIDR.Addr().Is6():
		v6 = r.CIDR.String()
	default:
		v4 = r.CIDR.String()
	}
	return v4, v6
}

// portsOf are a rule's ports; none where it is about all protocols.
func portsOf(r vpc.Rule) (from, to *int) {
	if r.Protocol == "-1" {
		return nil, nil
	}
	return &r.FromPort, &r.ToPort
}

func asIngress(r vpc.Rule) ingressRule {
	out := ingressRule{IpProtocol: r.Protocol, SourceSecurityGroupId: r.Group, SourcePrefixListId: r.PrefixList, Description: r.Description}
	out.FromPort, out.ToPort = portsOf(r)
	out.block(r)
	return out
}

func asEgress(r vpc.Rule) egressRule {
	out := egressRule{IpProtocol: r.Protocol, DestinationSecurityGroupId: r.Group, DestinationPrefixListId: r.PrefixList, Description: r.Description}
	out.FromPort, out.ToPort = portsOf(r)
	out.CidrIp, out.CidrIpv6 = blockTexts(r)
	return out
}

// besides are the properties of the other resources of a stack of a type.
func besides[P any](all []cfn.ResourceInfo, typ string) []P {
	var out []P
	for _, info := range all {
		if info.Type != typ {
			continue
		}
		if p, err := cfn.Decode[P](info.Properties); err == nil {
			out = append(out, p)
		}
	}
	return out
}
