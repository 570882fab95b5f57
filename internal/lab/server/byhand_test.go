package server_test

import (
	"context"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"
	"github.com/aws/aws-sdk-go-v2/service/sts"

	"provenendpoints/internal/lab/server"
)

// hand makes and takes apart a network by EC2's calls alone.
type hand struct {
	t   *testing.T
	ctx context.Context
	c   *ec2.Client
}

// refused is the code of the error that a call must have.
func (h hand) refused(want string, err error) {
	h.t.Helper()
	if got, message := code(err); got != want {
		h.t.Errorf("got %q (%s), want %s", got, message, want)
	}
}

// ok is the value of a call that must succeed.
func ok[T any](h hand) func(*T, error) *T {
	return func(v *T, err error) *T {
		h.t.Helper()
		if err != nil {
			h.t.Fatal(err)
		}
		return v
	}
}

// What stacks are made of can be made, changed and deleted by EC2's own calls, which
// refuse what EC2 refuses: in use, not there, twice.
func TestNetworksByHand(t *testing.T) {
	t.Parallel()
	w := start(t, server.Options{})
	h := hand{t, t.Context(), ec2.NewFromConfig(w.Config())}
	c, ctx := h.c, h.ctx

	v := ok[ec2.CreateVpcOutput](h)(c.CreateVpc(ctx, &ec2.CreateVpcInput{CidrBlock: new("10.9.0.0/16")})).Vpc
	if *v.CidrBlock != "10.9.0.0/16" || v.State != types.VpcStateAvailable {
		t.Errorf("VPC %+v", v)
	}
	_, err := c.CreateVpc(ctx, &ec2.CreateVpcInput{CidrBlock: new("10.9.0.0/8")})
	h.refused("InvalidVpc.Range", err)
	ok[ec2.ModifyVpcAttributeOutput](h)(c.ModifyVpcAttribute(ctx, &ec2.ModifyVpcAttributeInput{VpcId: v.VpcId, EnableDnsHostnames: &types.AttributeBooleanValue{Value: new(true)}}))
	names := ok[ec2.DescribeVpcAttributeOutput](h)(c.DescribeVpcAttribute(ctx, &ec2.DescribeVpcAttributeInput{VpcId: v.VpcId, Attribute: types.VpcAttributeNameEnableDnsHostnames}))
	if !*names.EnableDnsHostnames.Value {
		t.Error("DNS hostnames stay off")
	}

	subnet := ok[ec2.CreateSubnetOutput](h)(c.CreateSubnet(ctx, &ec2.CreateSubnetInput{VpcId: v.VpcId, CidrBlock: new("10.9.1.0/24"), AvailabilityZone: new("ap-northeast-2b")})).Subnet
	if *subnet.AvailabilityZone != "ap-northeast-2b" {
		t.Errorf("subnet %+v", subnet)
	}
	_, err = c.CreateSubnet(ctx, &ec2.CreateSubnetInput{VpcId: v.VpcId, CidrBlock: new("10.9.1.0/25")})
	h.refused("InvalidSubnet.Conflict", err)
	table := ok[ec2.CreateRouteTableOutput](h)(c.CreateRouteTable(ctx, &ec2.CreateRouteTableInput{VpcId: v.VpcId})).RouteTable
	association := ok[ec2.AssociateRouteTableOutput](h)(c.AssociateRouteTable(ctx, &ec2.AssociateRouteTableInput{RouteTableId: table.RouteTableId, SubnetId: subnet.SubnetId}))
	other := ok[ec2.CreateRouteTableOutput](h)(c.CreateRouteTable(ctx, &ec2.CreateRouteTableInput{VpcId: v.VpcId})).RouteTable
	replaced := ok[ec2.ReplaceRouteTableAssociationOutput](h)(c.ReplaceRouteTableAssociation(ctx, &ec2.ReplaceRouteTableAssociationInput{AssociationId: association.AssociationId, RouteTableId: other.RouteTableId}))
	_, err = c.DisassociateRouteTable(ctx, &ec2.DisassociateRouteTableInput{AssociationId: association.AssociationId})
	h.refused("InvalidAssociationID.NotFound", err)
	_, err = c.DeleteRouteTable(ctx, &ec2.DeleteRouteTableInput{RouteTableId: other.RouteTableId})
	h.refused("DependencyViolation", err)

	gateway := ok[ec2.CreateInternetGatewayOutput](h)(c.CreateInternetGateway(ctx, &ec2.CreateInternetGatewayInput{})).InternetGateway
	ok[ec2.AttachInternetGatewayOutput](h)(c.AttachInternetGateway(ctx, &ec2.AttachInternetGatewayInput{VpcId: v.VpcId, InternetGatewayId: gateway.InternetGatewayId}))
	ok[ec2.CreateRouteOutput](h)(c.CreateRoute(ctx, &ec2.CreateRouteInput{RouteTableId: other.RouteTableId, DestinationCidrBlock: new("0.0.0.0/0"), GatewayId: gateway.InternetGatewayId}))
	gateways := ok[ec2.DescribeInternetGatewaysOutput](h)(c.DescribeInternetGateways(ctx, &ec2.DescribeInternetGatewaysInput{Filters: []types.Filter{{Name: new("attachment.vpc-id"), Values: []string{*v.VpcId}}}})).InternetGateways
	if len(gateways) != 1 || gateways[0].Attachments[0].State != "available" {
		t.Errorf("internet gateways %+v", gateways)
	}

	address := ok[ec2.AllocateAddressOutput](h)(c.AllocateAddress(ctx, &ec2.AllocateAddressInput{Domain: types.DomainTypeVpc}))
	nat := ok[ec2.CreateNatGatewayOutput](h)(c.CreateNatGateway(ctx, &ec2.CreateNatGatewayInput{SubnetId: subnet.SubnetId, AllocationId: address.AllocationId})).NatGateway
	if *nat.VpcId != *v.VpcId || *nat.NatGatewayAddresses[0].PublicIp != *address.PublicIp {
		t.Errorf("NAT gateway %+v", nat)
	}
	_, err = c.DeleteSubnet(ctx, &ec2.DeleteSubnetInput{SubnetId: subnet.SubnetId})
	h.refused("DependencyViolation", err) // at once: a call does not wait for what is in use
	ok[ec2.DeleteNatGatewayOutput](h)(c.DeleteNatGateway(ctx, &ec2.DeleteNatGatewayInput{NatGatewayId: nat.NatGatewayId}))

	group := ok[ec2.CreateSecurityGroupOutput](h)(c.CreateSecurityGroup(ctx, &ec2.CreateSecurityGroupInput{VpcId: v.VpcId, GroupName: new("web"), Description: new("web")}))
	_, err = c.CreateSecurityGroup(ctx, &ec2.CreateSecurityGroupInput{VpcId: v.VpcId, GroupName: new("web"), Description: new("web")})
	h.refused("InvalidGroup.Duplicate", err)

	instance := h.instance(&ec2.RunInstancesInput{SubnetId: subnet.SubnetId, SecurityGroupIds: []string{*group.GroupId}})
	ok[ec2.AssociateAddressOutput](h)(c.AssociateAddress(ctx, &ec2.AssociateAddressInput{AllocationId: address.AllocationId, InstanceId: instance.InstanceId}))
	addresses := ok[ec2.DescribeAddressesOutput](h)(c.DescribeAddresses(ctx, &ec2.DescribeAddressesInput{})).Addresses
	if len(addresses) != 1 || addresses[0].InstanceId == nil || *addresses[0].InstanceId != *instance.InstanceId {
		t.Fatalf("addresses %+v", addresses)
	}
	_, err = c.ReleaseAddress(ctx, &ec2.ReleaseAddressInput{AllocationId: address.AllocationId})
	h.refused("InvalidIPAddress.InUse", err)
	ok[ec2.DisassociateAddressOutput](h)(c.DisassociateAddress(ctx, &ec2.DisassociateAddressInput{AssociationId: addresses[0].AssociationId}))
	ok[ec2.ReleaseAddressOutput](h)(c.ReleaseAddress(ctx, &ec2.ReleaseAddressInput{AllocationId: address.AllocationId}))
	_, err = c.ReleaseAddress(ctx, &ec2.ReleaseAddressInput{AllocationId: address.AllocationId})
	h.refused("InvalidAllocationID.NotFound", err)
	bare := ok[ec2.CreateSecurityGroupOutput](h)(c.CreateSecurityGroup(ctx, &ec2.CreateSecurityGroupInput{VpcId: v.VpcId, GroupName: new("bare"), Description: new("bare")}))
	ok[ec2.ModifyInstanceAttributeOutput](h)(c.ModifyInstanceAttribute(ctx, &ec2.ModifyInstanceAttributeInput{InstanceId: instance.InstanceId, Groups: []string{*bare.GroupId}}))
	ok[ec2.DeleteSecurityGroupOutput](h)(c.DeleteSecurityGroup(ctx, &ec2.DeleteSecurityGroupInput{GroupId: group.GroupId}))
	ended := ok[ec2.TerminateInstancesOutput](h)(c.TerminateInstances(ctx, &ec2.TerminateInstancesInput{InstanceIds: []string{*instance.InstanceId}})).TerminatingInstances
	if len(ended) != 1 || ended[0].CurrentState.Name != types.InstanceStateNameShuttingDown {
		t.Errorf("terminated: %+v", ended)
	}

	ok[ec2.DisassociateRouteTableOutput](h)(c.DisassociateRouteTable(ctx, &ec2.DisassociateRouteTableInput{AssociationId: replaced.NewAssociationId}))
	for _, id := range []*string{table.RouteTableId, other.RouteTableId} {
		ok[ec2.DeleteRouteTableOutput](h)(c.DeleteRouteTable(ctx, &ec2.DeleteRouteTableInput{RouteTableId: id}))
	}
	ok[ec2.DeleteSubnetOutput](h)(c.DeleteSubnet(ctx, &ec2.DeleteSubnetInput{SubnetId: subnet.SubnetId}))
	ok[ec2.DetachInternetGatewayOutput](h)(c.DetachInternetGateway(ctx, &ec2.DetachInternetGatewayInput{VpcId: v.VpcId, InternetGatewayId: gateway.InternetGatewayId}))
	ok[ec2.DeleteInternetGatewayOutput](h)(c.DeleteInternetGateway(ctx, &ec2.DeleteInternetGatewayInput{InternetGatewayId: gateway.InternetGatewayId}))
	ok[ec2.DeleteSecurityGroupOutput](h)(c.DeleteSecurityGroup(ctx, &ec2.DeleteSecurityGroupInput{GroupId: bare.GroupId}))
	ok[ec2.DeleteVpcOutput](h)(c.DeleteVpc(ctx, &ec2.DeleteVpcInput{VpcId: v.VpcId}))
	_, err = c.DeleteVpc(ctx, &ec2.DeleteVpcInput{VpcId: v.VpcId})
	h.refused("InvalidVpcID.NotFound", err)
}

