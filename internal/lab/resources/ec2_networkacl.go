package resources

import (
	"context"

	"provenendpoints/internal/lab/cfn"
)

func init() { register("AWS::EC2::NetworkAcl", (*Resources).networkACLType) }

type networkACLProps struct {
	VpcId string   `cfn:"required,replace"`
	Tags  cfn.Tags `cfn:"inert"` // names for people
}

// networkACLType is AWS::EC2::NetworkAcl. A new one denies everything.
func (r *Resources) networkACLType() cfn.Definition[networkACLProps] {
	return cfn.Definition[networkACLProps]{
		Attributes: []string{"Id"},
		Create: func(_ context.Context, c cfn.TypedRequest[networkACLProps]) (cfn.Result, error) {
			id := r.id("acl-", c.Request)
			if err := r.Network.NetworkACLs().Create(id, c.Props.VpcId); err != nil {
				return cfn.Result{}, err
			}
			return cfn.Result{PhysicalID: id, Attributes: map[string]any{"Id": id}}, nil
		},
		Delete: func(ctx context.Context, c cfn.TypedRequest[networkACLProps]) error {
			return r.remove(ctx, c.PhysicalID, r.Network.NetworkACLs().Delete)
		},
	}
}
