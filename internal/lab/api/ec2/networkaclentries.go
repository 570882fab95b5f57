package ec2

import (
	"context"
	"net/netip"
	"strconv"

	"provenendpoints/internal/lab/api"
	"provenendpoints/internal/lab/awserr"
	"provenendpoints/internal/lab/vpc"
)

// The calls that change the entries of a network ACL
// (docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateNetworkAclEntry.html and its
// siblings).
func init() {
	whole := []string{"NetworkAclId", "RuleNumber", "Protocol", "RuleAction", "Egress"}
	for name, op := range map[string]struct {
		required []string
		run      func(vpc.NetworkACLs, string, vpc.ACLEntry) error
	}{
		"CreateNetworkAclEntry":  {whole, vpc.NetworkACLs.CreateEntry},
		"ReplaceNetworkAclEntry": {whole, vpc.NetworkACLs.ReplaceEntry},
		"DeleteNetworkAclEntry": {[]string{"NetworkAclId", "RuleNumber", "Egress"}, func(l vpc.NetworkACLs, acl string, e vpc.ACLEntry) error {
			return l.DeleteEntry(acl, e.Number, e.Egress)
		}},
	} {
		ec2.Register(api.QueryOperation[account]{
			Name: name, Validate: needs(op.required...),
			Parameters: append(whole, "CidrBlock", "Ipv6CidrBlock", "PortRange.From", "PortRange.To", "Icmp.Type", "Icmp.Code"),
			Resource:   arnOf("network-acl", "NetworkAclId"),
			Run: func(_ context.Context, a account, r *api.Request) (any, error) {
				e, err := aclEntry(r, len(op.required) == len(whole))
				if err != nil {
					return nil, err
				}
				return changed{}, op.run(a.network.NetworkACLs(), r.Form.Get("NetworkAclId"), e)
			},
		})
	}
}

// aclEntry reads an entry, or only what names it.
func aclEntry(r *api.Request, whole bool) (vpc.ACLEntry, error) {
	e := vpc.ACLEntry{Egress: r.Form.Get("Egress") == "true", Allow: r.Form.Get("RuleAction") == "allow"}
	number := func(name string, into *int) error {
		n, err := strconv.Atoi(r.Form.Get(name))
		if err != nil {
			return awserr.New("InvalidParameterValue", "Value (%s) for parameter %s is invalid: a number is wanted", r.Form.Get(name), name)
		}
		*into = n
		return nil
	}
	if err := number("RuleNumber", &e.Number); err != nil || !whole {
		return e, err
	}
	if err := number("Protocol", &e.Protocol); err != nil {
		return e, err
	}
	block, err := netip.ParsePrefix(r.Form.Get("CidrBlock") + r.Form.Get("Ipv6CidrBlock"))
	if err != nil {
		return e, awserr.New("InvalidParameterValue", "CIDR block %s is malformed", r.Form.Get("CidrBlock")+r.Form.Get("Ipv6CidrBlock"))
	}
	e.CIDR = block.Masked()
	switch e.Protocol {
	case 6, 17:
		if err := number("PortRange.From", &e.FromPort); err != nil {
			return e, err
		}
		return e, number("PortRange.To", &e.ToPort)
	case 1, 58:
		if err := number("Icmp.Type", &e.Type); err != nil {
			return e, err
		}
		return e, number("Icmp.Code", &e.Code)
	}
	return e, nil
}
