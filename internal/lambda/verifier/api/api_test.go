package api

import (
	"encoding/json"
	"flag"
	"os"
	"testing"

	"provenendpoints/internal/awsapi/models"
)

var update = flag.Bool("update", false, "write model.json anew")

// operations are all of this package.
var operations = []models.Used{
	DescribeDhcpOptions, DescribeNetworkAcls, DescribeNetworkInterfaces, DescribePrefixLists, DescribeRouteTables, DescribeSecurityGroups,
	DescribeSubnets, DescribeVpcEndpointConnections, DescribeVpcEndpoints, DescribeVpcEndpointServiceConfigurations,
	DescribeVpcEndpointServicePermissions, DescribeVpcs,
	DescribeStacks, ListStackResources, GetTemplate,
	DescribeListeners, DescribeLoadBalancerAttributes, DescribeLoadBalancers, DescribeTargetGroups, DescribeTargetHealth,
	GetRole, GetRolePolicy, ListAttachedRolePolicies, ListRolePolicies,
	GetFunctionConfiguration, GetPolicy, Invoke,
	GetParameter, PutParameter, PutEvents, GetSchedule,
	ListFirewallRuleGroupAssociations, ListHostedZonesByVPC, ListProfileAssociations, ListResolverRuleAssociations,
}

// TestModel: every parameter and member is one of AWS's published models, with its type,
// and so are the pages.
func TestModel(t *testing.T) {
	t.Parallel()
	m, err := models.Cut(operations...)
	if err != nil {
		t.Fatal(err)
	}
	want, err := json.MarshalIndent(m, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	want = append(want, '\n')
	if *update {
		if err := os.WriteFile("model.json", want, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if string(text) != string(want) {
		t.Error("model.json is not what these operations need of AWS's published models: run this test with -update")
	}
}
