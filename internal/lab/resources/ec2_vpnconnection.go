package resources

import (
	"context"
	"fmt"
	"net/netip"

	"provenendpoints/internal/lab/cfn"
	"provenendpoints/internal/lab/vpc"
)

func init() {
	register("AWS::EC2::CustomerGateway", (*Resources).customerGatewayType)
	register("AWS::EC2::VPNConnection", (*Resources).vpnConnectionType)
	register("AWS::EC2::VPNConnectionRoute", (*Resources).vpnConnectionRouteType)
}

type customerGatewayProps struct {
	Type       string   `cfn:"required,replace,only=ipsec.1"`
	IpAddress  string   `cfn:"required,replace"`
	BgpAsn     *int     `cfn:"inert"` // for BGP; the lab's connections have static routes
	DeviceName string   `cfn:"inert"` // text for people
	Tags       cfn.Tags `cfn:"inert"` // names for people
}

// customerGatewayType is AWS::EC2::CustomerGateway: what EC2 knows of a customer's own
// device. Nothing is sent to its address: tunnels are up at once.
func (r *Resources) customerGatewayType() cfn.Definition[customerGatewayProps] {
	return cfn.Definition[customerGatewayProps]{
		Attributes: []string{"CustomerGatewayId"},
		Create: func(_ context.Context, c cfn.TypedRequest[customerGatewayProps]) (cfn.Result, error) {
			if a, err := netip.ParseAddr(c.Props.IpAddress); err != nil || !a.Is4() {
				return cfn.Result{}, fmt.Errorf("property IpAddress: %q is no IPv4 address", c.Props.IpAddress)
			}
			id := r.id("cgw-", c.Request)
			return cfn.Result{PhysicalID: id, Attributes: map[string]any{"CustomerGatewayId": id}}, nil
		},
	}
}

type vpnConnectionProps struct {
	Type                           string   `cfn:"required,replace,only=ipsec.1"`
	CustomerGatewayId              string   `cfn:"required,replace"`
	VpnGatewayId                   string   `cfn:"required,replace"`
	StaticRoutesOnly               *bool    `cfn:"replace"`       // without: routes come by BGP, and nobody sends any
	VpnTunnelOptionsSpecifications any      `cfn:"inert,replace"` // how tunnels are encrypted and kept open
	Tags                           cfn.Tags `cfn:"inert"`         // names for people
}

// vpnConnectionType is AWS::EC2::VPNConnection of a virtual private gateway, with static
// routes. Over BGP it learns none: there is no customer's device that would send them.
func (r *Resources) vpnConnectionType() cfn.Definition[vpnConnectionProps] {
	return cfn.Definition[vpnConnectionProps]{
		Attributes: []string{"VpnConnectionId"},
		Create: func(_ context.Context, c cfn.TypedRequest[vpnConnectionProps]) (cfn.Result, error) {
			id := r.id("vpn-", c.Request)
			if err := r.Network.VPNGateways().Connect(vpc.VPNConnection{ID: id, Gateway: c.Props.VpnGatewayId}); err != nil {
				return cfn.Result{}, err
			}
			return cfn.Result{PhysicalID: id, Attributes: map[string]any{"VpnConnectionId": id}}, nil
		},
		Delete: func(ctx context.Context, c cfn.TypedRequest[vpnConnectionProps]) error {
			return r.remove(ctx, c.PhysicalID, r.Network.VPNGateways().Disconnect)
		},
	}
}

type vpnConnectionRouteProps struct {
	VpnConnectionId      string `cfn:"required,replace"`
	DestinationCidrBlock string `cfn:"required,replace"`
}

// vpnConnectionRouteType is AWS::EC2::VPNConnectionRoute.
func (r *Resources) vpnConnectionRouteType() cfn.Definition[vpnConnectionRouteProps] {
	return cfn.Definition[vpnConnectionRouteProps]{
		Create: func(_ context.Context, c cfn.TypedRequest[vpnConnectionRouteProps]) (cfn.Result, error) {
			block, err := parseCIDR("DestinationCidrBlock", c.Props.DestinationCidrBlock)
			if err != nil {
				return cfn.Result{}, err
			}
			if err := r.Network.VPNGateways().AddRoute(c.Props.VpnConnectionId, block.Masked()); err != nil {
				return cfn.Result{}, err
			}
			return cfn.Result{PhysicalID: c.Props.VpnConnectionId + "|" + block.String()}, nil
		},
		Delete: func(_ context.Context, c cfn.TypedRequest[vpnConnectionRouteProps]) error {
			block, err := parseCIDR("DestinationCidrBlock", c.Props.DestinationCidrBlock)
			if err != nil {
				return err
			}
			return ignoreGone(r.Network.VPNGateways().RemoveRoute(c.Props.VpnConnectionId, block.Masked()))
		},
	}
}
