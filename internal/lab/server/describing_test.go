package server_test

import (
	"slices"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/cloudformation"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation/types"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	ec2types "github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"provenendpoints/internal/lab/server"
)

const taggedNetwork = `{"Resources": {
	"A": {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": "10.0.0.0/16", "Tags": [{"Key": "Name", "Value": "first"}]}},
	"S": {"Type": "AWS::EC2::Subnet", "Properties": {"VpcId": {"Ref": "A"}, "CidrBlock": "10.0.0.0/24", "MapPublicIpOnLaunch": true}},
	"B": {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": "10.1.0.0/16"}}}}`

// What has tags says so, whoever gave them, and is found by them, and by what else of it
// EC2 shows.
func TestTagsAndFilters(t *testing.T) {
	t.Parallel()
	w := start(t, server.Options{})
	body := taggedNetwork
	must[*cloudformation.CreateStackOutput](t)(w.cloudformation.CreateStack(t.Context(), &cloudformation.CreateStackInput{
		StackName: new("net"), TemplateBody: &body, Tags: []types.Tag{{Key: new("team"), Value: new("blue")}},
	}))
	w.settled("net")
	h := hand{t, t.Context(), ec2.NewFromConfig(w.Config())}
	byHand := ok[ec2.CreateVpcOutput](h)(h.c.CreateVpc(h.ctx, &ec2.CreateVpcInput{CidrBlock: new("10.2.0.0/16"), TagSpecifications: []ec2types.TagSpecification{
		{ResourceType: ec2types.ResourceTypeVpc, Tags: []ec2types.Tag{{Key: new("Name"), Value: new("third")}}},
	}})).Vpc
	if len(byHand.Tags) != 1 || *byHand.Tags[0].Value != "third" {
		t.Errorf("tags of a new VPC: %+v", byHand.Tags)
	}
	blocks := func(filter string, values ...string) []string {
		t.Helper()
		out, err := h.c.DescribeVpcs(h.ctx, &ec2.DescribeVpcsInput{Filters: []ec2types.Filter{{Name: &filter, Values: values}}})
		if err != nil {
			t.Error(err)
			return nil
		}
		var found []string
		for _, v := range out.Vpcs {
			found = append(found, *v.CidrBlock)
		}
		slices.Sort(found)
		return found
	}
	for _, c := range []struct {
		filter, value string
		want          []string
	}{
		{"tag:Name", "first", []string{"10.0.0.0/16"}},
		{"tag:Name", "*ir*", []string{"10.0.0.0/16", "10.2.0.0/16"}},
		{"tag:aws:cloudformation:logical-id", "B", []string{"10.1.0.0/16"}},
		{"tag-key", "team", []string{"10.0.0.0/16", "10.1.0.0/16"}},
		{"tag-value", "blue", []string{"10.0.0.0/16", "10.1.0.0/16"}},
		{"tag:Name", "nobody", nil},
		{"isDefault", "false", []string{"10.0.0.0/16", "10.1.0.0/16", "10.2.0.0/16"}},
		{"is-default", "true", nil},
		{"cidr-block-association.cidr-block", "10.1.*", []string{"10.1.0.0/16"}},
	} {
		if got := blocks(c.filter, c.value); !slices.Equal(got, c.want) {
			t.Errorf("%s = %s: %v, want %v", c.filter, c.value, got, c.want)
		}
	}
	_, err := h.c.DescribeVpcs(h.ctx, &ec2.DescribeVpcsInput{Filters: []ec2types.Filter{{Name: new("colour"), Values: []string{"x"}}}})
	h.refused("InvalidParameterValue", err)
	subnets := ok[ec2.DescribeSubnetsOutput](h)(h.c.DescribeSubnets(h.ctx, &ec2.DescribeSubnetsInput{Filters: []ec2types.Filter{{Name: new("map-public-ip-on-launch"), Values: []string{"true"}}}})).Subnets
	if len(subnets) != 1 {
		t.Errorf("subnets with public addresses: %+v", subnets)
	}

	ok[ec2.CreateTagsOutput](h)(h.c.CreateTags(h.ctx, &ec2.CreateTagsInput{Resources: []string{*byHand.VpcId, *subnets[0].SubnetId}, Tags: []ec2types.Tag{{Key: new("k"), Value: new("v")}}}))
	tags := ok[ec2.DescribeTagsOutput](h)(h.c.DescribeTags(h.ctx, &ec2.DescribeTagsInput{Filters: []ec2types.Filter{{Name: new("key"), Values: []string{"k"}}}})).Tags
	if len(tags) != 2 || tags[0].ResourceType == tags[1].ResourceType {
		t.Errorf("tags: %+v", tags)
	}
	ok[ec2.DeleteTagsOutput](h)(h.c.DeleteTags(h.ctx, &ec2.DeleteTagsInput{Resources: []string{*byHand.VpcId}, Tags: []ec2types.Tag{{Key: new("k")}}}))
	if got := blocks("tag-key", "k"); got != nil {
		t.Errorf("the deleted tag is found at %v", got)
	}
	_, err = h.c.CreateTags(h.ctx, &ec2.CreateTagsInput{Resources: []string{"vpc-00000000"}, Tags: []ec2types.Tag{{Key: new("k"), Value: new("v")}}})
	h.refused("InvalidID", err)
	_, err = h.c.CreateTags(h.ctx, &ec2.CreateTagsInput{Resources: []string{*byHand.VpcId}, Tags: []ec2types.Tag{{Key: new("aws:k"), Value: new("v")}}})
	h.refused("InvalidParameterValue", err)
}

