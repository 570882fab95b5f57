package proof

import (
	"net/netip"
	"slices"
	"strings"
)

// InterfacesLookup describes network interfaces by their ids.
var InterfacesLookup = newLookup[[]string, []Interface]("network interfaces", AnyResource, "ec2:DescribeNetworkInterfaces")

// Interface is a network interface. One that has several addresses (IPv4 and
// IPv6) appears once for each.
type Interface struct {
	ID, Subnet, Zone string
	Address          netip.Addr
}

// interfaces looks up an interface endpoint's interfaces, as far as its names
// have records for their addresses. An endpoint may have none yet. Those of
// endpoints of other types are of no interest.
func (g *gatherer) interfaces(endpoint Endpoint) []Interface {
	if !strings.EqualFold(endpoint.Type, "Interface") || len(endpoint.Interfaces) == 0 {
		return nil
	}
	interfaces := look(g, InterfacesLookup, "the interfaces of the endpoint "+endpoint.ID, endpoint.Interfaces, nil)
	return slices.DeleteFunc(slices.Clone(interfaces), func(i Interface) bool { return !endpoint.publishes(i.Address) })
}

// publishes reports whether the endpoint's names have records for addresses of
// this family. That is the endpoint's own choice
// (docs.aws.amazon.com/vpc/latest/privatelink/create-interface-endpoint.html,
// "DNS record IP type"); without a word on it the records are for IPv4.
func (e Endpoint) publishes(address netip.Addr) bool {
	switch strings.ToLower(e.RecordIPType) {
	case "dualstack":
		return true
	case "ipv6":
		return address.Is6()
	}
	return address.Is4()
}

// inZone returns the interfaces in the zone, all if it is empty.
func inZone(interfaces []Interface, zone string) []Interface {
	var found []Interface
	for _, i := range interfaces {
		if zone == "" || i.Zone == zone {
			found = append(found, i)
		}
	}
	return found
}

// interfaceAddresses are the interfaces' addresses, sorted.
func interfaceAddresses(interfaces []Interface) []netip.Addr {
	var own []netip.Addr
	for _, i := range interfaces {
		own = append(own, i.Address.Unmap())
	}
	slices.SortFunc(own, netip.Addr.Compare)
	return own
}
