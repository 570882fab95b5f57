package resources

import (
	"context"

	"provenendpoints/internal/lab/awserr"
	"provenendpoints/internal/lab/cfn"
	"provenendpoints/internal/lab/vpc"
)

func init() { register("AWS::EC2::SecurityGroup", (*Resources).securityGroupType) }

type securityGroupProps struct {
	GroupDescription     string `cfn:"required,replace"`
	GroupName            string `cfn:"replace"`
	VpcId                string `cfn:"required,replace"`
	SecurityGroupIngress []ingressRule
	SecurityGroupEgress  []egressRule
	Tags                 cfn.Tags `cfn:"inert"` // names for people
}

// ingress are the group's own ingress rules; none by default.
func (p securityGroupProps) ingress() ([]vpc.Rule, error) { return rules(p.SecurityGroupIngress) }

// egress are the group's own egress rules. A group without any lets everything
// out (docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ec2-securitygroup.html).
func (p securityGroupProps) egress() ([]vpc.Rule, error) {
	if len(p.SecurityGroupEgress) == 0 {
		return []vpc.Rule{vpc.AllowAll}, nil
	}
	return rules(p.SecurityGroupEgress)
}

// securityGroupType is AWS::EC2::SecurityGroup.
func (r *Resources) securityGroupType() cfn.Definition[securityGroupProps] {
	return cfn.Definition[securityGroupProps]{
		Attributes: []string{"GroupId", "Id", "VpcId"},
		Create: func(_ context.Context, c cfn.TypedRequest[securityGroupProps]) (cfn.Result, error) {
			in, err := c.Props.ingress()
			if err != nil {
				return cfn.Result{}, err
			}
			out, err := c.Props.egress()
			if err != nil {
				return cfn.Result{}, err
			}
			if v, err := r.Network.VPCs().Get(c.Props.VpcId); err == nil && len(v.IPv6CIDRs) > 0 && len(c.Props.SecurityGroupEgress) == 0 {
				out = append(out, vpc.AllowAllIPv6)
			}
			id, name := r.id("sg-", c.Request), c.Props.GroupName
			if name == "" {
				name = r.name(c.Request, 255)
			}
			err = r.Network.SecurityGroups().Create(vpc.SecurityGroup{
				ID: id, VPC: c.Props.VpcId, Name: name, Description: c.Props.GroupDescription, Ingress: in, Egress: out,
			})
			if err != nil {
				return cfn.Result{}, err
			}
			return cfn.Result{PhysicalID: id, Attributes: map[string]any{"GroupId": id, "Id": id, "VpcId": c.Props.VpcId}}, nil
		},
		Update: r.updateGroup,
		Read: func(_ context.Context, c cfn.TypedRequest[securityGroupProps]) (securityGroupProps, error) {
			g, err := r.Network.SecurityGroups().Get(c.PhysicalID)
			if err != nil {
				return c.Props, err
			}
			in, out := r.ownRules(c.PhysicalID, c.Beside)
			p := c.Props
			if p.SecurityGroupIngress, err = ruled(c.Props.SecurityGroupIngress, g.Ingress, in, ingressRule.rule, asIngress); err != nil {
				return p, err
			}
			p.SecurityGroupEgress, err = ruled(c.Props.SecurityGroupEgress, g.Egress, out, egressRule.rule, asEgress)
			return p, err
		},
		Delete: func(ctx context.Context, c cfn.TypedRequest[securityGroupProps]) error {
			return r.remove(ctx, c.PhysicalID, r.Network.SecurityGroups().Delete)
		},
	}
}

// updateGroup takes away the rules that are gone and adds the new ones. Rules
// that resources of their own have added stay. A group whose egress rules were
// all removed lets nothing out: only a new group gets the default rule.
func (r *Resources) updateGroup(_ context.Context, c cfn.TypedRequest[securityGroupProps]) (cfn.Result, error) {
	oldIn, err := c.Old.ingress()
	if err != nil {
		return cfn.Result{}, err
	}
	newIn, err := c.Props.ingress()
	if err != nil {
		return cfn.Result{}, err
	}
	if err := replaceRules(c.PhysicalID, oldIn, newIn, r.Network.SecurityGroups().RevokeIngress, r.Network.SecurityGroups().AuthorizeIngress); err != nil {
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
	return cfn.Result{}, replaceRules(c.PhysicalID, oldOut, newOut, r.Network.SecurityGroups().RevokeEgress, r.Network.SecurityGroups().AuthorizeEgress)
}

// replaceRules replaces the old rules of a group by the new ones. An old rule that
// is already gone needs no revoking.
func replaceRules(group string, old, new []vpc.Rule, revoke, authorize func(string, vpc.Rule) error) error {
	for _, rule := range ruleDifference(old, new) {
		if err := revoke(group, rule); err != nil && !awserr.IsNotFound(err) {
			return err
		}
	}
	for _, rule := range ruleDifference(new, old) {
		if err := authorize(group, rule); err != nil {
			return err
		}
	}
	return nil
}

// ruleDifference returns what is in a and not in b.
func ruleDifference(a, b []vpc.Rule) []vpc.Rule {
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

// ownRules are the rules of a group that resources of their own in its stack have made.
func (r *Resources) ownRules(group string, beside []cfn.ResourceInfo) (ingress, egress []vpc.Rule) {
	for _, p := range besides[ingressProps](beside, "AWS::EC2::SecurityGroupIngress") {
		if rule, err := p.rule(); err == nil && p.GroupId == group {
			ingress = append(ingress, rule)
		}
	}
	for _, p := range besides[egressProps](beside, "AWS::EC2::SecurityGroupEgress") {
		if rule, err := p.rule(); err == nil && p.GroupId == group {
			egress = append(egress, rule)
		}
	}
	return ingress, egress
}
