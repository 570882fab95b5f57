package resources

import (
	"context"
	"fmt"
	"net/netip"

	"provenendpoints/internal/lab/cfn"
	"provenendpoints/internal/lab/vpc"
)

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
	return or(p.EnableDnsSupport, true), or(p.EnableDnsHostnames, false)
}

// vpcType is AWS::EC2::VPC.
func (r *Resources) vpcType() cfn.ResourceType {
	return cfn.Define(cfn.Kind[vpcProps]{
		Attributes: []string{"VpcId", "CidrBlock", "CidrBlockAssociations", "DefaultNetworkAcl", "DefaultSecurityGroup", "Ipv6CidrBlocks"},
		Create: func(_ context.Context, c cfn.Call[vpcProps]) (cfn.Result, error) {
			block, err := prefix("CidrBlock", c.Props.CidrBlock)
			if err != nil {
				return cfn.Result{}, err
			}
			id := r.id("vpc-", c.Request)
			v := vpc.VPC{ID: id, CIDRs: []netip.Prefix{block}, MainTable: derived("rtb-", id), DefaultGroup: derived("sg-", id)}
			v.DNSSupport, v.DNSHostnames = c.Props.dns()
			if err := r.Network.CreateVPC(v); err != nil {
				return cfn.Result{}, err
			}
			return cfn.Result{PhysicalID: id, Attributes: map[string]any{
				"VpcId":                 id,
				"CidrBlock":             block.String(),
				"CidrBlockAssociations": []any{derived("vpc-cidr-assoc-", id)},
				"DefaultNetworkAcl":     derived("acl-", id),
				"DefaultSecurityGroup":  v.DefaultGroup,
				"Ipv6CidrBlocks":        []any{},
			}}, nil
		},
		Update: func(_ context.Context, c cfn.Call[vpcProps]) (cfn.Result, error) {
			support, hostnames := c.Props.dns()
			return cfn.Result{}, r.Network.ModifyVPC(c.PhysicalID, support, hostnames)
		},
		Delete: func(ctx context.Context, c cfn.Call[vpcProps]) error {
			return r.remove(ctx, c.PhysicalID, r.Network.DeleteVPC)
		},
	})
}

type subnetProps struct {
	VpcId               string `cfn:"required,replace"`
	CidrBlock           string `cfn:"required,replace"`
	AvailabilityZone    string `cfn:"replace"`
	MapPublicIpOnLaunch *bool
	Tags                cfn.Tags `cfn:"inert"` // names for people
}

// subnetType is AWS::EC2::Subnet.
func (r *Resources) subnetType() cfn.ResourceType {
	return cfn.Define(cfn.Kind[subnetProps]{
		Attributes: []string{"SubnetId", "AvailabilityZone", "CidrBlock", "VpcId", "Ipv6CidrBlocks", "NetworkAclAssociationId"},
		Create: func(_ context.Context, c cfn.Call[subnetProps]) (cfn.Result, error) {
			block, err := prefix("CidrBlock", c.Props.CidrBlock)
			if err != nil {
				return cfn.Result{}, err
			}
			id := r.id("subnet-", c.Request)
			err = r.Network.CreateSubnet(vpc.Subnet{
				ID: id, VPC: c.Props.VpcId, CIDR: block, Zone: c.Props.AvailabilityZone,
				MapPublic: or(c.Props.MapPublicIpOnLaunch, false),
			})
			if err != nil {
				return cfn.Result{}, err
			}
			s, err := r.Network.Subnet(id)
			return cfn.Result{PhysicalID: id, Attributes: map[string]any{
				"SubnetId":                id,
				"AvailabilityZone":        s.Zone,
				"CidrBlock":               block.String(),
				"VpcId":                   s.VPC,
				"Ipv6CidrBlocks":          []any{},
				"NetworkAclAssociationId": derived("aclassoc-", id),
			}}, err
		},
		Update: func(_ context.Context, c cfn.Call[subnetProps]) (cfn.Result, error) {
			return cfn.Result{}, r.Network.ModifySubnet(c.PhysicalID, or(c.Props.MapPublicIpOnLaunch, false))
		},
		Delete: func(ctx context.Context, c cfn.Call[subnetProps]) error {
			return r.remove(ctx, c.PhysicalID, r.Network.DeleteSubnet)
		},
	})
}

// or is the value that a property was given, or its default.
func or[T any](given *T, otherwise T) T {
	if given == nil {
		return otherwise
	}
	return *given
}

// prefix reads a CIDR block.
func prefix(property, text string) (netip.Prefix, error) {
	p, err := netip.ParsePrefix(text)
	if err != nil {
		return p, fmt.Errorf("property %s: %q is not a CIDR block", property, text)
	}
	return p, nil
}
