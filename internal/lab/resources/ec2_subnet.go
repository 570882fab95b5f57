package resources

import (
	"context"

	"provenendpoints/internal/lab/awsid"
	"provenendpoints/internal/lab/cfn"
	"provenendpoints/internal/lab/vpc"
)

func init() { register("AWS::EC2::Subnet", (*Resources).subnetType) }

type subnetProps struct {
	VpcId               string `cfn:"required,replace"`
	CidrBlock           string `cfn:"required,replace"`
	AvailabilityZone    string `cfn:"replace"`
	MapPublicIpOnLaunch *bool
	Tags                cfn.Tags `cfn:"inert"` // names for people
}

// subnetType is AWS::EC2::Subnet.
func (r *Resources) subnetType() cfn.Definition[subnetProps] {
	return cfn.Definition[subnetProps]{
		Attributes: []string{"SubnetId", "AvailabilityZone", "CidrBlock", "VpcId", "Ipv6CidrBlocks", "NetworkAclAssociationId"},
		Create: func(_ context.Context, c cfn.TypedRequest[subnetProps]) (cfn.Result, error) {
			block, err := parseCIDR("CidrBlock", c.Props.CidrBlock)
			if err != nil {
				return cfn.Result{}, err
			}
			id := r.id("subnet-", c.Request)
			err = r.Network.Subnets().Create(vpc.Subnet{
				ID: id, VPC: c.Props.VpcId, CIDR: block, Zone: c.Props.AvailabilityZone,
				MapPublic: valueOr(c.Props.MapPublicIpOnLaunch, false),
			})
			if err != nil {
				return cfn.Result{}, err
			}
			s, err := r.Network.Subnets().Get(id)
			return cfn.Result{PhysicalID: id, Attributes: map[string]any{
				"SubnetId":                id,
				"AvailabilityZone":        s.Zone,
				"CidrBlock":               block.String(),
				"VpcId":                   s.VPC,
				"Ipv6CidrBlocks":          []any{},
				"NetworkAclAssociationId": awsid.Derived("aclassoc-", id),
			}}, err
		},
		Update: func(_ context.Context, c cfn.TypedRequest[subnetProps]) (cfn.Result, error) {
			return cfn.Result{}, r.Network.Subnets().Modify(c.PhysicalID, valueOr(c.Props.MapPublicIpOnLaunch, false))
		},
		Delete: func(ctx context.Context, c cfn.TypedRequest[subnetProps]) error {
			return r.remove(ctx, c.PhysicalID, r.Network.Subnets().Delete)
		},
	}
}
