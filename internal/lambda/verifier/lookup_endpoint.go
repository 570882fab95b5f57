package verifier

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"provenendpoints/proof"
)

var _ = implement(proof.EndpointLookup, func(ctx context.Context, c *clients, id string) (proof.Endpoint, error) {
	endpoint, err := one(ctx, ec2.NewDescribeVpcEndpointsPaginator(c.ec2, &ec2.DescribeVpcEndpointsInput{VpcEndpointIds: []string{id}}),
		func(page *ec2.DescribeVpcEndpointsOutput) []types.VpcEndpoint { return page.VpcEndpoints })
	if err != nil {
		return proof.Endpoint{}, err
	}
	return endpointOf(endpoint), nil
})

func endpointOf(endpoint types.VpcEndpoint) proof.Endpoint {
	result := proof.Endpoint{
		ID:         aws.ToString(endpoint.VpcEndpointId),
		VPC:        aws.ToString(endpoint.VpcId),
		Service:    aws.ToString(endpoint.ServiceName),
		State:      string(endpoint.State),
		Type:       string(endpoint.VpcEndpointType),
		Interfaces: endpoint.NetworkInterfaceIds,
		Policy:     aws.ToString(endpoint.PolicyDocument),
	}
	if endpoint.DnsOptions != nil {
		result.RecordIPType = string(endpoint.DnsOptions.DnsRecordIpType)
	}
	for _, entry := range endpoint.DnsEntries {
		if name := aws.ToString(entry.DnsName); name != "" {
			result.Names = append(result.Names, name)
		}
	}
	for _, group := range endpoint.Groups {
		result.Groups = append(result.Groups, aws.ToString(group.GroupId))
	}
	return result
}
