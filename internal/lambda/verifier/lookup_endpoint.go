package verifier

import (
	"context"

	"provenendpoints/internal/lambda/verifier/api"
	"provenendpoints/proof"
)

var _ = implement(proof.EndpointLookup, func(ctx context.Context, c *clients, id string) (proof.Endpoint, error) {
	endpoint, err := api.DescribeVpcEndpoints.One(ctx, c.aws, api.DescribeVpcEndpointsInput{VpcEndpointIds: []string{id}})
	if err != nil {
		return proof.Endpoint{}, err
	}
	return endpointOf(endpoint), nil
})

func endpointOf(endpoint api.VpcEndpoint) proof.Endpoint {
	result := proof.Endpoint{
		ID:         endpoint.VpcEndpointId,
		VPC:        endpoint.VpcId,
		Service:    endpoint.ServiceName,
		State:      endpoint.State,
		Type:       endpoint.VpcEndpointType,
		Interfaces: endpoint.NetworkInterfaceIds,
		Policy:     endpoint.PolicyDocument,

		RecordIPType: endpoint.DnsOptions.DnsRecordIpType,
	}
	for _, entry := range endpoint.DnsEntries {
		if name := entry.DnsName; name != "" {
			result.Names = append(result.Names, name)
		}
	}
	for _, group := range endpoint.Groups {
		result.Groups = append(result.Groups, group.GroupId)
	}
	return result
}
