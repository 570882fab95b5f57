package proof

import (
	"errors"
	"net/netip"
)

// NetworkInterfacesLookup describes all network interfaces of a VPC by its id.
var NetworkInterfacesLookup = newLookup[string, []NetworkInterface]("network interfaces of a VPC", AnyResource, "ec2:DescribeNetworkInterfaces")

// NetworkInterface is a network interface with all its addresses.
type NetworkInterface struct {
	ID, VPC, Subnet string
	// Description is AWS's own for the interfaces of its services, such as
	// "Interface for NAT Gateway nat-…".
	Description string
	// Instance is the id of the instance that it is attached to.
	Instance string
	Groups   []string
	// Addresses are its private ones, IPv4 and IPv6.
	Addresses []netip.Addr
	// Public are the IPv4 addresses by which others reach it.
	Public []PublicAddress
}

// PublicAddress is an address that is translated to a private one: a public
// address, or one of a carrier or of a network on premises.
type PublicAddress struct {
	Address netip.Addr
	// Allocation is the id of the Elastic IP address. Empty for others.
	Allocation string
}

// networkInterfacesOf looks up all network interfaces of the VPCs.
func (g *gatherer) networkInterfacesOf(vpcs ...string) []NetworkInterface {
	var interfaces []NetworkInterface
	for _, vpc := range vpcs {
		interfaces = append(interfaces, look(g, NetworkInterfacesLookup, "the network interfaces of the VPC "+vpc, vpc, func(found []NetworkInterface) error {
			for _, i := range found {
				if i.ID == "" || i.VPC != vpc {
					return errors.New("one was described without its id or its VPC")
				}
			}
			return nil
		})...)
	}
	return interfaces
}
