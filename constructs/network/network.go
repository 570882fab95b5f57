// Package network makes a small VPC with exactly the subnets that are asked for.
// Endpoints and instances are not here.
//
//	VPC ── internet gateway (only with a public subnet)
//	 ├─ public subnet  ── route table ── 0.0.0.0/0 ▶ internet gateway
//	 └─ private subnet ── route table    (the local route, and nothing else)
//
// ec2.Vpc by itself divides an address range among Availability Zones. The
// scenarios need exact addresses and zones, so here ec2.Vpc makes the VPC alone,
// and the subnets are given one by one.
package network

import (
	"errors"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	ec2 "github.com/aws/aws-cdk-go/awscdk/v2/awsec2"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"provenendpoints/internal/known"
	"provenendpoints/internal/suppression"
)

// Props describe a network.
type Props struct {
	// Name is the VPC's Name tag. Default: the path of the construct.
	Name string
	// CIDR is the VPC's address range, such as 10.0.0.0/16. It may be public
	// address space. Required.
	CIDR string
	// Public is a subnet with a default route to an internet gateway.
	// Default: none, and no internet gateway.
	Public *Subnet
	// Private is a subnet whose route table has the local route only.
	// Default: none.
	Private *Subnet
}

// Subnet describes a subnet.
type Subnet struct {
	// CIDR is the subnet's address range. Required.
	CIDR string
	// Zone counts the Availability Zones of the Region from 0, in the order of
	// Fn::GetAZs, or those that are given in the context [ZonesContext]. Default: the
	// first.
	Zone int
}

// ZonesContext is the context key that names the Availability Zones to use, as in
// `cdk deploy -c zones=us-east-1b,us-east-1c`. Not every zone has everything: the zone
// use1-az3 has no instance types of Graviton, and which letter it has in us-east-1
// differs by account. Default: those of Fn::GetAZs.
const ZonesContext = "zones"

// Network is a VPC with its subnets. Both DNS attributes of the VPC are on, as
// VPC endpoints need them.
type Network interface {
	constructs.Construct
	// Vpc returns the VPC. Its own lists of subnets are empty: pass the subnets
	// below where a property takes a selection.
	Vpc() ec2.IVpc
	// Public returns the public subnet, or nil.
	Public() ec2.ISubnet
	// Private returns the private subnet, or nil.
	Private() ec2.ISubnet
	// InternetGatewayId returns the id of the internet gateway; nil without a public subnet.
	InternetGatewayId() *string
}

type network struct {
	constructs.Construct
	vpc             ec2.Vpc
	public, private ec2.ISubnet
	gateway         ec2.CfnInternetGateway // nil without a public subnet
}

// New makes a network. It panics if the address ranges do not fit together.
func New(scope constructs.Construct, id string, props *Props) Network {
	if err := errors.Join(known.CheckScope(scope, id), check(props)); err != nil {
		panic(err)
	}
	n := &network{}
	constructs.NewConstruct_Override(n, scope, &id)
	n.addVpc(props)
	if props.Public != nil {
		n.addPublic(props.Public)
	}
	if props.Private != nil {
		n.private = ec2.NewPrivateSubnet(n, jsii.String("Private"), &ec2.PrivateSubnetProps{
			VpcId:            n.vpc.VpcId(),
			CidrBlock:        &props.Private.CIDR,
			AvailabilityZone: n.zoneName(props.Private.Zone),
		})
	}
	return n
}

func (n *network) Vpc() ec2.IVpc        { return n.vpc }
func (n *network) Public() ec2.ISubnet  { return n.public }
func (n *network) Private() ec2.ISubnet { return n.private }

func (n *network) InternetGatewayId() *string {
	if n.gateway == nil {
		return nil
	}
	return n.gateway.Ref()
}

func (n *network) addVpc(props *Props) {
	vpcProps := &ec2.VpcProps{
		IpAddresses:         ec2.IpAddresses_Cidr(&props.CIDR),
		SubnetConfiguration: &[]*ec2.SubnetConfiguration{},
		NatGateways:         jsii.Number(0),
		EnableDnsSupport:    jsii.Bool(true),
		EnableDnsHostnames:  jsii.Bool(true),
		// CDK empties the default security group by a custom resource that runs on
		// Node. Nothing here uses that group.
		RestrictDefaultSecurityGroup: jsii.Bool(false),
	}
	if props.Name != "" {
		vpcProps.VpcName = &props.Name
	}
	n.vpc = ec2.NewVpc(n, jsii.String("Vpc"), vpcProps)
	suppression.Add(n.vpc, suppression.Rule{
		ID:     "AwsSolutions-VPC7",
		Reason: "the verification measures what flow logs would show; a user who keeps the network adds them with one line",
	})
}

func (n *network) addPublic(props *Subnet) {
	gateway := ec2.NewCfnInternetGateway(n, jsii.String("InternetGateway"), nil)
	attachment := ec2.NewCfnVPCGatewayAttachment(n, jsii.String("InternetGatewayAttachment"), &ec2.CfnVPCGatewayAttachmentProps{
		VpcId:             n.vpc.VpcId(),
		InternetGatewayId: gateway.Ref(),
	})
	subnet := ec2.NewPublicSubnet(n, jsii.String("Public"), &ec2.PublicSubnetProps{
		VpcId:            n.vpc.VpcId(),
		CidrBlock:        &props.CIDR,
		AvailabilityZone: n.zoneName(props.Zone),
		// Nothing here needs a public address: instances are reached through an
		// EC2 Instance Connect Endpoint.
		MapPublicIpOnLaunch: jsii.Bool(false),
	})
	subnet.AddDefaultInternetRoute(gateway.Ref(), attachment)
	n.public, n.gateway = subnet, gateway
}

// zoneName returns the n-th of the Availability Zones in the context, or else of those of
// the Region that the stack is deployed to. For a stack with a named environment,
// Stack.AvailabilityZones would look the zones up, with credentials.
func (n *network) zoneName(zone int) *string {
	given := n.Node().TryGetContext(jsii.String(ZonesContext))
	if given == nil {
		return awscdk.Fn_Select(jsii.Number(float64(zone)), awscdk.Fn_GetAzs(nil))
	}
	name, err := zoneOf(given, zone)
	if err != nil {
		panic(err)
	}
	return &name
}
