package ec2

import (
	"context"
	"slices"

	"provenendpoints/internal/lab/api"
	"provenendpoints/internal/lab/awserr"
	"provenendpoints/internal/lab/vpc"
)

// The calls that change routes (docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateRoute.html
// and its two siblings). Each is authorised on the route table.
func init() {
	destinations := []string{"DestinationCidrBlock", "DestinationIpv6CidrBlock", "DestinationPrefixListId"}
	targets := []string{"GatewayId", "NatGatewayId", "VpcPeeringConnectionId", "NetworkInterfaceId", "EgressOnlyInternetGatewayId", "TransitGatewayId", "VpcEndpointId"}
	for name, op := range map[string]struct {
		targets []string
		run     func(vpc.RouteTables, string, vpc.Route) error
	}{
		"CreateRoute":  {targets, vpc.RouteTables.CreateRoute},
		"ReplaceRoute": {targets, vpc.RouteTables.ReplaceRoute},
		"DeleteRoute":  {nil, func(t vpc.RouteTables, table string, r vpc.Route) error { return t.DeleteRoute(table, r.Destination) }},
	} {
		ec2.Register(api.QueryOperation[account]{
			Name: name, Parameters: slices.Concat([]string{"RouteTableId"}, destinations, op.targets),
			Resource: arnOf("route-table", "RouteTableId"),
			Validate: func(r *api.Request) error {
				if r.Form.Get("RouteTableId") == "" {
					return awserr.New("MissingParameter", "The request must contain the parameter routeTableId")
				}
				return nil
			},
			Run: func(_ context.Context, a account, r *api.Request) (any, error) {
				route, err := oneOf(r, destinations, "destination")
				if err != nil {
					return nil, err
				}
				var target string
				if op.targets != nil {
					if target, err = oneOf(r, op.targets, "target"); err != nil {
						return nil, err
					}
				}
				return changed{}, op.run(a.network.RouteTables(), r.Form.Get("RouteTableId"), vpc.Route{Destination: route, Target: target})
			},
		})
	}
}

// oneOf is the value of the one parameter that is given of some.
func oneOf(r *api.Request, names []string, what string) (string, error) {
	var found []string
	for _, name := range names {
		if v := r.Form.Get(name); v != "" {
			found = append(found, v)
		}
	}
	if len(found) != 1 {
		return "", awserr.New("InvalidParameterCombination", "The request must contain exactly one %s of a route, and has %d", what, len(found))
	}
	return found[0], nil
}
