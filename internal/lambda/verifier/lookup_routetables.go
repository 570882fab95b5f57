package verifier

import (
	"context"
	"errors"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"provenendpoints/proof"
)

var _ = implement(proof.VPCRouteTablesLookup, func(ctx context.Context, c *clients, vpc string) ([]proof.RouteTable, error) {
	if vpc == "" {
		return nil, errors.New("no VPC to look for route tables in")
	}
	found, err := all(ctx, ec2.NewDescribeRouteTablesPaginator(c.ec2, &ec2.DescribeRouteTablesInput{Filters: []types.Filter{filter("vpc-id", vpc)}}),
		func(page *ec2.DescribeRouteTablesOutput) []types.RouteTable { return page.RouteTables })
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

func routeTableOf(table types.RouteTable) proof.RouteTable {
	result := proof.RouteTable{ID: aws.ToString(table.RouteTableId), VPC: aws.ToString(table.VpcId)}
	for _, route := range table.Routes {
		result.Routes = append(result.Routes, proof.Route{
			Destination: destinationOf(route),
			Target:      targetOf(route),
			Active:      route.State != types.RouteStateBlackhole,
		})
	}
	for _, gateway := range table.PropagatingVgws {
		result.Propagating = append(result.Propagating, aws.ToString(gateway.GatewayId))
	}
	for _, association := range table.Associations {
		if state := association.AssociationState; state != nil && isOver(state.State) {
			continue
		}
		result.Main = result.Main || aws.ToBool(association.Main)
		if subnet := aws.ToString(association.SubnetId); subnet != "" {
			result.Subnets = append(result.Subnets, subnet)
		}
	}
	return result
}

// isOver reports whether an association has no effect any more. One that is being
// made or undone may have.
func isOver(state types.RouteTableAssociationStateCode) bool {
	return state == types.RouteTableAssociationStateCodeDisassociated || state == types.RouteTableAssociationStateCodeFailed
}

// destinationOf names what a route is for. What this code does not know is not
// left out.
func destinationOf(route types.Route) string {
	if destination := first(route.DestinationPrefixListId, route.DestinationCidrBlock, route.DestinationIpv6CidrBlock); destination != "" {
		return destination
	}
	return "an unknown destination"
}

// targetOf names where a route leads. "local", internet and virtual private
// gateways and gateway endpoints are all told of as GatewayId; an interface
// comes with the instance it belongs to
// (docs.aws.amazon.com/AWSEC2/latest/APIReference/API_Route.html). A kind of
// target that is newer than this code is not left out: it leads somewhere.
func targetOf(route types.Route) string {
	if target := first(
		route.GatewayId, route.NatGatewayId, route.NetworkInterfaceId, route.InstanceId, route.VpcPeeringConnectionId,
		route.TransitGatewayId, route.EgressOnlyInternetGatewayId, route.CarrierGatewayId, route.LocalGatewayId,
		route.CoreNetworkArn, route.OdbNetworkArn, route.IpAddress,
	); target != "" {
		return target
	}
	return "an unknown target"
}

// first is the first text that is there.
func first(texts ...*string) string {
	for _, text := range texts {
		if aws.ToString(text) != "" {
			return *text
		}
	}
	return ""
}
