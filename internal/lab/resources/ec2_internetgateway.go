package resources

import (
	"context"

	"provenendpoints/internal/lab/cfn"
)

func init() { register("AWS::EC2::InternetGateway", (*Resources).internetGatewayType) }

type internetGatewayProps struct {
	Tags cfn.Tags `cfn:"inert"` // names for people
}

// internetGatewayType is AWS::EC2::InternetGateway.
func (r *Resources) internetGatewayType() cfn.Definition[internetGatewayProps] {
	return cfn.Definition[internetGatewayProps]{
		Attributes: []string{"InternetGatewayId"},
		Create: func(_ context.Context, c cfn.TypedRequest[internetGatewayProps]) (cfn.Result, error) {
			id := r.id("igw-", c.Request)
			if err := r.Network.InternetGateways().Create(id); err != nil {
				return cfn.Result{}, err
			}
			return cfn.Result{PhysicalID: id, Attributes: map[string]any{"InternetGatewayId": id}}, nil
		},
		Delete: func(ctx context.Context, c cfn.TypedRequest[internetGatewayProps]) error {
			return r.remove(ctx, c.PhysicalID, r.Network.InternetGateways().Delete)
		},
	}
}
