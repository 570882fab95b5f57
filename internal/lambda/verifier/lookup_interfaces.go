package verifier

import (
	"context"
	"errors"
	"fmt"
	"net/netip"

	"provenendpoints/internal/lambda/verifier/api"
	"provenendpoints/proof"
)

var _ = implement(proof.InterfacesLookup, func(ctx context.Context, c *clients, ids []string) ([]proof.Interface, error) {
	if len(ids) == 0 {
		// The API would answer with every interface of the account.
		return nil, errors.New("no interface to look for")
	}
	found, err := api.DescribeNetworkInterfaces.All(ctx, c.aws, api.DescribeNetworkInterfacesInput{NetworkInterfaceIds: ids})
	if err != nil {
		return nil, err
	}
	if len(found) != len(ids) {
		return nil, fmt.Errorf("asked for %d interfaces, got %d", len(ids), len(found))
	}
	return interfacesOf(found)
})

// interfacesOf lists interfaces, one entry for each address, IPv4 first.
func interfacesOf(interfaces []api.NetworkInterface) ([]proof.Interface, error) {
	var result []proof.Interface
	for _, eni := range interfaces {
		var texts []string
		if address := eni.PrivateIpAddress; address != "" {
			texts = append(texts, address)
		}
		for _, address := range eni.Ipv6Addresses {
			texts = append(texts, address.Ipv6Address)
		}
		for _, text := range texts {
			address, err := netip.ParseAddr(text)
			if err != nil {
				return nil, fmt.Errorf("interface %s: %w", eni.NetworkInterfaceId, err)
			}
			result = append(result, proof.Interface{
				ID:      eni.NetworkInterfaceId,
				Subnet:  eni.SubnetId,
				Zone:    eni.AvailabilityZone,
				Address: address,
			})
		}
	}
	return result, nil
}
