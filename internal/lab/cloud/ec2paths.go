package cloud

import (
	"net/http"
	"strings"
	"time"

	"provenendpoints/internal/lab/awserr"
	"provenendpoints/internal/lab/awsid"
	"provenendpoints/internal/lab/vpc"
)

type routeXML struct {
	CIDR       string `xml:"destinationCidrBlock,omitempty"`
	PrefixList string `xml:"destinationPrefixListId,omitempty"`
	Gateway    string `xml:"gatewayId,omitempty"`
	NAT        string `xml:"natGatewayId,omitempty"`
	Interface  string `xml:"networkInterfaceId,omitempty"`
	Peering    string `xml:"vpcPeeringConnectionId,omitempty"`
	State      string `xml:"state"`
	Origin     string `xml:"origin"`
}

type tableAssociationXML struct {
	ID     string `xml:"routeTableAssociationId"`
	Table  string `xml:"routeTableId"`
	Subnet string `xml:"subnetId,omitempty"`
	Main   bool   `xml:"main"`
	State  string `xml:"associationState>state"`
}

type routeTableXML struct {
	ID           string                `xml:"routeTableId"`
	VPC          string                `xml:"vpcId"`
	Owner        string                `xml:"ownerId"`
	Routes       []routeXML            `xml:"routeSet>item"`
	Associations []tableAssociationXML `xml:"associationSet>item"`
}

func routeTableItems(c *Cloud, _ *request) ([]ec2Item, error) {
	var items []ec2Item
	for _, t := range c.network.RouteTables() {
		x := routeTableXML{ID: t.ID, VPC: t.VPC, Owner: c.scope.Account}
		values := map[string][]string{
			"route-table-id": {t.ID}, "vpc-id": {t.VPC}, "association.subnet-id": t.Subnets, "association.main": {boolText(t.Main)},
		}
		for _, route := range t.Routes {
			rx := describeRoute(route)
			x.Routes = append(x.Routes, rx)
			for name, value := range map[string]string{
				"route.gateway-id": rx.Gateway, "route.destination-cidr-block": rx.CIDR, "route.destination-prefix-list-id": rx.PrefixList,
			} {
				if value != "" {
					values[name] = append(values[name], value)
				}
			}
		}
		if t.Main {
			x.Associations = append(x.Associations, tableAssociationXML{awsid.EC2("rtbassoc-", t.ID), t.ID, "", true, "associated"})
		}
		for _, subnet := range t.Subnets {
			x.Associations = append(x.Associations, tableAssociationXML{awsid.EC2("rtbassoc-", t.ID, subnet), t.ID, subnet, false, "associated"})
		}
		items = append(items, ec2Item{t.ID, values, x})
	}
	return items, nil
}