// Descriptions come in pages of the wanted size, with all that there is, once each.
func TestDescriptionsInPages(t *testing.T) {
	t.Parallel()
	w := start(t, server.Options{})
	h := hand{t, t.Context(), ec2.NewFromConfig(w.Config())}
	v := ok[ec2.CreateVpcOutput](h)(h.c.CreateVpc(h.ctx, &ec2.CreateVpcInput{CidrBlock: new("10.9.0.0/16")})).Vpc
	for range 11 {
		ok[ec2.CreateRouteTableOutput](h)(h.c.CreateRouteTable(h.ctx, &ec2.CreateRouteTableInput{VpcId: v.VpcId}))
	}
	seen, pages := map[string]int{}, 0
	for p := ec2.NewDescribeRouteTablesPaginator(h.c, &ec2.DescribeRouteTablesInput{MaxResults: new(int32(5))}); p.HasMorePages(); pages++ {
		out := ok[ec2.DescribeRouteTablesOutput](h)(p.NextPage(h.ctx))
		for _, table := range out.RouteTables {
			seen[*table.RouteTableId]++
		}
	}
	if len(seen) != 12 || pages != 3 {
		t.Errorf("%d route tables on %d pages, want 12 on 3", len(seen), pages)
	}
	_, err := h.c.DescribeRouteTables(h.ctx, &ec2.DescribeRouteTablesInput{NextToken: new("nonsense")})
	h.refused("InvalidNextToken", err)
	// A service is listed once for each of its types: a page does not end between the two.
	names := map[string]int{}
	in := &ec2.DescribeVpcEndpointServicesInput{MaxResults: new(int32(7))}
	for more := true; more; more = in.NextToken != nil {
		out := ok[ec2.DescribeVpcEndpointServicesOutput](h)(h.c.DescribeVpcEndpointServices(h.ctx, in))
		in.NextToken = out.NextToken
		for _, s := range out.ServiceDetails {
			names[*s.ServiceName]++
		}
	}
	if names["com.amazonaws.ap-northeast-2.s3"] != 2 || names["com.amazonaws.ap-northeast-2.sqs"] != 1 {
		t.Errorf("S3 is listed %d times, SQS %d times", names["com.amazonaws.ap-northeast-2.s3"], names["com.amazonaws.ap-northeast-2.sqs"])
	}
}

