package resources

import (
	"context"

	"provenendpoints/internal/lab/cfn"
	"provenendpoints/internal/lab/vpc"
)

type ingressProps struct {
	GroupId                    string `cfn:"required,replace"`
	IpProtocol                 string `cfn:"required,replace"`
	FromPort                   *int   `cfn:"replace"`
	ToPort                     *int   `cfn:"replace"`
	CidrIp                     string `cfn:"replace"`
	SourceSecurityGroupId      string `cfn:"replace"`
	SourcePrefixListId         string `cfn:"replace"`
	SourceSecurityGroupOwnerId string `cfn:"inert"` // group ids are unique in the lab's one account
	Description                string `cfn:"inert"` // text for people
}

func (p ingressProps) group() string { return p.GroupId }

func (p ingressProps) rule() (vpc.Rule, error) {
	return makeRule(p.IpProtocol, p.FromPort, p.ToPort, p.CidrIp, p.SourceSecurityGroupId, p.SourcePrefixListId, p.Description)
}

type egressProps struct {
	GroupId                    string `cfn:"required,replace"`
	IpProtocol                 string `cfn:"required,replace"`
	FromPort                   *int   `cfn:"replace"`
	ToPort                     *int   `cfn:"replace"`
	CidrIp                     string `cfn:"replace"`
	DestinationSecurityGroupId string `cfn:"replace"`
	DestinationPrefixListId    string `cfn:"replace"`
	Description                string `cfn:"inert"` // text for people
}

func (p egressProps) group() string { return p.GroupId }

func (p egressProps) rule() (vpc.Rule, error) {
	return makeRule(p.IpProtocol, p.FromPort, p.ToPort, p.CidrIp, p.DestinationSecurityGroupId, p.DestinationPrefixListId, p.Description)
}

// ingressType is AWS::EC2::SecurityGroupIngress.
func (r *Resources) ingressType() cfn.ResourceType {
	return ruleType[ingressProps](r, r.Network.AuthorizeIngress, r.Network.RevokeIngress)
}

// egressType is AWS::EC2::SecurityGroupEgress.
func (r *Resources) egressType() cfn.ResourceType {
	return ruleType[egressProps](r, r.Network.AuthorizeEgress, r.Network.RevokeEgress)
}

// ruleType is a security group rule as a resource of its own.
func ruleType[P interface {
	group() string
	rule() (vpc.Rule, error)
}](r *Resources, authorize, revoke func(string, vpc.Rule) error) cfn.ResourceType {
	return cfn.Define(cfn.Kind[P]{
		Attributes: []string{"Id"},
		Create: func(_ context.Context, c cfn.Call[P]) (cfn.Result, error) {
			rule, err := c.Props.rule()
			if err != nil {
				return cfn.Result{}, err
			}
			if err := authorize(c.Props.group(), rule); err != nil {
				return cfn.Result{}, err
			}
			id := r.id("sgr-", c.Request)
			return cfn.Result{PhysicalID: id, Attributes: map[string]any{"Id": id}}, nil
		},
		Delete: func(ctx context.Context, c cfn.Call[P]) error {
			rule, err := c.Props.rule()
			if err != nil {
				return err
			}
			return r.removing(ctx, func() error { return revoke(c.Props.group(), rule) })
		},
	})
}
