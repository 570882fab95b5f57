package resources

import (
	"context"
	"strings"

	"provenendpoints/internal/lab/cfn"
	"provenendpoints/internal/lab/vpc"
)

func init() { register("AWS::EC2::Route", (*Resources).routeType) }

type routeProps struct {
	RouteTableId                string `cfn:"required,replace"`
	DestinationCidrBlock        string `cfn:"replace"`
	DestinationIpv6CidrBlock    string `cfn:"replace"`
	DestinationPrefixListId     string `cfn:"replace"`
	GatewayId                   string // internet gateway or virtual private gateway
	NatGatewayId                string
	VpcPeeringConnectionId      string
	NetworkInterfaceId          string
	InstanceId                  string // its first interface
	EgressOnlyInternetGatewayId string
	TransitGatewayId            string
	VpcEndpointId               string // of a Gateway Load Balancer or a firewall
}

func (p routeProps) destination() string {
	return p.DestinationCidrBlock + p.DestinationIpv6CidrBlock + p.DestinationPrefixListId
}

func (p routeProps) target() string {
	return p.GatewayId + p.NatGatewayId + p.VpcPeeringConnectionId + p.NetworkInterfaceId + p.EgressOnlyInternetGatewayId + p.TransitGatewayId + p.VpcEndpointId
}

// route is the route that the properties describe. One to an instance is one to its
// first interface
// (docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateRoute.html).
func (r *Resources) route(p routeProps) (vpc.Route, error) {
	target := p.target()
	if p.InstanceId != "" {
		var err error
		if target, err = r.InterfaceOf(p.InstanceId); err != nil {
			return vpc.Route{}, err
		}
	}
	return vpc.Route{Destination: p.destination(), Target: target}, nil
}

// routed are the properties of a route with its target as it is.
func (r *Resources) routed(p routeProps, now vpc.Route) routeProps {
	if wanted, err := r.route(p); err == nil && wanted.Target == now.Target {
		return p
	}
	p = routeProps{RouteTableId: p.RouteTableId, DestinationCidrBlock: p.DestinationCidrBlock, DestinationIpv6CidrBlock: p.DestinationIpv6CidrBlock, DestinationPrefixListId: p.DestinationPrefixListId}
	kind, _, _ := strings.Cut(now.Target, "-")
	to, known := map[string]*string{
		"nat": &p.NatGatewayId, "pcx": &p.VpcPeeringConnectionId, "eni": &p.NetworkInterfaceId, "eigw": &p.EgressOnlyInternetGatewayId, "tgw": &p.TransitGatewayId,
	}[kind]
	if !known {
		to = &p.GatewayId
	}
	*to = now.Target
	return p
}

// routeTargets are the properties that name a route's target.
var routeTargets = []string{"GatewayId", "NatGatewayId", "VpcPeeringConnectionId", "NetworkInterfaceId", "InstanceId", "EgressOnlyInternetGatewayId", "TransitGatewayId", "VpcEndpointId"}

// otherTargets name targets that the lab does not have: each is refused by its name.
var otherTargets = []string{"CarrierGatewayId", "LocalGatewayId", "CoreNetworkArn", "OdbNetworkArn"}

// validateRoute wants one destination and one target, as CreateRoute does.
func validateRoute(p map[string]any) cfn.Findings {
	var f cfn.Findings
	if n := countGiven(p, "DestinationCidrBlock", "DestinationIpv6CidrBlock", "DestinationPrefixListId"); n != 1 {
		f = append(f, "exactly one of DestinationCidrBlock, DestinationIpv6CidrBlock and DestinationPrefixListId is needed")
	}
	if n := countGiven(p, routeTargets...); n > 1 || n == 0 && countGiven(p, otherTargets...) == 0 {
		f = append(f, "exactly one of "+strings.Join(routeTargets, ", ")+" is needed")
	}
	return f
}

// routeType is AWS::EC2::Route.
func (r *Resources) routeType() cfn.Definition[routeProps] {
	return cfn.Definition[routeProps]{
		Attributes: []string{"CidrBlock"},
		Validate:   validateRoute,
		Create: func(_ context.Context, c cfn.TypedRequest[routeProps]) (cfn.Result, error) {
			route, err := r.route(c.Props)
			if err != nil {
				return cfn.Result{}, err
			}
			if err := r.Network.RouteTables().CreateRoute(c.Props.RouteTableId, route); err != nil {
				return cfn.Result{}, err
			}
			return cfn.Result{
				PhysicalID: c.Props.RouteTableId + "|" + c.Props.destination(),
				Attributes: map[string]any{"CidrBlock": c.Props.destination()},
			}, nil
		},
		Update: func(_ context.Context, c cfn.TypedRequest[routeProps]) (cfn.Result, error) {
			route, err := r.route(c.Props)
			if err != nil {
				return cfn.Result{}, err
			}
			return cfn.Result{}, r.Network.RouteTables().ReplaceRoute(c.Props.RouteTableId, route)
		},
		Read: func(_ context.Context, c cfn.TypedRequest[routeProps]) (routeProps, error) {
			table, err := r.Network.RouteTables().Get(c.Props.RouteTableId)
			if err != nil {
				return c.Props, err
			}
			now, err := find(table.Routes, func(x vpc.Route) bool { return x.Destination == c.Props.destination() && !x.Propagated })
			if err != nil {
				return c.Props, err
			}
			return r.routed(c.Props, now), nil
		},
		Delete: func(ctx context.Context, c cfn.TypedRequest[routeProps]) error {
			return r.removing(ctx, func() error {
				return r.Network.RouteTables().DeleteRoute(c.Props.RouteTableId, c.Props.destination())
			})
		},
	}
}
