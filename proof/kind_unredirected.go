package proof

import (
	"fmt"
	"slices"
	"strings"
)

// Unredirected: in the VPC of Subnets names mean what they mean elsewhere, but
// for those in Zones and for the private names of its endpoints.
const Unredirected Kind = "unredirected"

var _ = define(Unredirected, definition[unredirectedFacts]{
	required: []string{"Subnets"},
	optional: []string{"Zones"},
	lookups:  always(SubnetsLookup, DHCPOptionsLookup, HostedZonesLookup, ResolverRulesLookup, DNSFirewallsLookup, DNSProfilesLookup),
	gather: func(g *gatherer, c Claim) (f unredirectedFacts) {
		for _, vpc := range vpcsOf(g.subnets(c.Subnets)) {
			f.vpcs = append(f.vpcs, vpcNames{
				id:        vpc,
				servers:   look(g, DHCPOptionsLookup, "the DHCP options of "+vpc, vpc, nil),
				zones:     look(g, HostedZonesLookup, "the hosted zones of "+vpc, vpc, nil),
				rules:     look(g, ResolverRulesLookup, "the resolver rules of "+vpc, vpc, nil),
				firewalls: look(g, DNSFirewallsLookup, "the DNS firewalls of "+vpc, vpc, nil),
				profiles:  look(g, DNSProfilesLookup, "the Route 53 profiles of "+vpc, vpc, nil),
			})
		}
		return f
	},
	target:  Claim.vpcTarget,
	subject: Claim.vpcTarget,
	expected: func(c Claim, _ unredirectedFacts) string {
		if len(c.Zones) > 0 {
			return "resolve all names as AWS does, but for " + joinWords(c.Zones)
		}
		return "resolve all names as AWS does"
	},
	judge: judgeUnredirected,
})

type unredirectedFacts struct{ vpcs []vpcNames }

// vpcNames is what decides about names in a VPC.
type vpcNames struct {
	id                         string
	servers                    []string
	zones                      []HostedZone
	rules, firewalls, profiles []DNSAssociation
}

func judgeUnredirected(c Claim, f unredirectedFacts, _ Observation) finding {
	var seen []string
	for _, vpc := range f.vpcs {
		for _, server := range vpc.servers {
			if !isAmazonDNS(server) && !slices.Contains(c.Zones, server) {
				return refuted("the DHCP options of "+vpc.id, "the DHCP options of %s name the DNS server %s", vpc.id, printable(server))
			}
		}
		for _, zone := range vpc.zones {
			if !zone.isOfEndpoint() && !isDeclaredZone(c.Zones, zone) {
				return refuted("the records of "+zone.ID+"; declare it if it is wanted", "%s is associated with the private hosted zone %s (%s)", vpc.id, zone.ID, printable(zone.Name))
			}
		}
		for _, kind := range []struct {
			noun  string
			found []DNSAssociation
		}{{"resolver rule", vpc.rules}, {"DNS Firewall rule group", vpc.firewalls}, {"Route 53 profile", vpc.profiles}} {
			for _, association := range kind.found {
				if !isAutodefined(association) && !slices.Contains(c.Zones, association.ID) {
					return refuted("what "+association.ID+" does to names; declare it if it is wanted", "%s is associated with the %s %s", vpc.id, kind.noun, printable(association.about()))
				}
			}
		}
		seen = append(seen, fmt.Sprintf("%s: %s", vpc.id, joinCommas(append(slices.Clone(vpc.servers), zoneNames(vpc.zones)...))))
	}
	if len(seen) == 0 {
		return unproven("", "what decides about names in the VPC is unknown")
	}
	return holds("%s", printable(strings.TrimSuffix(joinCommas(seen), ": ")))
}

// isAmazonDNS reports whether a DNS server of DHCP options is the VPC's own
// resolver, by its name or by its fixed addresses
// (docs.aws.amazon.com/vpc/latest/userguide/AmazonDNS-concepts.html).
func isAmazonDNS(server string) bool {
	return slices.Contains([]string{"AmazonProvidedDNS", "169.254.169.253", "fd00:ec2::253"}, server)
}

// endpointService owns the hosted zones with the private names of VPC endpoints.
const endpointService = "vpce.amazonaws.com"

// isOfEndpoint reports whether the zone holds the private names of a VPC
// endpoint. It belongs to an endpoint of this VPC, about which [Accounted] speaks.
func (z HostedZone) isOfEndpoint() bool { return z.Service == endpointService }

// isDeclaredZone reports whether the zone is declared, by its id or its name.
func isDeclaredZone(declared []string, zone HostedZone) bool {
	name := strings.TrimSuffix(strings.ToLower(zone.Name), ".")
	return slices.ContainsFunc(declared, func(text string) bool {
		return text == zone.ID || name != "" && strings.TrimSuffix(strings.ToLower(text), ".") == name
	})
}

// isAutodefined reports whether AWS made the association by itself, as it does
// for every VPC: the rule sends to AWS's resolvers what nothing else decides
// about (docs.aws.amazon.com/Route53/latest/DeveloperGuide/resolver-overview-forward-vpc-to-network-autodefined-rules.html).
func isAutodefined(a DNSAssociation) bool { return strings.HasPrefix(a.ID, "rslvr-autodefined-rr-") }

func (a DNSAssociation) about() string {
	if a.Name == "" {
		return a.ID
	}
	return a.ID + " (" + a.Name + ")"
}

// zoneNames are the zones' names without the final dot.
func zoneNames(zones []HostedZone) []string {
	var names []string
	for _, zone := range zones {
		names = append(names, strings.TrimSuffix(zone.Name, "."))
	}
	return names
}
