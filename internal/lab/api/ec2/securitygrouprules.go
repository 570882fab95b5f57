package ec2

import (
	"context"
	"encoding/xml"
	"fmt"
	"net/netip"
	"slices"
	"strconv"

	"provenendpoints/internal/lab/api"
	"provenendpoints/internal/lab/awserr"
	"provenendpoints/internal/lab/awsid"
	"provenendpoints/internal/lab/vpc"
)

// The calls that change the rules of a security group
// (docs.aws.amazon.com/AWSEC2/latest/APIReference/API_AuthorizeSecurityGroupIngress.html
// and its three siblings). Each is authorised on the group. CDK's handler of
// restrictDefaultSecurityGroup makes all four.
func init() {
	groups := func(a account) vpc.SecurityGroups { return a.network.SecurityGroups() }
	type change func(account, string, vpc.Rule) error
	authorize := map[bool]change{
		false: func(a account, g string, r vpc.Rule) error { return groups(a).AuthorizeIngress(g, r) },
		true:  func(a account, g string, r vpc.Rule) error { return groups(a).AuthorizeEgress(g, r) },
	}
	revoke := map[bool]change{
		false: func(a account, g string, r vpc.Rule) error { return groups(a).RevokeIngress(g, r) },
		true:  func(a account, g string, r vpc.Rule) error { return groups(a).RevokeEgress(g, r) },
	}
	for name, c := range map[string]struct {
		egress   bool
		do, undo map[bool]change
	}{
		"AuthorizeSecurityGroupIngress": {false, authorize, revoke},
		"AuthorizeSecurityGroupEgress":  {true, authorize, revoke},
		"RevokeSecurityGroupIngress":    {false, revoke, authorize},
		"RevokeSecurityGroupEgress":     {true, revoke, authorize},
	} {
		ec2.Register(api.QueryOperation[account]{
			Name: name, Parameters: append([]string{"GroupId", "IpPermissions.", "SecurityGroupRuleId.", "TagSpecification."}, oneRule...),
			Resource: arnOf("security-group", "GroupId"), Validate: needs("GroupId"),
			Run: func(_ context.Context, a account, r *api.Request) (any, error) {
				group := r.Form.Get("GroupId")
				rules, err := a.rulesIn(r, group, c.egress)
				if err != nil {
					return nil, err
				}
				for n, rule := range rules {
					if err := c.do[c.egress](a, group, rule); err != nil {
						for _, done := range rules[:n] { // all of the call or nothing
							_ = c.undo[c.egress](a, group, done)
						}
						return nil, err
					}
				}
				out := ruleAnswer{Return: true}
				for _, rule := range rules {
					out.Rules = append(out.Rules, a.ruleXML(group, c.egress, rule))
				}
				return out, nil
			},
		})
	}
	describe(description{
		name: "DescribeSecurityGroupRules", set: "securityGroupRuleSet", ids: "SecurityGroupRuleId", items: ruleItems,
		notFound: "InvalidSecurityGroupRuleId.NotFound",
	})
}

// oneRule are the parameters of a call about a single rule of an IPv4 block.
var oneRule = []string{"IpProtocol", "FromPort", "ToPort", "CidrIp"}

// ruleAnswer is the answer of a call that changes rules.
type ruleAnswer struct {
	Return bool
	Rules  []groupRuleXML
}

// MarshalXML implements [xml.Marshaler].
func (a ruleAnswer) MarshalXML(e *xml.Encoder, start xml.StartElement) error {
	return elements{{"return", a.Return}, {"securityGroupRuleSet", struct {
		Items []groupRuleXML `xml:"item"`
	}{a.Rules}}}.MarshalXML(e, start)
}

// groupRuleXML is a rule as an object of its own
// (docs.aws.amazon.com/AWSEC2/latest/APIReference/API_SecurityGroupRule.html).
type groupRuleXML struct {
	ID          string        `xml:"securityGroupRuleId"`
	Group       string        `xml:"groupId"`
	Owner       string        `xml:"groupOwnerId"`
	Egress      bool          `xml:"isEgress"`
	Protocol    string        `xml:"ipProtocol"`
	From        int           `xml:"fromPort"`
	To          int           `xml:"toPort"`
	CIDR        string        `xml:"cidrIpv4,omitempty"`
	IPv6CIDR    string        `xml:"cidrIpv6,omitempty"`
	PrefixList  string        `xml:"prefixListId,omitempty"`
	Referenced  *userGroupXML `xml:"referencedGroupInfo"`
	Description string        `xml:"description,omitempty"`
}

func (a account) ruleXML(group string, egress bool, r vpc.Rule) groupRuleXML {
	x := groupRuleXML{
		ID: ruleID(group, egress, r), Group: group, Owner: a.scope.Account, Egress: egress,
		Protocol: r.Protocol, From: r.FromPort, To: r.ToPort, PrefixList: r.PrefixList, Description: r.Description,
	}
	if r.Protocol == "-1" {
		x.From, x.To = -1, -1
	}
	switch {
	case r.Group != "":
		x.Referenced = &userGroupXML{Group: r.Group, Owner: a.scope.Account}
	case r.PrefixList == "" && r.CIDR.Addr().Is6():
		x.IPv6CIDR = r.CIDR.String()
	case r.PrefixList == "":
		x.CIDR = r.CIDR.String()
	}
	return x
}

