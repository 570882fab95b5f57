package resources

import (
	"context"

	"provenendpoints/internal/lab/cfn"
)

func init() { register("AWS::EC2::VPCGatewayAttachment", (*Resources).gatewayAttachmentType) }

type gatewayAttachmentProps struct {
	VpcId             string `cfn:"required,replace"`
	InternetGatewayId string
	VpnGatewayId      string
}

// attach attaches the internet gateway or the virtual private gateway.
func (r *Resources) attachGateway(p gatewayAttachmentProps) error {
	if p.VpnGatewayId != "" {
		return r.Network.VPNGateways().Attach(p.VpnGatewayId, p.VpcId)
	}
	return r.Network.InternetGateways().Attach(p.InternetGatewayId, p.VpcId)
}

func (r *Resources) detachGateway(ctx context.Context, p gatewayAttachmentProps) error {
	return r.removing(ctx, func() error {
		if p.VpnGatewayId != "" {
			return r.Network.VPNGateways().Detach(p.VpnGatewayId, p.VpcId)
		}
		return r.Network.InternetGateways().Detach(p.InternetGatewayId, p.VpcId)
	})
}

// gatewayAttachmentType is AWS::EC2::VPCGatewayAttachment.
func (r *Resources) gatewayAttachmentType() cfn.Definition[gatewayAttachmentProps] {
	return cfn.Definition[gatewayAttachmentProps]{
		Attributes: []string{"AttachmentType"},
		Validate: func(p map[string]any) cfn.Findings {
			if countGiven(p, "InternetGatewayId", "VpnGatewayId") != 1 {
				return cfn.Findings{"exactly one of InternetGatewayId and VpnGatewayId is needed"}
			}
			return nil
		},
		Create: func(_ context.Context, c cfn.TypedRequest[gatewayAttachmentProps]) (cfn.Result, error) {
			if err := r.attachGateway(c.Props); err != nil {
				return cfn.Result{}, err
			}
			kind := "IGW"
			if c.Props.VpnGatewayId != "" {
				kind = "VGW"
			}
			return cfn.Result{PhysicalID: kind + "|" + c.Props.VpcId, Attributes: map[string]any{"AttachmentType": kind}}, nil
		},
		Update: func(ctx context.Context, c cfn.TypedRequest[gatewayAttachmentProps]) (cfn.Result, error) {
			if err := r.detachGateway(ctx, c.Old); err != nil {
				return cfn.Result{}, err
			}
			return cfn.Result{}, r.attachGateway(c.Props)
		},
		Delete: func(ctx context.Context, c cfn.TypedRequest[gatewayAttachmentProps]) error {
			return r.detachGateway(ctx, c.Props)
		},
	}
}
