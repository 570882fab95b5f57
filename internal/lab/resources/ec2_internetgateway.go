package resources

import (
	"context"
	"slices"

	"provenendpoints/internal/lab/cfn"
	"provenendpoints/internal/lab/vpc"
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
		Read: func(_ context.Context, c cfn.TypedRequest[internetGatewayProps]) (internetGatewayProps, error) {
			return there(c, slices.ContainsFunc(r.Network.InternetGateways().All(), func(g vpc.InternetGateway) bool { return g.ID == c.PhysicalID }))
		},
		Delete: func(ctx context.Context, c cfn.TypedRequest[internetGatewayProps]) error {
			return r.remove(ctx, c.PhysicalID, r.Network.InternetGateways().Delete)
		},
	}
}
