package resources

import (
	"context"
	"net/netip"
	"slices"

	"provenendpoints/internal/lab/awsid"
	"provenendpoints/internal/lab/cfn"
	"provenendpoints/internal/lab/vpc"
)

func init() { register("AWS::EC2::NatGateway", (*Resources).natGatewayType) }

type natGatewayProps struct {
	SubnetId                string   `cfn:"required,replace"`
	AllocationId            string   `cfn:"required,replace"`
	ConnectivityType        string   `cfn:"replace,only=public"`
	PrivateIpAddress        string   `cfn:"replace"`
	MaxDrainDurationSeconds *int     `cfn:"inert"` // only for secondary addresses, which are not supported
	Tags                    cfn.Tags `cfn:"inert"` // names for people
}

// natGatewayType is AWS::EC2::NatGateway, the public, zonal kind.
func (r *Resources) natGatewayType() cfn.Definition[natGatewayProps] {
	return cfn.Definition[natGatewayProps]{
		Attributes: []string{"NatGatewayId", "EniId"},
		Create: func(_ context.Context, c cfn.TypedRequest[natGatewayProps]) (cfn.Result, error) {
			e, _, err := r.elastic(func(id string, _ *elasticAddress) bool { return id == c.Props.AllocationId })
			if err != nil {
				return cfn.Result{}, err
			}
			id := r.id("nat-", c.Request)
			gateway := vpc.NatGateway{ID: id, Subnet: c.Props.SubnetId, PublicAddr: e.address, Available: r.stableAt(c.Request), Interface: awsid.Derived("eni-", id)}
			if c.Props.PrivateIpAddress != "" {
				if gateway.PrivateAddr, err = netip.ParseAddr(c.Props.PrivateIpAddress); err != nil {
					return cfn.Result{}, err
				}
			}
			if _, err := r.Network.NatGateways().Create(gateway); err != nil {
				return cfn.Result{}, err
			}
			return cfn.Result{PhysicalID: id, Attributes: map[string]any{"NatGatewayId": id, "EniId": gateway.Interface}}, nil
		},
		Read: func(_ context.Context, c cfn.TypedRequest[natGatewayProps]) (natGatewayProps, error) {
			return there(c, slices.ContainsFunc(r.Network.NatGateways().All(), func(g vpc.NatGateway) bool { return g.ID == c.PhysicalID }))
		},
		Delete: func(ctx context.Context, c cfn.TypedRequest[natGatewayProps]) error {
			return r.remove(ctx, c.PhysicalID, r.Network.NatGateways().Delete)
		},
	}
}
