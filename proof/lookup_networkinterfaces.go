package proof

import (
	"errors"
	"net/netip"
	"slices"
	"strings"
)

// NetworkInterfacesLookup describes all network interfaces of a VPC by its id.
var NetworkInterfacesLookup = newLookup[string, []NetworkInterface]("network interfaces of a VPC", AnyResource, "ec2:DescribeNetworkInterfaces")

// InstanceInterfacesLookup describes all network interfaces of instances by their
// ids. They may lie in several VPCs
// (docs.aws.amazon.com/AWSEC2/latest/UserGuide/ec2-create-eni-multi-vpc-attach.html).
var InstanceInterfacesLookup = newLookup[[]string, []NetworkInterface]("network interfaces of instances", AnyResource, "ec2:DescribeNetworkInterfaces")

// NetworkInterface is a network interface with all its addresses.
type NetworkInterface struct {
	ID, VPC, Subnet string
	// Type is interface for those that people make, and AWS's word for others, such
	// as network_load_balancer.
	Type string
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

// instanceInterfaces looks up all network interfaces of the instances, each of
// which must have one.
func (g *gatherer) instanceInterfaces(ids []string) []NetworkInterface {
	if len(ids) == 0 {
		return nil
	}
	return look(g, InstanceInterfacesLookup, "the network interfaces of "+joinWords(ids), ids, func(found []NetworkInterface) error {
		for _, id := range ids {
			if !slices.ContainsFunc(found, func(i NetworkInterface) bool { return i.Instance == id && i.ID != "" }) {
				return errors.New("none of " + id + " was described")
			}
		}
		return nil
	})
}

// isOf reports whether the interface is a node of the Network Load Balancer. Only
// AWS makes interfaces of this type, and names the load balancer in the description
// (docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateNetworkInterface.html,
// repost.aws/knowledge-center/elb-find-load-balancer-ip).
func (i NetworkInterface) isOf(balancer string) bool {
	return i.Type == "network_load_balancer" && i.isNodeOf(balancer)
}

// isNodeOf reports whether the interface is a node of the load balancer, of whatever kind,
// by the description that AWS gives it.
func (i NetworkInterface) isNodeOf(balancer string) bool {
	_, name, ok := strings.Cut(balancer, ":loadbalancer/")
	return ok && i.Description == "ELB "+name
}
