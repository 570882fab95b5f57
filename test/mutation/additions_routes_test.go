package mutation

import (
	"fmt"

	"provenendpoints/internal/test/templates"
)

// attribute is a Fn::GetAtt.
func attribute(id, name string) templates.Object {
	return templates.Object{"Fn::GetAtt": []any{id, name}}
}

// addedRoutes leads route tables out: to the internet gateway, wholly and for one
// address range, to a NAT gateway, to another VPC, to a router; the VPCs of the
// template to each other; and subnets to tables with a way out.
func addedRoutes(t templates.Template) []edit {
	var out []edit
	for _, table := range t.OfType("AWS::EC2::RouteTable") {
		vpc := t.Properties(table)["VpcId"]
		out = append(out, edit{"a peering connection of " + table + " with another VPC", func(a *addition) {
			otherVPC(a)
			a.add("AddedPeering", "AWS::EC2::VPCPeeringConnection", templates.Object{"VpcId": vpc, "PeerVpcId": templates.RefTo("AddedVpc")})
			a.add("AddedRoute", "AWS::EC2::Route", templates.Object{
				"RouteTableId": templates.RefTo(table), "DestinationCidrBlock": "172.31.0.0/16", "VpcPeeringConnectionId": templates.RefTo("AddedPeering"),
			})
			a.add("AddedReturn", "AWS::EC2::Route", templates.Object{
				"RouteTableId": templates.RefTo("AddedTable"), "DestinationCidrBlock": t.Properties(templates.Target(vpc))["CidrBlock"],
				"VpcPeeringConnectionId": templates.RefTo("AddedPeering"),
			})
		}})
		out = append(out, edit{"a transit gateway from " + table + " to another VPC", func(a *addition) {
			transitGateway(a, t, table)
		}})
		gateway, attached := gatewayOf(t, vpc)
		if gateway == nil || hasDefaultRoute(t, table) {
			continue
		}
		out = append(out, edit{"a prefix list and a route of " + table + " to the internet gateway", func(a *addition) {
			a.add("AddedList", "AWS::EC2::PrefixList", templates.Object{
				"PrefixListName": "added", "AddressFamily": "IPv4", "MaxEntries": 1.0, "Entries": []any{templates.Object{"Cidr": "93.184.0.0/16"}},
			})
			a.add("AddedRoute", "AWS::EC2::Route", templates.Object{
				"RouteTableId": templates.RefTo(table), "DestinationPrefixListId": attribute("AddedList", "PrefixListId"), "GatewayId": gateway,
			}, attached)
		}})
		route := func(name, destination string) edit {
			return edit{fmt.Sprintf("%s of %s to the internet gateway", name, table), func(a *addition) {
				a.add("AddedRoute", "AWS::EC2::Route", templates.Object{
					"RouteTableId": templates.RefTo(table), "DestinationCidrBlock": destination, "GatewayId": gateway,
				}, attached)
			}}
		}
		out = append(out, route("a route", "0.0.0.0/0"), route("a narrow route", "93.184.0.0/16"))
		subnet := publicSubnet(t, vpc)
		if subnet == "" {
			continue
		}
		nat := func(name, destination string) edit {
			return edit{fmt.Sprintf("%s for %s", name, table), func(a *addition) {
				natGateway(a, subnet, attached)
				a.add("AddedRoute", "AWS::EC2::Route", templates.Object{
					"RouteTableId": templates.RefTo(table), "DestinationCidrBlock": destination, "NatGatewayId": templates.RefTo("AddedNat"),
				})
			}}
		}
		out = append(out, nat("a NAT gateway", "0.0.0.0/0"), nat("a NAT gateway with a narrow route", "93.184.0.0/16"))
	}
	for _, association := range t.OfType("AWS::EC2::SubnetRouteTableAssociation") {
		p := t.Properties(association)
		table := templates.Target(p["RouteTableId"])
		vpc := t.Properties(table)["VpcId"]
		gateway, attached := gatewayOf(t, vpc)
		subnet := publicSubnet(t, vpc)
		if gateway == nil || subnet == "" || hasDefaultRoute(t, table) {
			continue
		}
		out = append(out, edit{"another route table with a NAT gateway under " + association, func(a *addition) {
			natGateway(a, subnet, attached)
			a.add("AddedTable", "AWS::EC2::RouteTable", templates.Object{"VpcId": vpc})
			a.add("AddedRoute", "AWS::EC2::Route", templates.Object{
				"RouteTableId": templates.RefTo("AddedTable"), "DestinationCidrBlock": "0.0.0.0/0", "NatGatewayId": templates.RefTo("AddedNat"),
			})
			a.change(association)["RouteTableId"] = templates.RefTo("AddedTable")
		}})
	}
	return append(out, addedPeerings(t)...)
}

