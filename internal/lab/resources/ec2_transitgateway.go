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
	DefaultRouteTableAssociation string `cfn:"only=enable|disable"`
	DefaultRouteTablePropagation string `cfn:"only=enable|disable"`
	// SecurityGroupReferencingSupport has inbound rules name groups of other attached VPCs.
	SecurityGroupReferencingSupport string   `cfn:"only=enable|disable"`
	MulticastSupport                string   `cfn:"replace,only=disable"`
	AmazonSideAsn                   *int     `cfn:"inert"` // for BGP, which the lab does not have
	AutoAcceptSharedAttachments     string   `cfn:"inert"` // of other accounts
	DnsSupport                      string   `cfn:"inert"` // for the public names of instances, which the lab does not have
	VpnEcmpSupport                  string   `cfn:"inert"` // for VPN attachments, which the lab does not have
	TransitGatewayCidrBlocks        []string `cfn:"inert"` // for Connect attachments, which the lab does not have
	EncryptionSupport               string   `cfn:"inert"` // how packets are carried
	Description                     string   `cfn:"inert"` // text for people
	Tags                            cfn.Tags `cfn:"inert"` // names for people
}

// gateway is the transit gateway that the properties describe.
func (p transitGatewayProps) gateway(id string) vpc.TransitGateway {
	return vpc.TransitGateway{
		ID: id, NoAssociation: p.DefaultRouteTableAssociation == "disable", NoPropagation: p.DefaultRouteTablePropagation == "disable",
		GroupReferences: p.SecurityGroupReferencingSupport == "enable",
	}
}

// transitGatewayType is AWS::EC2::TransitGateway, with its default route table unless that
// is turned off. Whether new attachments are in it is decided when it is created.
func (r *Resources) transitGatewayType() cfn.Definition[transitGatewayProps] {
	return cfn.Definition[transitGatewayProps]{
		Attributes: []string{"Id", "TransitGatewayArn"},
		Create: func(_ context.Context, c cfn.TypedRequest[transitGatewayProps]) (cfn.Result, error) {
			id := r.id("tgw-", c.Request)
			if err := r.Network.TransitGateways().Create(c.Props.gateway(id)); err != nil {
				return cfn.Result{}, err
			}
			return cfn.Result{PhysicalID: id, Attributes: map[string]any{"Id": id, "TransitGatewayArn": r.Scope.ARN("ec2", "transit-gateway/"+id)}}, nil
		},
		Update: func(_ context.Context, c cfn.TypedRequest[transitGatewayProps]) (cfn.Result, error) {
			if c.Old.DefaultRouteTableAssociation != c.Props.DefaultRouteTableAssociation || c.Old.DefaultRouteTablePropagation != c.Props.DefaultRouteTablePropagation {
				return cfn.Result{}, errors.New("the lab does not change the default route table of a transit gateway that exists")
			}
			return cfn.Result{}, r.Network.TransitGateways().SetGroupReferences(c.PhysicalID, c.Props.SecurityGroupReferencingSupport == "enable")
		},
		Delete: func(ctx context.Context, c cfn.TypedRequest[transitGatewayProps]) error {
			return r.remove(ctx, c.PhysicalID, r.Network.TransitGateways().Delete)
		},
	}
}

// transitOptions are what an attachment does besides carrying packets
// (docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-ec2-transitgatewayattachment-options.html).
type transitOptions struct {
	ApplianceModeSupport string `cfn:"only=enable|disable"`
	DnsSupport           string `cfn:"inert"` // for the public names of instances, which the lab does not have
	Ipv6Support          string `cfn:"only=enable|disable"`
	// SecurityGroupReferencingSupport is on by default, and needs the gateway's own.
	SecurityGroupReferencingSupport string `cfn:"only=enable|disable"`
}

// attachment is the attachment that the properties describe.
func (p transitAttachmentProps) attachment(id string) vpc.TransitAttachment {
	o := p.Options
	return vpc.TransitAttachment{
		ID: id, Gateway: p.TransitGatewayId, VPC: p.VpcId, Subnets: p.SubnetIds,
		Appliance: o.ApplianceModeSupport == "enable", IPv6: o.Ipv6Support == "enable", NoGroupReferences: o.SecurityGroupReferencingSupport == "disable",
	}
}

type transitAttachmentProps struct {
	TransitGatewayId string   `cfn:"required,replace"`
	VpcId            string   `cfn:"required,replace"`
	SubnetIds        []string `cfn:"required"`
	Options          transitOptions
	Tags             cfn.Tags `cfn:"inert"` // names for people
}

// transitAttachmentType is AWS::EC2::TransitGatewayAttachment, that of a VPC.
func (r *Resources) transitAttachmentType() cfn.Definition[transitAttachmentProps] {
	attach := func(id string, p transitAttachmentProps) error {
		interfaces := make([]string, len(p.SubnetIds))
		for i := range p.SubnetIds {
			interfaces[i] = awsid.EC2("eni-", id, strconv.Itoa(i))
		}
		return r.Network.TransitGateways().Attach(p.attachment(id), interfaces)
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
			if slices.Equal(c.Old.SubnetIds, c.Props.SubnetIds) { // its routes stay
				return cfn.Result{}, r.Network.TransitGateways().SetTransitOptions(c.Props.attachment(c.PhysicalID))
			}
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
	Options          transitOptions
	Tags             cfn.Tags `cfn:"inert"` // names for people
}

// transitVPCAttachmentType is AWS::EC2::TransitGatewayVpcAttachment, the newer form of
// AWS::EC2::TransitGatewayAttachment, which differs in how subnets are changed
// (docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ec2-transitgatewayvpcattachment.html).
func (r *Resources) transitVPCAttachmentType() cfn.Definition[transitVPCAttachmentProps] {
	older := r.transitAttachmentType()
	form := func(p transitVPCAttachmentProps) transitAttachmentProps {
		subnets := slices.DeleteFunc(append(slices.Clone(p.SubnetIds), p.AddSubnetIds...), func(id string) bool { return slices.Contains(p.RemoveSubnetIds, id) })
		return transitAttachmentProps{TransitGatewayId: p.TransitGatewayId, VpcId: p.VpcId, SubnetIds: subnets, Options: p.Options}
	}
	of := func(c cfn.TypedRequest[transitVPCAttachmentProps]) cfn.TypedRequest[transitAttachmentProps] {
		return cfn.TypedRequest[transitAttachmentProps]{Request: c.Request, Props: form(c.Props), Old: form(c.Old)}
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
