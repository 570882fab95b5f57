package resources

import (
	"context"
	"slices"

	"provenendpoints/internal/lab/cfn"
	"provenendpoints/internal/lab/vpc"
)

func init() {
	register("AWS::EC2::SubnetRouteTableAssociation", (*Resources).routeTableAssociationType)
}

type routeTableAssociationProps struct {
	SubnetId string `cfn:"required,replace"`
	// RouteTableId counts as a replacement in CloudFormation, but EC2 changes
	// the association in one step (ReplaceRouteTableAssociation): there is no
	// moment without one, and a rollback changes it back.
	RouteTableId string `cfn:"required"`
}

// routeTableAssociationType is AWS::EC2::SubnetRouteTableAssociation.
func (r *Resources) routeTableAssociationType() cfn.Definition[routeTableAssociationProps] {
	return cfn.Definition[routeTableAssociationProps]{
		Attributes: []string{"Id"},
		Create: func(_ context.Context, c cfn.TypedRequest[routeTableAssociationProps]) (cfn.Result, error) {
			id := r.id("rtbassoc-", c.Request)
			if err := r.Network.RouteTables().Associate(c.Props.RouteTableId, c.Props.SubnetId); err != nil {
				return cfn.Result{}, err
			}
			return cfn.Result{PhysicalID: id, Attributes: map[string]any{"Id": id}}, nil
		},
		Update: func(_ context.Context, c cfn.TypedRequest[routeTableAssociationProps]) (cfn.Result, error) {
			return cfn.Result{}, r.Network.RouteTables().ReplaceAssociation(c.Props.RouteTableId, c.Props.SubnetId)
		},
		Read: func(_ context.Context, c cfn.TypedRequest[routeTableAssociationProps]) (routeTableAssociationProps, error) {
			table, err := find(r.Network.RouteTables().All(), func(t vpc.RouteTable) bool { return slices.Contains(t.Subnets, c.Props.SubnetId) })
			p := c.Props
			p.RouteTableId = table.ID
			return p, err
		},
		Delete: func(ctx context.Context, c cfn.TypedRequest[routeTableAssociationProps]) error {
			return r.remove(ctx, c.Props.SubnetId, r.Network.RouteTables().Disassociate)
		},
	}
}
