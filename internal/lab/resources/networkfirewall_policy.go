package resources

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"provenendpoints/internal/lab/cfn"
	"provenendpoints/internal/lab/firewall"
)

func init() { register("AWS::NetworkFirewall::FirewallPolicy", (*Resources).firewallPolicyType) }

type (
	ruleGroupReference struct {
		ResourceArn          string `cfn:"required"`
		Priority             int
		Override             any   `cfn:"inert"` // of managed rule groups
		DeepThreatInspection *bool `cfn:"inert"` // of managed rule groups
	}
	firewallPolicy struct {
		StatelessDefaultActions         []string `cfn:"required"`
		StatelessFragmentDefaultActions []string `cfn:"inert,required"` // the lab has no fragments
		StatelessRuleGroupReferences    []ruleGroupReference
		StatelessCustomActions          any `cfn:"inert"` // they publish metrics
		StatefulRuleGroupReferences     []ruleGroupReference
		StatefulDefaultActions          []string `cfn:"only=aws:drop_strict|aws:drop_established|aws:alert_strict|aws:alert_established"`
		StatefulEngineOptions           struct {
			RuleOrder             string `cfn:"only=DEFAULT_ACTION_ORDER|STRICT_ORDER"`
			StreamExceptionPolicy string `cfn:"only=DROP|CONTINUE|REJECT"`
			FlowTimeouts          any    `cfn:"inert"` // flows are forgotten after 350 s
		}
		PolicyVariables struct {
			RuleVariables map[string]addressSet
		}
		TLSInspectionConfigurationArn string
		EnableTLSSessionHolding       *bool `cfn:"inert"` // what a client says first is looked at before it goes on
	}
	firewallPolicyProps struct {
		FirewallPolicyName string         `cfn:"required,replace"`
		FirewallPolicy     firewallPolicy `cfn:"required"`
		Description        string         `cfn:"inert"` // text for people
		Tags               cfn.Tags       `cfn:"inert"` // names for people
	}
)

// isManaged reports whether a rule group is one of AWS's or of a partner's.
func isManaged(r ruleGroupReference) bool { return strings.Contains(r.ResourceArn, ":aws-managed:") }

// arnsOf are the ARNs of rule groups in the order of their priorities, without managed ones.
func arnsOf(list []ruleGroupReference) []string {
	sorted := slices.Clone(list)
	slices.SortStableFunc(sorted, func(a, b ruleGroupReference) int { return cmp.Compare(a.Priority, b.Priority) })
	var out []string
	for _, r := range slices.DeleteFunc(sorted, isManaged) {
		out = append(out, r.ResourceArn)
	}
	return out
}

// policy is the policy that the properties describe.
func (p firewallPolicy) policy(arn string) (firewall.Policy, error) {
	out := firewall.Policy{
		ARN: arn, Stateless: arnsOf(p.StatelessRuleGroupReferences), Stateful: arnsOf(p.StatefulRuleGroupReferences),
		Strict: p.StatefulEngineOptions.RuleOrder == "STRICT_ORDER", Midstream: p.StatefulEngineOptions.StreamExceptionPolicy == "CONTINUE",
		DropStrict:      slices.Contains(p.StatefulDefaultActions, "aws:drop_strict"),
		DropEstablished: slices.Contains(p.StatefulDefaultActions, "aws:drop_established"),
		Variables:       definitions(p.PolicyVariables.RuleVariables),
	}
	if len(p.StatefulDefaultActions) > 0 && !out.Strict {
		return out, fmt.Errorf("property StatefulDefaultActions is for the rule order STRICT_ORDER alone")
	}
	var err error
	out.StatelessDefault, err = statelessAction("StatelessDefaultActions", p.StatelessDefaultActions)
	return out, err
}

// firewallPolicyType is AWS::NetworkFirewall::FirewallPolicy. Its Ref is the ARN
// (docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-networkfirewall-firewallpolicy.html).
func (r *Resources) firewallPolicyType() cfn.Definition[firewallPolicyProps] {
	put := func(arn string, p firewallPolicyProps) error {
		policy, err := p.FirewallPolicy.policy(arn)
		if err != nil {
			return err
		}
		return r.Firewalls.PutPolicy(policy)
	}
	return cfn.Definition[firewallPolicyProps]{
		Attributes: []string{"FirewallPolicyArn", "FirewallPolicyId"},
		Inert: func(p firewallPolicyProps, _ map[string]string) string {
			var out []string
			if slices.ContainsFunc(slices.Concat(p.FirewallPolicy.StatefulRuleGroupReferences, p.FirewallPolicy.StatelessRuleGroupReferences), isManaged) {
				out = append(out, "managed rule groups do not apply")
			}
			if p.FirewallPolicy.TLSInspectionConfigurationArn != "" {
				out = append(out, "no TLS is decrypted")
			}
			return strings.Join(out, "; ")
		},
		Create: func(_ context.Context, c cfn.TypedRequest[firewallPolicyProps]) (cfn.Result, error) {
			arn := r.Scope.ARN("network-firewall", "firewall-policy/"+c.Props.FirewallPolicyName)
			return cfn.Result{PhysicalID: arn, Attributes: map[string]any{"FirewallPolicyArn": arn, "FirewallPolicyId": r.uuid(c.Request)}}, put(arn, c.Props)
		},
		Update: func(_ context.Context, c cfn.TypedRequest[firewallPolicyProps]) (cfn.Result, error) {
			return cfn.Result{}, put(c.PhysicalID, c.Props)
		},
		Delete: func(ctx context.Context, c cfn.TypedRequest[firewallPolicyProps]) error {
			return r.remove(ctx, c.PhysicalID, r.Firewalls.DeletePolicy)
		},
	}
}
