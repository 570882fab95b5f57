package verifier

import (
	"cmp"
	"context"
	"errors"

	"provenendpoints/internal/lambda/verifier/api"
	"provenendpoints/proof"
)

var _ = implement(proof.VPCRouteTablesLookup, func(ctx context.Context, c *clients, vpc string) ([]proof.RouteTable, error) {
	if vpc == "" {
		return nil, errors.New("no VPC to look for route tables in")
	}
	found, err := api.DescribeRouteTables.All(ctx, c.aws, api.DescribeRouteTablesInput{Filters: []api.Filter{api.Where("vpc-id", vpc)}})
	if err == nil && len(found) == 0 {
		// Every VPC has a main route table: none is no answer.
		return nil, errors.New("asked for the route tables of a VPC, got 0")
	}
	var tables []proof.RouteTable
	for _, table := range found {
		tables = append(tables, routeTableOf(table))
	}
	return tables, err
})

func routeTableOf(table api.RouteTable) proof.RouteTable {
	result := proof.RouteTable{ID: table.RouteTableId, VPC: table.VpcId}
	for _, route := range table.Routes {
		result.Routes = append(result.Routes, proof.Route{
			Destination: destinationOf(route),
			Target:      targetOf(route),
			Active:      route.State != "blackhole",
		})
	}
	for _, gateway := range table.PropagatingVgws {
		result.Propagating = append(result.Propagating, gateway.GatewayId)
	}
	for _, association := range table.Associations {
		if isOver(association.AssociationState.State) {
			continue
		}
		result.Main = result.Main || association.Main
		if subnet := association.SubnetId; subnet != "" {
			result.Subnets = append(result.Subnets, subnet)
		}
	}
	return result
}

// isOver reports whether an association has no effect any more. One that is being
// made or undone may have.
func isOver(state string) bool { return state == "disassociated" || state == "failed" }

// destinationOf names what a route is for. What this code does not know is not
// left out.
func destinationOf(route api.Route) string {
	if destination := cmp.Or(route.DestinationPrefixListId, route.DestinationCidrBlock, route.DestinationIpv6CidrBlock); destination != "" {
		return destination
	}
	return "an unknown destination"
}

// targetOf names where a route leads. "local", internet and virtual private
// gateways and gateway endpoints are all told of as GatewayId; an interface
// comes with the instance it belongs to
// (docs.aws.amazon.com/AWSEC2/latest/APIReference/API_Route.html). A kind of
// target that is newer than this code is not left out: it leads somewhere.
func targetOf(route api.Route) string {
	if target := cmp.Or(
		route.GatewayId, route.NatGatewayId, route.NetworkInterfaceId, route.InstanceId, route.VpcPeeringConnectionId,
		route.TransitGatewayId, route.EgressOnlyInternetGatewayId, route.CarrierGatewayId, route.LocalGatewayId,
		route.CoreNetworkArn, route.OdbNetworkArn, route.IpAddress,
	); target != "" {
		return target
	}
	return "an unknown target"
}
