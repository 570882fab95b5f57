package resources

import (
	"context"

	"provenendpoints/internal/lab/api/ec2"
	"provenendpoints/internal/lab/awserr"
	"provenendpoints/internal/lab/cfn"
)

func init() { register("AWS::EC2::EIPAssociation", (*Resources).eipAssociationType) }

type eipAssociationProps struct {
	AllocationId       string `cfn:"replace"`
	EIP                string `cfn:"replace"`
	InstanceId         string `cfn:"replace"`
	NetworkInterfaceId string `cfn:"replace"`
}

func validateEIPAssociation(p map[string]any) cfn.Findings {
	var f cfn.Findings
	if countGiven(p, "AllocationId", "EIP") != 1 {
		f = append(f, "exactly one of AllocationId and EIP is needed")
	}
	if countGiven(p, "InstanceId", "NetworkInterfaceId") != 1 {
		f = append(f, "exactly one of InstanceId and NetworkInterfaceId is needed")
	}
	return f
}

// addressOf finds the elastic address that an association is about.
func (r *Resources) addressOf(p eipAssociationProps) (*elasticAddress, string, error) {
	return r.elastic(func(id string, e *elasticAddress) bool {
		return id == p.AllocationId || e.address.String() == p.EIP
	})
}

// eipAssociationType is AWS::EC2::EIPAssociation. An address that something else has
// moves to the new place
// (docs.aws.amazon.com/AWSEC2/latest/APIReference/API_AssociateAddress.html,
// AllowReassociation).
func (r *Resources) eipAssociationType() cfn.Definition[eipAssociationProps] {
	return cfn.Definition[eipAssociationProps]{
		Attributes: []string{"Id"},
		Validate:   validateEIPAssociation,
		Create: func(_ context.Context, c cfn.TypedRequest[eipAssociationProps]) (cfn.Result, error) {
			e, allocation, err := r.addressOf(c.Props)
			if err != nil {
				return cfn.Result{}, err
			}
			at := c.Props.NetworkInterfaceId
			if at == "" {
				if at, err = r.InterfaceOf(c.Props.InstanceId); err != nil {
					return cfn.Result{}, err
				}
			}
			if err := r.detach(e); err != nil {
				return cfn.Result{}, err
			}
			if err := r.attachTo(e, allocation, at); err != nil {
				return cfn.Result{}, err
			}
			id := ec2.AddressAssociation(allocation, at)
			return cfn.Result{PhysicalID: id, Attributes: map[string]any{"Id": id}}, nil
		},
		Delete: func(_ context.Context, c cfn.TypedRequest[eipAssociationProps]) error {
			e, allocation, err := r.addressOf(c.Props)
			switch {
			case awserr.IsNotFound(err):
				return nil
			case err != nil:
				return err
			case c.PhysicalID != ec2.AddressAssociation(allocation, e.at):
				return nil // it has moved
			}
			return r.detach(e)
		},
	}
}
