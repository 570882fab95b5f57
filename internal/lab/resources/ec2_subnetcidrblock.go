package resources

import (
	"context"
	"net/netip"

	"provenendpoints/internal/lab/awsid"
	"provenendpoints/internal/lab/cfn"
)

func init() { register("AWS::EC2::SubnetCidrBlock", (*Resources).subnetCidrBlockType) }

type subnetCidrBlockProps struct {
	SubnetId      string `cfn:"required,replace"`
	Ipv6CidrBlock string `cfn:"required,replace"`
}

// subnetCidrBlockType is AWS::EC2::SubnetCidrBlock: the IPv6 block of a subnet.
func (r *Resources) subnetCidrBlockType() cfn.Definition[subnetCidrBlockProps] {
	return cfn.Definition[subnetCidrBlockProps]{
		Attributes: []string{"Id"},
		Create: func(_ context.Context, c cfn.TypedRequest[subnetCidrBlockProps]) (cfn.Result, error) {
			if err := r.replaceIPv6(c.Props.SubnetId, "", c.Props.Ipv6CidrBlock); err != nil {
				return cfn.Result{}, err
			}
			id := awsid.EC2("subnet-cidr-assoc-", c.Props.SubnetId, c.Props.Ipv6CidrBlock)
			return cfn.Result{PhysicalID: id, Attributes: map[string]any{"Id": id}}, nil
		},
		Delete: func(ctx context.Context, c cfn.TypedRequest[subnetCidrBlockProps]) error {
			return r.remove(ctx, c.Props.SubnetId, func(id string) error {
				return r.Network.Subnets().SetIPv6(id, netip.Prefix{})
			})
		},
	}
}
