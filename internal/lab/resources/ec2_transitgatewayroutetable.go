package resources

import (
	"context"

	"provenendpoints/internal/lab/awserr"
	"provenendpoints/internal/lab/cfn"
	"provenendpoints/internal/lab/vpc"
)

func init() {
	register("AWS::EC2::TransitGatewayRouteTable", (*Resources).transitTableType)
	register("AWS::EC2::TransitGatewayRouteTableAssociation", (*Resources).transitAssociationType)
	register("AWS::EC2::TransitGatewayRouteTablePropagation", (*Resources).transitPropagationType)
	register("AWS::EC2::TransitGatewayRoute", (*Resources).transitRouteType)
}

type transitTableProps struct {
	TransitGatewayId string   `cfn:"required,replace"`
	Tags             cfn.Tags `cfn:"inert"` // names for people
}

// transitTableType is AWS::EC2::TransitGatewayRouteTable.
func (r *Resources) transitTableType() cfn.Definition[transitTableProps] {
	return cfn.Definition[transitTableProps]{
		Attributes: []string{"TransitGatewayRouteTableId"},
		Create: func(_ context.Context, c cfn.TypedRequest[transitTableProps]) (cfn.Result, error) {
			id := r.id("tgw-rtb-", c.Request)
			if err := r.Network.TransitGateways().CreateTable(c.Props.TransitGatewayId, id); err != nil {
				return cfn.Result{}, err
			}
			return cfn.Result{PhysicalID: id, Attributes: map[string]any{"TransitGatewayRouteTableId": id}}, nil
		},
		Delete: func(ctx context.Context, c cfn.TypedRequest[transitTableProps]) error {
			return r.remove(ctx, c.PhysicalID, r.Network.TransitGateways().DeleteTable)
		},
	}
}

// transitMemberProps are a table and an attachment.
type transitMemberProps struct {
	TransitGatewayRouteTableId string `cfn:"required,replace"`
	TransitGatewayAttachmentId string `cfn:"required,replace"`
}

func (p transitMemberProps) id() string {
	return p.TransitGatewayRouteTableId + "|" + p.TransitGatewayAttachmentId
}

// transitAssociationType is AWS::EC2::TransitGatewayRouteTableAssociation: the table routes
// what comes from the attachment.
func (r *Resources) transitAssociationType() cfn.Definition[transitMemberProps] {
	return cfn.Definition[transitMemberProps]{
		Create: func(_ context.Context, c cfn.TypedRequest[transitMemberProps]) (cfn.Result, error) {
			return cfn.Result{PhysicalID: c.Props.id()}, r.Network.TransitGateways().Associate(c.Props.TransitGatewayRouteTableId, c.Props.TransitGatewayAttachmentId)
		},
		Delete: func(_ context.Context, c cfn.TypedRequest[transitMemberProps]) error {
			return ignoreGone(r.Network.TransitGateways().Disassociate(c.Props.TransitGatewayRouteTableId, c.Props.TransitGatewayAttachmentId))
		},
	}
}

// transitPropagationType is AWS::EC2::TransitGatewayRouteTablePropagation: the table has the
// attachment's blocks.
func (r *Resources) transitPropagationType() cfn.Definition[transitMemberProps] {
	return cfn.Definition[transitMemberProps]{
		Create: func(_ context.Context, c cfn.TypedRequest[transitMemberProps]) (cfn.Result, error) {
			return cfn.Result{PhysicalID: c.Props.id()}, r.Network.TransitGateways().Propagate(c.Props.TransitGatewayRouteTableId, c.Props.TransitGatewayAttachmentId, true)
		},
		Delete: func(_ context.Context, c cfn.TypedRequest[transitMemberProps]) error {
			return ignoreGone(r.Network.TransitGateways().Propagate(c.Props.TransitGatewayRouteTableId, c.Props.TransitGatewayAttachmentId, false))
		},
	}
}

type transitRouteProps struct {
	TransitGatewayRouteTableId string `cfn:"required,replace"`
	DestinationCidrBlock       string `cfn:"required,replace"`
	TransitGatewayAttachmentId string `cfn:"replace"`
	Blackhole                  *bool  `cfn:"replace"`
}

// transitRouteType is AWS::EC2::TransitGatewayRoute: a static route, to an attachment or
// to nowhere.
func (r *Resources) transitRouteType() cfn.Definition[transitRouteProps] {
	return cfn.Definition[transitRouteProps]{
		Create: func(_ context.Context, c cfn.TypedRequest[transitRouteProps]) (cfn.Result, error) {
			destination, err := parseCIDR("DestinationCidrBlock", c.Props.DestinationCidrBlock)
			if err != nil {
				return cfn.Result{}, err
			}
			if (c.Props.TransitGatewayAttachmentId != "") == valueOr(c.Props.Blackhole, false) {
				return cfn.Result{}, awserr.New("InvalidParameterCombination", "Exactly one of TransitGatewayAttachmentId and Blackhole must be specified")
			}
			return cfn.Result{PhysicalID: c.Props.TransitGatewayRouteTableId + "_" + c.Props.DestinationCidrBlock},
				r.Network.TransitGateways().CreateTransitRoute(c.Props.TransitGatewayRouteTableId, vpc.TransitRoute{Destination: destination, Attachment: c.Props.TransitGatewayAttachmentId})
		},
		Delete: func(_ context.Context, c cfn.TypedRequest[transitRouteProps]) error {
			destination, err := parseCIDR("DestinationCidrBlock", c.Props.DestinationCidrBlock)
			if err != nil {
				return nil // it was never made
			}
			return ignoreGone(r.Network.TransitGateways().DeleteTransitRoute(c.Props.TransitGatewayRouteTableId, destination))
		},
	}
}
