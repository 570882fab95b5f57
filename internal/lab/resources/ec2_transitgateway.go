package resources

import (
	"context"
	"errors"
	"slices"
	"strconv"

	"provenendpoints/internal/lab/awsid"
	"provenendpoints/internal/lab/cfn"
	"provenendpoints/internal/lab/vpc"
)

func init() {
	register("AWS::EC2::TransitGateway", (*Resources).transitGatewayType)
	register("AWS::EC2::TransitGatewayAttachment", (*Resources).transitAttachmentType)
	register("AWS::EC2::TransitGatewayVpcAttachment", (*Resources).transitVPCAttachmentType)
}

type transitGatewayProps struct {
	DefaultRouteTableAssociation string   `cfn:"only=enable|disable"`
	DefaultRouteTablePropagation string   `cfn:"only=enable|disable"`
	AmazonSideAsn                *int     `cfn:"inert"` // for BGP, which the lab does not have
	AutoAcceptSharedAttachments  string   `cfn:"inert"` // of other accounts
	DnsSupport                   string   `cfn:"inert"` // for the public names of instances, which the lab does not have
	VpnEcmpSupport               string   `cfn:"inert"` // for VPN attachments, which the lab does not have
	Description                  string   `cfn:"inert"` // text for people
	Tags                         cfn.Tags `cfn:"inert"` // names for people
}

// transitGatewayType is AWS::EC2::TransitGateway, with its default route table unless that
// is turned off. Whether new attachments are in it is decided when it is created.
func (r *Resources) transitGatewayType() cfn.Definition[transitGatewayProps] {
	return cfn.Definition[transitGatewayProps]{
		Attributes: []string{"Id", "TransitGatewayArn"},
		Create: func(_ context.Context, c cfn.TypedRequest[transitGatewayProps]) (cfn.Result, error) {
			id := r.id("tgw-", c.Request)
			if err := r.Network.TransitGateways().Create(vpc.TransitGateway{ID: id, NoAssociation: c.Props.DefaultRouteTableAssociation == "disable", NoPropagation: c.Props.DefaultRouteTablePropagation == "disable"}); err != nil {
				return cfn.Result{}, err
			}
			return cfn.Result{PhysicalID: id, Attributes: map[string]any{"Id": id, "TransitGatewayArn": r.Scope.ARN("ec2", "transit-gateway/"+id)}}, nil
		},
		Update: func(_ context.Context, c cfn.TypedRequest[transitGatewayProps]) (cfn.Result, error) {
			if c.Old.DefaultRouteTableAssociation != c.Props.DefaultRouteTableAssociation || c.Old.DefaultRouteTablePropagation != c.Props.DefaultRouteTablePropagation {
				return cfn.Result{}, errors.New("the lab does not change the default route table of a transit gateway that exists")
			}
			return cfn.Result{}, nil
		},
		Delete: func(ctx context.Context, c cfn.TypedRequest[transitGatewayProps]) error {
			return r.remove(ctx, c.PhysicalID, r.Network.TransitGateways().Delete)
		},
	}
}

type transitAttachmentProps struct {
	TransitGatewayId string   `cfn:"required,replace"`
	VpcId            string   `cfn:"required,replace"`
	SubnetIds        []string `cfn:"required"`
	Tags             cfn.Tags `cfn:"inert"` // names for people
}

// transitAttachmentType is AWS::EC2::TransitGatewayAttachment, that of a VPC.
func (r *Resources) transitAttachmentType() cfn.Definition[transitAttachmentProps] {
	attach := func(id string, p transitAttachmentProps) error {
		interfaces := make([]string, len(p.SubnetIds))
		for i := range p.SubnetIds {
			interfaces[i] = awsid.EC2("eni-", id, strconv.Itoa(i))
		}
		return r.Network.TransitGateways().Attach(vpc.TransitAttachment{ID: id, Gateway: p.TransitGatewayId, VPC: p.VpcId, Subnets: p.SubnetIds}, interfaces)
	}
	return cfn.Definition[transitAttachmentProps]{
		Attributes: []string{"Id"},
		Create: func(_ context.Context, c cfn.TypedRequest[transitAttachmentProps]) (cfn.Result, error) {
			id := r.id("tgw-attach-", c.Request)
			if err := attach(id, c.Props); err != nil {
				return cfn.Result{}, err
			}
			return cfn.Result{PhysicalID: id, Attributes: map[string]any{"Id": id}}, nil
		},
		Update: func(_ context.Context, c cfn.TypedRequest[transitAttachmentProps]) (cfn.Result, error) {
			if err := r.Network.TransitGateways().Detach(c.PhysicalID); err != nil {
				return cfn.Result{}, err
			}
			return cfn.Result{}, attach(c.PhysicalID, c.Props)
		},
		Delete: func(_ context.Context, c cfn.TypedRequest[transitAttachmentProps]) error {
			return ignoreGone(r.Network.TransitGateways().Detach(c.PhysicalID))
		},
	}
}

type transitVPCAttachmentProps struct {
	TransitGatewayId string   `cfn:"required,replace"`
	VpcId            string   `cfn:"required,replace"`
	SubnetIds        []string `cfn:"required,replace"`
	AddSubnetIds     []string // of an update alone
	RemoveSubnetIds  []string
	Options          *struct {
		ApplianceModeSupport            string `cfn:"only=disable"`
		DnsSupport                      string `cfn:"inert"` // for the public names of instances, which the lab does not have
		Ipv6Support                     string `cfn:"only=disable"`
		SecurityGroupReferencingSupport string `cfn:"only=disable"`
	} `cfn:"inert"` // those that could differ have one value here
	Tags cfn.Tags `cfn:"inert"` // names for people
}

// transitVPCAttachmentType is AWS::EC2::TransitGatewayVpcAttachment, the newer form of
// AWS::EC2::TransitGatewayAttachment, which differs in how subnets are changed
// (docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ec2-transitgatewayvpcattachment.html).
func (r *Resources) transitVPCAttachmentType() cfn.Definition[transitVPCAttachmentProps] {
	older := r.transitAttachmentType()
	of := func(c cfn.TypedRequest[transitVPCAttachmentProps]) cfn.TypedRequest[transitAttachmentProps] {
		subnets := slices.DeleteFunc(append(slices.Clone(c.Props.SubnetIds), c.Props.AddSubnetIds...), func(id string) bool { return slices.Contains(c.Props.RemoveSubnetIds, id) })
		return cfn.TypedRequest[transitAttachmentProps]{Request: c.Request, Props: transitAttachmentProps{TransitGatewayId: c.Props.TransitGatewayId, VpcId: c.Props.VpcId, SubnetIds: subnets}}
	}
	return cfn.Definition[transitVPCAttachmentProps]{
		Attributes: []string{"Id"},
		Create: func(ctx context.Context, c cfn.TypedRequest[transitVPCAttachmentProps]) (cfn.Result, error) {
			return older.Create(ctx, of(c))
		},
		Update: func(ctx context.Context, c cfn.TypedRequest[transitVPCAttachmentProps]) (cfn.Result, error) {
			return older.Update(ctx, of(c))
		},
		Delete: func(ctx context.Context, c cfn.TypedRequest[transitVPCAttachmentProps]) error {
			return older.Delete(ctx, of(c))
		},
	}
}
