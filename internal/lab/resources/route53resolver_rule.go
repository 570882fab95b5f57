package resources

import (
	"context"
	"fmt"
	"net/netip"
	"strconv"

	"provenendpoints/internal/lab/cfn"
	"provenendpoints/internal/lab/route53"
)

func init() {
	register("AWS::Route53Resolver::ResolverRule", (*Resources).resolverRuleType)
	register("AWS::Route53Resolver::ResolverRuleAssociation", (*Resources).resolverRuleAssociationType)
}

type resolverTarget struct {
	Ip       string `cfn:"required"`
	Port     string
	Protocol string `cfn:"only=Do53"`
}

type resolverRuleProps struct {
	RuleType           string `cfn:"required,replace,only=FORWARD|SYSTEM"`
	DomainName         string `cfn:"required"`
	ResolverEndpointId string
	TargetIps          []resolverTarget
	Name               string   `cfn:"inert"` // text for people
	Tags               cfn.Tags `cfn:"inert"` // names for people
}

// rule is the rule that the properties describe.
func (p resolverRuleProps) rule(id string) (route53.ResolverRule, error) {
	rule := route53.ResolverRule{ID: id, Domain: p.DomainName, Type: p.RuleType, Name: p.Name, Endpoint: p.ResolverEndpointId}
	for _, t := range p.TargetIps {
		a, err := netip.ParseAddr(t.Ip)
		if err != nil {
			return rule, fmt.Errorf("property TargetIps.Ip: %w", err)
		}
		port := uint64(53)
		if t.Port != "" {
			if port, err = strconv.ParseUint(t.Port, 10, 16); err != nil {
				return rule, fmt.Errorf("property TargetIps.Port: %q is no port", t.Port)
			}
		}
		rule.Targets = append(rule.Targets, netip.AddrPortFrom(a, uint16(port)))
	}
	return rule, nil
}

// resolverRuleType is AWS::Route53Resolver::ResolverRule.
func (r *Resources) resolverRuleType() cfn.Definition[resolverRuleProps] {
	attributes := func(rule route53.ResolverRule) map[string]any {
		targets := []any{}
		for _, t := range rule.Targets {
			targets = append(targets, map[string]any{"Ip": t.Addr().String(), "Port": fmt.Sprint(t.Port())})
		}
		return map[string]any{
			"Arn":            r.Scope.ARN("route53resolver", "resolver-rule/"+rule.ID),
			"DomainName":     rule.Domain,
			"Name":           rule.Name,
			"ResolverRuleId": rule.ID, "ResolverEndpointId": rule.Endpoint, "TargetIps": targets,
		}
	}
	return cfn.Definition[resolverRuleProps]{
		Attributes: []string{"Arn", "DomainName", "Name", "ResolverEndpointId", "ResolverRuleId", "TargetIps"},
		Create: func(_ context.Context, c cfn.TypedRequest[resolverRuleProps]) (cfn.Result, error) {
			rule, err := c.Props.rule(r.id("rslvr-rr-", c.Request))
			if err != nil {
				return cfn.Result{}, err
			}
			return cfn.Result{PhysicalID: rule.ID, Attributes: attributes(rule)}, r.Names.PutRule(rule, false)
		},
		Update: func(_ context.Context, c cfn.TypedRequest[resolverRuleProps]) (cfn.Result, error) {
			rule, err := c.Props.rule(c.PhysicalID)
			if err != nil {
				return cfn.Result{}, err
			}
			return cfn.Result{Attributes: attributes(rule)}, r.Names.PutRule(rule, true)
		},
		Delete: func(ctx context.Context, c cfn.TypedRequest[resolverRuleProps]) error {
			return r.remove(ctx, c.PhysicalID, r.Names.DeleteRule)
		},
	}
}

type resolverRuleAssociationProps struct {
	ResolverRuleId string `cfn:"required,replace"`
	VPCId          string `cfn:"required,replace"`
	Name           string `cfn:"replace"`
}

// resolverRuleAssociationType is AWS::Route53Resolver::ResolverRuleAssociation.
func (r *Resources) resolverRuleAssociationType() cfn.Definition[resolverRuleAssociationProps] {
	return cfn.Definition[resolverRuleAssociationProps]{
		Attributes: []string{"Name", "ResolverRuleAssociationId", "ResolverRuleId", "VPCId"},
		Create: func(_ context.Context, c cfn.TypedRequest[resolverRuleAssociationProps]) (cfn.Result, error) {
			a := route53.RuleAssociation{ID: r.id("rslvr-rrassoc-", c.Request), Rule: c.Props.ResolverRuleId, VPC: c.Props.VPCId, Name: c.Props.Name}
			if err := r.Names.AssociateRule(a); err != nil {
				return cfn.Result{}, err
			}
			return cfn.Result{PhysicalID: a.ID, Attributes: map[string]any{
				"Name": a.Name, "ResolverRuleAssociationId": a.ID, "ResolverRuleId": a.Rule, "VPCId": a.VPC,
			}}, nil
		},
		Delete: func(_ context.Context, c cfn.TypedRequest[resolverRuleAssociationProps]) error {
			return ignoreGone(r.Names.DisassociateRule(c.PhysicalID))
		},
	}
}
