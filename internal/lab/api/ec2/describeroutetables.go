package ec2

import (
	"strings"

	"provenendpoints/internal/lab/api"
	"provenendpoints/internal/lab/vpc"
)

func init() {
	describe(description{
		name: "DescribeRouteTables",
		set:  "routeTableSet", ids: "RouteTableId", items: routeTableItems, notFound: "InvalidRouteTableID.NotFound",
		filters: []string{"route-table-id", "vpc-id", "association.subnet-id", "association.main", "association.gateway-id", "route.gateway-id", "route.destination-cidr-block", "route.destination-ipv6-cidr-block", "route.destination-prefix-list-id"},
	})
}

type routeXML struct {
	CIDR       string `xml:"destinationCidrBlock,omitempty"`
	IPv6CIDR   string `xml:"destinationIpv6CidrBlock,omitempty"`
	PrefixList string `xml:"destinationPrefixListId,omitempty"`
	EgressOnly string `xml:"egressOnlyInternetGatewayId,omitempty"`
	Gateway    string `xml:"gatewayId,omitempty"`
	NAT        string `xml:"natGatewayId,omitempty"`
	Interface  string `xml:"networkInterfaceId,omitempty"`
	Peering    string `xml:"vpcPeeringConnectionId,omitempty"`
	Transit    string `xml:"transitGatewayId,omitempty"`
	State      string `xml:"state"`
	Origin     string `xml:"origin"`
}

type tableAssociationXML struct {
	ID      string `xml:"routeTableAssociationId"`
	Table   string `xml:"routeTableId"`
	Subnet  string `xml:"subnetId,omitempty"`
	Gateway string `xml:"gatewayId,omitempty"`
	Main    bool   `xml:"main"`
	State   string `xml:"associationState>state"`
}

type propagatingXML struct {
	Gateway string `xml:"gatewayId"`
}

type routeTableXML struct {
	ID           string                `xml:"routeTableId"`
	VPC          string                `xml:"vpcId"`
	Owner        string                `xml:"ownerId"`
	Routes       []routeXML            `xml:"routeSet>item"`
	Associations []tableAssociationXML `xml:"associationSet>item"`
	Propagating  []propagatingXML      `xml:"propagatingVgwSet>item"`
}

func routeTableItems(a account) ([]item, error) {
	var items []item
	for _, t := range a.network.RouteTables().All() {
		x := routeTableXML{ID: t.ID, VPC: t.VPC, Owner: a.scope.Account}
		values := map[string][]string{
			"route-table-id": {t.ID}, "vpc-id": {t.VPC}, "association.subnet-id": t.Subnets, "association.main": {api.Bool(t.Main)}, "association.gateway-id": t.Gateways,
		}
		for _, route := range t.Routes {
			rx := describeRoute(route)
			x.Routes = append(x.Routes, rx)
			for name, value := range map[string]string{
				"route.gateway-id": rx.Gateway, "route.destination-cidr-block": rx.CIDR, "route.destination-ipv6-cidr-block": rx.IPv6CIDR, "route.destination-prefix-list-id": rx.PrefixList,
			} {
				if value != "" {
					values[name] = append(values[name], value)
				}
			}
		}
		for _, id := range t.Propagating {
			x.Propagating = append(x.Propagating, propagatingXML{id})
		}
		if t.Main {
			x.Associations = append(x.Associations, tableAssociationXML{ID: mainAssociation(t.ID), Table: t.ID, Main: true, State: "associated"})
		}
		for _, subnet := range t.Subnets {
			x.Associations = append(x.Associations, tableAssociationXML{ID: tableAssociation(t.ID, subnet), Table: t.ID, Subnet: subnet, State: "associated"})
		}
		for _, gateway := range t.Gateways {
			x.Associations = append(x.Associations, tableAssociationXML{ID: tableAssociation(t.ID, gateway), Table: t.ID, Gateway: gateway, State: "associated"})
		}
		items = append(items, item{t.ID, values, x})
	}
	return items, nil
}

// describeRoute puts the target where EC2 puts one of its kind: gateways of
// all sorts, gateway endpoints and "local" count as gateways
// (docs.aws.amazon.com/AWSEC2/latest/APIReference/API_Route.html).
func describeRoute(r vpc.Route) routeXML {
	x := routeXML{State: "active", Origin: "CreateRoute"}
	if r.Propagated {
		x.Origin = "EnableVgwRoutePropagation"
	}
	if !r.Active {
		x.State = "blackhole"
	}
	switch {
	case strings.HasPrefix(r.Destination, "pl-"):
		x.PrefixList = r.Destination
	case strings.Contains(r.Destination, ":"):
		x.IPv6CIDR = r.Destination
	default:
		x.CIDR = r.Destination
	}
	kind, _, _ := strings.Cut(r.Target, "-")
	switch kind {
	case "nat":
		x.NAT = r.Target
	case "tgw":
		x.Transit = r.Target
	case "eigw":
		x.EgressOnly = r.Target
	case "eni":
		x.Interface = r.Target
	case "pcx":
		x.Peering = r.Target
	case "local":
		x.Gateway, x.Origin = r.Target, "CreateRouteTable"
	default:
		x.Gateway = r.Target
	}
	return x
}
