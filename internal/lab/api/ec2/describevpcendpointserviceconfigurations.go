package ec2

import "provenendpoints/internal/lab/privatelink"

func init() {
	describe(description{
		name: "DescribeVpcEndpointServiceConfigurations",
		set:  "serviceConfigurationSet", ids: "ServiceId", items: serviceItems, notFound: "InvalidVpcEndpointServiceId.NotFound",
		filters: []string{"service-id", "service-name", "service-state"},
	})
}

type serviceXML struct {
	ID         string   `xml:"serviceId"`
	Name       string   `xml:"serviceName"`
	State      string   `xml:"serviceState"`
	Type       string   `xml:"serviceType>item>serviceType"`
	Acceptance bool     `xml:"acceptanceRequired"`
	Balancers  []string `xml:"networkLoadBalancerArnSet>item"`
	Gateways   []string `xml:"gatewayLoadBalancerArnSet>item"`
	Zones      []string `xml:"availabilityZoneSet>item"`
	// PrivateName and Domain are there where the service has a private name.
	PrivateName string     `xml:"privateDnsName,omitempty"`
	Domain      *domainXML `xml:"privateDnsNameConfiguration"`
}

type domainXML struct {
	State string `xml:"state"`
	Type  string `xml:"type"`
	Value string `xml:"value"`
	Name  string `xml:"name"`
}

// serviceItems are the endpoint services of the account
// (docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ServiceConfiguration.html).
func serviceItems(a account) ([]item, error) {
	var items []item
	for _, s := range a.link.EndpointServices() {
		var domain *domainXML
		if s.PrivateDNSName != "" {
			domain = &domainXML{s.Domain.State, "TXT", s.Domain.Value, s.Domain.Name}
		}
		networks, gateways := s.LoadBalancers, []string(nil)
		if s.Type == privatelink.BalancerType {
			networks, gateways = nil, s.LoadBalancers
		}
		items = append(items, item{s.ID, map[string][]string{
			"service-id": {s.ID}, "service-name": {s.Name}, "service-state": {"Available"},
		}, serviceXML{s.ID, s.Name, "Available", s.Type, s.AcceptanceRequired, networks, gateways, s.Zones, s.PrivateDNSName, domain}})
	}
	return items, nil
}
