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
	CidrBlock          string `cfn:"replace"`
	Ipv4IpamPoolId     string `cfn:"replace"` // with CidrBlock or Ipv4NetmaskLength
	Ipv4NetmaskLength  int    `cfn:"replace"`
	EnableDnsSupport   *bool
	EnableDnsHostnames *bool
	InstanceTenancy    string   `cfn:"inert,only=default|dedicated"` // on which hardware instances run
	Tags               cfn.Tags `cfn:"inert"`                        // names for people; no policy here looks at tags
}

// validateVPC wants a block, or a pool to take one from
// (docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ec2-vpc.html).
func validateVPC(p map[string]any) cfn.Findings {
	if countGiven(p, "CidrBlock", "Ipv4IpamPoolId") == 0 {
		return cfn.Findings{"either CidrBlock or Ipv4IpamPoolId is needed"}
	}
	return nil
}

// vpcBlock is the block of a VPC: the given one, or one of an IPAM pool.
func (r *Resources) vpcBlock(user, given, pool string, length int) (netip.Prefix, error) {
	block, err := optionalCIDR("CidrBlock", given)
	if err != nil || pool == "" {
		return block, err
	}
	return r.ipamPools.Allocate(pool, user, block, length)
}

// dns are the DNS attributes, with CreateVpc's defaults
// (docs.aws.amazon.com/vpc/latest/userguide/AmazonDNS-concepts.html).
func (p vpcProps) dns() (support, hostnames bool) {
	return valueOr(p.EnableDnsSupport, true), valueOr(p.EnableDnsHostnames, false)
}

// vpcType is AWS::EC2::VPC.
func (r *Resources) vpcType() cfn.Definition[vpcProps] {
	return cfn.Definition[vpcProps]{
		Validate:   validateVPC,
		Attributes: []string{"VpcId", "CidrBlock", "CidrBlockAssociations", "DefaultNetworkAcl", "DefaultSecurityGroup", "Ipv6CidrBlocks"},
		Create: func(_ context.Context, c cfn.TypedRequest[vpcProps]) (cfn.Result, error) {
			id := r.id("vpc-", c.Request)
			block, err := r.vpcBlock(id, c.Props.CidrBlock, c.Props.Ipv4IpamPoolId, c.Props.Ipv4NetmaskLength)
			if err != nil {
				return cfn.Result{}, err
			}
			v := vpc.VPC{ID: id, CIDRs: []netip.Prefix{block}, MainTable: awsid.Derived("rtb-", id), DefaultGroup: awsid.Derived("sg-", id), DefaultACL: awsid.Derived("acl-", id)}
			v.DNSSupport, v.DNSHostnames = c.Props.dns()
			if err := r.Network.VPCs().Create(v); err != nil {
				r.ipamPools.Release(c.Props.Ipv4IpamPoolId, id)
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
			if err := r.remove(ctx, c.PhysicalID, r.Network.VPCs().Delete); err != nil {
				return err
			}
			r.ipamPools.Release(c.Props.Ipv4IpamPoolId, c.PhysicalID)
			return nil
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