// ruleID is a rule's id: it follows from what the rule admits.
func ruleID(group string, egress bool, r vpc.Rule) string {
	r.Description = ""
	return awsid.EC2("sgr-", group, fmt.Sprint(egress, r))
}

func ruleItems(a account) ([]item, error) {
	var items []item
	for _, g := range a.network.SecurityGroups().All() {
		for _, of := range []struct {
			egress bool
			rules  []vpc.Rule
		}{{false, g.Ingress}, {true, g.Egress}} {
			for _, r := range of.rules {
				x := a.ruleXML(g.ID, of.egress, r)
				items = append(items, item{x.ID, nil, x})
			}
		}
	}
	return items, nil
}

// rulesIn are the rules that a call is about: described, or named by their ids.
func (a account) rulesIn(r *api.Request, group string, egress bool) ([]vpc.Rule, error) {
	ids := r.List("SecurityGroupRuleId")
	if len(ids) == 0 {
		return permissions(r)
	}
	g, err := a.network.SecurityGroups().Get(group)
	if err != nil {
		return nil, err
	}
	has := map[bool][]vpc.Rule{false: g.Ingress, true: g.Egress}[egress]
	var out []vpc.Rule
	for _, id := range ids {
		at := slices.IndexFunc(has, func(r vpc.Rule) bool { return ruleID(group, egress, r) == id })
		if at < 0 {
			return nil, awserr.New("InvalidSecurityGroupRuleId.NotFound", "The security group rule ID '%s' does not exist", id)
		}
		out = append(out, has[at])
	}
	return out, nil
}

// changed is the answer of calls that only change something.
type changed struct {
	XMLName xml.Name `xml:"return"`
	Text    trueText `xml:",chardata"`
}

type trueText struct{}

// MarshalText implements [encoding.TextMarshaler].
func (trueText) MarshalText() ([]byte, error) { return []byte("true"), nil }

// permissions reads IpPermissions.N, or the one rule that the parameters of the request
// itself describe: a rule for each of its peers.
func permissions(r *api.Request) ([]vpc.Rule, error) {
	if r.Form.Has("CidrIp") {
		rule, err := ports(r, "")
		if err != nil {
			return nil, err
		}
		rule.CIDR, err = blockOf(r.Form.Get("CidrIp"))
		return []vpc.Rule{rule}, err
	}
	var out []vpc.Rule
	for i := 1; r.Form.Get(fmt.Sprintf("IpPermissions.%d.IpProtocol", i)) != ""; i++ {
		at := fmt.Sprintf("IpPermissions.%d.", i)
		rule, err := ports(r, at)
		if err != nil {
			return nil, err
		}
		before := len(out)
		for _, p := range peers {
			for n := 1; r.Form.Has(fmt.Sprintf("%s%s.%d.%s", at, p.list, n, p.value)); n++ {
				rule := rule
				rule.Description = r.Form.Get(fmt.Sprintf("%s%s.%d.Description", at, p.list, n))
				if err := p.set(&rule, r.Form.Get(fmt.Sprintf("%s%s.%d.%s", at, p.list, n, p.value))); err != nil {
					return nil, err
				}
				out = append(out, rule)
			}
		}
		if len(out) == before {
			return nil, awserr.New("InvalidParameterValue", "the lab knows blocks, groups by their ids and prefix lists as the peers of a rule")
		}
	}
	if len(out) == 0 {
		return nil, awserr.New("MissingParameter", "Either 'ipPermissions' or 'securityGroupRuleIds' should be provided.")
	}
	return out, nil
}

// peers are the lists of a permission that name its other sides.
var peers = []struct {
	list, value string
	set         func(*vpc.Rule, string) error
}{
	{"IpRanges", "CidrIp", setBlock},
	{"Ipv6Ranges", "CidrIpv6", setBlock},
	{"Groups", "GroupId", func(r *vpc.Rule, v string) error { r.Group = v; return nil }},
	{"PrefixListIds", "PrefixListId", func(r *vpc.Rule, v string) error { r.PrefixList = v; return nil }},
}

func setBlock(r *vpc.Rule, text string) (err error) {
	r.CIDR, err = blockOf(text)
	return err
}

func blockOf(text string) (netip.Prefix, error) {
	block, err := netip.ParsePrefix(text)
	if err != nil {
		return netip.Prefix{}, awserr.New("InvalidParameterValue", "CIDR block %s is malformed", text)
	}
	return block.Masked(), nil
}

// ports reads a protocol and its ports.
func ports(r *api.Request, at string) (vpc.Rule, error) {
	protocol := r.Form.Get(at + "IpProtocol")
	rule := vpc.Rule{Protocol: map[string]string{"6": "tcp", "17": "udp", "1": "icmp", "58": "icmpv6"}[protocol]}
	if rule.Protocol == "" {
		rule.Protocol = protocol
	}
	if rule.Protocol == "-1" {
		return rule, nil
	}
	for name, port := range map[string]*int{"FromPort": &rule.FromPort, "ToPort": &rule.ToPort} {
		var err error
		if *port, err = strconv.Atoi(r.Form.Get(at + name)); err != nil {
			return rule, awserr.New("InvalidParameterValue", "Invalid value '%s' for %s", r.Form.Get(at+name), name)
		}
	}
	return rule, nil
}
