package resources

import (
	"context"

	"provenendpoints/internal/lab/cfn"
	"provenendpoints/internal/lab/vpc"
)

func init() {
	register("AWS::EC2::VPCDHCPOptionsAssociation", (*Resources).dhcpAssociationType)
}

type dhcpAssociationProps struct {
	DhcpOptionsId string `cfn:"required,replace"`
	VpcId         string `cfn:"required,replace"`
}

// dhcpAssociationType is AWS::EC2::VPCDHCPOptionsAssociation. Without it the VPC has
// no DHCP options at all: there is no disassociation but that with "default"
// (docs.aws.amazon.com/AWSEC2/latest/APIReference/API_AssociateDhcpOptions.html).
func (r *Resources) dhcpAssociationType() cfn.Definition[dhcpAssociationProps] {
	return cfn.Definition[dhcpAssociationProps]{
		Create: func(_ context.Context, c cfn.TypedRequest[dhcpAssociationProps]) (cfn.Result, error) {
			if err := r.Network.DHCPOptions().Associate(c.Props.DhcpOptionsId, c.Props.VpcId); err != nil {
				return cfn.Result{}, err
			}
			return cfn.Result{PhysicalID: c.Props.DhcpOptionsId + "|" + c.Props.VpcId}, nil
		},
		Read: func(_ context.Context, c cfn.TypedRequest[dhcpAssociationProps]) (dhcpAssociationProps, error) {
			v, err := r.Network.VPCs().Get(c.Props.VpcId)
			p := c.Props
			p.DhcpOptionsId = v.DHCPOptions
			return p, err
		},
		Delete: func(_ context.Context, c cfn.TypedRequest[dhcpAssociationProps]) error {
			// A replacement has associated the VPC with its own options before.
			if v, err := r.Network.VPCs().Get(c.Props.VpcId); err != nil || v.DHCPOptions != c.Props.DhcpOptionsId {
				return ignoreGone(err)
			}
			return r.Network.DHCPOptions().Associate(vpc.NoDHCPOptions, c.Props.VpcId)
		},
	}
}
