package verifier

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"slices"

	"provenendpoints/internal/lambda/verifier/api"
	"provenendpoints/proof"
)

var _ = implement(proof.NetworkInterfacesLookup, func(ctx context.Context, c *clients, vpc string) ([]proof.NetworkInterface, error) {
	if vpc == "" {
		return nil, errors.New("no VPC to look for network interfaces in")
	}
	return networkInterfaces(ctx, c, api.Where("vpc-id", vpc))
})

var _ = implement(proof.InstanceInterfacesLookup, func(ctx context.Context, c *clients, instances []string) ([]proof.NetworkInterface, error) {
	if len(instances) == 0 {
		return nil, errors.New("no instance to look for network interfaces of")
	}
	return networkInterfaces(ctx, c, api.Filter{Name: "attachment.instance-id", Values: instances})
})

// networkInterfaces are those that pass the filter.
func networkInterfaces(ctx context.Context, c *clients, which api.Filter) ([]proof.NetworkInterface, error) {
	found, err := api.DescribeNetworkInterfaces.All(ctx, c.aws, api.DescribeNetworkInterfacesInput{Filters: []api.Filter{which}})
	if err != nil {
		return nil, err
	}
	if len(found) == 0 {
		// What is asked about is used: none is no answer.
		return nil, errors.New("asked for network interfaces, got 0")
	}
	var interfaces []proof.NetworkInterface
	for _, eni := range found {
		converted, err := networkInterfaceOf(eni)
		if err != nil {
			return nil, fmt.Errorf("interface %s: %w", eni.NetworkInterfaceId, err)
		}
		interfaces = append(interfaces, converted)
	}
	return interfaces, nil
}

// networkInterfaceOf reads an interface with all its addresses. Associations are
// told of with each private address; the interface repeats that of its first
// (docs.aws.amazon.com/AWSEC2/latest/APIReference/API_NetworkInterface.html).
func networkInterfaceOf(eni api.NetworkInterface) (proof.NetworkInterface, error) {
	result := proof.NetworkInterface{
		ID: eni.NetworkInterfaceId, VPC: eni.VpcId, Subnet: eni.SubnetId,
		Type: eni.InterfaceType, Description: eni.Description, Instance: eni.Attachment.InstanceId,
	}
	for _, group := range eni.Groups {
		result.Groups = append(result.Groups, group.GroupId)
	}
	texts := []string{eni.PrivateIpAddress}
	associations := []api.NetworkInterfaceAssociation{eni.Association}
	for _, address := range eni.PrivateIpAddresses {
		texts = append(texts, address.PrivateIpAddress)
		associations = append(associations, address.Association)
	}
	for _, address := range eni.Ipv6Addresses {
		texts = append(texts, address.Ipv6Address)
	}
	for _, text := range texts {
		if err := addAddress(&result.Addresses, text); err != nil {
			return proof.NetworkInterface{}, err
		}
	}
	for _, association := range associations {
		if err := addPublic(&result.Public, association); err != nil {
			return proof.NetworkInterface{}, err
		}
	}
	return result, nil
}

// addAddress reads an address, unless it is empty or there already.
func addAddress(addresses *[]netip.Addr, text string) error {
	if text == "" {
		return nil
	}
	address, err := netip.ParseAddr(text)
	if err != nil {
		return err
	}
	if !slices.Contains(*addresses, address) {
		*addresses = append(*addresses, address)
	}
	return nil
}

// addPublic reads the addresses of an association, unless they are there already.
func addPublic(public *[]proof.PublicAddress, association api.NetworkInterfaceAssociation) error {
	for _, text := range []string{association.PublicIp, association.CarrierIp, association.CustomerOwnedIp} {
		var read []netip.Addr
		if err := addAddress(&read, text); err != nil {
			return err
		}
		for _, address := range read {
			found := proof.PublicAddress{Address: address, Allocation: association.AllocationId}
			if !slices.Contains(*public, found) {
				*public = append(*public, found)
			}
		}
	}
	return nil
}