func natGateway(a *addition, subnet, attached string) {
	a.add("AddedAddress", "AWS::EC2::EIP", templates.Object{"Domain": "vpc"}, attached)
	a.add("AddedNat", "AWS::EC2::NatGateway", templates.Object{
		"SubnetId": templates.RefTo(subnet), "AllocationId": attribute("AddedAddress", "AllocationId"),
	}, attached)
}

// transitGateway leads a route table to another VPC, and back.
func transitGateway(a *addition, t templates.Template, table string) {
	vpc := t.Properties(table)["VpcId"]
	otherVPC(a)
	a.add("AddedTransit", "AWS::EC2::TransitGateway", templates.Object{})
	for id, at := range map[string][2]any{"AddedHere": {vpc, templates.RefTo(subnetsOf(t, templates.Target(vpc))[0])}, "AddedThere": {templates.RefTo("AddedVpc"), templates.RefTo("AddedSubnet")}} {
		a.add(id, "AWS::EC2::TransitGatewayAttachment", templates.Object{
			"TransitGatewayId": templates.RefTo("AddedTransit"), "VpcId": at[0], "SubnetIds": []any{at[1]},
		})
	}
	a.add("AddedRoute", "AWS::EC2::Route", templates.Object{
		"RouteTableId": templates.RefTo(table), "DestinationCidrBlock": "172.31.0.0/16", "TransitGatewayId": templates.RefTo("AddedTransit"),
	}, "AddedHere")
	a.add("AddedReturn", "AWS::EC2::Route", templates.Object{
		"RouteTableId": templates.RefTo("AddedTable"), "DestinationCidrBlock": t.Properties(templates.Target(vpc))["CidrBlock"], "TransitGatewayId": templates.RefTo("AddedTransit"),
	}, "AddedThere")
}

// otherVPC adds a VPC with a subnet and a route table of its own.
func otherVPC(a *addition) {
	a.add("AddedVpc", "AWS::EC2::VPC", templates.Object{"CidrBlock": "172.31.0.0/16", "EnableDnsSupport": true, "EnableDnsHostnames": true})
	a.add("AddedSubnet", "AWS::EC2::Subnet", templates.Object{
		"VpcId": templates.RefTo("AddedVpc"), "CidrBlock": "172.31.0.0/24", "AvailabilityZone": templates.Object{"Fn::Select": []any{0.0, templates.Object{"Fn::GetAZs": ""}}},
	})
	a.add("AddedTable", "AWS::EC2::RouteTable", templates.Object{"VpcId": templates.RefTo("AddedVpc")})
	a.add("AddedAssociation", "AWS::EC2::SubnetRouteTableAssociation", templates.Object{
		"SubnetId": templates.RefTo("AddedSubnet"), "RouteTableId": templates.RefTo("AddedTable"),
	})
}

// addedPeerings connects each two VPCs of the template, with routes both ways: for
// all addresses, and for the upper half of them, where probers are not.
func addedPeerings(t templates.Template) []edit {
	var out []edit
	vpcs := t.OfType("AWS::EC2::VPC")
	for i, x := range vpcs {
		for _, y := range vpcs[i+1:] {
			for _, half := range []bool{false, true} {
				name := "a peering connection"
				if half {
					name += " for some addresses"
				}
				out = append(out, edit{fmt.Sprintf("%s between %s and %s", name, x, y), func(a *addition) {
					a.add("AddedPeering", "AWS::EC2::VPCPeeringConnection", templates.Object{"VpcId": templates.RefTo(x), "PeerVpcId": templates.RefTo(y)})
					for n, table := range t.OfType("AWS::EC2::RouteTable") {
						other := y
						if templates.Mentions(t.Properties(table)["VpcId"], y) {
							other = x
						}
						block := t.Properties(other)["CidrBlock"]
						if half && other == x {
							block = t.Properties(subnetsOf(t, x)[0])["CidrBlock"]
						} else if half {
							block = upperHalf(fmt.Sprint(t.Properties(subnetsOf(t, y)[0])["CidrBlock"]))
						}
						a.add(fmt.Sprintf("AddedRoute%d", n), "AWS::EC2::Route", templates.Object{
							"RouteTableId": templates.RefTo(table), "VpcPeeringConnectionId": templates.RefTo("AddedPeering"), "DestinationCidrBlock": block,
						})
					}
				}})
			}
		}
	}
	return out
}
