package mutation

import (
	"fmt"

	"provenendpoints/internal/contract"
	"provenendpoints/internal/test/templates"
)

// addWaysOut adds what must not be in the networks: for each route table
// a default route to an internet gateway, to a NAT gateway and to a peering
// connection, for each subnet public addresses, and for each VPC an interface
// endpoint to another service.
func addWaysOut(t templates.Template, cut cutter) {
	for _, table := range t.OfType("AWS::EC2::RouteTable") {
		vpc := t.Properties(table)["VpcId"]
		gateway, attached := gatewayOf(t, vpc)
		if gateway != nil && !hasDefaultRoute(t, table) {
			cut("add a route of "+table+" to the internet gateway", func(t templates.Template) {
				t.Add("AddedRoute", "AWS::EC2::Route", map[string]any{
					"RouteTableId": templates.RefTo(table), "DestinationCidrBlock": "0.0.0.0/0", "GatewayId": gateway,
				}, attached)
				early(t, "AddedRoute")
			})
			if subnet := publicSubnet(t, vpc); subnet != "" {
				cut("add a NAT gateway for "+table, func(t templates.Template) {
					t.Add("AddedAddress", "AWS::EC2::EIP", map[string]any{"Domain": "vpc"}, attached)
					t.Add("AddedNat", "AWS::EC2::NatGateway", map[string]any{
						"SubnetId": templates.RefTo(subnet), "AllocationId": map[string]any{"Fn::GetAtt": []any{"AddedAddress", "AllocationId"}},
					}, attached)
					t.Add("AddedRoute", "AWS::EC2::Route", map[string]any{
						"RouteTableId": templates.RefTo(table), "DestinationCidrBlock": "0.0.0.0/0", "NatGatewayId": templates.RefTo("AddedNat"),
					})
					early(t, "AddedRoute")
				})
			}
		}
		cut("add a peering connection of "+table+" to another VPC", func(t templates.Template) {
			t.Add("AddedVpc", "AWS::EC2::VPC", map[string]any{"CidrBlock": "172.31.0.0/16"})
			t.Add("AddedPeering", "AWS::EC2::VPCPeeringConnection", map[string]any{"VpcId": vpc, "PeerVpcId": templates.RefTo("AddedVpc")})
			t.Add("AddedRoute", "AWS::EC2::Route", map[string]any{
				"RouteTableId": templates.RefTo(table), "DestinationCidrBlock": "172.31.0.0/16", "VpcPeeringConnectionId": templates.RefTo("AddedPeering"),
			})
			early(t, "AddedRoute")
		})
	}
	addPeering(t, cut)
	for _, vpc := range t.OfType("AWS::EC2::VPC") {
		for _, subnet := range subnetsOf(t, vpc) {
			cut(fmt.Sprintf("add an endpoint in %s to another service", subnet), func(t templates.Template) {
				t.Add("AddedGroup", "AWS::EC2::SecurityGroup", map[string]any{
					"GroupDescription": "added", "VpcId": templates.RefTo(vpc),
					"SecurityGroupIngress": []any{map[string]any{"IpProtocol": "-1", "CidrIp": "0.0.0.0/0"}},
				})
				t.Add("AddedEndpoint", "AWS::EC2::VPCEndpoint", map[string]any{
					"VpcId": templates.RefTo(vpc), "VpcEndpointType": "Interface", "PrivateDnsEnabled": true,
					"ServiceName": "com.amazonaws.ap-northeast-2.sts", "SubnetIds": []any{templates.RefTo(subnet)},
					"SecurityGroupIds": []any{map[string]any{"Fn::GetAtt": []any{"AddedGroup", "GroupId"}}},
				})
				early(t, "AddedEndpoint")
			})
		}
	}
}

// addPeering connects each two VPCs of the template, with routes both ways.
func addPeering(t templates.Template, cut cutter) {
	vpcs := t.OfType("AWS::EC2::VPC")
	for i, a := range vpcs {
		for _, b := range vpcs[i+1:] {
			cut("add a peering connection between "+a+" and "+b, func(t templates.Template) {
				t.Add("AddedPeering", "AWS::EC2::VPCPeeringConnection", map[string]any{"VpcId": templates.RefTo(a), "PeerVpcId": templates.RefTo(b)})
				for n, table := range t.OfType("AWS::EC2::RouteTable") {
					other := b
					if fmt.Sprint(t.Properties(table)["VpcId"]) == fmt.Sprint(templates.RefTo(b)) {
						other = a
					}
					route := fmt.Sprintf("AddedRoute%d", n)
					t.Add(route, "AWS::EC2::Route", map[string]any{
						"RouteTableId": templates.RefTo(table), "VpcPeeringConnectionId": templates.RefTo("AddedPeering"),
						"DestinationCidrBlock": t.Properties(other)["CidrBlock"],
					})
					early(t, route)
				}
			})
		}
	}
}

// early makes the custom resources wait for what was added, as synthesis would
// have it, so that they see the broken network.
func early(t templates.Template, id string) {
	for _, proof := range t.OfType(contract.ResourceType) {
		t.SetDependsOn(proof, append(t.DependsOn(proof), id))
	}
}

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