// instance starts one of Amazon Linux.
func (h hand) instance(in *ec2.RunInstancesInput) types.Instance {
	h.t.Helper()
	in.MinCount, in.MaxCount, in.InstanceType = new(int32(1)), new(int32(1)), types.InstanceTypeT4gMicro
	in.ImageId = new("resolve:ssm:/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-arm64")
	return ok[ec2.RunInstancesOutput](h)(h.c.RunInstances(h.ctx, in)).Instances[0]
}

// Endpoints, peerings, network ACLs and DHCP options by hand, and what calls mean
// otherwise than templates.
func TestEndpointsByHand(t *testing.T) {
	t.Parallel()
	w := start(t, server.Options{})
	h := hand{t, t.Context(), ec2.NewFromConfig(w.Config())}
	c, ctx := h.c, h.ctx
	v := ok[ec2.CreateVpcOutput](h)(c.CreateVpc(ctx, &ec2.CreateVpcInput{CidrBlock: new("10.9.0.0/16")})).Vpc
	ok[ec2.ModifyVpcAttributeOutput](h)(c.ModifyVpcAttribute(ctx, &ec2.ModifyVpcAttributeInput{VpcId: v.VpcId, EnableDnsHostnames: &types.AttributeBooleanValue{Value: new(true)}}))
	subnet := ok[ec2.CreateSubnetOutput](h)(c.CreateSubnet(ctx, &ec2.CreateSubnetInput{VpcId: v.VpcId, CidrBlock: new("10.9.1.0/24")})).Subnet
	in := &ec2.CreateVpcEndpointInput{
		VpcId: v.VpcId, ServiceName: new("com.amazonaws.ap-northeast-2.sts"), VpcEndpointType: types.VpcEndpointTypeInterface, SubnetIds: []string{*subnet.SubnetId},
		PolicyDocument: new(`{"Statement": [{"Effect": "Allow", "Principal": "*", "Action": "sts:GetCallerIdentity", "Resource": "*"}]}`),
	}
	endpoint := ok[ec2.CreateVpcEndpointOutput](h)(c.CreateVpcEndpoint(ctx, in)).VpcEndpoint
	if !*endpoint.PrivateDnsEnabled || len(endpoint.NetworkInterfaceIds) != 1 || len(endpoint.Groups) != 1 {
		t.Errorf("endpoint %+v: want private DNS, as a call without a word has it", endpoint)
	}
	_, err := c.CreateVpcEndpoint(ctx, in)
	if name, message := code(err); name == "" {
		t.Errorf("a second endpoint with the same private name was made")
	} else {
		t.Logf("%s: %s", name, message)
	}
	in.PolicyDocument = new("{")
	_, err = c.CreateVpcEndpoint(ctx, in)
	h.refused("InvalidPolicyDocument", err)
	_, err = c.CreateVpcEndpoint(ctx, &ec2.CreateVpcEndpointInput{VpcId: v.VpcId, ServiceName: new("com.amazonaws.ap-northeast-2.nothing")})
	h.refused("InvalidServiceName", err)

	w2 := ok[ec2.CreateVpcOutput](h)(c.CreateVpc(ctx, &ec2.CreateVpcInput{CidrBlock: new("10.10.0.0/16")})).Vpc
	peering := ok[ec2.CreateVpcPeeringConnectionOutput](h)(c.CreateVpcPeeringConnection(ctx, &ec2.CreateVpcPeeringConnectionInput{VpcId: v.VpcId, PeerVpcId: w2.VpcId})).VpcPeeringConnection
	accepted := ok[ec2.AcceptVpcPeeringConnectionOutput](h)(c.AcceptVpcPeeringConnection(ctx, &ec2.AcceptVpcPeeringConnectionInput{VpcPeeringConnectionId: peering.VpcPeeringConnectionId})).VpcPeeringConnection
	if *accepted.AccepterVpcInfo.CidrBlock != "10.10.0.0/16" || accepted.Status.Code != types.VpcPeeringConnectionStateReasonCodeActive {
		t.Errorf("peering %+v", accepted)
	}
	ok[ec2.DeleteVpcPeeringConnectionOutput](h)(c.DeleteVpcPeeringConnection(ctx, &ec2.DeleteVpcPeeringConnectionInput{VpcPeeringConnectionId: peering.VpcPeeringConnectionId}))

	acl := ok[ec2.CreateNetworkAclOutput](h)(c.CreateNetworkAcl(ctx, &ec2.CreateNetworkAclInput{VpcId: v.VpcId})).NetworkAcl
	entry := ec2.CreateNetworkAclEntryInput{NetworkAclId: acl.NetworkAclId, RuleNumber: new(int32(100)), Protocol: new("6"), RuleAction: types.RuleActionAllow, Egress: new(true), CidrBlock: new("0.0.0.0/0"), PortRange: &types.PortRange{From: new(int32(443)), To: new(int32(443))}}
	ok[ec2.CreateNetworkAclEntryOutput](h)(c.CreateNetworkAclEntry(ctx, &entry))
	_, err = c.CreateNetworkAclEntry(ctx, &entry)
	h.refused("NetworkAclEntryAlreadyExists", err)
	filter := []types.Filter{{Name: new("association.subnet-id"), Values: []string{*subnet.SubnetId}}}
	acls := ok[ec2.DescribeNetworkAclsOutput](h)(c.DescribeNetworkAcls(ctx, &ec2.DescribeNetworkAclsInput{Filters: filter})).NetworkAcls
	ok[ec2.ReplaceNetworkAclAssociationOutput](h)(c.ReplaceNetworkAclAssociation(ctx, &ec2.ReplaceNetworkAclAssociationInput{AssociationId: acls[0].Associations[0].NetworkAclAssociationId, NetworkAclId: acl.NetworkAclId}))
	acls = ok[ec2.DescribeNetworkAclsOutput](h)(c.DescribeNetworkAcls(ctx, &ec2.DescribeNetworkAclsInput{Filters: filter})).NetworkAcls
	if len(acls) != 1 || *acls[0].NetworkAclId != *acl.NetworkAclId {
		t.Errorf("network ACLs of the subnet: %+v", acls)
	}
	ok[ec2.DeleteNetworkAclEntryOutput](h)(c.DeleteNetworkAclEntry(ctx, &ec2.DeleteNetworkAclEntryInput{NetworkAclId: acl.NetworkAclId, RuleNumber: new(int32(100)), Egress: new(true)}))

	dhcp := ok[ec2.CreateDhcpOptionsOutput](h)(c.CreateDhcpOptions(ctx, &ec2.CreateDhcpOptionsInput{DhcpConfigurations: []types.NewDhcpConfiguration{
		{Key: new("domain-name-servers"), Values: []string{"10.9.1.5", "10.9.1.6"}}, {Key: new("domain-name"), Values: []string{"x.example"}},
	}})).DhcpOptions
	if len(dhcp.DhcpConfigurations) != 2 {
		t.Errorf("DHCP options %+v", dhcp)
	}
	ok[ec2.AssociateDhcpOptionsOutput](h)(c.AssociateDhcpOptions(ctx, &ec2.AssociateDhcpOptionsInput{DhcpOptionsId: dhcp.DhcpOptionsId, VpcId: v.VpcId}))
	_, err = c.DeleteDhcpOptions(ctx, &ec2.DeleteDhcpOptionsInput{DhcpOptionsId: dhcp.DhcpOptionsId})
	h.refused("DependencyViolation", err)
	ok[ec2.AssociateDhcpOptionsOutput](h)(c.AssociateDhcpOptions(ctx, &ec2.AssociateDhcpOptionsInput{DhcpOptionsId: new("default"), VpcId: v.VpcId}))
	ok[ec2.DeleteDhcpOptionsOutput](h)(c.DeleteDhcpOptions(ctx, &ec2.DeleteDhcpOptionsInput{DhcpOptionsId: dhcp.DhcpOptionsId}))

	_, err = c.DescribeVpcEndpointServices(ctx, &ec2.DescribeVpcEndpointServicesInput{ServiceNames: []string{"com.amazonaws.ap-northeast-2.sts"}})
	if err != nil {
		t.Error(err)
	}
	if _, err := sts.NewFromConfig(w.Config()).GetCallerIdentity(ctx, &sts.GetCallerIdentityInput{}); err != nil {
		t.Error(err)
	}
}
