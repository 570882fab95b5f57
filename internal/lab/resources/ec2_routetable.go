package resources

import (
	"context"

	"provenendpoints/internal/lab/cfn"
)

func init() { register("AWS::EC2::RouteTable", (*Resources).routeTableType) }

type routeTableProps struct {
	VpcId string   `cfn:"required,replace"`
	Tags  cfn.Tags `cfn:"inert"` // names for people
}

// routeTableType is AWS::EC2::RouteTable.
func (r *Resources) routeTableType() cfn.Definition[routeTableProps] {
	return cfn.Definition[routeTableProps]{
		Attributes: []string{"RouteTableId"},
		Create: func(_ context.Context, c cfn.TypedRequest[routeTableProps]) (cfn.Result, error) {
			id := r.id("rtb-", c.Request)
			if err := r.Network.RouteTables().Create(id, c.Props.VpcId); err != nil {
				return cfn.Result{}, err
			}
			return cfn.Result{PhysicalID: id, Attributes: map[string]any{"RouteTableId": id}}, nil
		},
		Read: func(_ context.Context, c cfn.TypedRequest[routeTableProps]) (routeTableProps, error) {
			_, err := r.Network.RouteTables().Get(c.PhysicalID)
			return c.Props, err
		},
		Delete: func(ctx context.Context, c cfn.TypedRequest[routeTableProps]) error {
			return r.remove(ctx, c.PhysicalID, r.Network.RouteTables().Delete)
		},
	}
}
