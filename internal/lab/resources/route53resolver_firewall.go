package resources

import (
	"context"

	"provenendpoints/internal/lab/cfn"
	"provenendpoints/internal/lab/route53"
)

func init() {
	register("AWS::Route53Resolver::FirewallDomainList", (*Resources).domainListType)
	register("AWS::Route53Resolver::FirewallRuleGroup", (*Resources).firewallRuleGroupType)
	register("AWS::Route53Resolver::FirewallRuleGroupAssociation", (*Resources).firewallType)
}

type domainListProps struct {
	Name    string `cfn:"replace"`
	Domains []string
	Tags    cfn.Tags `cfn:"inert"` // names for people
}

// domainListType is AWS::Route53Resolver::FirewallDomainList.
func (r *Resources) domainListType() cfn.Definition[domainListProps] {
	put := func(id string, p domainListProps, replace bool) (cfn.Result, error) {
		err := r.Names.PutDomainList(route53.DomainList{ID: id, Name: p.Name, Domains: p.Domains}, replace)
		return cfn.Result{PhysicalID: id, Attributes: map[string]any{
			"Arn": r.Scope.ARN("route53resolver", "firewall-domain-list/"+id), "Id": id, "DomainCount": len(p.Domains),
		}}, err
	}
	return cfn.Definition[domainListProps]{
		Attributes: []string{"Arn", "Id", "DomainCount"},
		Create: func(_ context.Context, c cfn.TypedRequest[domainListProps]) (cfn.Result, error) {
			return put(r.id("rslvr-fdl-", c.Request), c.Props, false)
		},
		Update: func(_ context.Context, c cfn.TypedRequest[domainListProps]) (cfn.Result, error) {
			return put(c.PhysicalID, c.Props, true)
		},
		Delete: func(ctx context.Context, c cfn.TypedRequest[domainListProps]) error {
			return r.remove(ctx, c.PhysicalID, r.Names.DeleteDomainList)
		},
	}
}

type firewallRule struct {
	Priority             int    `cfn:"required"`
	FirewallDomainListId string `cfn:"required"`
	Action               string `cfn:"required,only=ALLOW|ALERT|BLOCK"`
	BlockResponse        string `cfn:"only=NODATA|NXDOMAIN|OVERRIDE"`
	BlockOverrideDomain  string
	BlockOverrideDnsType string `cfn:"only=CNAME"`
	BlockOverrideTtl     *int   `cfn:"inert"` // for caches, of which the lab has none
}

type firewallRuleGroupProps struct {
	Name          string `cfn:"replace"`
	FirewallRules []firewallRule
	Tags          cfn.Tags `cfn:"inert"` // names for people
}

// firewallRuleGroupType is AWS::Route53Resolver::FirewallRuleGroup.
func (r *Resources) firewallRuleGroupType() cfn.Definition[firewallRuleGroupProps] {
	put := func(id string, p firewallRuleGroupProps, replace bool) (cfn.Result, error) {
		group := route53.RuleGroup{ID: id, Name: p.Name}
		for _, rule := range p.FirewallRules {
			group.Rules = append(group.Rules, route53.FirewallRule{
				Priority: rule.Priority, List: rule.FirewallDomainListId, Action: rule.Action,
				Response: rule.BlockResponse, Override: rule.BlockOverrideDomain,
			})
		}
		err := r.Names.PutRuleGroup(group, replace)
		return cfn.Result{PhysicalID: id, Attributes: map[string]any{
			"Arn": r.Scope.ARN("route53resolver", "firewall-rule-group/"+id), "Id": id, "RuleCount": len(group.Rules),
		}}, err
	}
	return cfn.Definition[firewallRuleGroupProps]{
		Attributes: []string{"Arn", "Id", "RuleCount"},
		Create: func(_ context.Context, c cfn.TypedRequest[firewallRuleGroupProps]) (cfn.Result, error) {
			return put(r.id("rslvr-frg-", c.Request), c.Props, false)
		},
		Update: func(_ context.Context, c cfn.TypedRequest[firewallRuleGroupProps]) (cfn.Result, error) {
			return put(c.PhysicalID, c.Props, true)
		},
		Delete: func(ctx context.Context, c cfn.TypedRequest[firewallRuleGroupProps]) error {
			return r.remove(ctx, c.PhysicalID, r.Names.DeleteRuleGroup)
		},
	}
}

type firewallProps struct {
	FirewallRuleGroupId string `cfn:"required,replace"`
	VpcId               string `cfn:"required,replace"`
	Priority            int    `cfn:"required"`
	Name                string
	MutationProtection  string   `cfn:"inert"` // keeps other callers than CloudFormation from changing it
	Tags                cfn.Tags `cfn:"inert"` // names for people
}

// firewallType is AWS::Route53Resolver::FirewallRuleGroupAssociation.
func (r *Resources) firewallType() cfn.Definition[firewallProps] {
	put := func(id string, p firewallProps, replace bool) (cfn.Result, error) {
		err := r.Names.PutFirewall(route53.Firewall{ID: id, Group: p.FirewallRuleGroupId, VPC: p.VpcId, Name: p.Name, Priority: p.Priority}, replace)
		return cfn.Result{PhysicalID: id, Attributes: map[string]any{
			"Arn": r.Scope.ARN("route53resolver", "firewall-rule-group-association/"+id), "Id": id,
		}}, err
	}
	return cfn.Definition[firewallProps]{
		Attributes: []string{"Arn", "Id"},
		Create: func(_ context.Context, c cfn.TypedRequest[firewallProps]) (cfn.Result, error) {
			return put(r.id("rslvr-frgassoc-", c.Request), c.Props, false)
		},
		Update: func(_ context.Context, c cfn.TypedRequest[firewallProps]) (cfn.Result, error) {
			return put(c.PhysicalID, c.Props, true)
		},
		Delete: func(_ context.Context, c cfn.TypedRequest[firewallProps]) error {
			return ignoreGone(r.Names.DeleteFirewall(c.PhysicalID))
		},
	}
}
