package lambdatest

// names are the answers to the calls about what decides about names in the VPC:
// what AWS makes of a VPC by itself, and one zone and one profile of somebody's.
var names = map[string]string{
	"ListHostedZonesByVPC": `<ListHostedZonesByVPCResponse xmlns="https://route53.amazonaws.com/doc/2013-04-01/"><HostedZoneSummaries>
		<HostedZoneSummary><HostedZoneId>Z1</HostedZoneId><Name>corp.example.</Name><Owner><OwningAccount>111122223333</OwningAccount></Owner></HostedZoneSummary>
		<HostedZoneSummary><HostedZoneId>Z2</HostedZoneId><Name>sts.ap-northeast-2.amazonaws.com.</Name><Owner><OwningService>vpce.amazonaws.com</OwningService></Owner></HostedZoneSummary>
		</HostedZoneSummaries><MaxItems>100</MaxItems></ListHostedZonesByVPCResponse>`,
	"ListResolverRuleAssociations": `{"MaxResults":100,"ResolverRuleAssociations":[{"Id":"rslvr-autodefined-assoc-` + VPC + `-internet-resolver",
		"ResolverRuleId":"rslvr-autodefined-rr-internet-resolver","Name":"System Rule Association","VPCId":"` + VPC + `","Status":"COMPLETE"}]}`,
	"ListFirewallRuleGroupAssociations": `{"FirewallRuleGroupAssociations":[]}`,
	"ListProfileAssociations":           `{"ProfileAssociations":[{"Id":"rpassoc-1","ProfileId":"rp-1","Name":"all","ResourceId":"` + VPC + `"}]}`,
}
