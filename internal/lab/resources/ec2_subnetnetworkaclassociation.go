package resources

import (
	"context"
	"slices"

	"provenendpoints/internal/lab/cfn"
	"provenendpoints/internal/lab/vpc"
)

func init() {
	register("AWS::EC2::SubnetNetworkAclAssociation", (*Resources).networkACLAssociationType)
}

type networkACLAssociationProps struct {
	SubnetId     string `cfn:"required,replace"`
	NetworkAclId string `cfn:"required,replace"`
}

// networkACLAssociationType is AWS::EC2::SubnetNetworkAclAssociation. A subnet always
// has a network ACL: an association takes the place of the one before, and without
// one the VPC's default holds.
func (r *Resources) networkACLAssociationType() cfn.Definition[networkACLAssociationProps] {
	return cfn.Definition[networkACLAssociationProps]{
		Attributes: []string{"AssociationId"},
		Create: func(_ context.Context, c cfn.TypedRequest[networkACLAssociationProps]) (cfn.Result, error) {
			id := r.id("aclassoc-", c.Request)
			if err := r.Network.NetworkACLs().Associate(c.Props.NetworkAclId, c.Props.SubnetId); err != nil {
				return cfn.Result{}, err
			}
			return cfn.Result{PhysicalID: id, Attributes: map[string]any{"AssociationId": id}}, nil
		},
		Read: func(_ context.Context, c cfn.TypedRequest[networkACLAssociationProps]) (networkACLAssociationProps, error) {
			acl, err := find(r.Network.NetworkACLs().All(), func(a vpc.NetworkACL) bool { return slices.Contains(a.Subnets, c.Props.SubnetId) })
			p := c.Props
			p.NetworkAclId = acl.ID
			return p, err
		},
		Delete: func(ctx context.Context, c cfn.TypedRequest[networkACLAssociationProps]) error {
			return r.removing(ctx, func() error {
				return r.Network.NetworkACLs().Disassociate(c.Props.NetworkAclId, c.Props.SubnetId)
			})
		},
	}
}
