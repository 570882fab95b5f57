package resources

import (
	"context"
	"fmt"
	"net/netip"
	"strings"

	"provenendpoints/internal/lab/cfn"
	"provenendpoints/internal/lab/route53"
)

func init() {
	register("AWS::Route53Resolver::ResolverEndpoint", (*Resources).resolverEndpointType)
}

type resolverAddress struct {
	SubnetId string `cfn:"required"`
	Ip       string
}

type resolverEndpointProps struct {
	Direction            string            `cfn:"required,replace,only=INBOUND|OUTBOUND"`
	IpAddresses          []resolverAddress `cfn:"required"`
	SecurityGroupIds     []string          `cfn:"required,replace"`
	ResolverEndpointType string            `cfn:"inert,only=IPV4"`
	Protocols            []string          `cfn:"inert,only=Do53"`
	Name                 string            `cfn:"inert"` // text for people
	Tags                 cfn.Tags          `cfn:"inert"` // names for people
}

// resolverEndpointType is AWS::Route53Resolver::ResolverEndpoint.
func (r *Resources) resolverEndpointType() cfn.Definition[resolverEndpointProps] {
	return cfn.Definition[resolverEndpointProps]{
		Attributes: []string{"Arn", "Direction", "HostVPCId", "IpAddressCount", "Name", "ResolverEndpointId"},
		Create: func(_ context.Context, c cfn.TypedRequest[resolverEndpointProps]) (cfn.Result, error) {
			wanted := route53.ResolverEndpoint{
				ID:        r.id("rslvr-"+strings.ToLower(strings.TrimSuffix(c.Props.Direction, "BOUND"))+"-", c.Request),
				Direction: c.Props.Direction, Groups: c.Props.SecurityGroupIds, Name: c.Props.Name,
			}
			for _, a := range c.Props.IpAddresses {
				var addr netip.Addr
				if a.Ip != "" {
					var err error
					if addr, err = netip.ParseAddr(a.Ip); err != nil {
						return cfn.Result{}, fmt.Errorf("property IpAddresses.Ip: %w", err)
					}
				}
				wanted.Subnets, wanted.Addrs = append(wanted.Subnets, a.SubnetId), append(wanted.Addrs, addr)
			}
			made, err := r.Names.CreateEndpoint(wanted)
			if err != nil {
				return cfn.Result{}, err
			}
			return cfn.Result{PhysicalID: made.ID, Attributes: map[string]any{
				"Arn":                r.Scope.ARN("route53resolver", "resolver-endpoint/"+made.ID),
				"Direction":          made.Direction,
				"HostVPCId":          made.VPC,
				"IpAddressCount":     fmt.Sprint(len(made.Interfaces)),
				"Name":               made.Name,
				"ResolverEndpointId": made.ID,
			}}, nil
		},
		Update: func(context.Context, cfn.TypedRequest[resolverEndpointProps]) (cfn.Result, error) {
			return cfn.Result{}, fmt.Errorf("property IpAddresses: the lab does not change the addresses of a resolver endpoint")
		},
		Delete: func(ctx context.Context, c cfn.TypedRequest[resolverEndpointProps]) error {
			return r.remove(ctx, c.PhysicalID, r.Names.DeleteEndpoint)
		},
	}
}
