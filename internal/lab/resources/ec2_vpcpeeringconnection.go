package resources

import (
	"context"
	"slices"

	"provenendpoints/internal/lab/cfn"
	"provenendpoints/internal/lab/vpc"
)

func init() { register("AWS::EC2::VPCPeeringConnection", (*Resources).peeringType) }

type peeringProps struct {
	VpcId     string   `cfn:"required,replace"`
	PeerVpcId string   `cfn:"required,replace"`
	Tags      cfn.Tags `cfn:"inert"` // names for people
}

// peeringType is AWS::EC2::VPCPeeringConnection within one account and Region,
// where CloudFormation accepts the request itself.
func (r *Resources) peeringType() cfn.Definition[peeringProps] {
	return cfn.Definition[peeringProps]{
		Attributes: []string{"Id"},
		Create: func(_ context.Context, c cfn.TypedRequest[peeringProps]) (cfn.Result, error) {
			id := r.id("pcx-", c.Request)
			err := r.Network.Peerings().Create(vpc.Peering{ID: id, Requester: c.Props.VpcId, Accepter: c.Props.PeerVpcId})
			if err != nil {
				return cfn.Result{}, err
			}
			return cfn.Result{PhysicalID: id, Attributes: map[string]any{"Id": id}}, nil
		},
		Read: func(_ context.Context, c cfn.TypedRequest[peeringProps]) (peeringProps, error) {
			return there(c, slices.ContainsFunc(r.Network.Peerings().All(), func(g vpc.Peering) bool { return g.ID == c.PhysicalID }))
		},
		Delete: func(ctx context.Context, c cfn.TypedRequest[peeringProps]) error {
			return r.remove(ctx, c.PhysicalID, r.Network.Peerings().Delete)
		},
	}
}
