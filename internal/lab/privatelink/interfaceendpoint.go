package privatelink

import (
	"net/http"
	"slices"
	"strings"

	"provenendpoints/internal/lab/awserr"
	"provenendpoints/internal/lab/awsid"
	"provenendpoints/internal/lab/packet"
	"provenendpoints/internal/lab/vpc"
)

// createInterfaceEndpoint creates an endpoint that works by interfaces: one in
// each of its subnets, which are in different zones
// (docs.aws.amazon.com/vpc/latest/privatelink/create-interface-endpoint.html).
// Nothing is added to a route table.
func (pl *PrivateLink) createInterfaceEndpoint(locked vpc.Locked, v vpc.VPC, c Endpoint) (Endpoint, error) {
	if len(c.RouteTables) > 0 {
		return c, awserr.New("InvalidParameter", "Route table ids cannot be given for VPC endpoint type Interface")
	}
	e := pl.newEndpoint(c)
	if err := pl.findService(locked, e); err != nil {
		return c, err
	}
	if len(c.Groups) == 0 {
		e.Groups = []string{v.DefaultGroup}
	}
	e.Subnets, e.Groups = slices.Clone(c.Subnets), slices.Clone(e.Groups)
	if err := locked.CheckGroups(e.VPC, e.Groups); err != nil {
		return c, err
	}
	if err := pl.checkEndpointSubnets(locked, e, e.Subnets); err != nil {
		return c, err
	}
	if c.PrivateDNS {
		if err := pl.checkPrivateDNS(locked, e); err != nil {
			return c, err
		}
	}
	for _, id := range e.Subnets {
		if err := pl.addEndpointInterface(locked, e, id); err != nil {
			pl.closeInterfaceEndpoint(locked, e)
			return c, err
		}
	}
	if e.offer != nil {
		e.State = e.offer.connect(e)
	}
	pl.add(locked, e)
	pl.nameEndpoint(locked, e)
	return e.describe(), nil
}

