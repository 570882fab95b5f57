package ec2

import (
	"time"

	"provenendpoints/internal/lab/api"
)

func init() {
	describe(description{
		name: "DescribeVpcEndpointConnections",
		set:  "vpcEndpointConnectionSet", items: connectionItems,
		filters: []string{"service-id", "vpc-endpoint-id", "vpc-endpoint-state", "vpc-endpoint-owner"},
	})
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
func connectionItems(a account) ([]item, error) {
	var items []item
	for _, service := range a.link.EndpointServices() {
		connections, err := a.link.Connections(service.ID)
		if err != nil {
			continue // the service is gone by now
		}
		for _, connection := range connections {
			items = append(items, item{connection.Endpoint, map[string][]string{
				"service-id": {service.ID}, "vpc-endpoint-id": {connection.Endpoint}, "vpc-endpoint-state": {connection.State}, "vpc-endpoint-owner": {a.scope.Account},
			}, connectionXML{service.ID, connection.Endpoint, a.scope.Account, connection.State, api.Timestamp(created(connection.Created)), service.LoadBalancers}})
		}
	}
	return items, nil
}

// created is the time that EC2 shows, to the second.
func created(t time.Time) time.Time { return t.Truncate(time.Second) }
