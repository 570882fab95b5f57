package privatelink

import (
	"net/netip"
	"slices"
	"strings"

	"provenendpoints/internal/lab/awserr"
	"provenendpoints/internal/lab/dns"
	"provenendpoints/internal/lab/vpc"
)

// zoneOf is the private zone that a private DNS name of a service needs: the
// name itself, and for a wildcard the name below which it stands. EC2 makes a
// hidden private hosted zone of it
// (docs.aws.amazon.com/vpc/latest/privatelink/privatelink-access-aws-services.html, "Private DNS").
func zoneOf(name string) string { return strings.TrimPrefix(name, "*.") }

// privateNames are the names that the endpoint's service offers for private DNS.
func (e *endpoint) privateNames() []string {
	switch {
	case e.service != nil:
		return e.service.PrivateDNSNames
	case e.offer != nil && e.offer.PrivateDNSName != "" && e.offer.Domain.State == domainVerified:
		return []string{e.offer.PrivateDNSName}
	}
	return nil
}

// checkPrivateDNS refuses private DNS as EC2 does: the VPC must have both DNS
// attributes, the service must have private names, and no other endpoint of the
// VPC may have taken them over.
func (pl *PrivateLink) checkPrivateDNS(locked vpc.Locked, e *endpoint) error {
	v, err := locked.VPC(e.VPC)
	if err != nil {
		return err
	}
	if !v.DNSSupport || !v.DNSHostnames {
		return awserr.New("InvalidParameter", "Enabling private DNS requires both enableDnsSupport and enableDnsHostnames VPC attributes set to true for %s", e.VPC)
	}
	offered := e.privateNames()
	if len(offered) == 0 {
		return awserr.New("InvalidParameter", "Private DNS can't be enabled because the service %s does not provide a private DNS name.", e.Service)
	}
	if e.onlyInbound() {
		// Issues report the error where nothing was said of the option
		// (github.com/terraform-aws-modules/terraform-aws-vpc/issues/982).
		if !pl.hasGateway(e) {
			return awserr.New("InvalidParameter", "To set PrivateDnsOnlyForInboundResolverEndpoint to true, the VPC %s must have a Gateway endpoint for the service.", e.VPC)
		}
		return nil
	}
	for _, name := range offered {
		if locked.PrivateZones(e.VPC).Has(zoneOf(name)) {
			return awserr.New("InvalidParameter", "private-dns-enabled cannot be set because there is already a conflicting DNS domain for %s in the VPC %s", name, e.VPC)
		}
	}
	return nil
}

// onlyInbound reports whether private DNS acts for inbound resolver endpoints alone: the
// default where gateway endpoints lead to the service, too
// (docs.aws.amazon.com/AmazonS3/latest/userguide/privatelink-interface-endpoints.html#private-dns-s3).
// No resolver endpoint here has other answers than its VPC.
func (e *endpoint) onlyInbound() bool {
	return e.service != nil && e.service.PrefixList != nil && !e.AllResolvers
}

// hasGateway reports whether a gateway endpoint in the endpoint's VPC leads to its service.
func (pl *PrivateLink) hasGateway(e *endpoint) bool {
	for _, other := range pl.endpoints.ByID {
		if other.Type == GatewayType && other.VPC == e.VPC && other.Service == e.Service {
			return true
		}
	}
	return false
}

// nameEndpoint publishes the endpoint's names: its own publicly, although their
// addresses are private, and the private names in its VPC alone. A connection that has not been accepted has no private names yet.
// AWS leaves zones that it finds unhealthy out of the regional name; here all
// of the endpoint's addresses are always in it.
func (pl *PrivateLink) nameEndpoint(locked vpc.Locked, e *endpoint) {
	pl.unnameEndpoint(locked, e)
	var zones []string
	byZone := map[string][]netip.Addr{}
	var all []netip.Addr
	for _, id := range e.Interfaces {
		i := e.enis[id]
		if byZone[i.Zone] == nil {
			zones = append(zones, i.Zone)
		}
		byZone[i.Zone] = append(byZone[i.Zone], i.PrivateAddr)
		all = append(all, i.PrivateAddr)
	}
	slices.Sort(zones)
	e.DNSNames = pl.endpointNames(e, zones)
	publish := func(zone *dns.Zone, name string, addrs []netip.Addr) {
		// The names are made from ids and services that were checked before.
		_ = zone.SetAddresses(name, addrs...)
	}
	publish(pl.network.PublicZone(), e.DNSNames[0].Name, all)
	for i, zone := range zones {
		publish(pl.network.PublicZone(), e.DNSNames[i+1].Name, byZone[zone])
	}
	if !e.PrivateDNS || e.State != stateAvailable || e.onlyInbound() {
		return
	}
	made := map[string]*dns.Zone{}
	for _, name := range e.privateNames() {
		origin := zoneOf(name)
		if made[origin] == nil {
			made[origin] = dns.NewZone(origin)
			locked.PrivateZones(e.VPC).Add(made[origin])
			e.zones = append(e.zones, origin)
		}
		publish(made[origin], name, all)
	}
}

// unnameEndpoint takes the endpoint's names out of the DNS.
func (pl *PrivateLink) unnameEndpoint(locked vpc.Locked, e *endpoint) {
	for _, entry := range e.DNSNames {
		if strings.HasSuffix(entry.Name, ".vpce.amazonaws.com") {
			pl.network.PublicZone().Remove(entry.Name)
		}
	}
	for _, origin := range e.zones {
		locked.PrivateZones(e.VPC).Remove(origin)
	}
	e.DNSNames, e.zones = nil, nil
}
