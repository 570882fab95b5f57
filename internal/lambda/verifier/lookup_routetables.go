package verifier

import (
	"context"
	"errors"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"provenendpoints/proof"
)

var _ = implement(proof.RouteTablesLookup, func(ctx context.Context, c *clients, ids []string) ([]proof.RouteTable, error) {
	if len(ids) == 0 {
		// The API would answer with every route table of the account.
		return nil, errors.New("no route table to look for")
	}
	tables, err := describeRouteTables(ctx, c, &ec2.DescribeRouteTablesInput{RouteTableIds: ids})
	if want := distinct(ids); err == nil && len(tables) != want {
		return nil, fmt.Errorf("asked for %d route tables, got %d", want, len(tables))
	}
	return tables, err
})

var _ = implement(proof.VPCRouteTablesLookup, func(ctx context.Context, c *clients, vpc string) ([]proof.RouteTable, error) {
	if vpc == "" {
		return nil, errors.New("no VPC to look for route tables in")
	}
	tables, err := describeRouteTables(ctx, c, &ec2.DescribeRouteTablesInput{Filters: []types.Filter{filter("vpc-id", vpc)}})
	if err == nil && len(tables) == 0 {
		// Every VPC has a main route table: none is no answer.
		return nil, errors.New("asked for the route tables of a VPC, got 0")
	}
	return tables, err
})

func describeRouteTables(ctx context.Context, c *clients, input *ec2.DescribeRouteTablesInput) ([]proof.RouteTable, error) {
	found, err := all(ctx, ec2.NewDescribeRouteTablesPaginator(c.ec2, input),
		func(page *ec2.DescribeRouteTablesOutput) []types.RouteTable { return page.RouteTables })
	var tables []proof.RouteTable
	for _, table := range found {
		tables = append(tables, routeTableOf(table))
	}
	return tables, err
}

func routeTableOf(table types.RouteTable) proof.RouteTable {
	result := proof.RouteTable{ID: aws.ToString(table.RouteTableId)}
	for _, route := range table.Routes {
		result.Routes = append(result.Routes, proof.Route{
			Destination: first(route.DestinationPrefixListId, route.DestinationCidrBlock, route.DestinationIpv6CidrBlock),
			Target:      targetOf(route),
			Active:      route.State != types.RouteStateBlackhole,
		})
	}
	for _, association := range table.Associations {
		result.Main = result.Main || aws.ToBool(association.Main)
		if subnet := aws.ToString(association.SubnetId); subnet != "" {
			result.Subnets = append(result.Subnets, subnet)
		}
	}
	return result
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
