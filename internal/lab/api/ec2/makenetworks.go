package ec2

import (
	"context"
	"slices"

	"provenendpoints/internal/lab/api"
	"provenendpoints/internal/lab/awserr"
	"provenendpoints/internal/lab/privatelink"
	"provenendpoints/internal/lab/vpc"
)

// The calls that make and delete the parts of a network
// (docs.aws.amazon.com/AWSEC2/latest/APIReference/OperationList-query-vpc.html).
func init() {
	makes(
		making{
			name: "CreateVpc", typ: "AWS::EC2::VPC", kind: "vpc", required: []string{"CidrBlock"},
			parameters: map[string]string{"CidrBlock": "CidrBlock", "InstanceTenancy": "InstanceTenancy"},
			answer:     described("vpc", vpcItems),
		},
		making{
			name: "CreateSubnet", typ: "AWS::EC2::Subnet", kind: "subnet", required: []string{"VpcId", "CidrBlock"},
			parameters: map[string]string{"VpcId": "VpcId", "CidrBlock": "CidrBlock", "AvailabilityZone": "AvailabilityZone", "Ipv6CidrBlock": "Ipv6CidrBlock"},
			answer:     described("subnet", subnetItems),
		},
		making{
			name: "CreateRouteTable", typ: "AWS::EC2::RouteTable", kind: "route-table", required: []string{"VpcId"},
			parameters: map[string]string{"VpcId": "VpcId"},
			answer:     described("routeTable", routeTableItems),
		},
		making{
			name: "CreateInternetGateway", typ: "AWS::EC2::InternetGateway", kind: "internet-gateway",
			answer: described("internetGateway", internetGatewayItems),
		},
		making{
			name: "AttachInternetGateway", typ: "AWS::EC2::VPCGatewayAttachment", kind: "internet-gateway", required: []string{"VpcId", "InternetGatewayId"},
			parameters: map[string]string{"VpcId": "VpcId", "InternetGatewayId": "InternetGatewayId"},
			answer:     done,
		},
		making{
			name: "CreateEgressOnlyInternetGateway", typ: "AWS::EC2::EgressOnlyInternetGateway", kind: "egress-only-internet-gateway", required: []string{"VpcId"},
			parameters: map[string]string{"VpcId": "VpcId"},
			answer:     described("egressOnlyInternetGateway", egressOnlyGatewayItems),
		},
		making{
			name: "AllocateAddress", typ: "AWS::EC2::EIP", kind: "elastic-ip",
			parameters: map[string]string{"Domain": "Domain"},
			answer: func(_ account, _ *api.Request, id string, attributes map[string]any) (any, error) {
				return elements{{"publicIp", id}, {"allocationId", attributes["AllocationId"]}, {"domain", "vpc"}}, nil
			},
		},
		making{
			name: "AssociateAddress", typ: "AWS::EC2::EIPAssociation", kind: "elastic-ip", required: []string{"AllocationId"},
			parameters: map[string]string{"AllocationId": "AllocationId", "InstanceId": "InstanceId", "NetworkInterfaceId": "NetworkInterfaceId", "AllowReassociation": ""},
			answer: func(_ account, _ *api.Request, id string, _ map[string]any) (any, error) {
				return elements{{"return", true}, {"associationId", id}}, nil
			},
		},
		making{
			name: "CreateNatGateway", typ: "AWS::EC2::NatGateway", kind: "natgateway", required: []string{"SubnetId"},
			parameters: map[string]string{"SubnetId": "SubnetId", "AllocationId": "AllocationId", "ConnectivityType": "ConnectivityType", "PrivateIpAddress": "PrivateIpAddress"},
			answer:     described("natGateway", natGatewayItems),
		},
		making{
			name: "CreateSecurityGroup", typ: "AWS::EC2::SecurityGroup", kind: "security-group", required: []string{"GroupName", "GroupDescription", "VpcId"},
			parameters: map[string]string{"GroupName": "GroupName", "GroupDescription": "GroupDescription", "VpcId": "VpcId"},
			answer: func(_ account, _ *api.Request, id string, _ map[string]any) (any, error) {
				return elements{{"return", true}, {"groupId", id}}, nil
			},
		},
		// The lab accepts a peering connection at once, as CloudFormation does for one
		// within an account and Region.
		making{
			name: "CreateVpcPeeringConnection", typ: "AWS::EC2::VPCPeeringConnection", kind: "vpc-peering-connection", required: []string{"VpcId", "PeerVpcId"},
			parameters: map[string]string{"VpcId": "VpcId", "PeerVpcId": "PeerVpcId"},
			answer:     described("vpcPeeringConnection", peeringItems),
		},
		making{
			name: "CreateNetworkAcl", typ: "AWS::EC2::NetworkAcl", kind: "network-acl", required: []string{"VpcId"},
			parameters: map[string]string{"VpcId": "VpcId"},
			answer:     described("networkAcl", networkACLItems),
		},
		making{
			name: "CreateNetworkInterface", typ: "AWS::EC2::NetworkInterface", kind: "network-interface", required: []string{"SubnetId"},
			parameters: map[string]string{"SubnetId": "SubnetId", "Description": "Description", "PrivateIpAddress": "PrivateIpAddress", "SecurityGroupId.": "GroupSet"},
			answer:     described("networkInterface", interfaceItems),
		},
		making{
			name: "CreateVpcEndpoint", typ: "AWS::EC2::VPCEndpoint", kind: "vpc-endpoint", required: []string{"VpcId", "ServiceName"},
			parameters: map[string]string{
				"VpcId": "VpcId", "ServiceName": "ServiceName", "VpcEndpointType": "VpcEndpointType", "PolicyDocument": "PolicyDocument",
				"RouteTableId.": "RouteTableIds", "SubnetId.": "SubnetIds", "SecurityGroupId.": "SecurityGroupIds",
				"PrivateDnsEnabled": "PrivateDnsEnabled", "IpAddressType": "IpAddressType",
			},
			properties: endpointProperties,
			answer:     described("vpcEndpoint", endpointItems),
		},
	)
	ec2.Register(api.QueryOperation[account]{
		Name: "AcceptVpcPeeringConnection", Parameters: []string{"VpcPeeringConnectionId"}, Validate: needs("VpcPeeringConnectionId"),
		Resource: arnOf("vpc-peering-connection", "VpcPeeringConnectionId"),
		Run: func(_ context.Context, a account, r *api.Request) (any, error) {
			id := r.Form.Get("VpcPeeringConnectionId")
			if !slices.ContainsFunc(a.network.Peerings().All(), func(p vpc.Peering) bool { return p.ID == id }) {
				return nil, awserr.New("InvalidVpcPeeringConnectionID.NotFound", "The vpcPeeringConnection ID '%s' does not exist", id)
			}
			return described("vpcPeeringConnection", peeringItems)(a, r, id, nil)
		},
	})
	deletes(
		deleting{name: "DeleteVpc", id: "VpcId", kind: "vpc", run: simply(func(a account, id string) error { return a.network.VPCs().Delete(id) })},
		deleting{name: "DeleteSubnet", id: "SubnetId", kind: "subnet", run: simply(func(a account, id string) error { return a.network.Subnets().Delete(id) })},
		deleting{name: "DeleteRouteTable", id: "RouteTableId", kind: "route-table", run: simply(func(a account, id string) error { return a.network.RouteTables().Delete(id) })},
		deleting{name: "DeleteInternetGateway", id: "InternetGatewayId", kind: "internet-gateway", run: simply(func(a account, id string) error { return a.network.InternetGateways().Delete(id) })},
		deleting{
			name: "DetachInternetGateway", id: "InternetGatewayId", kind: "internet-gateway", more: []string{"VpcId"},
			run: func(_ context.Context, a account, r *api.Request, id string) error {
				return a.network.InternetGateways().Detach(id, r.Form.Get("VpcId"))
			},
		},
		deleting{
			name: "DeleteEgressOnlyInternetGateway", id: "EgressOnlyInternetGatewayId", kind: "egress-only-internet-gateway",
			run:    simply(func(a account, id string) error { return a.network.EgressOnlyInternetGateways().Delete(id) }),
			answer: func(string) any { return element{"returnCode", true} },
		},
		deleting{
			name: "DeleteNatGateway", id: "NatGatewayId", kind: "natgateway",
			run:    simply(func(a account, id string) error { return a.network.NatGateways().Delete(id) }),
			answer: func(id string) any { return element{"natGatewayId", id} },
		},
		deleting{name: "DeleteSecurityGroup", id: "GroupId", kind: "security-group", run: simply(func(a account, id string) error { return a.network.SecurityGroups().Delete(id) })},
		deleting{name: "DeleteVpcPeeringConnection", id: "VpcPeeringConnectionId", kind: "vpc-peering-connection", run: simply(func(a account, id string) error { return a.network.Peerings().Delete(id) })},
		deleting{name: "DeleteNetworkAcl", id: "NetworkAclId", kind: "network-acl", run: simply(func(a account, id string) error { return a.network.NetworkACLs().Delete(id) })},
		deleting{name: "DeleteNetworkInterface", id: "NetworkInterfaceId", kind: "network-interface", run: simply(func(a account, id string) error { return a.network.Interfaces().Delete(id) })},
		deleting{name: "DeleteDhcpOptions", id: "DhcpOptionsId", kind: "dhcp-options", run: simply(func(a account, id string) error { return a.network.DHCPOptions().Delete(id) })},
		deleting{
			name: "ReleaseAddress", id: "AllocationId", kind: "elastic-ip",
			run: func(ctx context.Context, a account, _ *api.Request, id string) error {
				at, err := a.address(func(x Address) bool { return x.Allocation == id })
				if err != nil {
					return err
				}
				if at.Interface != "" {
					return awserr.New("InvalidIPAddress.InUse", "The address %s is associated with %s", at.Public, at.Interface)
				}
				return a.objects.Unmake(ctx, "AWS::EC2::EIP", at.Public.String(), map[string]any{})
			},
		},
		deleting{
			name: "DisassociateAddress", id: "AssociationId", kind: "elastic-ip",
			run: func(ctx context.Context, a account, _ *api.Request, id string) error {
				at, err := a.address(func(x Address) bool { return x.Interface != "" && AddressAssociation(x.Allocation, x.Interface) == id })
				if err != nil {
					return awserr.New("InvalidAssociationID.NotFound", "The association ID '%s' does not exist", id)
				}
				return a.objects.Unmake(ctx, "AWS::EC2::EIPAssociation", id, map[string]any{"AllocationId": at.Allocation, "NetworkInterfaceId": at.Interface})
			},
		},
	)
}

// done answers true.
func done(account, *api.Request, string, map[string]any) (any, error) { return changed{}, nil }

// endpointProperties are those of an endpoint that calls say otherwise than templates: an
// interface endpoint has private DNS unless the call says no, and the policy is text
// (docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateVpcEndpoint.html).
func endpointProperties(a account, r *api.Request, properties map[string]any) error {
	if _, said := properties["PrivateDnsEnabled"]; !said && properties["VpcEndpointType"] == privatelink.InterfaceType {
		properties["PrivateDnsEnabled"] = true
	}
	return document("PolicyDocument")(a, r, properties)
}
