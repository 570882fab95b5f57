package ec2

import (
	"provenendpoints/internal/lab/api"
)

func init() {
	describe(description{
		name: "DescribeNetworkInterfaces",
		set:  "networkInterfaceSet", ids: "NetworkInterfaceId", items: interfaceItems, notFound: "InvalidNetworkInterfaceID.NotFound",
		filters: []string{"network-interface-id", "vpc-id", "subnet-id", "group-id", "availability-zone", "description", "interface-type", "requester-managed", "addresses.private-ip-address", "private-ip-address", "association.public-ip"},
	})
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

func interfaceItems(a account, _ *api.Request) ([]item, error) {
	names := a.groupNames()
	var items []item
	for _, i := range a.network.Interfaces().All() {
		address := i.PrivateAddr.String()
		x := interfaceXML{
			ID: i.ID, Subnet: i.Subnet, VPC: i.VPC, Zone: i.Zone, Description: i.Description, Owner: a.scope.Account,
			Managed: i.Managed, Status: "in-use", Address: address, Addresses: []addressXML{{address, true}},
			Groups: groupRefs(i.Groups, names), Type: i.Type,
		}
		values := map[string][]string{
			"network-interface-id": {i.ID}, "vpc-id": {i.VPC}, "subnet-id": {i.Subnet}, "group-id": i.Groups,
			"availability-zone": {i.Zone}, "description": {i.Description}, "interface-type": {i.Type},
			"requester-managed": {api.Bool(i.Managed)}, "addresses.private-ip-address": {address}, "private-ip-address": {address},
		}
		if i.PublicAddr.IsValid() {
			x.Association = &associationXML{i.PublicAddr.String()}
			values["association.public-ip"] = []string{i.PublicAddr.String()}
		}
		items = append(items, item{i.ID, values, x})
	}
	return items, nil
}
