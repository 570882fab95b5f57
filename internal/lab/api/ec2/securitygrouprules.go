package ec2

import (
	"context"
	"encoding/xml"
	"fmt"
	"net/netip"
	"strconv"

	"provenendpoints/internal/lab/api"
	"provenendpoints/internal/lab/awserr"
	"provenendpoints/internal/lab/vpc"
)

// The calls that change the rules of a security group
// (docs.aws.amazon.com/AWSEC2/latest/APIReference/API_AuthorizeSecurityGroupIngress.html
// and its three siblings). Each is authorised on the group. CDK's handler of
// restrictDefaultSecurityGroup makes all four.
func init() {
	groups := func(a account) vpc.SecurityGroups { return a.network.SecurityGroups() }
	for name, change := range map[string]func(account, string, vpc.Rule) error{
		"AuthorizeSecurityGroupIngress": func(a account, g string, r vpc.Rule) error { return groups(a).AuthorizeIngress(g, r) },
		"AuthorizeSecurityGroupEgress":  func(a account, g string, r vpc.Rule) error { return groups(a).AuthorizeEgress(g, r) },
		"RevokeSecurityGroupIngress":    func(a account, g string, r vpc.Rule) error { return groups(a).RevokeIngress(g, r) },
		"RevokeSecurityGroupEgress":     func(a account, g string, r vpc.Rule) error { return groups(a).RevokeEgress(g, r) },
	} {
		ec2.Register(api.QueryOperation[account]{
			Name:       name,
			Parameters: []string{"GroupId", "IpPermissions."},
			Resource:   arnOf("security-group", "GroupId"),
			Validate: func(r *api.Request) error {
				if r.Form.Get("GroupId") == "" {
					return awserr.New("MissingParameter", "The request must contain the parameter groupId")
				}
				return nil
			},
			Run: func(_ context.Context, a account, r *api.Request) (any, error) {
				rules, err := permissions(r)
				if err != nil {
					return nil, err
				}
				for _, rule := range rules {
					if err := change(a, r.Form.Get("GroupId"), rule); err != nil {
						return nil, err
					}
				}
				return changed{}, nil
			},
		})
	}
}

// changed is the answer; the lab does not give rules ids.
type changed struct {
	XMLName xml.Name `xml:"return"`
	Text    trueText `xml:",chardata"`
}

type trueText struct{}

// MarshalText implements [encoding.TextMarshaler].
func (trueText) MarshalText() ([]byte, error) { return []byte("true"), nil }

// permissions reads IpPermissions.N: one rule for each of its peers.
func permissions(r *api.Request) ([]vpc.Rule, error) {
	var out []vpc.Rule
	for i := 1; ; i++ {
		at := fmt.Sprintf("IpPermissions.%d.", i)
		protocol := r.Form.Get(at + "IpProtocol")
		if protocol == "" {
			break
		}
		rule := vpc.Rule{Protocol: map[string]string{"6": "tcp", "17": "udp", "1": "icmp"}[protocol]}
		if rule.Protocol == "" {
			rule.Protocol = protocol
		}
		if rule.Protocol != "-1" {
			for name, port := range map[string]*int{"FromPort": &rule.FromPort, "ToPort": &rule.ToPort} {
				var err error
				if *port, err = strconv.Atoi(r.Form.Get(at + name)); err != nil {
					return nil, awserr.New("InvalidParameterValue", "Invalid value '%s' for %s", r.Form.Get(at+name), name)
				}
			}
		}
		before := len(out)
		for n := 1; r.Form.Has(fmt.Sprintf("%sIpRanges.%d.CidrIp", at, n)); n++ {
			text := r.Form.Get(fmt.Sprintf("%sIpRanges.%d.CidrIp", at, n))
			block, err := netip.ParsePrefix(text)
			if err != nil {
				return nil, awserr.New("InvalidParameterValue", "CIDR block %s is malformed", text)
			}
			rule := rule
			rule.CIDR = block.Masked()
			out = append(out, rule)
		}
		for n := 1; r.Form.Has(fmt.Sprintf("%sGroups.%d.GroupId", at, n)); n++ {
			rule := rule
			rule.Group = r.Form.Get(fmt.Sprintf("%sGroups.%d.GroupId", at, n))
			out = append(out, rule)
		}
		for n := 1; r.Form.Has(fmt.Sprintf("%sPrefixListIds.%d.PrefixListId", at, n)); n++ {
			rule := rule
			rule.PrefixList = r.Form.Get(fmt.Sprintf("%sPrefixListIds.%d.PrefixListId", at, n))
			out = append(out, rule)
		}
		if len(out) == before {
			return nil, awserr.New("InvalidParameterValue", "the lab knows IPv4 ranges, groups and prefix lists as the peers of a rule")
		}
	}
	if len(out) == 0 {
		return nil, awserr.New("MissingParameter", "Either 'ipPermissions' or 'securityGroupRuleIds' should be provided.")
	}
	return out, nil
}
