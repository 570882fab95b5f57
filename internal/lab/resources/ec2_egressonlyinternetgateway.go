package resources

import (
	"context"

	"provenendpoints/internal/lab/cfn"
	"provenendpoints/internal/lab/vpc"
)

func init() {
	register("AWS::EC2::EgressOnlyInternetGateway", (*Resources).egressOnlyGatewayType)
}

type egressOnlyGatewayProps struct {
	VpcId string   `cfn:"required,replace"`
	Tags  cfn.Tags `cfn:"inert"` // names for people
}

// egressOnlyGatewayType is AWS::EC2::EgressOnlyInternetGateway.
func (r *Resources) egressOnlyGatewayType() cfn.Definition[egressOnlyGatewayProps] {
	return cfn.Definition[egressOnlyGatewayProps]{
		Attributes: []string{"Id"},
		Create: func(_ context.Context, c cfn.TypedRequest[egressOnlyGatewayProps]) (cfn.Result, error) {
			g := vpc.EgressOnlyInternetGateway{ID: r.id("eigw-", c.Request), VPC: c.Props.VpcId}
			if err := r.Network.EgressOnlyInternetGateways().Create(g); err != nil {
				return cfn.Result{}, err
			}
			return cfn.Result{PhysicalID: g.ID, Attributes: map[string]any{"Id": g.ID}}, nil
		},
		Delete: func(ctx context.Context, c cfn.TypedRequest[egressOnlyGatewayProps]) error {
			return r.remove(ctx, c.PhysicalID, r.Network.EgressOnlyInternetGateways().Delete)
		},
	}
}
