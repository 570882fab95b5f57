package ec2

import (
	"net/netip"

	"provenendpoints/internal/lab/awserr"
	"provenendpoints/internal/lab/awsid"
)

// Address is an elastic address.
type Address struct {
	// Allocation is eipalloc-….
	Allocation string
	Public     netip.Addr
	// Interface is the id of the interface that has it. Default: none has.
	Interface string
}

func init() {
	describe(description{
		name: "DescribeAddresses",
		set:  "addressesSet", ids: "AllocationId", items: addressItems, notFound: "InvalidAllocationID.NotFound",
		filters: []string{"allocation-id", "public-ip", "network-interface-id", "association-id", "domain"},
	})
}

type elasticAddressXML struct {
	Public      string `xml:"publicIp"`
	Allocation  string `xml:"allocationId"`
	Domain      string `xml:"domain"`
	Association string `xml:"associationId,omitempty"`
	Interface   string `xml:"networkInterfaceId,omitempty"`
	Owner       string `xml:"networkInterfaceOwnerId,omitempty"`
	Private     string `xml:"privateIpAddress,omitempty"`
	Instance    string `xml:"instanceId,omitempty"`
}

// AddressAssociation is the id of an elastic address's association with an interface.
func AddressAssociation(allocation, at string) string {
	return awsid.EC2("eipassoc-", allocation, at)
}

func addressItems(a account) ([]item, error) {
	if a.objects == nil {
		return nil, nil
	}
	var items []item
	for _, at := range a.objects.Addresses() {
		x := elasticAddressXML{Public: at.Public.String(), Allocation: at.Allocation, Domain: "vpc"}
		if at.Interface != "" {
			x.Association, x.Interface, x.Owner = AddressAssociation(at.Allocation, at.Interface), at.Interface, a.scope.Account
			if i, err := a.network.Interfaces().Get(at.Interface); err == nil {
				x.Private, x.Instance = i.PrivateAddr.String(), i.Instance
			}
		}
		items = append(items, item{at.Allocation, map[string][]string{
			"allocation-id": {at.Allocation}, "public-ip": {x.Public}, "network-interface-id": {x.Interface}, "association-id": {x.Association}, "domain": {"vpc"},
		}, x})
	}
	return items, nil
}

// address finds an elastic address.
func (a account) address(is func(Address) bool) (Address, error) {
	if a.objects != nil {
		for _, at := range a.objects.Addresses() {
			if is(at) {
				return at, nil
			}
		}
	}
	return Address{}, awserr.New("InvalidAllocationID.NotFound", "The allocation ID does not exist")
}
