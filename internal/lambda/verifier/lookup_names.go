package verifier

import (
	"context"
	"errors"
	"strings"

	"provenendpoints/internal/lambda/verifier/api"
	"provenendpoints/proof"
)

var errNoVPC = errors.New("no VPC to look for what decides about names in")

// noOptions stands for the id of an options set where the VPC has none
// (docs.aws.amazon.com/AWSEC2/latest/APIReference/API_AssociateDhcpOptions.html).
const noOptions = "default"

var _ = implement(proof.DHCPOptionsLookup, func(ctx context.Context, c *clients, id string) ([]string, error) {
	vpc, err := api.DescribeVpcs.One(ctx, c.aws, api.DescribeVpcsInput{VpcIds: []string{id}})
	if err != nil {
		return nil, err
	}
	set := vpc.DhcpOptionsId
	switch set {
	case "":
		return nil, errors.New("the VPC was described without its DHCP options")
	case noOptions:
		return nil, nil
	}
	options, err := api.DescribeDhcpOptions.One(ctx, c.aws, api.DescribeDhcpOptionsInput{DhcpOptionsIds: []string{set}})
	if err != nil {
		return nil, err
	}
	return serversOf(options)
})

// serversOf lists the DNS servers. A set that tells of nothing at all could not
// be read.
func serversOf(options api.DhcpOptions) ([]string, error) {
	var servers []string
	for _, option := range options.DhcpConfigurations {
		if option.Key != "domain-name-servers" {
			continue
		}
		for _, value := range option.Values {
			servers = append(servers, value.Value)
		}
	}
	if len(options.DhcpConfigurations) == 0 {
		return nil, errors.New("the DHCP options were described without any option")
	}
	return servers, nil
}

// The call has no paginator: its token is that of the next page. Its answer
// repeats the most items of a page, and is not empty by that.
var _ = implement(proof.HostedZonesLookup, func(ctx context.Context, c *clients, vpc string) ([]proof.HostedZone, error) {
	if vpc == "" {
		return nil, errNoVPC
	}
	var found []proof.HostedZone
	for input := (api.ListHostedZonesByVPCInput{VPCId: vpc, VPCRegion: c.aws.Region()}); ; {
		page, err := api.ListHostedZonesByVPC.Do(ctx, c.aws, input)
		if err != nil {
			return nil, err
		}
		if page.MaxItems == "" {
			return nil, errors.New("got 0 as the size of a page: the answer is no list of hosted zones")
		}
		for _, zone := range page.HostedZoneSummaries {
			found = append(found, hostedZoneOf(zone))
		}
		if page.NextToken == "" {
			return found, nil
		}
		input.NextToken = page.NextToken
	}
})

func hostedZoneOf(zone api.HostedZoneSummary) proof.HostedZone {
	return proof.HostedZone{
		ID: strings.TrimPrefix(zone.HostedZoneId, "/hostedzone/"), Name: zone.Name, Service: zone.Owner.OwningService,
	}
}

var _ = implement(proof.ResolverRulesLookup, func(ctx context.Context, c *clients, vpc string) ([]proof.DNSAssociation, error) {
	if vpc == "" {
		return nil, errNoVPC
	}
	found, err := api.ListResolverRuleAssociations.All(ctx, c.aws, api.ListResolverRuleAssociationsInput{
		Filters: []api.Filter{api.Where("VPCId", vpc)},
	})
	var rules []proof.DNSAssociation
	for _, association := range found {
		rules = append(rules, proof.DNSAssociation{ID: association.ResolverRuleId, Name: association.Name})
	}
	return rules, err
})

var _ = implement(proof.DNSFirewallsLookup, func(ctx context.Context, c *clients, vpc string) ([]proof.DNSAssociation, error) {
	if vpc == "" {
		return nil, errNoVPC
	}
	found, err := api.ListFirewallRuleGroupAssociations.All(ctx, c.aws, api.ListFirewallRuleGroupAssociationsInput{VpcId: vpc})
	var groups []proof.DNSAssociation
	for _, association := range found {
		groups = append(groups, proof.DNSAssociation{ID: association.FirewallRuleGroupId, Name: association.Name})
	}
	return groups, err
})

var _ = implement(proof.DNSProfilesLookup, func(ctx context.Context, c *clients, vpc string) ([]proof.DNSAssociation, error) {
	if vpc == "" {
		return nil, errNoVPC
	}
	found, err := api.ListProfileAssociations.All(ctx, c.aws, api.ListProfileAssociationsInput{ResourceId: vpc})
	var all []proof.DNSAssociation
	for _, association := range found {
		all = append(all, proof.DNSAssociation{ID: association.ProfileId, Name: association.Name})
	}
	return all, err
})
