package resources

import (
	"context"
	"fmt"

	"provenendpoints/internal/lab/cfn"
	"provenendpoints/internal/lab/vpc"
)

// ingressRule and egressRule are the rules inside a security group. IPv6 is not
// supported: nothing in the lab has an IPv6 address, and a rule that is not
// seen could not be judged.
type ingressRule struct {
	IpProtocol                 string `cfn:"required"`
	FromPort                   *int
	ToPort                     *int
	CidrIp                     string
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
	DestinationSecurityGroupId string
	DestinationPrefixListId    string
	Description                string
}

func (i ingressRule) rule() (vpc.Rule, error) {
	return makeRule(i.IpProtocol, i.FromPort, i.ToPort, i.CidrIp, i.SourceSecurityGroupId, i.SourcePrefixListId, i.Description)
}

func (e egressRule) rule() (vpc.Rule, error) {
	return makeRule(e.IpProtocol, e.FromPort, e.ToPort, e.CidrIp, e.DestinationSecurityGroupId, e.DestinationPrefixListId, e.Description)
}

// makeRule makes a rule of its properties. TCP and UDP need both ports, ICMP a
// type and a code; with -1, ports say nothing
// (docs.aws.amazon.com/AWSEC2/latest/APIReference/API_IpPermission.html).
func makeRule(protocol string, from, to *int, cidr, group, list, description string) (vpc.Rule, error) {
	r := vpc.Rule{Protocol: protocol, Group: group, PrefixList: list, Description: description}
	switch protocol {
	case "6":
		r.Protocol = "tcp"
	case "17":
		r.Protocol = "udp"
	case "1":
		r.Protocol = "icmp"
	}
	switch r.Protocol {
	case "tcp", "udp", "icmp":
		if from == nil || to == nil {
			return r, &vpc.Error{Code: "InvalidParameterValue", Message: fmt.Sprintf("both from and to ports are needed for %s", r.Protocol)}
		}
		r.FromPort, r.ToPort = *from, *to
	}
	if cidr != "" {
		block, err := prefix("CidrIp", cidr)
		if err != nil {
			return r, err
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

type groupProps struct {
	GroupDescription     string `cfn:"required,replace"`
	GroupName            string `cfn:"replace"`
	VpcId                string `cfn:"required,replace"`
	SecurityGroupIngress []ingressRule
	SecurityGroupEgress  []egressRule
	Tags                 cfn.Tags `cfn:"inert"` // names for people
}

// ingress are the group's own ingress rules; none by default.
func (p groupProps) ingress() ([]vpc.Rule, error) { return rules(p.SecurityGroupIngress) }

// egress are the group's own egress rules. A group without any lets everything
// out (docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ec2-securitygroup.html).
func (p groupProps) egress() ([]vpc.Rule, error) {
	if len(p.SecurityGroupEgress) == 0 {
		return []vpc.Rule{vpc.AllowAll}, nil
	}
	return rules(p.SecurityGroupEgress)
}

// securityGroupType is AWS::EC2::SecurityGroup.
func (r *Resources) securityGroupType() cfn.ResourceType {
	return cfn.Define(cfn.Kind[groupProps]{
		Attributes: []string{"GroupId", "Id", "VpcId"},
		Create: func(_ context.Context, c cfn.Call[groupProps]) (cfn.Result, error) {
			in, err := c.Props.ingress()
			if err != nil {
				return cfn.Result{}, err
			}
			out, err := c.Props.egress()
			if err != nil {
				return cfn.Result{}, err
			}
			id, name := r.id("sg-", c.Request), c.Props.GroupName
			if name == "" {
				name = r.name(c.Request, 255)
			}
			err = r.Network.CreateSecurityGroup(vpc.SecurityGroup{
				ID: id, VPC: c.Props.VpcId, Name: name, Description: c.Props.GroupDescription, Ingress: in, Egress: out,
			})
			if err != nil {
				return cfn.Result{}, err
			}
			return cfn.Result{PhysicalID: id, Attributes: map[string]any{"GroupId": id, "Id": id, "VpcId": c.Props.VpcId}}, nil
		},
		Update: r.updateGroup,
		Delete: func(ctx context.Context, c cfn.Call[groupProps]) error {
			return r.remove(ctx, c.PhysicalID, r.Network.DeleteSecurityGroup)
		},
	})
}

// updateGroup takes away the rules that are gone and adds the new ones. Rules
// that resources of their own have added stay. A group whose egress rules were
// all removed lets nothing out: only a new group gets the default rule.
func (r *Resources) updateGroup(_ context.Context, c cfn.Call[groupProps]) (cfn.Result, error) {
	oldIn, err := c.Old.ingress()
	if err != nil {
		return cfn.Result{}, err
	}
	newIn, err := c.Props.ingress()
	if err != nil {
		return cfn.Result{}, err
	}
	if err := exchange(c.PhysicalID, oldIn, newIn, r.Network.RevokeIngress, r.Network.AuthorizeIngress); err != nil {
		return cfn.Result{}, err
	}
	oldOut, err := c.Old.egress()
	if err != nil {
		return cfn.Result{}, err
	}
	newOut, err := c.Props.egress()
	if err != nil {
		return cfn.Result{}, err
	}
	if len(c.Props.SecurityGroupEgress) == 0 && len(c.Old.SecurityGroupEgress) > 0 {
		newOut = nil
	}
	return cfn.Result{}, exchange(c.PhysicalID, oldOut, newOut, r.Network.RevokeEgress, r.Network.AuthorizeEgress)
}

// exchange replaces the old rules of a group by the new ones. An old rule that
// is not there was taken away by somebody else, which is just as well.
func exchange(group string, old, new []vpc.Rule, revoke, authorize func(string, vpc.Rule) error) error {
	for _, rule := range without(old, new) {
		if err := revoke(group, rule); err != nil && !isGone(err) {
			return err
		}
	}
	for _, rule := range without(new, old) {
		if err := authorize(group, rule); err != nil {
			return err
		}
	}
	return nil
}

// without returns what is in a and not in b.
func without(a, b []vpc.Rule) []vpc.Rule {
	in := map[vpc.Rule]bool{}
	for _, r := range b {
		in[r] = true
	}
	var out []vpc.Rule
	for _, r := range a {
		if !in[r] {
			out = append(out, r)
		}
	}
	return out
}
