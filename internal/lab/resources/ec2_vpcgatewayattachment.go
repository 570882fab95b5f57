package resources

import (
	"context"

	"provenendpoints/internal/lab/cfn"
)

func init() { register("AWS::EC2::VPCGatewayAttachment", (*Resources).gatewayAttachmentType) }

type gatewayAttachmentProps struct {
	VpcId             string `cfn:"required,replace"`
	InternetGatewayId string `cfn:"required"`
}

// gatewayAttachmentType is AWS::EC2::VPCGatewayAttachment.
func (r *Resources) gatewayAttachmentType() cfn.Definition[gatewayAttachmentProps] {
	return cfn.Definition[gatewayAttachmentProps]{
		Attributes: []string{"AttachmentType"},
		Create: func(_ context.Context, c cfn.TypedRequest[gatewayAttachmentProps]) (cfn.Result, error) {
			if err := r.Network.InternetGateways().Attach(c.Props.InternetGatewayId, c.Props.VpcId); err != nil {
				return cfn.Result{}, err
			}
			return cfn.Result{PhysicalID: "IGW|" + c.Props.VpcId, Attributes: map[string]any{"AttachmentType": "IGW"}}, nil
		},
		Update: func(ctx context.Context, c cfn.TypedRequest[gatewayAttachmentProps]) (cfn.Result, error) {
			detach := func() error { return r.Network.InternetGateways().Detach(c.Old.InternetGatewayId, c.Props.VpcId) }
			if err := r.removing(ctx, detach); err != nil {
				return cfn.Result{}, err
			}
			return cfn.Result{}, r.Network.InternetGateways().Attach(c.Props.InternetGatewayId, c.Props.VpcId)
		},
		Delete: func(ctx context.Context, c cfn.TypedRequest[gatewayAttachmentProps]) error {
			return r.removing(ctx, func() error {
				return r.Network.InternetGateways().Detach(c.Props.InternetGatewayId, c.Props.VpcId)
			})
		},
	}
}
