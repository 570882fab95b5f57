package vpc_test

import (
	"net/netip"
	"strings"
	"testing"

	"provenendpoints/internal/lab/vpc"
	"provenendpoints/internal/lab/vpc/vpctest"
)

// What EC2 refuses of security groups and VPCs, with its codes.
func TestWhatEC2Refuses(t *testing.T) {
	t.Parallel()
	n := vpctest.NewTwoVPCs(t, vpc.Options{})
	groups := n.SecurityGroups()
	n.Must(groups.Create(vpc.SecurityGroup{ID: "sg-1", VPC: "vpc-my", Name: "one", Description: "x"}))
	n.Must(groups.Create(vpc.SecurityGroup{ID: "sg-2", VPC: "vpc-custom", Name: "one", Description: "the name is free in another VPC"}))
	rule := func(r vpc.Rule) error { return groups.AuthorizeIngress("sg-1", r) }
	all := netip.MustParsePrefix("0.0.0.0/0")
	for name, c := range map[string]struct {
		err  error
		code string
	}{
		"name twice":              {groups.Create(vpc.SecurityGroup{ID: "sg-3", VPC: "vpc-my", Name: "one"}), "InvalidGroup.Duplicate"},
		"default's name":          {groups.Create(vpc.SecurityGroup{ID: "sg-3", VPC: "vpc-my", Name: "default"}), "InvalidGroup.Duplicate"},
		"name like an id":         {groups.Create(vpc.SecurityGroup{ID: "sg-3", VPC: "vpc-my", Name: "sg-x"}), "InvalidParameterValue"},
		"name of umlauts":         {groups.Create(vpc.SecurityGroup{ID: "sg-3", VPC: "vpc-my", Name: "grün"}), "InvalidParameterValue"},
		"description's character": {groups.Create(vpc.SecurityGroup{ID: "sg-3", VPC: "vpc-my", Name: "a", Description: "a < b"}), "InvalidParameterValue"},
		"long description":        {groups.Create(vpc.SecurityGroup{ID: "sg-3", VPC: "vpc-my", Name: "a", Description: strings.Repeat("x", 256)}), "InvalidParameterValue"},
		"rule's character":        {rule(vpc.Rule{Protocol: "-1", CIDR: all, Description: "it's"}), "InvalidParameterValue"},
		"group of another VPC":    {rule(vpc.Rule{Protocol: "-1", Group: "sg-2"}), "InvalidGroup.NotFound"},
		"hostnames alone":         {n.VPCs().Modify("vpc-my", false, true), "InvalidParameterCombination"},
		"VPC of hostnames alone":  {n.VPCs().Create(vpc.VPC{ID: "vpc-x", CIDRs: []netip.Prefix{netip.MustParsePrefix("10.9.0.0/16")}, DNSHostnames: true}), "InvalidParameterCombination"},
	} {
		if c.err == nil || !strings.HasPrefix(c.err.Error(), c.code+":") {
			t.Errorf("%s: %v, want %s", name, c.err, c.code)
		}
	}
	n.Must(n.Peerings().Create(vpc.Peering{ID: "pcx-1", Requester: "vpc-my", Accepter: "vpc-custom"}))
	n.Must(rule(vpc.Rule{Protocol: "-1", Group: "sg-2"}))
}
