package mutation

import (
	"fmt"

	"provenendpoints/internal/test/templates"
)

// gatewayOf returns the reference to a VPC's internet gateway and the id of its
// attachment.
func gatewayOf(t templates.Template, vpc any) (gateway any, attachment string) {
	for _, id := range t.OfType("AWS::EC2::VPCGatewayAttachment") {
		if p := t.Properties(id); fmt.Sprint(p["VpcId"]) == fmt.Sprint(vpc) {
			return p["InternetGatewayId"], id
		}
	}
	return nil, ""
}

func hasDefaultRoute(t templates.Template, table string) bool {
	for _, id := range t.OfType("AWS::EC2::Route") {
		p := t.Properties(id)
		if p["DestinationCidrBlock"] == "0.0.0.0/0" && templates.Mentions(p["RouteTableId"], table) {
			return true
		}
	}
	return false
}

// publicSubnet returns a subnet of the VPC whose route table has a default route.
func publicSubnet(t templates.Template, vpc any) string {
	for _, id := range t.OfType("AWS::EC2::SubnetRouteTableAssociation") {
		p := t.Properties(id)
		for _, table := range t.OfType("AWS::EC2::RouteTable") {
			if templates.Mentions(p["RouteTableId"], table) && hasDefaultRoute(t, table) &&
				fmt.Sprint(t.Properties(table)["VpcId"]) == fmt.Sprint(vpc) {
				return templates.Target(p["SubnetId"])
			}
		}
	}
	return ""
}

func subnetsOf(t templates.Template, vpc string) []string {
	var out []string
	for _, id := range t.OfType("AWS::EC2::Subnet") {
		if templates.Mentions(t.Properties(id)["VpcId"], vpc) {
			out = append(out, id)
		}
	}
	return out
}
