package api

import "provenendpoints/internal/awsapi"

// EC2's operations (docs.aws.amazon.com/AWSEC2/latest/APIReference).
var (
	DescribeDhcpOptions = awsapi.List[DescribeDhcpOptionsInput, DhcpOptions]{Service: "ec2", Operation: "DescribeDhcpOptions"}
	DescribeNetworkAcls = awsapi.List[DescribeNetworkAclsInput, NetworkAcl]{Service: "ec2", Operation: "DescribeNetworkAcls"}
	// DescribeNetworkInterfaces is asked by ids or by filters.
	DescribeNetworkInterfaces      = awsapi.List[DescribeNetworkInterfacesInput, NetworkInterface]{Service: "ec2", Operation: "DescribeNetworkInterfaces"}
	DescribePrefixLists            = awsapi.List[DescribePrefixListsInput, PrefixList]{Service: "ec2", Operation: "DescribePrefixLists"}
	DescribeRouteTables            = awsapi.List[DescribeRouteTablesInput, RouteTable]{Service: "ec2", Operation: "DescribeRouteTables"}
	DescribeSecurityGroups         = awsapi.List[DescribeSecurityGroupsInput, SecurityGroup]{Service: "ec2", Operation: "DescribeSecurityGroups"}
	DescribeSubnets                = awsapi.List[DescribeSubnetsInput, Subnet]{Service: "ec2", Operation: "DescribeSubnets"}
	DescribeVpcEndpointConnections = awsapi.List[DescribeVpcEndpointConnectionsInput, VpcEndpointConnection]{Service: "ec2", Operation: "DescribeVpcEndpointConnections"}
	// DescribeVpcEndpoints is asked by ids or by filters.
	DescribeVpcEndpoints                     = awsapi.List[DescribeVpcEndpointsInput, VpcEndpoint]{Service: "ec2", Operation: "DescribeVpcEndpoints"}
	DescribeVpcEndpointServiceConfigurations = awsapi.List[DescribeVpcEndpointServiceConfigurationsInput, ServiceConfiguration]{Service: "ec2", Operation: "DescribeVpcEndpointServiceConfigurations"}
	DescribeVpcEndpointServicePermissions    = awsapi.List[DescribeVpcEndpointServicePermissionsInput, AllowedPrincipal]{Service: "ec2", Operation: "DescribeVpcEndpointServicePermissions"}
	DescribeVpcs                             = awsapi.List[DescribeVpcsInput, Vpc]{Service: "ec2", Operation: "DescribeVpcs"}
)

// Inputs are named after their operations.
type (
	DescribeDhcpOptionsInput       struct{ DhcpOptionsIds []string }
	DescribeNetworkAclsInput       struct{ Filters []Filter }
	DescribeNetworkInterfacesInput struct {
		NetworkInterfaceIds []string
		Filters             []Filter
	}
	DescribePrefixListsInput            struct{ Filters []Filter }
	DescribeRouteTablesInput            struct{ Filters []Filter }
	DescribeSecurityGroupsInput         struct{ GroupIds []string }
	DescribeSubnetsInput                struct{ SubnetIds []string }
	DescribeVpcEndpointConnectionsInput struct{ Filters []Filter }
	DescribeVpcEndpointsInput           struct {
		VpcEndpointIds []string
		Filters        []Filter
	}
	DescribeVpcEndpointServiceConfigurationsInput struct{}
	DescribeVpcEndpointServicePermissionsInput    struct{ ServiceId string }
	DescribeVpcsInput                             struct{ VpcIds []string }
)

// Filter chooses what has one of the values.
type Filter struct {
	Name   string
	Values []string
}

// Where is a filter.
func Where(name string, values ...string) Filter { return Filter{Name: name, Values: values} }

// DhcpOptions is an options set.
type DhcpOptions struct{ DhcpConfigurations []DhcpConfiguration }

// DhcpConfiguration is one option.
type DhcpConfiguration struct {
	Key    string
	Values []AttributeValue
}

// AttributeValue is a value of an option.
type AttributeValue struct{ Value string }

// NetworkAcl is a network ACL.
type NetworkAcl struct {
	NetworkAclId string
	Associations []NetworkAclAssociation
	Entries      []NetworkAclEntry
}

// NetworkAclAssociation is that of a network ACL with a subnet.
type NetworkAclAssociation struct{ SubnetId string }

// NetworkAclEntry is a rule of a network ACL.
type NetworkAclEntry struct {
	RuleNumber                                     int
	Egress                                         bool
	RuleAction, Protocol, CidrBlock, Ipv6CidrBlock string
	PortRange                                      *PortRange
	IcmpTypeCode                                   *IcmpTypeCode
}

// PortRange are ports.
type PortRange struct{ From, To int }

// IcmpTypeCode is a type and a code of ICMP.
type IcmpTypeCode struct{ Type, Code int }

// NetworkInterface is a network interface.
type NetworkInterface struct {
	NetworkInterfaceId, VpcId, SubnetId, AvailabilityZone, InterfaceType, Description, PrivateIpAddress string

	Attachment         NetworkInterfaceAttachment
	Association        NetworkInterfaceAssociation
	Groups             []GroupIdentifier
	PrivateIpAddresses []NetworkInterfacePrivateIpAddress
	Ipv6Addresses      []NetworkInterfaceIpv6Address
}

