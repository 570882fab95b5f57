package proof

// The look-ups of what decides about the meaning of names in a VPC, by its id.
var (
	// DHCPOptionsLookup finds the DNS servers that the VPC's DHCP options name;
	// none where it has no options set.
	DHCPOptionsLookup = newLookup[string, []string]("DHCP options of a VPC", AnyResource, "ec2:DescribeDhcpOptions", "ec2:DescribeVpcs")
	// HostedZonesLookup lists the private hosted zones that the VPC is associated
	// with, whoever owns them.
	HostedZonesLookup = newLookup[string, []HostedZone]("hosted zones of a VPC", AnyResource, "route53:ListHostedZonesByVPC")
	// ResolverRulesLookup lists the resolver rules that the VPC is associated with.
	ResolverRulesLookup = newLookup[string, []DNSAssociation]("resolver rules of a VPC", AnyResource, "route53resolver:ListResolverRuleAssociations")
	// DNSFirewallsLookup lists the rule groups of DNS Firewall that the VPC is
	// associated with.
	DNSFirewallsLookup = newLookup[string, []DNSAssociation]("DNS firewalls of a VPC", AnyResource, "route53resolver:ListFirewallRuleGroupAssociations")
	// DNSProfilesLookup lists the Route 53 profiles that the VPC is associated with.
	DNSProfilesLookup = newLookup[string, []DNSAssociation]("Route 53 profiles of a VPC", AnyResource, "route53profiles:ListProfileAssociations")
)

// HostedZone is a private hosted zone.
type HostedZone struct {
	ID, Name string
	// Service is the AWS service that owns it, such as efs.amazonaws.com. Empty
	// where an account does.
	Service string
}

// DNSAssociation associates a resolver rule, a rule group or a profile with a VPC.
type DNSAssociation struct{ ID, Name string }
