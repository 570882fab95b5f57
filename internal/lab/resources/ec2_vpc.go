package resources

import (
	"context"
	"net/netip"

	"provenendpoints/internal/lab/awsid"
	"provenendpoints/internal/lab/cfn"
	"provenendpoints/internal/lab/vpc"
)

func init() { register("AWS::EC2::VPC", (*Resources).vpcType) }

type vpcProps struct {
	CidrBlock          string `cfn:"required,replace"`
	EnableDnsSupport   *bool
	EnableDnsHostnames *bool
	InstanceTenancy    string   `cfn:"inert,only=default|dedicated"` // on which hardware instances run
	Tags               cfn.Tags `cfn:"inert"`                        // names for people; no policy here looks at tags
}

// dns are the DNS attributes, with CreateVpc's defaults
// (docs.aws.amazon.com/vpc/latest/userguide/AmazonDNS-concepts.html).
func (p vpcProps) dns() (support, hostnames bool) {
	return valueOr(p.EnableDnsSupport, true), valueOr(p.EnableDnsHostnames, false)
}

// vpcType is AWS::EC2::VPC.
func (r *Resources) vpcType() cfn.Definition[vpcProps] {
	return cfn.Definition[vpcProps]{
		Attributes: []string{"VpcId", "CidrBlock", "CidrBlockAssociations", "DefaultNetworkAcl", "DefaultSecurityGroup", "Ipv6CidrBlocks"},
		Create: func(_ context.Context, c cfn.TypedRequest[vpcProps]) (cfn.Result, error) {
			block, err := parseCIDR("CidrBlock", c.Props.CidrBlock)
			if err != nil {
				return cfn.Result{}, err
			}
			id := r.id("vpc-", c.Request)
			v := vpc.VPC{ID: id, CIDRs: []netip.Prefix{block}, MainTable: awsid.Derived("rtb-", id), DefaultGroup: awsid.Derived("sg-", id), DefaultACL: awsid.Derived("acl-", id)}
			v.DNSSupport, v.DNSHostnames = c.Props.dns()
			if err := r.Network.VPCs().Create(v); err != nil {
				return cfn.Result{}, err
			}
			return cfn.Result{PhysicalID: id, Attributes: map[string]any{
				"VpcId":                 id,
				"CidrBlock":             block.String(),
				"CidrBlockAssociations": []any{awsid.Derived("vpc-cidr-assoc-", id)},
				"DefaultNetworkAcl":     v.DefaultACL,
				"DefaultSecurityGroup":  v.DefaultGroup,
				"Ipv6CidrBlocks":        cfn.Live(func() any { return r.ipv6Blocks(id) }),
			}}, nil
		},
		Update: func(_ context.Context, c cfn.TypedRequest[vpcProps]) (cfn.Result, error) {
			support, hostnames := c.Props.dns()
			return cfn.Result{}, r.Network.VPCs().Modify(c.PhysicalID, support, hostnames)
		},
		Read: func(_ context.Context, c cfn.TypedRequest[vpcProps]) (vpcProps, error) {
			v, err := r.Network.VPCs().Get(c.PhysicalID)
			p := c.Props
			p.EnableDnsSupport, p.EnableDnsHostnames = optional(p.EnableDnsSupport, v.DNSSupport), optional(p.EnableDnsHostnames, v.DNSHostnames)
			return p, err
		},
		Delete: func(ctx context.Context, c cfn.TypedRequest[vpcProps]) error {
			return r.remove(ctx, c.PhysicalID, r.Network.VPCs().Delete)
		},
	}
}

// ipv6Blocks are the IPv6 blocks that a VPC has by now: resources of their own bring
// them.
func (r *Resources) ipv6Blocks(vpcID string) any {
	blocks := []any{}
	v, err := r.Network.VPCs().Get(vpcID)
	if err != nil {
		return blocks
	}
	for _, block := range v.IPv6CIDRs {
		blocks = append(blocks, block.String())
	}
	return blocks
}
