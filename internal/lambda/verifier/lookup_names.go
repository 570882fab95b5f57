package verifier

import (
	"context"
	"errors"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"
	"github.com/aws/aws-sdk-go-v2/service/route53"
	zones "github.com/aws/aws-sdk-go-v2/service/route53/types"
	"github.com/aws/aws-sdk-go-v2/service/route53profiles"
	profiles "github.com/aws/aws-sdk-go-v2/service/route53profiles/types"
	"github.com/aws/aws-sdk-go-v2/service/route53resolver"
	resolver "github.com/aws/aws-sdk-go-v2/service/route53resolver/types"

	"provenendpoints/proof"
)

var errNoVPC = errors.New("no VPC to look for what decides about names in")

// noOptions stands for the id of an options set where the VPC has none
// (docs.aws.amazon.com/AWSEC2/latest/APIReference/API_AssociateDhcpOptions.html).
const noOptions = "default"

var _ = implement(proof.DHCPOptionsLookup, func(ctx context.Context, c *clients, id string) ([]string, error) {
	vpc, err := one(ctx, ec2.NewDescribeVpcsPaginator(c.ec2, &ec2.DescribeVpcsInput{VpcIds: []string{id}}),
		func(page *ec2.DescribeVpcsOutput) []types.Vpc { return page.Vpcs })
	if err != nil {
		return nil, err
	}
	set := aws.ToString(vpc.DhcpOptionsId)
	switch set {
	case "":
		return nil, errors.New("the VPC was described without its DHCP options")
	case noOptions:
		return nil, nil
	}
	options, err := one(ctx, ec2.NewDescribeDhcpOptionsPaginator(c.ec2, &ec2.DescribeDhcpOptionsInput{DhcpOptionsIds: []string{set}}),
		func(page *ec2.DescribeDhcpOptionsOutput) []types.DhcpOptions { return page.DhcpOptions })
	if err != nil {
		return nil, err
	}
	return serversOf(options)
})

// serversOf lists the DNS servers. A set that tells of nothing at all could not
// be read.
func serversOf(options types.DhcpOptions) ([]string, error) {
	var servers []string
	for _, option := range options.DhcpConfigurations {
		if aws.ToString(option.Key) != "domain-name-servers" {
			continue
		}
		for _, value := range option.Values {
			servers = append(servers, aws.ToString(value.Value))
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
	for input := (&route53.ListHostedZonesByVPCInput{VPCId: &vpc, VPCRegion: zones.VPCRegion(c.region)}); ; {
		page, err := c.zones.ListHostedZonesByVPC(ctx, input)
		if err != nil {
			return nil, err
		}
		if page.MaxItems == nil {
			return nil, errors.New("got 0 as the size of a page: the answer is no list of hosted zones")
		}
		for _, zone := range page.HostedZoneSummaries {
			found = append(found, hostedZoneOf(zone))
		}
		if aws.ToString(page.NextToken) == "" {
			return found, nil
		}
		input.NextToken = page.NextToken
	}
})

func hostedZoneOf(zone zones.HostedZoneSummary) proof.HostedZone {
	result := proof.HostedZone{ID: strings.TrimPrefix(aws.ToString(zone.HostedZoneId), "/hostedzone/"), Name: aws.ToString(zone.Name)}
	if zone.Owner != nil {
		result.Service = aws.ToString(zone.Owner.OwningService)
	}
	return result
}

var _ = implement(proof.ResolverRulesLookup, func(ctx context.Context, c *clients, vpc string) ([]proof.DNSAssociation, error) {
	if vpc == "" {
		return nil, errNoVPC
	}
	found, err := all(ctx, route53resolver.NewListResolverRuleAssociationsPaginator(c.resolver, &route53resolver.ListResolverRuleAssociationsInput{
		Filters: []resolver.Filter{{Name: aws.String("VPCId"), Values: []string{vpc}}},
	}), func(page *route53resolver.ListResolverRuleAssociationsOutput) []resolver.ResolverRuleAssociation {
		return page.ResolverRuleAssociations
	})
	var rules []proof.DNSAssociation
	for _, association := range found {
		rules = append(rules, proof.DNSAssociation{ID: aws.ToString(association.ResolverRuleId), Name: aws.ToString(association.Name)})
	}
	return rules, err
})

var _ = implement(proof.DNSFirewallsLookup, func(ctx context.Context, c *clients, vpc string) ([]proof.DNSAssociation, error) {
	if vpc == "" {
		return nil, errNoVPC
	}
	found, err := all(ctx, route53resolver.NewListFirewallRuleGroupAssociationsPaginator(c.resolver, &route53resolver.ListFirewallRuleGroupAssociationsInput{VpcId: &vpc}),
		func(page *route53resolver.ListFirewallRuleGroupAssociationsOutput) []resolver.FirewallRuleGroupAssociation {
			return page.FirewallRuleGroupAssociations
		})
	var groups []proof.DNSAssociation
	for _, association := range found {
		groups = append(groups, proof.DNSAssociation{ID: aws.ToString(association.FirewallRuleGroupId), Name: aws.ToString(association.Name)})
	}
	return groups, err
})

var _ = implement(proof.DNSProfilesLookup, func(ctx context.Context, c *clients, vpc string) ([]proof.DNSAssociation, error) {
	if vpc == "" {
		return nil, errNoVPC
	}
	found, err := all(ctx, route53profiles.NewListProfileAssociationsPaginator(c.profiles, &route53profiles.ListProfileAssociationsInput{ResourceId: &vpc}),
		func(page *route53profiles.ListProfileAssociationsOutput) []profiles.ProfileAssociation {
			return page.ProfileAssociations
		})
	var all []proof.DNSAssociation
	for _, association := range found {
		all = append(all, proof.DNSAssociation{ID: aws.ToString(association.ProfileId), Name: aws.ToString(association.Name)})
	}
	return all, err
})
