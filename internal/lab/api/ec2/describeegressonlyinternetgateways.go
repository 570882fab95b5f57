package ec2

func init() {
	describe(description{
		name: "DescribeEgressOnlyInternetGateways",
		set:  "egressOnlyInternetGatewaySet", ids: "EgressOnlyInternetGatewayId", items: egressOnlyGatewayItems, notFound: "InvalidGatewayID.NotFound",
	})
}

type gatewayAttachmentXML struct {
	VPC   string `xml:"vpcId"`
	State string `xml:"state"`
}

type egressOnlyGatewayXML struct {
	ID          string                 `xml:"egressOnlyInternetGatewayId"`
	Attachments []gatewayAttachmentXML `xml:"attachmentSet>item"`
}

func egressOnlyGatewayItems(a account) ([]item, error) {
	var items []item
	for _, g := range a.network.EgressOnlyInternetGateways().All() {
		items = append(items, item{g.ID, nil, egressOnlyGatewayXML{g.ID, []gatewayAttachmentXML{{g.VPC, "attached"}}}})
	}
	return items, nil
}
