package ec2

import (
	"provenendpoints/internal/lab/vpc"
)

func init() {
	describe(description{
		name: "DescribeSecurityGroups",
		set:  "securityGroupInfo", ids: "GroupId", items: groupItems, notFound: "InvalidGroup.NotFound",
		names: "GroupName", filters: []string{"group-id", "group-name", "vpc-id"},
	})
}

type userGroupXML struct {
	Group       string `xml:"groupId"`
	Owner       string `xml:"userId"`
	Description string `xml:"description,omitempty"`
}

type rangeXML struct {
	CIDR        string `xml:"cidrIp"`
	Description string `xml:"description,omitempty"`
}

type range6XML struct {
	CIDR        string `xml:"cidrIpv6"`
	Description string `xml:"description,omitempty"`
}

type listRefXML struct {
	ID          string `xml:"prefixListId"`
	Description string `xml:"description,omitempty"`
}

type permissionXML struct {
	Protocol   string         `xml:"ipProtocol"`
	From       *int           `xml:"fromPort"`
	To         *int           `xml:"toPort"`
	Groups     []userGroupXML `xml:"groups>item"`
	Ranges     []rangeXML     `xml:"ipRanges>item"`
	IPv6Ranges []range6XML    `xml:"ipv6Ranges>item"`
	Lists      []listRefXML   `xml:"prefixListIds>item"`
}

type groupXML struct {
	Owner       string          `xml:"ownerId"`
	ID          string          `xml:"groupId"`
	Name        string          `xml:"groupName"`
	Description string          `xml:"groupDescription"`
	VPC         string          `xml:"vpcId"`
	Ingress     []permissionXML `xml:"ipPermissions>item"`
	Egress      []permissionXML `xml:"ipPermissionsEgress>item"`
}

func groupItems(a account) ([]item, error) {
	var items []item
	for _, g := range a.network.SecurityGroups().All() {
		values := map[string][]string{"group-id": {g.ID}, "group-name": {g.Name}, "vpc-id": {g.VPC}}
		items = append(items, item{id: g.ID, values: values, xml: late{write: func() any {
			return groupXML{a.scope.Account, g.ID, g.Name, g.Description, g.VPC, a.permissions(g.Ingress), a.permissions(g.Egress)}
		}}})
	}
	return items, nil
}

// permissions writes each rule as a permission of its own.
func (a account) permissions(rules []vpc.Rule) []permissionXML {
	out := make([]permissionXML, 0, len(rules))
	for _, rule := range rules {
		p := permissionXML{Protocol: rule.Protocol}
		if rule.Protocol != "-1" {
			p.From, p.To = &rule.FromPort, &rule.ToPort
		}
		switch {
		case rule.Group != "":
			p.Groups = []userGroupXML{{rule.Group, a.scope.Account, rule.Description}}
		case rule.PrefixList != "":
			p.Lists = []listRefXML{{rule.PrefixList, rule.Description}}
		case rule.CIDR.Addr().Is6():
			p.IPv6Ranges = []range6XML{{rule.CIDR.String(), rule.Description}}
		default:
			p.Ranges = []rangeXML{{rule.CIDR.String(), rule.Description}}
		}
		out = append(out, p)
	}
	return out
}

type groupRefXML struct {
	ID   string `xml:"groupId"`
	Name string `xml:"groupName"`
}

func (a account) groupNames() map[string]string {
	names := map[string]string{}
	for _, g := range a.network.SecurityGroups().All() {
		names[g.ID] = g.Name
	}
	return names
}

func groupRefs(ids []string, names map[string]string) []groupRefXML {
	out := make([]groupRefXML, len(ids))
	for i, id := range ids {
		out[i] = groupRefXML{id, names[id]}
	}
	return out
}
