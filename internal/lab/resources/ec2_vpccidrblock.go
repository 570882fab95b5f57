package resources

import (
	"context"
	"fmt"
	"net/netip"

	"provenendpoints/internal/lab/awsid"
	"provenendpoints/internal/lab/cfn"
)

func init() { register("AWS::EC2::VPCCidrBlock", (*Resources).vpcCidrBlockType) }

type vpcCidrBlockProps struct {
	VpcId                       string `cfn:"required,replace"`
	CidrBlock                   string `cfn:"replace"`
	Ipv4IpamPoolId              string `cfn:"replace"` // with CidrBlock or Ipv4NetmaskLength
	Ipv4NetmaskLength           int    `cfn:"replace"`
	AmazonProvidedIpv6CidrBlock *bool  `cfn:"replace"`
}

// validateVPCCidrBlock wants one block. An IPv6 block of one's own is not supported.
func validateVPCCidrBlock(p map[string]any) cfn.Findings {
	given := countGiven(p, "CidrBlock", "AmazonProvidedIpv6CidrBlock")
	if pool := countGiven(p, "Ipv4IpamPoolId"); given+pool == 0 || given > 1 || pool+countGiven(p, "AmazonProvidedIpv6CidrBlock") > 1 {
		return cfn.Findings{"exactly one of CidrBlock, Ipv4IpamPoolId and AmazonProvidedIpv6CidrBlock is needed; CidrBlock and Ipv4IpamPoolId go together"}
	}
	if text, ok := cfn.Literal(p["AmazonProvidedIpv6CidrBlock"]); ok && text != "true" {
		return cfn.Findings{fmt.Sprintf("property AmazonProvidedIpv6CidrBlock: only true is supported, got %s", text)}
	}
	return nil
}

// vpcCidrBlockType is AWS::EC2::VPCCidrBlock: a further IPv4 block of a VPC, or an IPv6
// block of Amazon's. Its physical id ends in the block.
func (r *Resources) vpcCidrBlockType() cfn.Definition[vpcCidrBlockProps] {
	return cfn.Definition[vpcCidrBlockProps]{
		Attributes: []string{"Id"},
		Validate:   validateVPCCidrBlock,
		Create: func(_ context.Context, c cfn.TypedRequest[vpcCidrBlockProps]) (cfn.Result, error) {
			var block netip.Prefix
			var err error
			user := resourceKey(c.Request)
			if block, err = r.vpcBlock(user, c.Props.CidrBlock, c.Props.Ipv4IpamPoolId, c.Props.Ipv4NetmaskLength); err != nil {
				return cfn.Result{}, err
			}
			if block, err = r.Network.VPCs().AddCIDR(c.Props.VpcId, block); err != nil {
				r.ipamPools.Release(c.Props.Ipv4IpamPoolId, user)
				return cfn.Result{}, err
			}
			id := awsid.EC2("vpc-cidr-assoc-", c.Props.VpcId, block.String())
			return cfn.Result{PhysicalID: id, Attributes: map[string]any{"Id": id}}, nil
		},
		Delete: func(ctx context.Context, c cfn.TypedRequest[vpcCidrBlockProps]) error {
			defer r.ipamPools.Release(c.Props.Ipv4IpamPoolId, resourceKey(c.Request))
			v, err := r.Network.VPCs().Get(c.Props.VpcId)
			if err != nil {
				return ignoreGone(err)
			}
			for _, block := range append(v.CIDRs, v.IPv6CIDRs...) {
				if awsid.EC2("vpc-cidr-assoc-", v.ID, block.String()) == c.PhysicalID {
					return r.removing(ctx, func() error { return r.Network.VPCs().RemoveCIDR(v.ID, block) })
				}
			}
			return nil
		},
	}
}
