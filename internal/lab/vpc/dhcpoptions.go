package vpc

import (
	"net/netip"
	"slices"
	"strings"

	"provenendpoints/internal/lab/store"
)

// AmazonProvidedDNS stands for the VPC's own resolver among the DNS servers of DHCP
// options.
const AmazonProvidedDNS = "AmazonProvidedDNS"

// NoDHCPOptions stands for the id of DHCP options where a VPC has none
// (docs.aws.amazon.com/AWSEC2/latest/APIReference/API_AssociateDhcpOptions.html).
const NoDHCPOptions = "default"

// DHCPOptions tell the machines of a VPC, among other things, which resolvers to ask
// (docs.aws.amazon.com/vpc/latest/userguide/VPC_DHCP_Options.html).
type DHCPOptions struct {
	// ID is dopt-…. Required.
	ID string
	// Servers are up to four DNS servers: addresses, or [AmazonProvidedDNS]. Default:
	// the machines are told of none.
	Servers []string
	// Others are the options that decide about no packet, by their names, such as
	// domain-name.
	Others map[string][]string
}

// DHCPOptionsSets are the sets of DHCP options of a network.
type DHCPOptionsSets struct{ network *Network }

// DHCPOptions returns the network's sets of DHCP options. One is there from the
// beginning, which new VPCs have: it names the VPC's own resolver.
func (n *Network) DHCPOptions() DHCPOptionsSets { return DHCPOptionsSets{n} }

// addDefaultDHCPOptions adds the set that new VPCs have.
func (n *Network) addDefaultDHCPOptions() {
	domain := n.region + ".compute.internal"
	if n.region == "us-east-1" {
		domain = "ec2.internal"
	}
	n.defaultDHCP = &DHCPOptions{ID: "dopt-0a1b2c3d", Servers: []string{AmazonProvidedDNS}, Others: map[string][]string{"domain-name": {domain}}}
	n.dhcp.ByID[n.defaultDHCP.ID] = n.defaultDHCP
}

// Create creates a set. It cannot be changed.
func (a DHCPOptionsSets) Create(c DHCPOptions) error {
	n := a.network
	n.mu.Lock()
	defer n.mu.Unlock()
	if err := n.dhcp.CheckFree(c.ID); err != nil {
		return err
	}
	if len(c.Servers) == 0 && len(c.Others) == 0 {
		return refuse("MissingParameter", "The request must contain the parameter dhcpConfiguration")
	}
	if len(c.Servers) > 4 {
		return refuse("InvalidParameterValue", "Value (%s) for parameter domain-name-servers is invalid. At most 4 DNS servers are allowed.", strings.Join(c.Servers, ","))
	}
	for _, server := range c.Servers {
		if _, err := netip.ParseAddr(server); err != nil && server != AmazonProvidedDNS {
			return refuse("InvalidParameterValue", "Value (%s) for parameter domain-name-servers is invalid. An IP address or AmazonProvidedDNS is needed.", server)
		}
	}
	c.Servers = slices.Clone(c.Servers)
	n.dhcp.ByID[c.ID] = &c
	return nil
}

// Associate makes a set that of a VPC in place of the one that it has. The machines
// learn it at once; on AWS within hours, when they renew their leases.
func (a DHCPOptionsSets) Associate(id, vpcID string) error {
	n := a.network
	n.mu.Lock()
	defer n.mu.Unlock()
	v, err := n.vpcs.Get(vpcID)
	if err != nil {
		return err
	}
	if id == NoDHCPOptions {
		v.dhcp = nil
		return nil
	}
	o, err := n.dhcp.Get(id)
	if err != nil {
		return err
	}
	v.dhcp = o
	return nil
}

// Delete deletes a set that no VPC has.
func (a DHCPOptionsSets) Delete(id string) error {
	n := a.network
	n.mu.Lock()
	defer n.mu.Unlock()
	o, err := n.dhcp.Get(id)
	if err != nil {
		return err
	}
	for _, v := range n.vpcs.ByID {
		if v.dhcp == o {
			return dependency("dhcpOptions", id, v.ID)
		}
	}
	if o == n.defaultDHCP {
		return refuse("OperationNotPermitted", "The dhcpOptions '%s' is that of new VPCs.", id)
	}
	delete(n.dhcp.ByID, id)
	return nil
}

// Default returns the id of the set that new VPCs have.
func (a DHCPOptionsSets) Default() string { return a.network.defaultDHCP.ID }

// All describes all sets in the order of their ids.
func (a DHCPOptionsSets) All() []DHCPOptions {
	n := a.network
	n.mu.RLock()
	defer n.mu.RUnlock()
	return store.Describe(n.dhcp, func(o *DHCPOptions) DHCPOptions {
		c := *o
		c.Servers = slices.Clone(c.Servers)
		return c
	})
}

// nameservers are the resolvers that a VPC's machines are told of.
func (v *vpc) nameservers() []netip.AddrPort {
	if v.dhcp == nil {
		return nil
	}
	var servers []netip.AddrPort
	for _, server := range v.dhcp.Servers {
		a, err := netip.ParseAddr(server)
		if err != nil {
			a = v.resolverAddr() // AmazonProvidedDNS
		}
		servers = append(servers, netip.AddrPortFrom(a, 53))
	}
	return servers
}
