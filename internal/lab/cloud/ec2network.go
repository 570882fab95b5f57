package cloud

import (
	"provenendpoints/internal/lab/awsid"
	"provenendpoints/internal/lab/vpc"
)

// The XML of EC2's objects, as far as the network has them
// (docs.aws.amazon.com/AWSEC2/latest/APIReference/API_Types.html).

type cidrXML struct {
	AssociationID string `xml:"associationId"`
	CIDR          string `xml:"cidrBlock"`
	State         string `xml:"cidrBlockState>state"`
}

type vpcXML struct {
	ID      string    `xml:"vpcId"`
	Owner   string    `xml:"ownerId"`
	State   string    `xml:"state"`
	CIDR    string    `xml:"cidrBlock"`
	CIDRs   []cidrXML `xml:"cidrBlockAssociationSet>item"`
	Tenancy string    `xml:"instanceTenancy"`
	Default bool      `xml:"isDefault"`
}

func vpcItems(c *Cloud, _ *request) ([]ec2Item, error) {
	var items []ec2Item
	for _, v := range c.network.VPCs() {
		x := vpcXML{ID: v.ID, Owner: c.scope.Account, State: "available", Tenancy: "default"}
		var blocks []string
		for i, block := range v.CIDRs {
			if i == 0 {
				x.CIDR = block.String()
			}
			blocks = append(blocks, block.String())
			x.CIDRs = append(x.CIDRs, cidrXML{awsid.EC2("vpc-cidr-assoc-", v.ID, block.String()), block.String(), "associated"})
		}
		items = append(items, ec2Item{v.ID, map[string][]string{"vpc-id": {v.ID}, "cidr": blocks[:min(1, len(blocks))], "state": {"available"}}, x})
	}
	return items, nil
}

type subnetXML struct {
	ID        string `xml:"subnetId"`
	VPC       string `xml:"vpcId"`
	Owner     string `xml:"ownerId"`
	State     string `xml:"state"`
	CIDR      string `xml:"cidrBlock"`
	Zone      string `xml:"availabilityZone"`
	MapPublic bool   `xml:"mapPublicIpOnLaunch"`
}

func subnetItems(c *Cloud, _ *request) ([]ec2Item, error) {
	var items []ec2Item
	for _, s := range c.network.Subnets() {
		items = append(items, ec2Item{s.ID, map[string][]string{
			"subnet-id": {s.ID}, "vpc-id": {s.VPC}, "availability-zone": {s.Zone}, "cidr-block": {s.CIDR.String()},
		}, subnetXML{s.ID, s.VPC, c.scope.Account, "available", s.CIDR.String(), s.Zone, s.MapPublic}})
	}
	return items, nil
}

type groupRefXML struct {
	ID   string `xml:"groupId"`
	Name string `xml:"groupName"`
}

type addressXML struct {
	Address string `xml:"privateIpAddress"`
	Primary bool   `xml:"primary"`
}

type associationXML struct {
	PublicIP string `xml:"publicIp"`
}

type interfaceXML struct {
	ID          string          `xml:"networkInterfaceId"`
	Subnet      string          `xml:"subnetId"`
	VPC         string          `xml:"vpcId"`
	Zone        string          `xml:"availabilityZone"`
	Description string          `xml:"description"`
	Owner       string          `xml:"ownerId"`
	Managed     bool            `xml:"requesterManaged"`
	Status      string          `xml:"status"`
	Address     string          `xml:"privateIpAddress"`
	Addresses   []addressXML    `xml:"privateIpAddressesSet>item"`
	Association *associationXML `xml:"association"`
	Groups      []groupRefXML   `xml:"groupSet>item"`
	Type        string          `xml:"interfaceType"`
}

func interfaceItems(c *Cloud, _ *request) ([]ec2Item, error) {
	names := c.groupNames()
	var items []ec2Item
	for _, i := range c.network.Interfaces() {
		address := i.PrivateAddr.String()
		x := interfaceXML{
			ID: i.ID, Subnet: i.Subnet, VPC: i.VPC, Zone: i.Zone, Description: i.Description, Owner: c.scope.Account,
			Managed: i.Managed, Status: "in-use", Address: address, Addresses: []addressXML{{address, true}},
			Groups: groupRefs(i.Groups, names), Type: i.Type,
		}
		values := map[string][]string{
			"network-interface-id": {i.ID}, "vpc-id": {i.VPC}, "subnet-id": {i.Subnet}, "group-id": i.Groups,
			"availability-zone": {i.Zone}, "description": {i.Description}, "interface-type": {i.Type},
			"requester-managed": {boolText(i.Managed)}, "addresses.private-ip-address": {address}, "private-ip-address": {address},
		}
		if i.PublicAddr.IsValid() {
			x.Association = &associationXML{i.PublicAddr.String()}
			values["association.public-ip"] = []string{i.PublicAddr.String()}
		}
		items = append(items, ec2Item{i.ID, values, x})
	}
	return items, nil
}

func (c *Cloud) groupNames() map[string]string {
	names := map[string]string{}
	for _, g := range c.network.SecurityGroups() {
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

type prefixListXML struct {
	ID    string   `xml:"prefixListId"`
	Name  string   `xml:"prefixListName"`
	CIDRs []string `xml:"cidrSet>item"`
}

func prefixListItems(c *Cloud, _ *request) ([]ec2Item, error) {
	var items []ec2Item
	for _, l := range c.network.PrefixLists() {
		x := prefixListXML{ID: l.ID, Name: l.Name}
		for _, e := range l.Entries {
			x.CIDRs = append(x.CIDRs, e.String())
		}
		items = append(items, ec2Item{l.ID, map[string][]string{"prefix-list-id": {l.ID}, "prefix-list-name": {l.Name}}, x})
	}
	return items, nil
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

type listRefXML struct {
	ID          string `xml:"prefixListId"`
	Description string `xml:"description,omitempty"`
}

type permissionXML struct {
	Protocol string         `xml:"ipProtocol"`
	From     *int           `xml:"fromPort"`
	To       *int           `xml:"toPort"`
	Groups   []userGroupXML `xml:"groups>item"`
	Ranges   []rangeXML     `xml:"ipRanges>item"`
	Lists    []listRefXML   `xml:"prefixListIds>item"`
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

func groupItems(c *Cloud, _ *request) ([]ec2Item, error) {
	var items []ec2Item
	for _, g := range c.network.SecurityGroups() {
		items = append(items, ec2Item{g.ID, map[string][]string{"group-id": {g.ID}, "group-name": {g.Name}, "vpc-id": {g.VPC}}, groupXML{
			c.scope.Account, g.ID, g.Name, g.Description, g.VPC, c.permissions(g.Ingress), c.permissions(g.Egress),
		}})
	}
	return items, nil
}

// permissions writes each rule as a permission of its own.
func (c *Cloud) permissions(rules []vpc.Rule) []permissionXML {
	out := make([]permissionXML, 0, len(rules))
	for _, rule := range rules {
		p := permissionXML{Protocol: rule.Protocol}
		if rule.Protocol != "-1" {
			p.From, p.To = &rule.FromPort, &rule.ToPort
		}
		switch {
		case rule.Group != "":
			p.Groups = []userGroupXML{{rule.Group, c.scope.Account, rule.Description}}
		case rule.PrefixList != "":
			p.Lists = []listRefXML{{rule.PrefixList, rule.Description}}
		default:
			p.Ranges = []rangeXML{{rule.CIDR.String(), rule.Description}}
		}
		out = append(out, p)
	}
	return out
}
