package verifier

import (
	"context"
	"errors"
	"fmt"
	"net/netip"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"provenendpoints/proof"
)

var _ = implement(proof.InterfacesLookup, func(ctx context.Context, c *clients, ids []string) ([]proof.Interface, error) {
	if len(ids) == 0 {
		// The API would answer with every interface of the account.
		return nil, errors.New("no interface to look for")
	}
	found, err := all(ctx, ec2.NewDescribeNetworkInterfacesPaginator(c.ec2, &ec2.DescribeNetworkInterfacesInput{NetworkInterfaceIds: ids}),
		func(page *ec2.DescribeNetworkInterfacesOutput) []types.NetworkInterface {
			return page.NetworkInterfaces
		})
	if err != nil {
		return nil, err
	}
	if len(found) != len(ids) {
		return nil, fmt.Errorf("asked for %d interfaces, got %d", len(ids), len(found))
	}
	return interfacesOf(found)
})

// interfacesOf lists interfaces, one entry for each address, IPv4 first.
func interfacesOf(interfaces []types.NetworkInterface) ([]proof.Interface, error) {
	var result []proof.Interface
	for _, eni := range interfaces {
		var texts []string
		if address := aws.ToString(eni.PrivateIpAddress); address != "" {
			texts = append(texts, address)
		}
		for _, address := range eni.Ipv6Addresses {
			texts = append(texts, aws.ToString(address.Ipv6Address))
		}
		for _, text := range texts {
			address, err := netip.ParseAddr(text)
			if err != nil {
				return nil, fmt.Errorf("interface %s: %w", aws.ToString(eni.NetworkInterfaceId), err)
			}
			result = append(result, proof.Interface{
				ID:      aws.ToString(eni.NetworkInterfaceId),
				Subnet:  aws.ToString(eni.SubnetId),
				Zone:    aws.ToString(eni.AvailabilityZone),
				Address: address,
			})
		}
	}
	return result, nil
}
