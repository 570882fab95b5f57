package resources

import (
	"cmp"
	"context"
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"provenendpoints/internal/lab/cfn"
	"provenendpoints/internal/lab/firewall"
)

func init() { register("AWS::NetworkFirewall::RuleGroup", (*Resources).ruleGroupType) }

type (
	portRange struct {
		FromPort int `cfn:"required"`
		ToPort   int `cfn:"required"`
	}
	firewallAddress struct {
		AddressDefinition string `cfn:"required"`
	}
	statelessRule struct {
		Priority       int `cfn:"required"`
		RuleDefinition struct {
			Actions         []string `cfn:"required"`
			MatchAttributes struct {
				Sources, Destinations         []firewallAddress
				SourcePorts, DestinationPorts []portRange
				Protocols                     []int
				TCPFlags                      []struct {
					Flags []string `cfn:"required"`
					Masks []string
				}
			} `cfn:"required"`
		} `cfn:"required"`
	}
	statefulRule struct {
		Action string `cfn:"required,only=PASS|DROP|REJECT|ALERT"`
		Header struct {
			Protocol        string `cfn:"required"`
			Source          string `cfn:"required"`
			SourcePort      string `cfn:"required"`
			Direction       string `cfn:"required,only=FORWARD|ANY"`
			Destination     string `cfn:"required"`
			DestinationPort string `cfn:"required"`
		} `cfn:"required"`
		RuleOptions []struct {
			Keyword  string `cfn:"required"`
			Settings []string
		} `cfn:"required"`
	}
	addressSet struct{ Definition []string }
	ruleGroup  struct {
		RulesSource struct {
			RulesString     string
			RulesSourceList *struct {
				GeneratedRulesType string   `cfn:"required,only=ALLOWLIST|DENYLIST|REJECTLIST|ALERTLIST"`
				Targets            []string `cfn:"required"`
				TargetTypes        []string `cfn:"required,only=TLS_SNI|HTTP_HOST"`
			}
			StatefulRules                  []statefulRule
			StatelessRulesAndCustomActions *struct {
				StatelessRules []statelessRule `cfn:"required"`
				CustomActions  any             `cfn:"inert"` // they publish metrics
			}
		} `cfn:"required"`
		RuleVariables struct {
			IPSets   map[string]addressSet
			PortSets map[string]addressSet
		}
		StatefulRuleOptions struct {
			RuleOrder string `cfn:"only=DEFAULT_ACTION_ORDER|STRICT_ORDER"`
		}
	}
	ruleGroupProps struct {
		RuleGroupName        string    `cfn:"required,replace"`
		Type                 string    `cfn:"required,replace,only=STATELESS|STATEFUL"`
		Capacity             int       `cfn:"inert,required,replace"` // there is room for all rules
		RuleGroup            ruleGroup `cfn:"required"`
		SummaryConfiguration any       `cfn:"inert"` // text for people
		Description          string    `cfn:"inert"` // text for people
		Tags                 cfn.Tags  `cfn:"inert"` // names for people
	}
)

// group is the rule group that the properties describe, with what of its rules is left out.
func (p ruleGroupProps) group(arn string) (g firewall.RuleGroup, leftOut []string, err error) {
	source := p.RuleGroup.RulesSource
	g = firewall.RuleGroup{
		ARN: arn, Stateful: p.Type == "STATEFUL", Strict: p.RuleGroup.StatefulRuleOptions.RuleOrder == "STRICT_ORDER",
		Variables: definitions(p.RuleGroup.RuleVariables.IPSets), Ports: definitions(p.RuleGroup.RuleVariables.PortSets),
	}
	if given := source.StatelessRulesAndCustomActions != nil; given == g.Stateful {
		return g, nil, fmt.Errorf("property RuleGroup.RulesSource: the rules are not those of a group of type %s", p.Type)
	}
	switch {
	case source.StatelessRulesAndCustomActions != nil:
		g.Stateless, err = statelessRules(source.StatelessRulesAndCustomActions.StatelessRules)
	case source.RulesSourceList != nil:
		l := source.RulesSourceList
		g.Rules = firewall.Domains(l.GeneratedRulesType, l.Targets, l.TargetTypes)
	case source.RulesString != "":
		if g.Rules, leftOut, err = firewall.ParseRules(source.RulesString); err != nil {
			err = fmt.Errorf("property RuleGroup.RulesSource.RulesString: %w", err)
		}
	default:
		if g.Rules, leftOut, err = firewall.ParseRules(suricataText(source.StatefulRules)); err != nil {
			err = fmt.Errorf("property RuleGroup.RulesSource.StatefulRules: %w", err)
		}
	}
	return g, leftOut, err
}

func definitions(sets map[string]addressSet) map[string][]string {
	out := map[string][]string{}
	for name, set := range sets {
		out[name] = set.Definition
	}
	return out
}

