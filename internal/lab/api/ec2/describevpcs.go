package ec2

import (
	"net/netip"

	"provenendpoints/internal/lab/awsid"
)

func init() {
	describe(description{
		name: "DescribeVpcs",
		set:  "vpcSet", ids: "VpcId", items: vpcItems, notFound: "InvalidVpcID.NotFound",
		filters: []string{"vpc-id", "cidr", "state", "dhcp-options-id"},
	})
}

type cidrXML struct {
	AssociationID string `xml:"associationId"`
	CIDR          string `xml:"cidrBlock"`
	State         string `xml:"cidrBlockState>state"`
}

type vpcXML struct {
	ID      string         `xml:"vpcId"`
	Owner   string         `xml:"ownerId"`
	State   string         `xml:"state"`
	CIDR    string         `xml:"cidrBlock"`
	CIDRs   []cidrXML      `xml:"cidrBlockAssociationSet>item"`
	IPv6    []ipv6BlockXML `xml:"ipv6CidrBlockAssociationSet>item"`
	DHCP    string         `xml:"dhcpOptionsId"`
	Tenancy string         `xml:"instanceTenancy"`
	Default bool           `xml:"isDefault"`
}

// ipv6BlockXML is an IPv6 block of a VPC or a subnet.
type ipv6BlockXML struct {
	AssociationID string `xml:"associationId"`
	CIDR          string `xml:"ipv6CidrBlock"`
	State         string `xml:"ipv6CidrBlockState>state"`
}

func ipv6Block(prefix, of string, block netip.Prefix) ipv6BlockXML {
	return ipv6BlockXML{awsid.EC2(prefix, of, block.String()), block.String(), "associated"}
}

func vpcItems(a account) ([]item, error) {
	var items []item
	for _, v := range a.network.VPCs().All() {
		x := vpcXML{ID: v.ID, Owner: a.scope.Account, State: "available", Tenancy: "default", DHCP: v.DHCPOptions}
		var blocks []string
		for i, block := range v.CIDRs {
			if i == 0 {
				x.CIDR = block.String()
			}
			blocks = append(blocks, block.String())
			x.CIDRs = append(x.CIDRs, cidrXML{awsid.EC2("vpc-cidr-assoc-", v.ID, block.String()), block.String(), "associated"})
		}
		for _, block := range v.IPv6CIDRs {
			x.IPv6 = append(x.IPv6, ipv6Block("vpc-cidr-assoc-", v.ID, block))
		}
		items = append(items, item{v.ID, map[string][]string{"vpc-id": {v.ID}, "dhcp-options-id": {v.DHCPOptions}, "cidr": blocks[:min(1, len(blocks))], "state": {"available"}}, x})
	}
	return items, nil
}
