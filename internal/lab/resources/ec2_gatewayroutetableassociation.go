package resources

import (
	"context"

	"provenendpoints/internal/lab/cfn"
)

func init() {
	register("AWS::EC2::GatewayRouteTableAssociation", (*Resources).gatewayRouteTableAssociationType)
}

type gatewayRouteTableAssociationProps struct {
	GatewayId    string `cfn:"required,replace"`
	RouteTableId string `cfn:"required"`
}

// gatewayRouteTableAssociationType is AWS::EC2::GatewayRouteTableAssociation: the route table
// of what enters a VPC through an internet gateway or a virtual private gateway
// (docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ec2-gatewayroutetableassociation.html).
func (r *Resources) gatewayRouteTableAssociationType() cfn.Definition[gatewayRouteTableAssociationProps] {
	return cfn.Definition[gatewayRouteTableAssociationProps]{
		Attributes: []string{"AssociationId"},
		Create: func(_ context.Context, c cfn.TypedRequest[gatewayRouteTableAssociationProps]) (cfn.Result, error) {
			id := r.id("rtbassoc-", c.Request)
			if err := r.Network.RouteTables().AssociateGateway(c.Props.RouteTableId, c.Props.GatewayId); err != nil {
				return cfn.Result{}, err
			}
			return cfn.Result{PhysicalID: id, Attributes: map[string]any{"AssociationId": id}}, nil
		},
		Update: func(_ context.Context, c cfn.TypedRequest[gatewayRouteTableAssociationProps]) (cfn.Result, error) {
			return cfn.Result{}, r.Network.RouteTables().ReplaceGatewayAssociation(c.Props.RouteTableId, c.Props.GatewayId)
		},
		Delete: func(ctx context.Context, c cfn.TypedRequest[gatewayRouteTableAssociationProps]) error {
			return r.remove(ctx, c.Props.GatewayId, r.Network.RouteTables().DisassociateGateway)
		},
	}
}
