package ec2

import (
	"provenendpoints/internal/lab/api"
	"provenendpoints/internal/lab/awsid"
)

func init() {
	describe(description{
		name: "DescribeNetworkInterfaces",
		set:  "networkInterfaceSet", ids: "NetworkInterfaceId", items: interfaceItems, notFound: "InvalidNetworkInterfaceID.NotFound",
		filters: []string{"network-interface-id", "vpc-id", "subnet-id", "group-id", "availability-zone", "description", "interface-type", "requester-managed", "addresses.private-ip-address", "private-ip-address", "ipv6-addresses.ipv6-address", "association.public-ip", "attachment.instance-id", "source-dest-check", "status"},
	})
}

type addressXML struct {
	Address string `xml:"privateIpAddress"`
	Primary bool   `xml:"primary"`
}

type ipv6AddressXML struct {
	Address string `xml:"ipv6Address"`
}

type associationXML struct {
	PublicIP   string `xml:"publicIp"`
	Allocation string `xml:"allocationId,omitempty"`
}

type attachmentXML struct {
	ID       string `xml:"attachmentId"`
	Instance string `xml:"instanceId"`
	Owner    string `xml:"instanceOwnerId"`
	Device   int    `xml:"deviceIndex"`
	Status   string `xml:"status"`
}

type interfaceXML struct {
	ID          string           `xml:"networkInterfaceId"`
	Subnet      string           `xml:"subnetId"`
	VPC         string           `xml:"vpcId"`
	Zone        string           `xml:"availabilityZone"`
	Description string           `xml:"description"`
	Owner       string           `xml:"ownerId"`
	Managed     bool             `xml:"requesterManaged"`
	Status      string           `xml:"status"`
	Address     string           `xml:"privateIpAddress"`
	Addresses   []addressXML     `xml:"privateIpAddressesSet>item"`
	IPv6        []ipv6AddressXML `xml:"ipv6AddressesSet>item"`
	Association *associationXML  `xml:"association"`
	Attachment  *attachmentXML   `xml:"attachment"`
	Check       bool             `xml:"sourceDestCheck"`
	Groups      []groupRefXML    `xml:"groupSet>item"`
	Type        string           `xml:"interfaceType"`
}

func interfaceItems(a account, _ *api.Request) ([]item, error) {
	names := a.groupNames()
	var items []item
	for _, i := range a.network.Interfaces().All() {
		address := i.PrivateAddr.String()
		x := interfaceXML{
			ID: i.ID, Subnet: i.Subnet, VPC: i.VPC, Zone: i.Zone, Description: i.Description, Owner: a.scope.Account,
			Managed: i.Managed, Status: "in-use", Address: address, Addresses: []addressXML{{address, true}},
			Groups: groupRefs(i.Groups, names), Type: i.Type, Check: !i.NoSourceDestCheck,
		}
		if !i.InUse {
			x.Status = "available"
		}
		values := map[string][]string{
			"network-interface-id": {i.ID}, "vpc-id": {i.VPC}, "subnet-id": {i.Subnet}, "group-id": i.Groups,
			"availability-zone": {i.Zone}, "description": {i.Description}, "interface-type": {i.Type},
			"requester-managed": {api.Bool(i.Managed)}, "source-dest-check": {api.Bool(x.Check)}, "status": {x.Status}, "addresses.private-ip-address": {address}, "private-ip-address": {address},
		}
		for _, a := range i.IPv6Addrs {
			x.IPv6 = append(x.IPv6, ipv6AddressXML{a.String()})
			values["ipv6-addresses.ipv6-address"] = append(values["ipv6-addresses.ipv6-address"], a.String())
		}
		if i.PublicAddr.IsValid() {
			x.Association = &associationXML{i.PublicAddr.String(), i.Allocation}
			values["association.public-ip"] = []string{i.PublicAddr.String()}
		}
		if i.Instance != "" {
			x.Attachment = &attachmentXML{awsid.EC2("eni-attach-", i.ID, i.Instance), i.Instance, a.scope.Account, i.Device, "attached"}
			values["attachment.instance-id"] = []string{i.Instance}
		}
		items = append(items, item{i.ID, values, x})
	}
	return items, nil
}
