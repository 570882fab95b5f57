package ec2

import (
	"sync"

	"provenendpoints/internal/lab/api"
	"provenendpoints/internal/lab/awsid"
	"provenendpoints/internal/lab/vpc"
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

func interfaceItems(a account) ([]item, error) {
	names := sync.OnceValue(a.groupNames)
	var items []item
	for _, i := range a.network.Interfaces().All() {
		items = append(items, item{id: i.ID, xml: late{
			value: func(filter string) []string { return interfaceValues(i, filter) },
			write: func() any { return a.interfaceXML(i, names()) },
		}})
	}
	return items, nil
}

func interfaceStatus(i vpc.Interface) string {
	if i.InUse {
		return "in-use"
	}
	return "available"
}

func (a account) interfaceXML(i vpc.Interface, names map[string]string) interfaceXML {
	address := i.PrivateAddr.String()
	x := interfaceXML{
		ID: i.ID, Subnet: i.Subnet, VPC: i.VPC, Zone: i.Zone, Description: i.Description, Owner: a.scope.Account,
		Managed: i.Managed, Status: interfaceStatus(i), Address: address, Addresses: []addressXML{{address, true}},
		Groups: groupRefs(i.Groups, names), Type: i.Type, Check: !i.NoSourceDestCheck,
	}
	for _, a := range i.IPv6Addrs {
		x.IPv6 = append(x.IPv6, ipv6AddressXML{a.String()})
	}
	if i.PublicAddr.IsValid() {
		x.Association = &associationXML{i.PublicAddr.String(), i.Allocation}
	}
	if i.Instance != "" {
		x.Attachment = &attachmentXML{awsid.EC2("eni-attach-", i.ID, i.Instance), i.Instance, a.scope.Account, i.Device, "attached"}
	}
	return x
}

// interfaceValues are what a filter is compared with.
func interfaceValues(i vpc.Interface, filter string) []string {
	switch filter {
	case "network-interface-id":
		return []string{i.ID}
	case "vpc-id":
		return []string{i.VPC}
	case "subnet-id":
		return []string{i.Subnet}
	case "group-id":
		return i.Groups
	case "availability-zone":
		return []string{i.Zone}
	case "description":
		return []string{i.Description}
	case "interface-type":
		return []string{i.Type}
	case "requester-managed":
		return []string{api.Bool(i.Managed)}
	case "source-dest-check":
		return []string{api.Bool(!i.NoSourceDestCheck)}
	case "status":
		return []string{interfaceStatus(i)}
	case "addresses.private-ip-address", "private-ip-address":
		return []string{i.PrivateAddr.String()}
	case "ipv6-addresses.ipv6-address":
		var all []string
		for _, a := range i.IPv6Addrs {
			all = append(all, a.String())
		}
		return all
	case "association.public-ip":
		if i.PublicAddr.IsValid() {
			return []string{i.PublicAddr.String()}
		}
	case "attachment.instance-id":
		if i.Instance != "" {
			return []string{i.Instance}
		}
	}
	return nil
}
