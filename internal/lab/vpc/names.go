package vpc

import "strings"

// What EC2 takes in names and descriptions of security groups
// (docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateSecurityGroup.html,
// …/API_IpRange.html).
const (
	groupText    = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 ._-:/()#,@[]+=&;{}!$*"
	maxGroupText = 255
)

// checkGroupText refuses a text that a security group cannot have.
func checkGroupText(parameter, text string) error {
	if len(text) > maxGroupText || strings.Trim(text, groupText) != "" {
		return refuse("InvalidParameterValue", "Value (%s) for parameter %s is invalid: up to %d characters of a-z, A-Z, 0-9, spaces, and ._-:/()#,@[]+=&;{}!$*", text, parameter, maxGroupText)
	}
	return nil
}

// checkGroup refuses what a security group cannot be called, and a name twice in a VPC
// (docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html, InvalidGroup.Duplicate).
func (v *vpc) checkGroup(c SecurityGroup) error {
	if err := checkGroupText("GroupName", c.Name); err != nil {
		return err
	}
	if strings.HasPrefix(c.Name, "sg-") {
		return refuse("InvalidParameterValue", "Value (%s) for parameter GroupName is invalid. Group names may not be in the format sg-*.", c.Name)
	}
	if err := checkGroupText("GroupDescription", c.Description); err != nil {
		return err
	}
	for _, g := range v.groups {
		if c.Name != "" && g.Name == c.Name {
			return refuse("InvalidGroup.Duplicate", "The security group '%s' already exists for VPC '%s'", c.Name, v.ID)
		}
	}
	return nil
}

// sees reports whether a rule of the VPC may name a group of another: one that it is peered
// with, or that is attached to the same transit gateway where that allows it
// (docs.aws.amazon.com/vpc/latest/peering/vpc-peering-security-groups.html,
// …/latest/tgw/tgw-vpc-attachments.html#vpc-attachment-security).
func (n *Network) sees(v *vpc, other string) bool {
	if v.ID == other {
		return true
	}
	for _, p := range v.peerings {
		if p.Requester == other || p.Accepter == other {
			return true
		}
	}
	for _, g := range n.transits.ByID {
		if g.refers(v.ID, other) {
			return true
		}
	}
	return false
}