// suricataText writes simple rules as Network Firewall does for its engine
// (docs.aws.amazon.com/network-firewall/latest/APIReference/API_StatefulRule.html).
func suricataText(rules []statefulRule) string {
	var b strings.Builder
	for _, r := range rules {
		h := r.Header
		arrow := map[string]string{"FORWARD": "->", "ANY": "<>"}[h.Direction]
		fmt.Fprintf(&b, "%s %s %s %s %s %s %s (", strings.ToLower(r.Action), h.Protocol, h.Source, h.SourcePort, arrow, h.Destination, h.DestinationPort)
		for _, o := range r.RuleOptions {
			b.WriteString(o.Keyword)
			if len(o.Settings) > 0 {
				b.WriteString(":" + strings.Join(o.Settings, ","))
			}
			b.WriteString("; ")
		}
		b.WriteString(")\n")
	}
	return b.String()
}

// statelessAction is the one action of a list that is not of one's own.
func statelessAction(property string, actions []string) (firewall.StatelessAction, error) {
	var found []firewall.StatelessAction
	for _, a := range actions {
		if strings.HasPrefix(a, "aws:") {
			found = append(found, firewall.StatelessAction(a))
		}
	}
	if len(found) != 1 || !slices.Contains([]firewall.StatelessAction{firewall.Pass, firewall.Drop, firewall.Forward}, found[0]) {
		return "", fmt.Errorf("property %s: %q has not exactly one of aws:pass, aws:drop and aws:forward_to_sfe", property, actions)
	}
	return found[0], nil
}

// tcpFlags are the bits of TCP's flags (RFC 9293, section 3.1).
var tcpFlags = map[string]uint8{"FIN": 1, "SYN": 2, "RST": 4, "PSH": 8, "ACK": 16, "URG": 32, "ECE": 64, "CWR": 128}

func statelessRules(rules []statelessRule) ([]firewall.StatelessRule, error) {
	var out []firewall.StatelessRule
	for _, r := range rules {
		action, err := statelessAction("Actions", r.RuleDefinition.Actions)
		if err != nil {
			return nil, err
		}
		m := r.RuleDefinition.MatchAttributes
		made := firewall.StatelessRule{Priority: r.Priority, Action: action, Protocols: m.Protocols, SourcePorts: portRanges(m.SourcePorts), DestinationPorts: portRanges(m.DestinationPorts)}
		if made.Sources, err = firewallBlocks("Sources", m.Sources); err != nil {
			return nil, err
		}
		if made.Destinations, err = firewallBlocks("Destinations", m.Destinations); err != nil {
			return nil, err
		}
		for _, f := range m.TCPFlags {
			var flags firewall.TCPFlags
			for _, name := range f.Flags {
				flags.Flags |= tcpFlags[name]
			}
			for _, name := range f.Masks {
				flags.Masks |= tcpFlags[name]
			}
			made.Flags = append(made.Flags, flags)
		}
		out = append(out, made)
	}
	slices.SortStableFunc(out, func(a, b firewall.StatelessRule) int { return cmp.Compare(a.Priority, b.Priority) })
	return out, nil
}

func portRanges(ranges []portRange) firewall.Ports {
	var out firewall.Ports
	for _, r := range ranges {
		out = append(out, firewall.PortRange{From: uint16(r.FromPort), To: uint16(r.ToPort)})
	}
	return out
}

func firewallBlocks(property string, list []firewallAddress) (firewall.Addresses, error) {
	var out firewall.Addresses
	for _, a := range list {
		block, err := netip.ParsePrefix(a.AddressDefinition)
		if exact, also := netip.ParseAddr(a.AddressDefinition); err != nil && also == nil {
			block, err = netip.PrefixFrom(exact, exact.BitLen()), nil
		}
		if err != nil {
			return nil, fmt.Errorf("property %s: %q is no CIDR block", property, a.AddressDefinition)
		}
		out = append(out, block.Masked())
	}
	return out, nil
}

// ruleGroupType is AWS::NetworkFirewall::RuleGroup. Its Ref is the ARN
// (docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-networkfirewall-rulegroup.html).
func (r *Resources) ruleGroupType() cfn.Definition[ruleGroupProps] {
	put := func(arn string, p ruleGroupProps) error {
		g, _, err := p.group(arn)
		if err == nil {
			r.Firewalls.PutRuleGroup(g)
		}
		return err
	}
	return cfn.Definition[ruleGroupProps]{
		Attributes: []string{"RuleGroupArn", "RuleGroupId"},
		Inert: func(p ruleGroupProps, _ map[string]string) string {
			if _, leftOut, err := p.group(""); err == nil && len(leftOut) > 0 {
				return "these rules do not apply: " + strings.Join(leftOut, "; ")
			}
			return ""
		},
		Create: func(_ context.Context, c cfn.TypedRequest[ruleGroupProps]) (cfn.Result, error) {
			arn := r.Scope.ARN("network-firewall", strings.ToLower(c.Props.Type)+"-rulegroup/"+c.Props.RuleGroupName)
			return cfn.Result{PhysicalID: arn, Attributes: map[string]any{"RuleGroupArn": arn, "RuleGroupId": r.uuid(c.Request)}}, put(arn, c.Props)
		},
		Update: func(_ context.Context, c cfn.TypedRequest[ruleGroupProps]) (cfn.Result, error) {
			return cfn.Result{}, put(c.PhysicalID, c.Props)
		},
		Delete: func(ctx context.Context, c cfn.TypedRequest[ruleGroupProps]) error {
			return r.remove(ctx, c.PhysicalID, r.Firewalls.DeleteRuleGroup)
		},
	}
}
