package endpoint

import (
	ec2 "github.com/aws/aws-cdk-go/awscdk/v2/awsec2"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"provenendpoints/internal/known"
	"provenendpoints/internal/suppression"
)

// groupsFor are the security groups of an endpoint: those that are given, or a new
// one, which admit the port from the VPC's address range if they are open.
func groupsFor(holder constructs.Construct, vpc ec2.IVpc, groups []ec2.ISecurityGroup, open *bool, port float64) []ec2.ISecurityGroup {
	must(checkBlock("Vpc", vpc, groups, open))
	opened := open == nil && len(groups) == 0 || isTrue(open)
	if len(groups) == 0 {
		groups = []ec2.ISecurityGroup{newGroup(holder, vpc)}
	}
	if opened {
		for _, group := range groups {
			group.AddIngressRule(ec2.Peer_Ipv4(jsii.String(known.Block(vpc))), ec2.Port_Tcp(&port), jsii.String("From inside the VPC"), nil)
			suppression.Add(group, suppression.UnknownCIDR)
		}
	}
	return groups
}

// newGroup makes a security group for an endpoint that admits nothing yet, and lets
// nothing out but answers.
func newGroup(scope constructs.Construct, vpc ec2.IVpc) ec2.ISecurityGroup {
	return ec2.NewSecurityGroup(scope, jsii.String("EndpointSecurityGroup"), &ec2.SecurityGroupProps{
		Vpc:              vpc,
		Description:      jsii.String("A VPC endpoint: its port from inside the VPC, nothing else"),
		AllowAllOutbound: jsii.Bool(false),
	})
}

func groupIDs(groups []ec2.ISecurityGroup) []string {
	var ids []string
	for _, group := range groups {
		ids = append(ids, *group.SecurityGroupId())
	}
	return ids
}

func anyList(texts []string) *[]any {
	list := make([]any, len(texts))
	for i, text := range texts {
		list[i] = text
	}
	return &list
}
