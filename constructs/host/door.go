package host

import (
	ec2 "github.com/aws/aws-cdk-go/awscdk/v2/awsec2"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"
)

// DoorProps describe a door.
type DoorProps struct {
	// Vpc is the VPC whose instances a person wants to reach. Required.
	Vpc ec2.IVpc
	// Subnet is where the door's interface lies; any subnet of the VPC will do.
	// Required.
	Subnet ec2.ISubnet
}

// Door is an EC2 Instance Connect Endpoint: whoever has the IAM permission
// ec2-instance-connect:OpenTunnel gets a shell on an instance without a public
// address, an open port towards the internet or a bastion, free of charge
// (docs.aws.amazon.com/AWSEC2/latest/UserGuide/connect-with-ec2-instance-connect-endpoint.html).
// A VPC can have one, an account five in a Region.
type Door interface {
	constructs.Construct
	// Admit lets the door reach SSH of the instances.
	Admit(instances ...ec2.Instance)
}

type door struct {
	constructs.Construct
	group ec2.SecurityGroup
}

// NewDoor makes a door that leads nowhere until instances are admitted.
// It panics if the VPC or the subnet is missing.
func NewDoor(scope constructs.Construct, id string, props *DoorProps) Door {
	if props == nil {
		props = &DoorProps{}
	}
	if err := check(&Props{Vpc: props.Vpc, Subnet: props.Subnet}); err != nil {
		panic(err)
	}
	d := &door{}
	constructs.NewConstruct_Override(d, scope, &id)
	d.group = ec2.NewSecurityGroup(d, jsii.String("Group"), &ec2.SecurityGroupProps{
		Vpc:              props.Vpc,
		Description:      jsii.String("The EC2 Instance Connect Endpoint: SSH to the instances that it may reach"),
		AllowAllOutbound: jsii.Bool(false),
	})
	// A rule within the group, since CloudFormation lets everything out of a
	// group that has none
	// (docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ec2-securitygroup.html).
	d.group.AddEgressRule(ec2.Peer_Ipv4(props.Vpc.VpcCidrBlock()), ec2.Port_SSH(), jsii.String("SSH inside the VPC"), nil)
	ec2.NewCfnInstanceConnectEndpoint(d, jsii.String("Endpoint"), &ec2.CfnInstanceConnectEndpointProps{
		SubnetId:         props.Subnet.SubnetId(),
		SecurityGroupIds: &[]*string{d.group.SecurityGroupId()},
		// The instances see the door's own address, so that their groups can
		// name the door's group.
		PreserveClientIp: jsii.Bool(false),
	})
	return d
}

func (d *door) Admit(instances ...ec2.Instance) {
	for _, instance := range instances {
		Admit(instance, d.group, ec2.Port_SSH(), "A shell through EC2 Instance Connect")
	}
}
