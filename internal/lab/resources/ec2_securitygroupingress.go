package resources

import (
	"provenendpoints/internal/lab/cfn"
	"provenendpoints/internal/lab/vpc"
)

func init() { register("AWS::EC2::SecurityGroupIngress", (*Resources).securityGroupIngressType) }

type ingressProps struct {
	GroupId                    string `cfn:"required,replace"`
	IpProtocol                 string `cfn:"required,replace"`
	FromPort                   *int   `cfn:"replace"`
	ToPort                     *int   `cfn:"replace"`
	CidrIp                     string `cfn:"replace"`
	CidrIpv6                   string `cfn:"replace"`
	SourceSecurityGroupId      string `cfn:"replace"`
	SourcePrefixListId         string `cfn:"replace"`
	SourceSecurityGroupOwnerId string `cfn:"inert"` // group ids are unique in the lab's one account
	Description                string `cfn:"inert"` // text for people
}

func (p ingressProps) group() string { return p.GroupId }

func (p ingressProps) rule() (vpc.Rule, error) {
	return makeRule(p.IpProtocol, p.FromPort, p.ToPort, p.CidrIp, p.CidrIpv6, p.SourceSecurityGroupId, p.SourcePrefixListId, p.Description)
}

// securityGroupIngressType is AWS::EC2::SecurityGroupIngress.
func (r *Resources) securityGroupIngressType() cfn.Definition[ingressProps] {
	return ruleType[ingressProps](r, r.Network.SecurityGroups().AuthorizeIngress, r.Network.SecurityGroups().RevokeIngress, func(g vpc.SecurityGroup) []vpc.Rule { return g.Ingress })
}
