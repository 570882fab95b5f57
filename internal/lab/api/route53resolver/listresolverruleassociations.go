package route53resolver

import (
	"provenendpoints/internal/lab/route53"
)

// docs.aws.amazon.com/Route53/latest/APIReference/API_route53resolver_ListResolverRuleAssociations.html
func init() { register("ListResolverRuleAssociations", listResolverRuleAssociations) }

type ruleAssociation struct {
	ID     string `json:"Id"`
	Name   string `json:",omitempty"`
	Rule   string `json:"ResolverRuleId"`
	VPC    string `json:"VPCId"`
	Status string
}

type ruleAssociations struct {
	MaxResults   int
	Associations []ruleAssociation `json:"ResolverRuleAssociations"`
}

// internetRule is the rule that AWS defines by itself and associates with every VPC. It
// sends to the VPC's resolver what no other rule is about
// (docs.aws.amazon.com/Route53/latest/DeveloperGuide/resolver-overview-forward-vpc-to-network-autodefined-rules.html).
const internetRule = "rslvr-autodefined-rr-internet-resolver"

func listResolverRuleAssociations(a account, q struct {
	page
	Filters []filter
}) (any, error) {
	if err := q.check(); err != nil {
		return nil, err
	}
	all := a.names.RuleAssociations()
	for _, vpc := range a.names.VPCs() {
		all = append(all, route53.RuleAssociation{ID: "rslvr-autodefined-assoc-" + vpc + "-internet-resolver", Rule: internetRule, VPC: vpc, Name: "System Rule Association"})
	}
	answer := ruleAssociations{MaxResults: 100, Associations: []ruleAssociation{}}
	for _, r := range all {
		x := ruleAssociation{r.ID, r.Name, r.Rule, r.VPC, "COMPLETE"}
		ok, err := matches(q.Filters, map[string]string{"Name": x.Name, "ResolverRuleId": x.Rule, "VPCId": x.VPC, "Status": x.Status})
		if err != nil {
			return nil, err
		}
		if ok {
			answer.Associations = append(answer.Associations, x)
		}
	}
	return answer, nil
}
