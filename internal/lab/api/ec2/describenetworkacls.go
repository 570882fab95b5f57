package ec2

import (
	"strconv"

	"provenendpoints/internal/lab/api"
	"provenendpoints/internal/lab/vpc"
)

func init() {
	describe(description{
		name: "DescribeNetworkAcls",
		set:  "networkAclSet", ids: "NetworkAclId", items: networkACLItems, notFound: "InvalidNetworkAclID.NotFound",
		filters: []string{"network-acl-id", "vpc-id", "default", "association.subnet-id"},
	})
}

// defaultEntry is the number of the entry that stands last in each direction, which
// the console shows as *
// (docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeNetworkAcls.html).
const defaultEntry = 32767

type portRangeXML struct {
	From int `xml:"from"`
	To   int `xml:"to"`
}

type icmpXML struct {
	Code int `xml:"code"`
	Type int `xml:"type"`
}

type aclEntryXML struct {
	Number   int           `xml:"ruleNumber"`
	Protocol string        `xml:"protocol"`
	Action   string        `xml:"ruleAction"`
	Egress   bool          `xml:"egress"`
	CIDR     string        `xml:"cidrBlock,omitempty"`
	IPv6CIDR string        `xml:"ipv6CidrBlock,omitempty"`
	Ports    *portRangeXML `xml:"portRange"`
	ICMP     *icmpXML      `xml:"icmpTypeCode"`
}

type aclAssociationXML struct {
	ID     string `xml:"networkAclAssociationId"`
	ACL    string `xml:"networkAclId"`
	Subnet string `xml:"subnetId"`
}

type networkACLXML struct {
	ID           string              `xml:"networkAclId"`
	VPC          string              `xml:"vpcId"`
	Owner        string              `xml:"ownerId"`
	Default      bool                `xml:"default"`
	Entries      []aclEntryXML       `xml:"entrySet>item"`
	Associations []aclAssociationXML `xml:"associationSet>item"`
}

func networkACLItems(a account) ([]item, error) {
	dualStack := map[string]bool{}
	for _, v := range a.network.VPCs().All() {
		dualStack[v.ID] = len(v.IPv6CIDRs) > 0
	}
	var items []item
	for _, l := range a.network.NetworkACLs().All() {
		x := networkACLXML{ID: l.ID, VPC: l.VPC, Owner: a.scope.Account, Default: l.Default}
		for _, e := range l.Entries {
			x.Entries = append(x.Entries, describeEntry(e))
		}
		for _, egress := range []bool{true, false} {
			x.Entries = append(x.Entries, aclEntryXML{Number: defaultEntry, Protocol: "-1", Action: "deny", Egress: egress, CIDR: "0.0.0.0/0"})
			if dualStack[l.VPC] {
				x.Entries = append(x.Entries, aclEntryXML{Number: defaultEntry + 1, Protocol: "-1", Action: "deny", Egress: egress, IPv6CIDR: "::/0"})
			}
		}
		for _, subnet := range l.Subnets {
			x.Associations = append(x.Associations, aclAssociationXML{aclAssociation(l.ID, subnet), l.ID, subnet})
		}
		items = append(items, item{l.ID, map[string][]string{
			"network-acl-id": {l.ID}, "vpc-id": {l.VPC}, "default": {api.Bool(l.Default)}, "association.subnet-id": l.Subnets,
		}, x})
	}
	return items, nil
}

func describeEntry(e vpc.ACLEntry) aclEntryXML {
	x := aclEntryXML{Number: e.Number, Protocol: strconv.Itoa(e.Protocol), Action: "deny", Egress: e.Egress}
	if e.CIDR.Addr().Is6() {
		x.IPv6CIDR = e.CIDR.String()
	} else {
		x.CIDR = e.CIDR.String()
	}
	if e.Allow {
		x.Action = "allow"
	}
	switch e.Protocol {
	case 6, 17:
		x.Ports = &portRangeXML{e.FromPort, e.ToPort}
	case 1, 58:
		x.ICMP = &icmpXML{e.Code, e.Type}
	}
	return x
}
