package ec2

func init() {
	describe(description{
		name: "DescribeSubnets",
		set:  "subnetSet", ids: "SubnetId", items: subnetItems, notFound: "InvalidSubnetID.NotFound",
		filters: []string{"subnet-id", "vpc-id", "availability-zone", "cidr-block"},
	})
}

type subnetXML struct {
	ID         string         `xml:"subnetId"`
	VPC        string         `xml:"vpcId"`
	Owner      string         `xml:"ownerId"`
	State      string         `xml:"state"`
	CIDR       string         `xml:"cidrBlock"`
	Zone       string         `xml:"availabilityZone"`
	MapPublic  bool           `xml:"mapPublicIpOnLaunch"`
	AssignIPv6 bool           `xml:"assignIpv6AddressOnCreation"`
	IPv6       []ipv6BlockXML `xml:"ipv6CidrBlockAssociationSet>item"`
}

func subnetItems(a account) ([]item, error) {
	var items []item
	for _, s := range a.network.Subnets().All() {
		x := subnetXML{s.ID, s.VPC, a.scope.Account, "available", s.CIDR.String(), s.Zone, s.MapPublic, s.AssignIPv6, nil}
		if s.IPv6CIDR.IsValid() {
			x.IPv6 = []ipv6BlockXML{ipv6Block("subnet-cidr-assoc-", s.ID, s.IPv6CIDR)}
		}
		items = append(items, item{s.ID, map[string][]string{
			"subnet-id": {s.ID}, "vpc-id": {s.VPC}, "availability-zone": {s.Zone}, "cidr-block": {s.CIDR.String()},
		}, x})
	}
	return items, nil
}