// findService finds the AWS service or the endpoint service that the endpoint
// leads to. A service whose permissions do not name the consumer does not exist
// for that consumer.
func (pl *PrivateLink) findService(locked vpc.Locked, e *endpoint) error {
	if s := pl.services[e.Service]; s != nil && s.Interface && e.Type == InterfaceType {
		e.service = s
		return nil
	}
	for _, s := range pl.offers.ByID {
		if s.Name == e.Service && s.permits(e.Principal) {
			if e.Type != s.endpointType() {
				return awserr.New("InvalidParameter", "Endpoint type (%s) does not match available service types ([%s]).", e.Type, s.endpointType())
			}
			if e.clock.Now().Before(s.ready) {
				// github.com/aws/aws-sdk/issues/805
				return awserr.WithStatus(http.StatusServiceUnavailable, "Unavailable", "The service is unavailable. Please try again shortly.")
			}
			e.offer = s
			return nil
		}
	}
	return awserr.New("InvalidServiceName", "The Vpc Endpoint Service '%s' does not exist", e.Service)
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
func (pl *PrivateLink) checkEndpointSubnets(locked vpc.Locked, e *endpoint, subnets []string) error {
	zones := map[string]bool{}
	for _, id := range subnets {
		s, err := locked.Subnet(id)
		if err != nil {
			return err
		}
		switch {
		case s.VPC != e.VPC:
			return awserr.New("InvalidParameter", "The subnet ID '%s' does not exist in VPC %s", id, e.VPC)
		case !slices.Contains(e.offeredZones(), s.Zone):
			return awserr.New("InvalidParameter", "The VPC endpoint service %s does not support the availability zone of the subnet: %s.", e.Service, id)
		case zones[s.Zone]:
			return awserr.New("DuplicateSubnetsInSameZone", "Found another VPC endpoint subnet in the availability zone of %s. VPC endpoint subnets should be in different availability zones supported by the VPC endpoint service.", id)
		}
		zones[s.Zone] = true
	}
	return nil
}

// interfaceTypes are the types of the endpoints' interfaces
// (docs.aws.amazon.com/AWSEC2/latest/APIReference/API_NetworkInterface.html).
var interfaceTypes = map[string]string{InterfaceType: "vpc_endpoint", BalancerType: "gateway_load_balancer_endpoint"}

func (pl *PrivateLink) addEndpointInterface(locked vpc.Locked, e *endpoint, subnet string) error {
	i, err := locked.AddInterface(vpc.Interface{
		ID: awsid.EC2("eni-", e.ID, subnet), Subnet: subnet, Groups: e.Groups,
		Description: "VPC Endpoint Interface " + e.ID, Type: interfaceTypes[e.Type],
	}, e)
	if err != nil {
		return err
	}
	e.Interfaces = append(e.Interfaces, i.ID)
	e.enis[i.ID] = i
	return nil
}

func (pl *PrivateLink) removeEndpointInterface(locked vpc.Locked, e *endpoint, id string) {
	i := e.enis[id]
	delete(e.enis, id)
	if e.offer != nil {
		e.offer.cut(i)
	}
	locked.RemoveInterface(i)
	locked.CutPaths(id)
	e.Interfaces = slices.DeleteFunc(e.Interfaces, func(other string) bool { return other == id })
}

// closeInterfaceEndpoint removes an endpoint's names, interfaces and connection.
func (pl *PrivateLink) closeInterfaceEndpoint(locked vpc.Locked, e *endpoint) {
	pl.unnameEndpoint(locked, e)
	locked.RemoveMiddlebox(e.ID)
	for _, id := range slices.Clone(e.Interfaces) {
		pl.removeEndpointInterface(locked, e, id)
	}
	if e.offer != nil {
		delete(e.offer.connections, e.ID)
	}
}

// ModifyInterfaceEndpoint gives an interface endpoint the subnets, groups,
// private DNS setting and policy of c, whose other fields are ignored.
// Interfaces in subnets that stay keep their addresses
// (docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ModifyVpcEndpoint.html).
func (pl *PrivateLink) ModifyInterfaceEndpoint(c Endpoint) (Endpoint, error) {
	locked := pl.network.Lock()
	defer locked.Unlock()
	e, err := pl.endpoints.Get(c.ID)
	if err != nil {
		return c, err
	}
	if e.Type != InterfaceType {
		return c, awserr.New("InvalidParameter", "The VPC endpoint %s is not of type Interface", c.ID)
	}
	if len(c.Groups) == 0 {
		v, err := locked.VPC(e.VPC)
		if err != nil {
			return c, err
		}
		c.Groups = []string{v.DefaultGroup}
	}
	if err := locked.CheckGroups(e.VPC, c.Groups); err != nil {
		return c, err
	}
	if err := pl.checkEndpointSubnets(locked, e, c.Subnets); err != nil {
		return c, err
	}
	wanted := *e
	wanted.AllResolvers = c.AllResolvers
	if c.PrivateDNS && (!e.PrivateDNS || wanted.onlyInbound() != e.onlyInbound()) {
		if err := pl.checkPrivateDNS(locked, &wanted); err != nil {
			return c, err
		}
	}
	e.AllResolvers = c.AllResolvers
	e.Groups = slices.Clone(c.Groups)
	for _, id := range slices.Clone(e.Interfaces) {
		i := e.enis[id]
		if !slices.Contains(c.Subnets, i.Subnet) {
			pl.removeEndpointInterface(locked, e, id)
			continue
		}
		if err := locked.SetGroups(i, c.Groups); err != nil {
			return c, err
		}
	}
	for _, id := range c.Subnets {
		if slices.Contains(e.Subnets, id) {
			continue
		}
		if err := pl.addEndpointInterface(locked, e, id); err != nil {
			return c, err
		}
	}
	e.Subnets, e.PrivateDNS, e.Policy = slices.Clone(c.Subnets), c.PrivateDNS, c.Policy
	pl.nameEndpoint(locked, e)
	return e.describe(), nil
}

// Receive passes packets on to the endpoint's service.
// Interface endpoints carry TCP only here; they answer no ping
// (docs.aws.amazon.com/vpc/latest/privatelink/privatelink-access-aws-services.html).
func (e *endpoint) Receive(at *vpc.ENI, p *vpc.Transit) *vpc.Host {
	balancer := e.Type == BalancerType
	switch {
	case balancer && p.Destination() == at.PrivateAddr, !balancer && (p.Destination() != at.PrivateAddr || p.Flow.Protocol != packet.TCP):
		return p.Drop(e.ID, "not for an endpoint")
	case e.State != stateAvailable:
		return p.Drop(e.ID, "connection is "+e.State)
	case !e.ready():
		return p.Drop(e.ID, "not usable yet")
	case balancer:
		return e.inspect(at, p)
	case e.offer != nil:
		return e.offer.receive(at, p)
	}
	is := vpc.Path{Endpoint: e.ID, VPC: e.VPC, Source: p.Flow.Src.Addr()}
	return p.Tunnel(is, at.ID, at, e.service.host, e.service.Addrs[0])
}

// accountOf is the account in an ARN such as arn:aws:iam::123456789012:root.
func accountOf(arn string) string {
	parts := strings.Split(arn, ":")
	if len(parts) < 6 {
		return ""
	}
	return parts[4]
}
