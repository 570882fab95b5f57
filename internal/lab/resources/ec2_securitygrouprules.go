package resources

import (
	"context"
	"slices"
	"strings"

	"provenendpoints/internal/lab/awserr"
	"provenendpoints/internal/lab/cfn"
	"provenendpoints/internal/lab/vpc"
)

// ingressRule and egressRule are the rules inside a security group.
type ingressRule struct {
	IpProtocol                 string `cfn:"required"`
	FromPort                   *int
	ToPort                     *int
	CidrIp                     string
	CidrIpv6                   string
	SourceSecurityGroupId      string
	SourcePrefixListId         string
	SourceSecurityGroupOwnerId string `cfn:"inert"` // group ids are unique in the lab's one account
	Description                string
}

type egressRule struct {
	IpProtocol                 string `cfn:"required"`
	FromPort                   *int
	ToPort                     *int
	CidrIp                     string
	CidrIpv6                   string
	DestinationSecurityGroupId string
	DestinationPrefixListId    string
	Description                string
}

func (i ingressRule) rule() (vpc.Rule, error) {
	return makeRule(i.IpProtocol, i.FromPort, i.ToPort, i.CidrIp, i.CidrIpv6, i.SourceSecurityGroupId, i.SourcePrefixListId, i.Description)
}

func (e egressRule) rule() (vpc.Rule, error) {
	return makeRule(e.IpProtocol, e.FromPort, e.ToPort, e.CidrIp, e.CidrIpv6, e.DestinationSecurityGroupId, e.DestinationPrefixListId, e.Description)
}

// makeRule makes a rule of its properties. TCP and UDP need both ports, ICMP a
// type and a code; with -1, ports say nothing
// (docs.aws.amazon.com/AWSEC2/latest/APIReference/API_IpPermission.html).
func makeRule(protocol string, from, to *int, cidr, cidr6, group, list, description string) (vpc.Rule, error) {
	protocol = strings.ToLower(protocol) // EC2 takes TCP as well
	r := vpc.Rule{Protocol: protocol, Group: group, PrefixList: list, Description: description}
	switch protocol {
	case "6":
		r.Protocol = "tcp"
	case "17":
		r.Protocol = "udp"
	case "1":
		r.Protocol = "icmp"
	case "58":
		r.Protocol = "icmpv6"
	}
	switch r.Protocol {
	case "tcp", "udp", "icmp", "icmpv6":
		if from == nil || to == nil {
			return r, awserr.New("InvalidParameterValue", "both from and to ports are needed for %s", r.Protocol)
		}
		r.FromPort, r.ToPort = *from, *to
	}
	if cidr != "" && cidr6 != "" {
		return r, awserr.New("InvalidParameterValue", "a rule has one of CidrIp and CidrIpv6, not both")
	}
	for property, text := range map[string]string{"CidrIp": cidr, "CidrIpv6": cidr6} {
		if text == "" {
			continue
		}
		block, err := parseCIDR(property, text)
		if err != nil {
			return r, err
		}
		if block.Addr().Is6() != (property == "CidrIpv6") {
			return r, awserr.New("InvalidParameterValue", "CIDR block %s is malformed for %s", text, property)
		}
		r.CIDR = block.Masked()
	}
	return r, nil
}

// rules makes the rules of a list.
func rules[T interface{ rule() (vpc.Rule, error) }](list []T) ([]vpc.Rule, error) {
	var out []vpc.Rule
	for _, e := range list {
		r, err := e.rule()
		if err != nil {
			return nil, err
		}
		out = append(out, r)
	}
	return out, nil
}

// ruleType is a security group rule as a resource of its own.
func ruleType[P interface {
	group() string
	rule() (vpc.Rule, error)
}](r *Resources, authorize, revoke func(string, vpc.Rule) error, of func(vpc.SecurityGroup) []vpc.Rule) cfn.Definition[P] {
	return cfn.Definition[P]{
		Attributes: []string{"Id"},
		Create: func(_ context.Context, c cfn.TypedRequest[P]) (cfn.Result, error) {
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
		Read: func(_ context.Context, c cfn.TypedRequest[P]) (P, error) {
			g, err := r.Network.SecurityGroups().Get(c.Props.group())
			if err != nil {
				return c.Props, err
			}
			rule, err := c.Props.rule()
			if err != nil {
				return c.Props, err
			}
			return there(c, slices.Contains(of(g), rule))
		},
		Delete: func(ctx context.Context, c cfn.TypedRequest[P]) error {
			rule, err := c.Props.rule()
			if err != nil {
				return err
			}
			return r.removing(ctx, func() error { return revoke(c.Props.group(), rule) })
		},
	}
}
