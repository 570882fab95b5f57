package ec2

// docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeVpnGateways.html. CDK's look-up of
// a VPC asks for them.
func init() {
	describe(description{
		name: "DescribeVpnGateways",
		set:  "vpnGatewaySet", ids: "VpnGatewayId", items: vpnGatewayItems, notFound: "InvalidVpnGatewayID.NotFound",
		filters: []string{"vpn-gateway-id", "attachment.vpc-id", "attachment.state", "state", "type"},
	})
	makes(
		making{name: "CreateVpnGateway", typ: "AWS::EC2::VPNGateway", kind: "vpn-gateway", required: []string{"Type"}, parameters: map[string]string{"Type": "Type"}, answer: described("vpnGateway", vpnGatewayItems)},
		making{
			name: "AttachVpnGateway", typ: "AWS::EC2::VPCGatewayAttachment", kind: "vpn-gateway", required: []string{"VpcId", "VpnGatewayId"},
			parameters: map[string]string{"VpcId": "VpcId", "VpnGatewayId": "VpnGatewayId"}, answer: done,
		},
	)
}

type (
	vpnAttachmentXML struct {
		VPC   string `xml:"vpcId"`
		State string `xml:"state"`
	}
	vpnGatewayXML struct {
		ID          string             `xml:"vpnGatewayId"`
		State       string             `xml:"state"`
		Type        string             `xml:"type"`
		Attachments []vpnAttachmentXML `xml:"attachments>item"`
	}
)

func vpnGatewayItems(a account) ([]item, error) {
	var items []item
	for _, g := range a.network.VPNGateways().All() {
		x := vpnGatewayXML{ID: g.ID, State: "available", Type: "ipsec.1"}
		values := map[string][]string{"vpn-gateway-id": {g.ID}, "state": {x.State}, "type": {x.Type}}
		if g.VPC != "" {
			x.Attachments = []vpnAttachmentXML{{g.VPC, "attached"}}
			values["attachment.vpc-id"], values["attachment.state"] = []string{g.VPC}, []string{"attached"}
		}
		items = append(items, item{g.ID, values, x})
	}
	return items, nil
}
