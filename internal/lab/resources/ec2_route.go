package resources

import (
	"context"

	"provenendpoints/internal/lab/cfn"
	"provenendpoints/internal/lab/vpc"
)

func init() { register("AWS::EC2::Route", (*Resources).routeType) }

type routeProps struct {
	RouteTableId            string `cfn:"required,replace"`
	DestinationCidrBlock    string `cfn:"replace"`
	DestinationPrefixListId string `cfn:"replace"`
	GatewayId               string // internet gateway
	NatGatewayId            string
	VpcPeeringConnectionId  string
	NetworkInterfaceId      string
}

func (p routeProps) destination() string { return p.DestinationCidrBlock + p.DestinationPrefixListId }

func (p routeProps) target() string {
	return p.GatewayId + p.NatGatewayId + p.VpcPeeringConnectionId + p.NetworkInterfaceId
}

// route is the route that the properties describe.
func (p routeProps) route() vpc.Route {
	return vpc.Route{Destination: p.destination(), Target: p.target()}
}

// validateRoute wants one destination and one target, as CreateRoute does.
func validateRoute(p map[string]any) cfn.Findings {
	var f cfn.Findings
	if n := countGiven(p, "DestinationCidrBlock", "DestinationPrefixListId"); n != 1 {
		f = append(f, "exactly one of DestinationCidrBlock and DestinationPrefixListId is needed")
	}
	if n := countGiven(p, "GatewayId", "NatGatewayId", "VpcPeeringConnectionId", "NetworkInterfaceId"); n != 1 {
		f = append(f, "exactly one of GatewayId, NatGatewayId, VpcPeeringConnectionId and NetworkInterfaceId is needed")
	}
	return f
}

// routeType is AWS::EC2::Route.
func (r *Resources) routeType() cfn.Definition[routeProps] {
	return cfn.Definition[routeProps]{
		Attributes: []string{"CidrBlock"},
		Validate:   validateRoute,
		Create: func(_ context.Context, c cfn.TypedRequest[routeProps]) (cfn.Result, error) {
			if err := r.Network.RouteTables().CreateRoute(c.Props.RouteTableId, c.Props.route()); err != nil {
				return cfn.Result{}, err
			}
			return cfn.Result{
				PhysicalID: c.Props.RouteTableId + "|" + c.Props.destination(),
				Attributes: map[string]any{"CidrBlock": c.Props.destination()},
			}, nil
		},
		Update: func(_ context.Context, c cfn.TypedRequest[routeProps]) (cfn.Result, error) {
			return cfn.Result{}, r.Network.RouteTables().ReplaceRoute(c.Props.RouteTableId, c.Props.route())
		},
		Delete: func(ctx context.Context, c cfn.TypedRequest[routeProps]) error {
			return r.removing(ctx, func() error {
				return r.Network.RouteTables().DeleteRoute(c.Props.RouteTableId, c.Props.destination())
			})
		},
	}
}
