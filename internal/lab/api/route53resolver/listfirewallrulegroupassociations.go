package route53resolver

// docs.aws.amazon.com/Route53/latest/APIReference/API_route53resolver_ListFirewallRuleGroupAssociations.html
func init() { register("ListFirewallRuleGroupAssociations", listFirewallRuleGroupAssociations) }

type firewall struct {
	ARN      string `json:"Arn"`
	ID       string `json:"Id"`
	Name     string `json:",omitempty"`
	Group    string `json:"FirewallRuleGroupId"`
	VPC      string `json:"VpcId"`
	Priority int
	Status   string
}

type firewalls struct {
	Associations []firewall `json:"FirewallRuleGroupAssociations"`
}

func listFirewallRuleGroupAssociations(a account, q struct {
	page
	FirewallRuleGroupID string `json:"FirewallRuleGroupId"`
	VPC                 string `json:"VpcId"`
	Priority            *int
	Status              string
}) (any, error) {
	if err := q.check(); err != nil {
		return nil, err
	}
	const status = "COMPLETE"
	answer := firewalls{Associations: []firewall{}}
	for _, f := range a.names.Firewalls() {
		wrong := q.VPC != "" && q.VPC != f.VPC || q.FirewallRuleGroupID != "" && q.FirewallRuleGroupID != f.Group ||
			q.Priority != nil && *q.Priority != f.Priority || q.Status != "" && q.Status != status
		if !wrong {
			arn := a.scope.ARN("route53resolver", "firewall-rule-group-association/"+f.ID)
			answer.Associations = append(answer.Associations, firewall{arn, f.ID, f.Name, f.Group, f.VPC, f.Priority, status})
		}
	}
	return answer, nil
}
