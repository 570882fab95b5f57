package resources

import (
	"context"
	"fmt"

	"provenendpoints/internal/lab/awserr"
	"provenendpoints/internal/lab/cfn"
	"provenendpoints/internal/lab/vpc"
)

func init() { register("AWS::EC2::NetworkAclEntry", (*Resources).networkACLEntryType) }

type networkACLEntryProps struct {
	NetworkAclId  string `cfn:"required,replace"`
	RuleNumber    int    `cfn:"required,replace"`
	Egress        bool   `cfn:"replace"`
	Protocol      int    `cfn:"required"`
	RuleAction    string `cfn:"required"`
	CidrBlock     string
	Ipv6CidrBlock string
	PortRange     *aclPorts
	Icmp          *aclICMP
}

type aclPorts struct {
	From *int `cfn:"required"`
	To   *int `cfn:"required"`
}

type aclICMP struct {
	Type *int `cfn:"required"`
	Code *int `cfn:"required"`
}

// validateACLEntry checks what the template writes out.
func validateACLEntry(p map[string]any) cfn.Findings {
	f := between(p, "RuleNumber", 1, 32766)
	if action, ok := cfn.Literal(p["RuleAction"]); ok && action != "" && action != "allow" && action != "deny" {
		f = append(f, fmt.Sprintf("property RuleAction: want allow or deny, got %q", action))
	}
	if countGiven(p, "CidrBlock", "Ipv6CidrBlock") != 1 {
		f = append(f, "exactly one of CidrBlock and Ipv6CidrBlock is needed")
	}
	return f
}

// entry is the entry that the properties describe. TCP and UDP need ports, ICMP a
// type and a code
// (docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ec2-networkaclentry.html).
func (p networkACLEntryProps) entry() (vpc.ACLEntry, error) {
	e := vpc.ACLEntry{Number: p.RuleNumber, Egress: p.Egress, Allow: p.RuleAction == "allow", Protocol: p.Protocol}
	block, err := parseCIDR("CidrBlock", p.CidrBlock+p.Ipv6CidrBlock)
	if err != nil {
		return e, err
	}
	e.CIDR = block.Masked()
	switch p.Protocol {
	case 6, 17:
		if p.PortRange == nil {
			return e, awserr.New("MissingParameter", "The request must contain the parameter portRange for protocol %d", p.Protocol)
		}
		e.FromPort, e.ToPort = *p.PortRange.From, *p.PortRange.To
	case 1, 58:
		if p.Icmp == nil {
			return e, awserr.New("MissingParameter", "The request must contain the parameter icmpTypeCode for protocol %d", p.Protocol)
		}
		e.Type, e.Code = *p.Icmp.Type, *p.Icmp.Code
	}
	return e, nil
}

// networkACLEntryType is AWS::EC2::NetworkAclEntry.
func (r *Resources) networkACLEntryType() cfn.Definition[networkACLEntryProps] {
	return cfn.Definition[networkACLEntryProps]{
		Attributes: []string{"Id"},
		Validate:   validateACLEntry,
		Create: func(_ context.Context, c cfn.TypedRequest[networkACLEntryProps]) (cfn.Result, error) {
			e, err := c.Props.entry()
			if err != nil {
				return cfn.Result{}, err
			}
			if err := r.Network.NetworkACLs().CreateEntry(c.Props.NetworkAclId, e); err != nil {
				return cfn.Result{}, err
			}
			id := r.name(c.Request, 64)
			return cfn.Result{PhysicalID: id, Attributes: map[string]any{"Id": id}}, nil
		},
		Update: func(_ context.Context, c cfn.TypedRequest[networkACLEntryProps]) (cfn.Result, error) {
			e, err := c.Props.entry()
			if err != nil {
				return cfn.Result{}, err
			}
			return cfn.Result{}, r.Network.NetworkACLs().ReplaceEntry(c.Props.NetworkAclId, e)
		},
		Read: func(_ context.Context, c cfn.TypedRequest[networkACLEntryProps]) (networkACLEntryProps, error) {
			acl, err := find(r.Network.NetworkACLs().All(), func(a vpc.NetworkACL) bool { return a.ID == c.Props.NetworkAclId })
			if err != nil {
				return c.Props, err
			}
			now, err := find(acl.Entries, func(e vpc.ACLEntry) bool { return e.Number == c.Props.RuleNumber && e.Egress == c.Props.Egress })
			if wanted, bad := c.Props.entry(); err != nil || bad == nil && wanted == now {
				return c.Props, err
			}
			return c.Props.with(now), nil
		},
		Delete: func(ctx context.Context, c cfn.TypedRequest[networkACLEntryProps]) error {
			return r.removing(ctx, func() error {
				return r.Network.NetworkACLs().DeleteEntry(c.Props.NetworkAclId, c.Props.RuleNumber, c.Props.Egress)
			})
		},
	}
}

// with are the properties of an entry as it is.
func (p networkACLEntryProps) with(now vpc.ACLEntry) networkACLEntryProps {
	p.Protocol, p.RuleAction = now.Protocol, "deny"
	if now.Allow {
		p.RuleAction = "allow"
	}
	p.CidrBlock, p.Ipv6CidrBlock = now.CIDR.String(), ""
	if now.CIDR.Addr().Is6() {
		p.CidrBlock, p.Ipv6CidrBlock = "", now.CIDR.String()
	}
	switch p.PortRange, p.Icmp = nil, nil; now.Protocol {
	case 6, 17:
		p.PortRange = &aclPorts{&now.FromPort, &now.ToPort}
	case 1, 58:
		p.Icmp = &aclICMP{&now.Type, &now.Code}
	}
	return p
}