// describeRoute puts the target where EC2 puts one of its kind: gateways of
// all sorts, gateway endpoints and "local" count as gateways
// (docs.aws.amazon.com/AWSEC2/latest/APIReference/API_Route.html).
func describeRoute(r vpc.Route) routeXML {
	x := routeXML{State: "active", Origin: "CreateRoute"}
	if !r.Active {
		x.State = "blackhole"
	}
	if strings.HasPrefix(r.Destination, "pl-") {
		x.PrefixList = r.Destination
	} else {
		x.CIDR = r.Destination
	}
	kind, _, _ := strings.Cut(r.Target, "-")
	switch kind {
	case "nat":
		x.NAT = r.Target
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

type dnsEntryXML struct {
	Name       string `xml:"dnsName"`
	HostedZone string `xml:"hostedZoneId"`
}

type endpointXML struct {
	ID          string        `xml:"vpcEndpointId"`
	Type        string        `xml:"vpcEndpointType"`
	VPC         string        `xml:"vpcId"`
	Service     string        `xml:"serviceName"`
	State       string        `xml:"state"`
	Policy      string        `xml:"policyDocument"`
	RouteTables []string      `xml:"routeTableIdSet>item"`
	Subnets     []string      `xml:"subnetIdSet>item"`
	Groups      []groupRefXML `xml:"groupSet>item"`
	AddressType string        `xml:"ipAddressType,omitempty"`
	DNSRecords  string        `xml:"dnsOptions>dnsRecordIpType,omitempty"`
	PrivateDNS  bool          `xml:"privateDnsEnabled"`
	Managed     bool          `xml:"requesterManaged"`
	Interfaces  []string      `xml:"networkInterfaceIdSet>item"`
	DNSEntries  []dnsEntryXML `xml:"dnsEntrySet>item"`
	Created     string        `xml:"creationTimestamp"`
	Owner       string        `xml:"ownerId"`
}

// fullAccess is the policy that an endpoint has when none is given
// (docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-access.html).
const fullAccess = `{"Statement":[{"Action":"*","Effect":"Allow","Principal":"*","Resource":"*"}]}`

func endpointItems(c *Cloud, _ *request) ([]ec2Item, error) {
	names := c.groupNames()
	var items []ec2Item
	for _, e := range c.network.Endpoints() {
		x := endpointXML{
			ID: e.ID, Type: e.Type, VPC: e.VPC, Service: e.Service, State: e.State, Policy: e.Policy,
			RouteTables: e.RouteTables, Subnets: e.Subnets, Groups: groupRefs(e.Groups, names),
			PrivateDNS: e.PrivateDNS, Interfaces: e.Interfaces, Created: stamp(e.Created), Owner: c.scope.Account,
		}
		if x.Policy == "" {
			x.Policy = fullAccess
		}
		if e.Type == vpc.InterfaceType {
			x.AddressType, x.DNSRecords = "ipv4", "ipv4"
		}
		for _, entry := range e.DNSNames {
			x.DNSEntries = append(x.DNSEntries, dnsEntryXML{entry.Name, entry.HostedZone})
		}
		items = append(items, ec2Item{e.ID, map[string][]string{
			"vpc-endpoint-id": {e.ID}, "vpc-id": {e.VPC}, "service-name": {e.Service}, "vpc-endpoint-type": {e.Type}, "vpc-endpoint-state": {e.State},
		}, x})
	}
	return items, nil
}

type connectionXML struct {
	Service   string   `xml:"serviceId"`
	Endpoint  string   `xml:"vpcEndpointId"`
	Owner     string   `xml:"vpcEndpointOwner"`
	State     string   `xml:"vpcEndpointState"`
	Created   string   `xml:"creationTimestamp"`
	Balancers []string `xml:"networkLoadBalancerArnSet>item"`
}

// connectionItems are the connections of every endpoint service. An unknown
// service in the filter is an empty answer, as for other filters.
func connectionItems(c *Cloud, _ *request) ([]ec2Item, error) {
	var items []ec2Item
	for _, service := range c.network.EndpointServices() {
		connections, err := c.network.Connections(service.ID)
		if err != nil {
			return nil, awserr.WithStatus(http.StatusInternalServerError, "InternalError", "%s", err.Error())
		}
		for _, connection := range connections {
			items = append(items, ec2Item{connection.Endpoint, map[string][]string{
				"service-id": {service.ID}, "vpc-endpoint-id": {connection.Endpoint}, "vpc-endpoint-state": {connection.State}, "vpc-endpoint-owner": {c.scope.Account},
			}, connectionXML{service.ID, connection.Endpoint, c.scope.Account, connection.State, stamp(created(connection.Created)), service.LoadBalancers}})
		}
	}
	return items, nil
}

type allowedXML struct {
	Type      string `xml:"principalType"`
	Principal string `xml:"principal"`
	ID        string `xml:"servicePermissionId"`
	Service   string `xml:"serviceId"`
}

// permissionItems are who may connect to the one endpoint service that was asked
// about (docs.aws.amazon.com/AWSEC2/latest/APIReference/API_AllowedPrincipal.html).
func permissionItems(c *Cloud, r *request) ([]ec2Item, error) {
	id := r.form.Get("ServiceId")
	service, err := c.network.EndpointService(id)
	if err != nil {
		return nil, awserr.New("InvalidVpcEndpointServiceId.NotFound", "The VpcEndpointService Id '%s' does not exist", id)
	}
	var items []ec2Item
	for _, principal := range service.Principals {
		kind := principalType(principal)
		permission := awsid.EC2("vpce-svc-perm-", id, principal)
		items = append(items, ec2Item{permission, map[string][]string{"principal": {principal}, "principal-type": {kind}}, allowedXML{kind, principal, permission, id}})
	}
	return items, nil
}

// principalType is what EC2 calls a principal of this ARN.
func principalType(principal string) string {
	_, resource, _ := strings.Cut(principal, "::")
	_, resource, _ = strings.Cut(resource, ":")
	switch kind, _, _ := strings.Cut(resource, "/"); {
	case principal == "*":
		return "All"
	case kind == "role":
		return "Role"
	case kind == "user":
		return "User"
	}
	return "Account"
}

// created is the time that EC2 shows, to the second.
func created(t time.Time) time.Time { return t.Truncate(time.Second) }
