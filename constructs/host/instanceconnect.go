package host

import (
	"errors"

	ec2 "github.com/aws/aws-cdk-go/awscdk/v2/awsec2"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"provenendpoints/internal/known"
)

// InstanceConnectEndpointProps describe an EC2 Instance Connect Endpoint.
type InstanceConnectEndpointProps struct {
	// Vpc is the VPC whose instances a person wants to reach. Required.
	Vpc ec2.IVpc
	// Subnet is where the endpoint's interface lies; any subnet of the VPC will
	// do. Required.
	Subnet ec2.ISubnet
}

// InstanceConnectEndpoint gives a person a shell on instances that have no
// public address and no port open to the internet, without a bastion host and
// free of charge. The person needs the IAM permission
// ec2-instance-connect:OpenTunnel
// (docs.aws.amazon.com/AWSEC2/latest/UserGuide/connect-with-ec2-instance-connect-endpoint.html).
// A VPC can have one, an account five in a Region.
type InstanceConnectEndpoint interface {
	constructs.Construct
	// Admit lets the endpoint open SSH connections to the instances.
	Admit(instances ...ec2.Instance)
	// SecurityGroup returns the endpoint's security group, from which instances see
	// its connections.
	SecurityGroup() ec2.ISecurityGroup
}

type instanceConnectEndpoint struct {
	constructs.Construct
	group ec2.SecurityGroup
}

// NewInstanceConnectEndpoint makes an endpoint that reaches no instance until
// Admit is called. It panics if the VPC or the subnet is missing.
func NewInstanceConnectEndpoint(scope constructs.Construct, id string, props *InstanceConnectEndpointProps) InstanceConnectEndpoint {
	if props == nil {
		props = &InstanceConnectEndpointProps{}
	}
	if err := errors.Join(known.CheckScope(scope, id), check(&Props{Vpc: props.Vpc, Subnet: props.Subnet})); err != nil {
		panic(err)
	}
	e := &instanceConnectEndpoint{}
	constructs.NewConstruct_Override(e, scope, &id)
	e.group = ec2.NewSecurityGroup(e, jsii.String("SecurityGroup"), &ec2.SecurityGroupProps{
		Vpc:              props.Vpc,
		Description:      jsii.String("The EC2 Instance Connect Endpoint: SSH to the instances that it may reach"),
		AllowAllOutbound: jsii.Bool(false),
	})
	// The rule stands within the group: CloudFormation lets everything out of a
	// group that has none
	// (docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ec2-securitygroup.html).
	e.group.AddEgressRule(ec2.Peer_Ipv4(props.Vpc.VpcCidrBlock()), ec2.Port_SSH(), jsii.String("SSH inside the VPC"), nil)
	ec2.NewCfnInstanceConnectEndpoint(e, jsii.String("Endpoint"), &ec2.CfnInstanceConnectEndpointProps{
		SubnetId:         props.Subnet.SubnetId(),
		SecurityGroupIds: &[]*string{e.group.SecurityGroupId()},
		// The instances see the endpoint's own address. Their security groups can
		// therefore name the endpoint's group.
		PreserveClientIp: jsii.Bool(false),
	})
	return e
}

func (e *instanceConnectEndpoint) SecurityGroup() ec2.ISecurityGroup { return e.group }

func (e *instanceConnectEndpoint) Admit(instances ...ec2.Instance) {
	for _, instance := range instances {
		Admit(instance, e.group, ec2.Port_SSH(), "A shell through EC2 Instance Connect")
	}
}
