package resources

import (
	"context"
	"fmt"
	"slices"

	"provenendpoints/internal/lab/awsid"
	"provenendpoints/internal/lab/cfn"
)

func init() {
	register("AWS::EC2::VPNGateway", (*Resources).vpnGatewayType)
	register("AWS::EC2::VPNGatewayRoutePropagation", (*Resources).routePropagationType)
}

type vpnGatewayProps struct {
	Type          string   `cfn:"required,replace,only=ipsec.1"`
	AmazonSideAsn *int     `cfn:"inert"` // for BGP; the lab's connections have static routes
	Tags          cfn.Tags `cfn:"inert"` // names for people
}

// vpnGatewayType is AWS::EC2::VPNGateway, a virtual private gateway.
func (r *Resources) vpnGatewayType() cfn.Definition[vpnGatewayProps] {
	return cfn.Definition[vpnGatewayProps]{
		Attributes: []string{"VPNGatewayId"},
		Create: func(_ context.Context, c cfn.TypedRequest[vpnGatewayProps]) (cfn.Result, error) {
			id := r.id("vgw-", c.Request)
			if err := r.Network.VPNGateways().Create(id); err != nil {
				return cfn.Result{}, err
			}
			return cfn.Result{PhysicalID: id, Attributes: map[string]any{"VPNGatewayId": id}}, nil
		},
		Delete: func(ctx context.Context, c cfn.TypedRequest[vpnGatewayProps]) error {
			return r.remove(ctx, c.PhysicalID, r.Network.VPNGateways().Delete)
		},
	}
}

type routePropagationProps struct {
	RouteTableIds []string `cfn:"required"`
	VpnGatewayId  string   `cfn:"required"`
}

// routePropagationType is AWS::EC2::VPNGatewayRoutePropagation.
func (r *Resources) routePropagationType() cfn.Definition[routePropagationProps] {
	propagate := func(p routePropagationProps, on bool) error {
		for _, table := range p.RouteTableIds {
			err := r.Network.VPNGateways().Propagate(p.VpnGatewayId, table, on)
			if !on {
				err = ignoreGone(err)
			}
			if err != nil {
				return fmt.Errorf("route table %s: %w", table, err)
			}
		}
		return nil
	}
	return cfn.Definition[routePropagationProps]{
		Attributes: []string{"Id"},
		Create: func(_ context.Context, c cfn.TypedRequest[routePropagationProps]) (cfn.Result, error) {
			id := awsid.Physical(c.Stack, c.LogicalID, r.generation(resourceKey(c.Request)), 64)
			return cfn.Result{PhysicalID: id, Attributes: map[string]any{"Id": id}}, propagate(c.Props, true)
		},
		Update: func(_ context.Context, c cfn.TypedRequest[routePropagationProps]) (cfn.Result, error) {
			gone := c.Old
			if c.Old.VpnGatewayId == c.Props.VpnGatewayId {
				gone.RouteTableIds = slices.DeleteFunc(slices.Clone(gone.RouteTableIds), func(id string) bool { return slices.Contains(c.Props.RouteTableIds, id) })
			}
			if err := propagate(gone, false); err != nil {
				return cfn.Result{}, err
			}
			return cfn.Result{}, propagate(c.Props, true)
		},
		Delete: func(_ context.Context, c cfn.TypedRequest[routePropagationProps]) error {
			return propagate(c.Props, false)
		},
	}
}
