package resources

import (
	"provenendpoints/internal/lab/cfn"
	"provenendpoints/internal/lab/vpc"
)

func init() { register("AWS::EC2::SecurityGroupEgress", (*Resources).securityGroupEgressType) }

type egressProps struct {
	GroupId                    string `cfn:"required,replace"`
	IpProtocol                 string `cfn:"required,replace"`
	FromPort                   *int   `cfn:"replace"`
	ToPort                     *int   `cfn:"replace"`
	CidrIp                     string `cfn:"replace"`
	CidrIpv6                   string `cfn:"replace"`
	DestinationSecurityGroupId string `cfn:"replace"`
	DestinationPrefixListId    string `cfn:"replace"`
	Description                string `cfn:"inert"` // text for people
}

func (p egressProps) group() string { return p.GroupId }

func (p egressProps) rule() (vpc.Rule, error) {
	return makeRule(p.IpProtocol, p.FromPort, p.ToPort, p.CidrIp, p.CidrIpv6, p.DestinationSecurityGroupId, p.DestinationPrefixListId, p.Description)
}

// securityGroupEgressType is AWS::EC2::SecurityGroupEgress.
func (r *Resources) securityGroupEgressType() cfn.Definition[egressProps] {
	return ruleType[egressProps](r, r.Network.SecurityGroups().AuthorizeEgress, r.Network.SecurityGroups().RevokeEgress, func(g vpc.SecurityGroup) []vpc.Rule { return g.Egress })
}
