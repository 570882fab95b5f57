package ec2

import (
	"context"
	"slices"

	"provenendpoints/internal/lab/api"
	"provenendpoints/internal/lab/awsid"
	"provenendpoints/internal/lab/privatelink"
)

// docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeVpcEndpointServices.html. The
// answer has two lists: the names alone, and the details.
func init() {
	details := description{
		name: "DescribeVpcEndpointServices", set: "serviceDetailSet", ids: "ServiceName", items: offeredItems, notFound: "InvalidServiceName",
		filters: []string{"service-name", "service-type", "owner"},
	}
	ec2.Register(api.QueryOperation[account]{
		Name: details.name, Parameters: []string{"Filter.", "MaxResults", "NextToken", "ServiceName."},
		Run: func(_ context.Context, a account, r *api.Request) (any, error) {
			found, err := details.run(a, r)
			if err != nil {
				return nil, err
			}
			list := found.(answer).list
			names := set{XMLName: name("serviceNameSet")}
			for _, s := range list.Items {
				names.Items = append(names.Items, s.(offeredXML).Name)
			}
			return []any{names, found}, nil
		},
	})
}

type (
	serviceTypeXML struct {
		Type string `xml:"serviceType"`
	}
	privateNameXML struct {
		Name string `xml:"privateDnsName"`
	}
	offeredXML struct {
		Name         string           `xml:"serviceName"`
		ID           string           `xml:"serviceId"`
		Types        []serviceTypeXML `xml:"serviceType>item"`
		Region       string           `xml:"serviceRegion"`
		Zones        []string         `xml:"availabilityZoneSet>item"`
		Owner        string           `xml:"owner"`
		PrivateName  string           `xml:"privateDnsName,omitempty"`
		PrivateNames []privateNameXML `xml:"privateDnsNameSet>item"`
		Policy       bool             `xml:"vpcEndpointPolicySupported"`
		Acceptance   bool             `xml:"acceptanceRequired"`
		Managed      bool             `xml:"managesVpcEndpoints"`
	}
)

// offeredItems are the services that the account's endpoints can lead to: AWS's, and its
// own. One with both types is listed twice, once with each, as EC2 does for S3.
func offeredItems(a account) ([]item, error) {
	var items []item
	add := func(x offeredXML) {
		x.ID, x.Region = awsid.EC2("vpce-svc-", x.Name, x.Types[0].Type), a.scope.Region
		items = append(items, item{x.Name, map[string][]string{"service-name": {x.Name}, "service-type": {x.Types[0].Type}, "owner": {x.Owner}}, x})
	}
	for _, s := range a.link.Services() {
		x := offeredXML{Name: s.Name, Zones: s.Zones, Owner: "amazon", Policy: true}
		if s.PrefixList != nil {
			x.Types = []serviceTypeXML{{privatelink.GatewayType}}
			add(x)
		}
		if s.Interface {
			x.Types = []serviceTypeXML{{privatelink.InterfaceType}}
			for _, n := range s.PrivateDNSNames {
				x.PrivateNames = append(x.PrivateNames, privateNameXML{n})
			}
			if len(s.PrivateDNSNames) > 0 {
				x.PrivateName = s.PrivateDNSNames[0]
			}
			add(x)
		}
	}
	for _, s := range a.link.EndpointServices() {
		x := offeredXML{
			Name: s.Name, Types: []serviceTypeXML{{s.Type}}, Zones: slices.Clone(s.Zones), Owner: a.scope.Account, Acceptance: s.AcceptanceRequired,
		}
		if s.PrivateDNSName != "" {
			x.PrivateName, x.PrivateNames = s.PrivateDNSName, []privateNameXML{{s.PrivateDNSName}}
		}
		add(x)
	}
	return items, nil
}
