package vpc

import (
	"provenendpoints/internal/lab/packet"
	"slices"
	"strings"

	"provenendpoints/internal/lab/awsid"
)

// createInterfaceEndpoint creates an endpoint that works by interfaces: one in
// each of its subnets, which are in different zones
// (docs.aws.amazon.com/vpc/latest/privatelink/create-interface-endpoint.html).
// Nothing is added to a route table.
func (n *Network) createInterfaceEndpoint(v *vpc, c Endpoint) (Endpoint, error) {
	if len(c.RouteTables) > 0 {
		return c, refuse("InvalidParameter", "Route table ids cannot be given for VPC endpoint type Interface")
	}
	e := &endpoint{Endpoint: c, vpc: v, usable: n.usableAt(c)}
	if err := n.findService(e); err != nil {
		return c, err
	}
	if len(c.Groups) == 0 {
		e.Groups = []string{v.DefaultGroup}
	}
	e.Subnets, e.Groups = slices.Clone(c.Subnets), slices.Clone(e.Groups)
	if _, err := n.groupsOf(v, e.Groups); err != nil {
		return c, err
	}
	if err := n.checkEndpointSubnets(e, e.Subnets); err != nil {
		return c, err
	}
	if c.PrivateDNS {
		if err := n.checkPrivateDNS(e); err != nil {
			return c, err
		}
	}
	for _, id := range e.Subnets {
		if err := n.addEndpointInterface(e, id); err != nil {
			n.closeInterfaceEndpoint(e)
			return c, err
		}
	}
	if e.offer != nil {
		e.State = e.offer.connect(e)
	}
	n.endpoints.byID[c.ID] = e
	n.nameEndpoint(e)
	return e.describe(), nil
}

// findService finds the AWS service or the endpoint service that the endpoint
// leads to. A service whose permissions do not name the consumer does not exist
// as far as the consumer can tell.
func (n *Network) findService(e *endpoint) error {
	if s := n.services[e.Service]; s != nil && s.Interface {
		e.service = s
		return nil
	}
	for _, s := range n.offers.byID {
		if s.Name == e.Service && s.permits(e.Principal) {
			e.offer = s
			return nil
		}
	}
	return refuse("InvalidServiceName", "The Vpc Endpoint Service '%s' does not exist", e.Service)
}

// offeredZones are the zones in which the endpoint's service takes connections.
func (e *endpoint) offeredZones() []string {
	if e.offer != nil {
		return e.offer.zones()
	}
	return e.service.Zones
}

// checkEndpointSubnets refuses subnets of another VPC, in zones in which the
// service is not offered, and a second one in a zone.
func (n *Network) checkEndpointSubnets(e *endpoint, subnets []string) error {
	zones := map[string]bool{}
	for _, id := range subnets {
		s, err := n.subnets.get(id)
		if err != nil {
			return err
		}
		switch {
		case s.vpc != e.vpc:
			return refuse("InvalidParameter", "The subnet ID '%s' does not exist in VPC %s", id, e.VPC)
		case !slices.Contains(e.offeredZones(), s.Zone):
			return refuse("InvalidParameter", "The VPC endpoint service %s does not support the availability zone of the subnet: %s.", e.Service, id)
		case zones[s.Zone]:
			return refuse("DuplicateSubnetsInSameZone", "Found another VPC endpoint subnet in the availability zone of %s. VPC endpoint subnets should be in different availability zones supported by the VPC endpoint service.", id)
		}
		zones[s.Zone] = true
	}
	return nil
}

func (n *Network) addEndpointInterface(e *endpoint, subnet string) error {
	i, err := n.addInterface(Interface{
		ID: awsid.EC2("eni-", e.ID, subnet), Subnet: subnet, Groups: e.Groups,
		Description: "VPC Endpoint Interface " + e.ID, Type: "vpc_endpoint", Managed: true,
	}, e)
	if err != nil {
		return err
	}
	e.Interfaces = append(e.Interfaces, i.ID)
	return nil
}

