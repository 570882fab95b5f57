package ec2

import (
	"sync"

	"provenendpoints/internal/lab/api"
	"provenendpoints/internal/lab/privatelink"
)

func init() {
	describe(description{
		name: "DescribeVpcEndpoints",
		set:  "vpcEndpointSet", ids: "VpcEndpointId", items: endpointItems, notFound: "InvalidVpcEndpointId.NotFound",
		filters: []string{"vpc-endpoint-id", "vpc-id", "service-name", "vpc-endpoint-type", "vpc-endpoint-state"},
	})
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

func endpointItems(a account) ([]item, error) {
	names := sync.OnceValue(a.groupNames)
	var items []item
	for _, e := range a.link.Endpoints() {
		values := map[string][]string{
			"vpc-endpoint-id": {e.ID}, "vpc-id": {e.VPC}, "service-name": {e.Service}, "vpc-endpoint-type": {e.Type}, "vpc-endpoint-state": {e.State},
		}
		items = append(items, item{id: e.ID, values: values, xml: late{write: func() any { return a.endpointXML(e, names()) }}})
	}
	return items, nil
}

func (a account) endpointXML(e privatelink.Endpoint, names map[string]string) endpointXML {
	x := endpointXML{
		ID: e.ID, Type: e.Type, VPC: e.VPC, Service: e.Service, State: e.State, Policy: e.Policy,
		RouteTables: e.RouteTables, Subnets: e.Subnets, Groups: groupRefs(e.Groups, names),
		PrivateDNS: e.PrivateDNS, Interfaces: e.Interfaces, Created: api.Timestamp(e.Created), Owner: a.scope.Account,
	}
	if x.Policy == "" {
		x.Policy = fullAccess
	}
	if e.Type == privatelink.BalancerType {
		x.Policy = "" // it has none
	}
	if e.Type == privatelink.InterfaceType {
		x.AddressType, x.DNSRecords = "ipv4", "ipv4"
	}
	for _, entry := range e.DNSNames {
		x.DNSEntries = append(x.DNSEntries, dnsEntryXML{entry.Name, entry.HostedZone})
	}
	return x
}