// NetworkInterfaceAttachment is that of an interface to an instance.
type NetworkInterfaceAttachment struct{ InstanceId string }

// NetworkInterfaceAssociation is that of a private address with public ones.
type NetworkInterfaceAssociation struct{ PublicIp, CarrierIp, CustomerOwnedIp, AllocationId string }

// NetworkInterfacePrivateIpAddress is an address of an interface.
type NetworkInterfacePrivateIpAddress struct {
	PrivateIpAddress string
	Association      NetworkInterfaceAssociation
}

// NetworkInterfaceIpv6Address is an IPv6 address of an interface.
type NetworkInterfaceIpv6Address struct{ Ipv6Address string }

// GroupIdentifier names a security group.
type GroupIdentifier struct{ GroupId string }

// PrefixList is a prefix list.
type PrefixList struct {
	PrefixListId string
	Cidrs        []string
}

// RouteTable is a route table.
type RouteTable struct {
	RouteTableId, VpcId string
	Routes              []Route
	PropagatingVgws     []PropagatingVgw
	Associations        []RouteTableAssociation
}

// Route is a route.
type Route struct {
	DestinationPrefixListId, DestinationCidrBlock, DestinationIpv6CidrBlock string

	GatewayId, NatGatewayId, NetworkInterfaceId, InstanceId, VpcPeeringConnectionId string
	TransitGatewayId, EgressOnlyInternetGatewayId, CarrierGatewayId, LocalGatewayId string
	CoreNetworkArn, OdbNetworkArn, IpAddress                                        string

	State string
}

// PropagatingVgw is a gateway that propagates routes.
type PropagatingVgw struct{ GatewayId string }

// RouteTableAssociation is that of a route table with a subnet, or the VPC's main one.
type RouteTableAssociation struct {
	SubnetId         string
	Main             bool
	AssociationState RouteTableAssociationState
}

// RouteTableAssociationState is the state of an association.
type RouteTableAssociationState struct{ State string }

// SecurityGroup is a security group.
type SecurityGroup struct {
	GroupId, VpcId                     string
	IpPermissions, IpPermissionsEgress []IpPermission
}

// IpPermission is a rule of a security group.
type IpPermission struct {
	IpProtocol       string
	FromPort, ToPort *int
	IpRanges         []IpRange
	Ipv6Ranges       []Ipv6Range
	PrefixListIds    []PrefixListId
	UserIdGroupPairs []UserIdGroupPair
}

// IpRange is a block of addresses.
type IpRange struct{ CidrIp string }

// Ipv6Range is a block of addresses.
type Ipv6Range struct{ CidrIpv6 string }

// PrefixListId names a prefix list.
type PrefixListId struct{ PrefixListId string }

// UserIdGroupPair names a security group.
type UserIdGroupPair struct{ GroupId string }

// Subnet is a subnet.
type Subnet struct {
	SubnetId, VpcId, AvailabilityZone, CidrBlock string
	Ipv6CidrBlockAssociationSet                  []SubnetIpv6CidrBlockAssociation
}

// SubnetIpv6CidrBlockAssociation is that of a subnet with a block.
type SubnetIpv6CidrBlockAssociation struct{ Ipv6CidrBlock string }

// VpcEndpointConnection is that of an endpoint with an endpoint service.
type VpcEndpointConnection struct{ VpcEndpointId, VpcEndpointOwner, VpcEndpointState string }

// VpcEndpoint is an endpoint.
type VpcEndpoint struct {
	VpcEndpointId, VpcId, ServiceName, State, VpcEndpointType, PolicyDocument string

	NetworkInterfaceIds []string
	DnsOptions          DnsOptions
	DnsEntries          []DnsEntry
	Groups              []SecurityGroupIdentifier
}

// DnsOptions are an endpoint's.
type DnsOptions struct{ DnsRecordIpType string }

// DnsEntry is a name of an endpoint.
type DnsEntry struct{ DnsName string }

// SecurityGroupIdentifier names a security group.
type SecurityGroupIdentifier struct{ GroupId string }

// ServiceConfiguration is an endpoint service, as its owner sees it.
type ServiceConfiguration struct {
	ServiceId, ServiceState                          string
	NetworkLoadBalancerArns, GatewayLoadBalancerArns []string
	AcceptanceRequired                               bool
}

// AllowedPrincipal is who may connect to an endpoint service.
type AllowedPrincipal struct{ Principal string }

// Vpc is a VPC.
type Vpc struct {
	VpcId, CidrBlock, DhcpOptionsId string
	CidrBlockAssociationSet         []VpcCidrBlockAssociation
	Ipv6CidrBlockAssociationSet     []VpcIpv6CidrBlockAssociation
}

// VpcCidrBlockAssociation is that of a VPC with a block.
type VpcCidrBlockAssociation struct {
	CidrBlock      string
	CidrBlockState VpcCidrBlockState
}

// VpcIpv6CidrBlockAssociation is that of a VPC with a block.
type VpcIpv6CidrBlockAssociation struct {
	Ipv6CidrBlock      string
	Ipv6CidrBlockState VpcCidrBlockState
}

// VpcCidrBlockState is the state of an association.
type VpcCidrBlockState struct{ State string }