func (n *Network) removeEndpointInterface(e *endpoint, id string) {
	i := n.interfaces.byID[id]
	if e.offer != nil {
		e.offer.cut(i)
	}
	n.removeInterface(i)
	n.paths.forget(id)
	e.Interfaces = slices.DeleteFunc(e.Interfaces, func(other string) bool { return other == id })
}

// closeInterfaceEndpoint removes what an interface endpoint has outside itself.
func (n *Network) closeInterfaceEndpoint(e *endpoint) {
	n.unnameEndpoint(e)
	for _, id := range slices.Clone(e.Interfaces) {
		n.removeEndpointInterface(e, id)
	}
	if e.offer != nil {
		delete(e.offer.connections, e.ID)
	}
}

// ModifyInterfaceEndpoint gives an interface endpoint the subnets, groups,
// private DNS setting and policy of c, whose other fields are not looked at.
// Interfaces in subnets that stay keep their addresses
// (docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ModifyVpcEndpoint.html).
func (n *Network) ModifyInterfaceEndpoint(c Endpoint) (Endpoint, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	e, err := n.endpoints.get(c.ID)
	if err != nil {
		return c, err
	}
	if e.Type != InterfaceType {
		return c, refuse("InvalidParameter", "The VPC endpoint %s is not of type Interface", c.ID)
	}
	if len(c.Groups) == 0 {
		c.Groups = []string{e.vpc.DefaultGroup}
	}
	groups, err := n.groupsOf(e.vpc, c.Groups)
	if err != nil {
		return c, err
	}
	if err := n.checkEndpointSubnets(e, c.Subnets); err != nil {
		return c, err
	}
	if c.PrivateDNS && !e.PrivateDNS {
		if err := n.checkPrivateDNS(e); err != nil {
			return c, err
		}
	}
	e.Groups = slices.Clone(c.Groups)
	for _, id := range slices.Clone(e.Interfaces) {
		i := n.interfaces.byID[id]
		if !slices.Contains(c.Subnets, i.Subnet) {
			n.removeEndpointInterface(e, id)
			continue
		}
		i.Groups = slices.Clone(c.Groups)
		i.setGroups(groups)
	}
	for _, id := range c.Subnets {
		if slices.Contains(e.Subnets, id) {
			continue
		}
		if err := n.addEndpointInterface(e, id); err != nil {
			return c, err
		}
	}
	e.Subnets, e.PrivateDNS, e.Policy = slices.Clone(c.Subnets), c.PrivateDNS, c.Policy
	n.nameEndpoint(e)
	return e.describe(), nil
}

// receive takes what the endpoint's security groups have let in to its service.
// Interface endpoints carry TCP only here; they answer no ping
// (docs.aws.amazon.com/vpc/latest/privatelink/privatelink-access-aws-services.html).
func (e *endpoint) receive(n *Network, at *eni, p *transit) *Host {
	switch {
	case p.Destination() != at.PrivateAddr || int(p.Flow.Protocol) != packet.TCP:
		return n.drop(p, e.ID, "not for an endpoint")
	case e.State != stateAvailable:
		return n.drop(p, e.ID, "connection is "+e.State)
	case !n.ready(e):
		return n.drop(p, e.ID, "not usable yet")
	case e.offer != nil:
		return e.offer.receive(n, at, p)
	}
	is := Path{Endpoint: e.ID, VPC: e.VPC, Source: p.Flow.Src.Addr()}
	return n.tunnel(p, is, at.ID, at, e.service.host, e.service.Addrs[0])
}

// accountOf is the account in an ARN such as arn:aws:iam::123456789012:root.
func accountOf(arn string) string {
	parts := strings.Split(arn, ":")
	if len(parts) < 6 {
		return ""
	}
	return parts[4]
}

// EndpointInterfaces describes the interfaces of an endpoint.
func (n *Network) EndpointInterfaces(id string) ([]Interface, error) {
	n.mu.RLock()
	defer n.mu.RUnlock()
	e, err := n.endpoints.get(id)
	if err != nil {
		return nil, err
	}
	out := make([]Interface, 0, len(e.Interfaces))
	for _, id := range e.Interfaces {
		out = append(out, n.interfaces.byID[id].describe())
	}
	return out, nil
}
