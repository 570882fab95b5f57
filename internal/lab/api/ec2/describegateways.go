package ec2

import (
	"slices"

	"provenendpoints/internal/lab/vpc"
)

func init() {
	describe(description{
		name: "DescribeInternetGateways",
		set:  "internetGatewaySet", ids: "InternetGatewayId", items: internetGatewayItems, notFound: "InvalidInternetGatewayID.NotFound",
		filters: []string{"internet-gateway-id", "attachment.vpc-id", "attachment.state"},
	})
	describe(description{
		name: "DescribeNatGateways",
		set:  "natGatewaySet", ids: "NatGatewayId", items: natGatewayItems, notFound: "NatGatewayNotFound",
		filters: []string{"nat-gateway-id", "vpc-id", "subnet-id", "state"},
	})
	describe(description{
		name: "DescribeVpcPeeringConnections",
		set:  "vpcPeeringConnectionSet", ids: "VpcPeeringConnectionId", items: peeringItems, notFound: "InvalidVpcPeeringConnectionID.NotFound",
		filters: []string{"vpc-peering-connection-id", "requester-vpc-info.vpc-id", "accepter-vpc-info.vpc-id", "status-code"},
	})
}

type internetGatewayXML struct {
	ID          string                 `xml:"internetGatewayId"`
	Owner       string                 `xml:"ownerId"`
	Attachments []gatewayAttachmentXML `xml:"attachmentSet>item"`
}

// internetGatewayItems: the state of what is attached is "available"
// (docs.aws.amazon.com/AWSEC2/latest/APIReference/API_InternetGatewayAttachment.html).
func internetGatewayItems(a account) ([]item, error) {
	var items []item
	for _, g := range a.network.InternetGateways().All() {
		x := internetGatewayXML{ID: g.ID, Owner: a.scope.Account}
		values := map[string][]string{"internet-gateway-id": {g.ID}}
		if g.VPC != "" {
			x.Attachments = []gatewayAttachmentXML{{g.VPC, "available"}}
			values["attachment.vpc-id"], values["attachment.state"] = []string{g.VPC}, []string{"available"}
		}
		items = append(items, item{g.ID, values, x})
	}
	return items, nil
}

type natAddressXML struct {
	Interface string `xml:"networkInterfaceId"`
	Private   string `xml:"privateIp"`
	Public    string `xml:"publicIp"`
	Primary   bool   `xml:"isPrimary"`
}

type natGatewayXML struct {
	ID           string          `xml:"natGatewayId"`
	State        string          `xml:"state"`
	Connectivity string          `xml:"connectivityType"`
	Subnet       string          `xml:"subnetId"`
	VPC          string          `xml:"vpcId"`
	Addresses    []natAddressXML `xml:"natGatewayAddressSet>item"`
}

func natGatewayItems(a account) ([]item, error) {
	var items []item
	for _, g := range a.network.NatGateways().All() {
		x := natGatewayXML{ID: g.ID, State: "available", Connectivity: "public", Subnet: g.Subnet}
		if g.Available.After(a.network.Clock().Now()) {
			x.State = "pending"
		}
		if s, err := a.network.Subnets().Get(g.Subnet); err == nil {
			x.VPC = s.VPC
		}
		x.Addresses = []natAddressXML{{g.Interface, g.PrivateAddr.String(), g.PublicAddr.String(), true}}
		items = append(items, item{g.ID, map[string][]string{
			"nat-gateway-id": {g.ID}, "vpc-id": {x.VPC}, "subnet-id": {g.Subnet}, "state": {x.State},
		}, x})
	}
	return items, nil
}

type peerXML struct {
	VPC    string `xml:"vpcId"`
	Owner  string `xml:"ownerId"`
	CIDR   string `xml:"cidrBlock"`
	Region string `xml:"region"`
}

type peeringXML struct {
	ID        string  `xml:"vpcPeeringConnectionId"`
	Requester peerXML `xml:"requesterVpcInfo"`
	Accepter  peerXML `xml:"accepterVpcInfo"`
	Status    string  `xml:"status>code"`
	Message   string  `xml:"status>message"`
}

func peeringItems(a account) ([]item, error) {
	vpcs := a.network.VPCs().All()
	peer := func(id string) peerXML {
		x := peerXML{VPC: id, Owner: a.scope.Account, Region: a.scope.Region}
		if i := slices.IndexFunc(vpcs, func(v vpc.VPC) bool { return v.ID == id }); i >= 0 && len(vpcs[i].CIDRs) > 0 {
			x.CIDR = vpcs[i].CIDRs[0].String()
		}
		return x
	}
	var items []item
	for _, p := range a.network.Peerings().All() {
		items = append(items, item{p.ID, map[string][]string{
			"vpc-peering-connection-id": {p.ID}, "requester-vpc-info.vpc-id": {p.Requester}, "accepter-vpc-info.vpc-id": {p.Accepter}, "status-code": {"active"},
		}, peeringXML{p.ID, peer(p.Requester), peer(p.Accepter), "active", "Active"}})
	}
	return items, nil
}
