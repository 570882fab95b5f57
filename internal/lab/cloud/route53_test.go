package cloud

import (
	"net/netip"
	"slices"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsroute53 "github.com/aws/aws-sdk-go-v2/service/route53"
	route53types "github.com/aws/aws-sdk-go-v2/service/route53/types"
	awsprofiles "github.com/aws/aws-sdk-go-v2/service/route53profiles"
	awsresolver "github.com/aws/aws-sdk-go-v2/service/route53resolver"
	resolvertypes "github.com/aws/aws-sdk-go-v2/service/route53resolver/types"

	"provenendpoints/internal/lab/privatelink"
	"provenendpoints/internal/lab/route53"
	"provenendpoints/internal/lab/vpc"
)

// TestNames sees what decides about names in a VPC by the SDK's own clients: private
// hosted zones, those of endpoints among them, resolver rules, firewalls and profiles.
func TestNames(t *testing.T) {
	t.Parallel()
	b, ctx := newFixture(t, Faults{}), t.Context()
	b.must(b.net.VPCs().Create(vpc.VPC{ID: "vpc-2", CIDRs: []netip.Prefix{netip.MustParsePrefix("20.0.0.0/16")}, DNSSupport: true, DNSHostnames: true}))
	b.must(b.names.CreateZone(route53.HostedZone{ID: "Z1", Name: "internal.test", VPCs: []string{"vpc-1"}}))
	b.must(b.names.CreateZone(route53.HostedZone{ID: "Z2", Name: "other.test", VPCs: []string{"vpc-2"}}))
	_, err := b.privateLink.CreateEndpoint(privatelink.Endpoint{
		ID: "vpce-named", VPC: "vpc-1", Service: "com.amazonaws.ap-northeast-2.sqs", Type: privatelink.InterfaceType,
		Subnets: []string{"subnet-1"}, Groups: []string{"sg-open"}, PrivateDNS: true,
	})
	b.must(err)
	b.must(b.names.PutRule(route53.ResolverRule{ID: "rslvr-rr-1", Domain: "example.com", Type: route53.System}, false))
	b.must(b.names.AssociateRule(route53.RuleAssociation{ID: "rslvr-rrassoc-1", Rule: "rslvr-rr-1", VPC: "vpc-1", Name: "mine"}))
	b.must(b.names.PutRuleGroup(route53.RuleGroup{ID: "rslvr-frg-1"}, false))
	b.must(b.names.PutFirewall(route53.Firewall{ID: "rslvr-frgassoc-1", Group: "rslvr-frg-1", VPC: "vpc-1", Priority: 101}, false))
	b.must(b.names.CreateProfile(route53.Profile{ID: "rp-1"}))
	b.must(b.names.AssociateProfile(route53.ProfileAssociation{ID: "rpassoc-1", Profile: "rp-1", VPC: "vpc-1"}))

	role := b.role("verifier", `{"Effect":"Allow","Action":["route53:ListHostedZonesByVPC","route53resolver:ListResolverRuleAssociations","route53resolver:ListFirewallRuleGroupAssociations","route53profiles:ListProfileAssociations"],"Resource":"*"}`)
	config := b.config(b.outside, role)
	zones := func(vpc string) (found []string, most int32) {
		t.Helper()
		out, err := awsroute53.NewFromConfig(config).ListHostedZonesByVPC(ctx, &awsroute53.ListHostedZonesByVPCInput{VPCId: &vpc, VPCRegion: route53types.VPCRegion(b.Scope().Region)})
		b.must(err)
		for _, z := range out.HostedZoneSummaries {
			found = append(found, *z.Name+" "+aws.ToString(z.Owner.OwningAccount)+aws.ToString(z.Owner.OwningService))
		}
		return found, aws.ToInt32(out.MaxItems)
	}
	want := []string{"internal.test. 123456789012", "sqs.ap-northeast-2.amazonaws.com. vpce.amazonaws.com"}
	if got, most := zones("vpc-1"); !slices.Equal(got, want) || most != 100 {
		t.Errorf("zones %q of at most %d, want %q", got, most, want)
	}
	if got, _ := zones("vpc-2"); len(got) != 1 {
		t.Errorf("zones of the other VPC: %q", got)
	}

	resolver := awsresolver.NewFromConfig(config)
	rules := func(vpc string) (found []string) {
		t.Helper()
		out, err := resolver.ListResolverRuleAssociations(ctx, &awsresolver.ListResolverRuleAssociationsInput{Filters: []resolvertypes.Filter{{Name: aws.String("VPCId"), Values: []string{vpc}}}})
		b.must(err)
		for _, a := range out.ResolverRuleAssociations {
			found = append(found, *a.ResolverRuleId)
		}
		return found
	}
	if got := rules("vpc-1"); !slices.Equal(got, []string{"rslvr-rr-1", "rslvr-autodefined-rr-internet-resolver"}) {
		t.Errorf("rules %q", got)
	}
	if got := rules("vpc-2"); !slices.Equal(got, []string{"rslvr-autodefined-rr-internet-resolver"}) {
		t.Errorf("rules of the other VPC: %q", got)
	}
	if _, err := resolver.ListResolverRuleAssociations(ctx, &awsresolver.ListResolverRuleAssociationsInput{Filters: []resolvertypes.Filter{{Name: aws.String("Colour"), Values: []string{"red"}}}}); code(err) != "InvalidParameterException" {
		t.Errorf("an unknown filter: %v", err)
	}
	for vpc, want := range map[string]int{"vpc-1": 1, "vpc-2": 0} {
		out, err := resolver.ListFirewallRuleGroupAssociations(ctx, &awsresolver.ListFirewallRuleGroupAssociationsInput{VpcId: &vpc})
		b.must(err)
		if len(out.FirewallRuleGroupAssociations) != want || want > 0 && *out.FirewallRuleGroupAssociations[0].FirewallRuleGroupId != "rslvr-frg-1" {
			t.Errorf("firewalls of %s: %+v", vpc, out.FirewallRuleGroupAssociations)
		}
		profiles, err := awsprofiles.NewFromConfig(config).ListProfileAssociations(ctx, &awsprofiles.ListProfileAssociationsInput{ResourceId: &vpc})
		b.must(err)
		if len(profiles.ProfileAssociations) != want || want > 0 && *profiles.ProfileAssociations[0].ProfileId != "rp-1" {
			t.Errorf("profiles of %s: %+v", vpc, profiles.ProfileAssociations)
		}
	}

	denied := b.config(b.outside, b.role("other", `{"Effect":"Allow","Action":"ec2:DescribeVpcs","Resource":"*"}`))
	_, err = awsroute53.NewFromConfig(denied).ListHostedZonesByVPC(ctx, &awsroute53.ListHostedZonesByVPCInput{VPCId: aws.String("vpc-1"), VPCRegion: "ap-northeast-2"})
	if code(err) != "AccessDenied" {
		t.Errorf("zones without permission: %v", err)
	}
	_, err = awsresolver.NewFromConfig(denied).ListResolverRuleAssociations(ctx, &awsresolver.ListResolverRuleAssociationsInput{})
	if code(err) != "AccessDeniedException" {
		t.Errorf("rules without permission: %v", err)
	}
	_, err = awsprofiles.NewFromConfig(denied).ListProfileAssociations(ctx, &awsprofiles.ListProfileAssociationsInput{})
	if code(err) != "AccessDeniedException" {
		t.Errorf("profiles without permission: %v", err)
	}
}