// A trial of a call says that it would succeed, and changes nothing; rules have ids, by which
// they are found and revoked; a call that fails for one of its rules changes none.
func TestTrialsAndRules(t *testing.T) {
	t.Parallel()
	w := start(t, server.Options{})
	h := hand{t, t.Context(), ec2.NewFromConfig(w.Config())}
	_, err := h.c.CreateVpc(h.ctx, &ec2.CreateVpcInput{CidrBlock: new("10.9.0.0/16"), DryRun: new(true)})
	h.refused("DryRunOperation", err)
	if all := ok[ec2.DescribeVpcsOutput](h)(h.c.DescribeVpcs(h.ctx, &ec2.DescribeVpcsInput{})).Vpcs; len(all) != 0 {
		t.Errorf("the trial made %+v", all)
	}
	v := ok[ec2.CreateVpcOutput](h)(h.c.CreateVpc(h.ctx, &ec2.CreateVpcInput{CidrBlock: new("10.9.0.0/16")})).Vpc
	ok[ec2.AssociateVpcCidrBlockOutput](h)(h.c.AssociateVpcCidrBlock(h.ctx, &ec2.AssociateVpcCidrBlockInput{VpcId: v.VpcId, CidrBlock: new("10.10.0.0/16")}))
	six := ok[ec2.AssociateVpcCidrBlockOutput](h)(h.c.AssociateVpcCidrBlock(h.ctx, &ec2.AssociateVpcCidrBlockInput{VpcId: v.VpcId, AmazonProvidedIpv6CidrBlock: new(true)}))
	if six.Ipv6CidrBlockAssociation == nil || *six.Ipv6CidrBlockAssociation.Ipv6CidrBlock == "" {
		t.Errorf("IPv6 block: %+v", six)
	}
	list := ok[ec2.CreateManagedPrefixListOutput](h)(h.c.CreateManagedPrefixList(h.ctx, &ec2.CreateManagedPrefixListInput{PrefixListName: new("l"), MaxEntries: new(int32(3)), AddressFamily: new("IPv4"), Entries: []ec2types.AddPrefixListEntry{{Cidr: new("192.0.2.0/24")}}})).PrefixList
	changed := ok[ec2.ModifyManagedPrefixListOutput](h)(h.c.ModifyManagedPrefixList(h.ctx, &ec2.ModifyManagedPrefixListInput{PrefixListId: list.PrefixListId, CurrentVersion: list.Version, AddEntries: []ec2types.AddPrefixListEntry{{Cidr: new("198.51.100.0/24")}}, RemoveEntries: []ec2types.RemovePrefixListEntry{{Cidr: new("192.0.2.0/24")}}})).PrefixList
	entries := ok[ec2.GetManagedPrefixListEntriesOutput](h)(h.c.GetManagedPrefixListEntries(h.ctx, &ec2.GetManagedPrefixListEntriesInput{PrefixListId: list.PrefixListId})).Entries
	if len(entries) != 1 || *entries[0].Cidr != "198.51.100.0/24" || *changed.Version != *list.Version+1 {
		t.Errorf("entries %+v of version %d", entries, *changed.Version)
	}

	group := ok[ec2.CreateSecurityGroupOutput](h)(h.c.CreateSecurityGroup(h.ctx, &ec2.CreateSecurityGroupInput{VpcId: v.VpcId, GroupName: new("g"), Description: new("g")}))
	port := func(p int32) *int32 { return &p }
	web := ec2types.IpPermission{IpProtocol: new("tcp"), FromPort: port(80), ToPort: port(80), IpRanges: []ec2types.IpRange{{CidrIp: new("0.0.0.0/0"), Description: new("all")}}, Ipv6Ranges: []ec2types.Ipv6Range{{CidrIpv6: new("::/0")}}}
	made := ok[ec2.AuthorizeSecurityGroupIngressOutput](h)(h.c.AuthorizeSecurityGroupIngress(h.ctx, &ec2.AuthorizeSecurityGroupIngressInput{GroupId: group.GroupId, IpPermissions: []ec2types.IpPermission{web}})).SecurityGroupRules
	if len(made) != 2 || made[0].CidrIpv4 == nil || *made[0].Description != "all" || made[1].CidrIpv6 == nil {
		t.Fatalf("rules made: %+v", made)
	}
	ssh := ec2types.IpPermission{IpProtocol: new("tcp"), FromPort: port(22), ToPort: port(22), IpRanges: []ec2types.IpRange{{CidrIp: new("10.0.0.0/8")}}}
	_, err = h.c.AuthorizeSecurityGroupIngress(h.ctx, &ec2.AuthorizeSecurityGroupIngressInput{GroupId: group.GroupId, IpPermissions: []ec2types.IpPermission{ssh, web}})
	h.refused("InvalidPermission.Duplicate", err)
	ok[ec2.AuthorizeSecurityGroupIngressOutput](h)(h.c.AuthorizeSecurityGroupIngress(h.ctx, &ec2.AuthorizeSecurityGroupIngressInput{GroupId: group.GroupId, IpProtocol: new("tcp"), FromPort: port(22), ToPort: port(22), CidrIp: new("10.0.0.0/8")}))
	ok[ec2.RevokeSecurityGroupIngressOutput](h)(h.c.RevokeSecurityGroupIngress(h.ctx, &ec2.RevokeSecurityGroupIngressInput{GroupId: group.GroupId, SecurityGroupRuleIds: []string{*made[1].SecurityGroupRuleId}}))
	of := []ec2types.Filter{{Name: new("group-id"), Values: []string{*group.GroupId}}, {Name: new("is-egress"), Values: []string{"false"}}}
	rules := ok[ec2.DescribeSecurityGroupRulesOutput](h)(h.c.DescribeSecurityGroupRules(h.ctx, &ec2.DescribeSecurityGroupRulesInput{Filters: of})).SecurityGroupRules
	if len(rules) != 2 || *rules[0].ToPort != 80 || *rules[1].ToPort != 22 {
		t.Errorf("rules: %+v", rules)
	}
	_, err = h.c.RevokeSecurityGroupIngress(h.ctx, &ec2.RevokeSecurityGroupIngressInput{GroupId: group.GroupId, SecurityGroupRuleIds: []string{*made[1].SecurityGroupRuleId}})
	h.refused("InvalidSecurityGroupRuleId.NotFound", err)
	// What stacks call a group, calls find by its name, too.
	named := ok[ec2.DescribeSecurityGroupsOutput](h)(h.c.DescribeSecurityGroups(h.ctx, &ec2.DescribeSecurityGroupsInput{GroupNames: []string{"g"}})).SecurityGroups
	if len(named) != 1 || *named[0].GroupId != *group.GroupId {
		t.Errorf("by name: %+v", named)
	}
}
