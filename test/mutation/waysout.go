package mutation

import "fmt"

// addWaysOut adds to the networks what must not be there: for each route table
// a default route to an internet gateway, to a NAT gateway and to a peering
// connection, for each subnet public addresses, and for each VPC an interface
// endpoint to another service.
func addWaysOut(t tree, cut func(string, func(tree))) {
	for _, table := range t.ofType("AWS::EC2::RouteTable") {
		vpc := t.properties(table)["VpcId"]
		gateway, attached := gatewayOf(t, vpc)
		if gateway != nil && !hasDefaultRoute(t, table) {
			cut("add a route of "+table+" to the internet gateway", func(t tree) {
				t.add("AddedRoute", "AWS::EC2::Route", map[string]any{
					"RouteTableId": ref(table), "DestinationCidrBlock": "0.0.0.0/0", "GatewayId": gateway,
				}, attached)
				early(t, "AddedRoute")
			})
			if subnet := publicSubnet(t, vpc); subnet != "" {
				cut("add a NAT gateway for "+table, func(t tree) {
					t.add("AddedAddress", "AWS::EC2::EIP", map[string]any{"Domain": "vpc"}, attached)
					t.add("AddedNat", "AWS::EC2::NatGateway", map[string]any{
						"SubnetId": ref(subnet), "AllocationId": map[string]any{"Fn::GetAtt": []any{"AddedAddress", "AllocationId"}},
					}, attached)
					t.add("AddedRoute", "AWS::EC2::Route", map[string]any{
						"RouteTableId": ref(table), "DestinationCidrBlock": "0.0.0.0/0", "NatGatewayId": ref("AddedNat"),
					})
					early(t, "AddedRoute")
				})
			}
		}
		cut("add a peering connection of "+table+" to another VPC", func(t tree) {
			t.add("AddedVpc", "AWS::EC2::VPC", map[string]any{"CidrBlock": "172.31.0.0/16"})
			t.add("AddedPeering", "AWS::EC2::VPCPeeringConnection", map[string]any{"VpcId": vpc, "PeerVpcId": ref("AddedVpc")})
			t.add("AddedRoute", "AWS::EC2::Route", map[string]any{
				"RouteTableId": ref(table), "DestinationCidrBlock": "172.31.0.0/16", "VpcPeeringConnectionId": ref("AddedPeering"),
			})
			early(t, "AddedRoute")
		})
	}
	addPeering(t, cut)
	for _, vpc := range t.ofType("AWS::EC2::VPC") {
		for _, subnet := range subnetsOf(t, vpc) {
			cut(fmt.Sprintf("add an endpoint in %s to another service", subnet), func(t tree) {
				t.add("AddedGroup", "AWS::EC2::SecurityGroup", map[string]any{
					"GroupDescription": "added", "VpcId": ref(vpc),
					"SecurityGroupIngress": []any{map[string]any{"IpProtocol": "-1", "CidrIp": "0.0.0.0/0"}},
				})
				t.add("AddedEndpoint", "AWS::EC2::VPCEndpoint", map[string]any{
					"VpcId": ref(vpc), "VpcEndpointType": "Interface", "PrivateDnsEnabled": true,
					"ServiceName": "com.amazonaws.ap-northeast-2.sts", "SubnetIds": []any{ref(subnet)},
					"SecurityGroupIds": []any{map[string]any{"Fn::GetAtt": []any{"AddedGroup", "GroupId"}}},
				})
				early(t, "AddedEndpoint")
			})
		}
	}
}

// addPeering connects each two VPCs of the template, with routes both ways.
func addPeering(t tree, cut func(string, func(tree))) {
	vpcs := t.ofType("AWS::EC2::VPC")
	for i, a := range vpcs {
		for _, b := range vpcs[i+1:] {
			cut("add a peering connection between "+a+" and "+b, func(t tree) {
				t.add("AddedPeering", "AWS::EC2::VPCPeeringConnection", map[string]any{"VpcId": ref(a), "PeerVpcId": ref(b)})
				for n, table := range t.ofType("AWS::EC2::RouteTable") {
					other := b
					if fmt.Sprint(t.properties(table)["VpcId"]) == fmt.Sprint(ref(b)) {
						other = a
					}
					route := fmt.Sprintf("AddedRoute%d", n)
					t.add(route, "AWS::EC2::Route", map[string]any{
						"RouteTableId": ref(table), "VpcPeeringConnectionId": ref("AddedPeering"),
						"DestinationCidrBlock": t.properties(other)["CidrBlock"],
					})
					early(t, route)
				}
			})
		}
	}
}

func ref(id string) map[string]any { return map[string]any{"Ref": id} }

// early makes the custom resources wait for what was added, as synthesis would
// have it, so that they see the broken network.
func early(t tree, id string) {
	for _, proof := range t.ofType("Custom::EndpointProof") {
		t.resource(proof)["DependsOn"] = append(t.dependsOn(proof), id)
	}
}

// gatewayOf returns the reference to a VPC's internet gateway and the id of its
// attachment.
func gatewayOf(t tree, vpc any) (gateway, attachment any) {
	for _, id := range t.ofType("AWS::EC2::VPCGatewayAttachment") {
		if p := t.properties(id); fmt.Sprint(p["VpcId"]) == fmt.Sprint(vpc) {
			return p["InternetGatewayId"], id
		}
	}
	return nil, nil
}

func hasDefaultRoute(t tree, table string) bool {
	for _, id := range t.ofType("AWS::EC2::Route") {
		p := t.properties(id)
		if p["DestinationCidrBlock"] == "0.0.0.0/0" && mentions(p["RouteTableId"], table) {
			return true
		}
	}
	return false
}

// publicSubnet returns a subnet of the VPC whose route table leads to the internet.
func publicSubnet(t tree, vpc any) string {
	for _, id := range t.ofType("AWS::EC2::SubnetRouteTableAssociation") {
		p := t.properties(id)
		for _, table := range t.ofType("AWS::EC2::RouteTable") {
			if mentions(p["RouteTableId"], table) && hasDefaultRoute(t, table) &&
				fmt.Sprint(t.properties(table)["VpcId"]) == fmt.Sprint(vpc) {
				if subnet, ok := p["SubnetId"].(map[string]any); ok {
					s, _ := subnet["Ref"].(string)
					return s
				}
			}
		}
	}
	return ""
}

func subnetsOf(t tree, vpc string) []string {
	var out []string
	for _, id := range t.ofType("AWS::EC2::Subnet") {
		if mentions(t.properties(id)["VpcId"], vpc) {
			out = append(out, id)
		}
	}
	return out
}
