package resources

import (
	"context"

	"provenendpoints/internal/lab/cfn"
	"provenendpoints/internal/lab/vpc"
)

type internetGatewayProps struct {
	Tags cfn.Tags `cfn:"inert"` // names for people
}

// internetGatewayType is AWS::EC2::InternetGateway.
func (r *Resources) internetGatewayType() cfn.ResourceType {
	return cfn.Define(cfn.Kind[internetGatewayProps]{
		Attributes: []string{"InternetGatewayId"},
		Create: func(_ context.Context, c cfn.Call[internetGatewayProps]) (cfn.Result, error) {
			id := r.id("igw-", c.Request)
			if err := r.Network.CreateInternetGateway(id); err != nil {
				return cfn.Result{}, err
			}
			return cfn.Result{PhysicalID: id, Attributes: map[string]any{"InternetGatewayId": id}}, nil
		},
		Delete: func(ctx context.Context, c cfn.Call[internetGatewayProps]) error {
			return r.remove(ctx, c.PhysicalID, r.Network.DeleteInternetGateway)
		},
	})
}

type attachmentProps struct {
	VpcId             string `cfn:"required,replace"`
	InternetGatewayId string `cfn:"required"`
}

// attachmentType is AWS::EC2::VPCGatewayAttachment.
func (r *Resources) attachmentType() cfn.ResourceType {
	return cfn.Define(cfn.Kind[attachmentProps]{
		Attributes: []string{"AttachmentType"},
		Create: func(_ context.Context, c cfn.Call[attachmentProps]) (cfn.Result, error) {
			if err := r.Network.AttachInternetGateway(c.Props.InternetGatewayId, c.Props.VpcId); err != nil {
				return cfn.Result{}, err
			}
			return cfn.Result{PhysicalID: "IGW|" + c.Props.VpcId, Attributes: map[string]any{"AttachmentType": "IGW"}}, nil
		},
		Update: func(ctx context.Context, c cfn.Call[attachmentProps]) (cfn.Result, error) {
			detach := func() error { return r.Network.DetachInternetGateway(c.Old.InternetGatewayId, c.Props.VpcId) }
			if err := r.removing(ctx, detach); err != nil {
				return cfn.Result{}, err
			}
			return cfn.Result{}, r.Network.AttachInternetGateway(c.Props.InternetGatewayId, c.Props.VpcId)
		},
		Delete: func(ctx context.Context, c cfn.Call[attachmentProps]) error {
			return r.removing(ctx, func() error {
				return r.Network.DetachInternetGateway(c.Props.InternetGatewayId, c.Props.VpcId)
			})
		},
	})
}

type peeringProps struct {
	VpcId     string   `cfn:"required,replace"`
	PeerVpcId string   `cfn:"required,replace"`
	Tags      cfn.Tags `cfn:"inert"` // names for people
}

// peeringType is AWS::EC2::VPCPeeringConnection within one account and Region,
// where CloudFormation accepts the request itself.
func (r *Resources) peeringType() cfn.ResourceType {
	return cfn.Define(cfn.Kind[peeringProps]{
		Attributes: []string{"Id"},
		Create: func(_ context.Context, c cfn.Call[peeringProps]) (cfn.Result, error) {
			id := r.id("pcx-", c.Request)
			err := r.Network.CreatePeering(vpc.Peering{ID: id, Requester: c.Props.VpcId, Accepter: c.Props.PeerVpcId})
			if err != nil {
				return cfn.Result{}, err
			}
			return cfn.Result{PhysicalID: id, Attributes: map[string]any{"Id": id}}, nil
		},
		Delete: func(ctx context.Context, c cfn.Call[peeringProps]) error {
			return r.remove(ctx, c.PhysicalID, r.Network.DeletePeering)
		},
	})
}
