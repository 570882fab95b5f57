// Package host makes the instances of a scenario: one to work from, one that
// pings and reports, and web servers behind a load balancer.
//
// All of them are Amazon Linux 2023 on Graviton without a public address, a key
// pair, permissions for their role, or an open port that was not asked for. A
// person gets a shell through an EC2 Instance Connect Endpoint
// ([NewInstanceConnectEndpoint]).
package host

import (
	"errors"
	"fmt"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	ec2 "github.com/aws/aws-cdk-go/awscdk/v2/awsec2"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"provenendpoints/internal/known"
	"provenendpoints/internal/suppression"
)

// rootDevice and rootGiB are the root volume of an Amazon Linux 2023 image:
// its device name, and its smallest size in GiB.
const (
	rootDevice = "/dev/xvda"
	rootGiB    = 8
)

// Props describe a host.
type Props struct {
	// Vpc is the VPC that the host belongs to. Required.
	Vpc ec2.IVpc
	// Subnet is where its interface lies. Required.
	Subnet ec2.ISubnet
	// Name is the instance's Name tag. Default: the path of the construct.
	Name string
	// InstanceType is the type of the instance. It must be of Graviton, as the image
	// is. Default: t4g.micro, which AWS's Free plan allows as well.
	InstanceType ec2.InstanceType
	// UserData is the script that the instance runs once, at its first start. A
	// change replaces the instance. Default: none.
	UserData string
	// NoOutbound lets nothing but answers out of the security group. Default: false.
	NoOutbound bool
}

// New makes an instance in a security group of its own that lets nothing in.
// Open it with [Admit]. It panics if the VPC or the subnet is missing.
func New(scope constructs.Construct, id string, props *Props) ec2.Instance {
	if err := errors.Join(known.CheckScope(scope, id), check(props)); err != nil {
		panic(err)
	}
	scope = constructs.NewConstruct(scope, &id)
	group := ec2.NewSecurityGroup(scope, jsii.String("SecurityGroup"), &ec2.SecurityGroupProps{
		Vpc:              props.Vpc,
		Description:      jsii.String("The instance " + nameTag(id, props)),
		AllowAllOutbound: jsii.Bool(!props.NoOutbound),
	})
	instanceProps := &ec2.InstanceProps{
		Vpc:                      props.Vpc,
		VpcSubnets:               &ec2.SubnetSelection{Subnets: &[]ec2.ISubnet{props.Subnet}},
		SecurityGroup:            group,
		InstanceName:             jsii.String(nameTag(id, props)),
		InstanceType:             instanceType(props),
		MachineImage:             ec2.MachineImage_ResolveSsmParameterAtLaunch(imageParameter(), nil),
		AssociatePublicIpAddress: jsii.Bool(false),
		HttpTokens:               ec2.HttpTokens_REQUIRED,
		BlockDevices: &[]*ec2.BlockDevice{{
			DeviceName: jsii.String(rootDevice),
			Volume: ec2.BlockDeviceVolume_Ebs(jsii.Number(rootGiB), &ec2.EbsDeviceOptions{
				Encrypted:  jsii.Bool(true),
				VolumeType: ec2.EbsDeviceVolumeType_GP3,
			}),
		}},
	}
	if props.UserData != "" {
		instanceProps.UserData = ec2.UserData_Custom(&props.UserData)
		// User data runs at the first start only, so a changed script needs a
		// new instance.
		instanceProps.UserDataCausesReplacement = jsii.Bool(true)
	}
	instance := ec2.NewInstance(scope, jsii.String("Instance"), instanceProps)
	launchFromNewest(scope, instance)
	suppression.Add(instance,
		suppression.Rule{ID: "AwsSolutions-EC28", Same: []string{"EC2_INSTANCE_DETAILED_MONITORING_ENABLED"}, Reason: "a host that shows a connection and keeps nothing needs no detailed monitoring, which costs extra"},
		suppression.Rule{ID: "AwsSolutions-EC29", Reason: "the host keeps nothing and must come down with its stack"},
		suppression.Rule{Same: []string{"EBS_OPTIMIZED_INSTANCE"}, Reason: "types of Graviton are optimized for EBS always"},
		suppression.Rule{Same: []string{"EC2_INSTANCES_IN_VPC"}, Reason: "its subnet is that of its network interface, where the rule does not look"},
	)
	return instance
}

// launchFromNewest has the instance launched from the newest Amazon Linux 2023 that
// there is then. EC2 reads the parameter in a launch template when it launches an
// instance, and CloudFormation never reads it
// (docs.aws.amazon.com/AWSEC2/latest/UserGuide/create-launch-template.html#use-an-ssm-parameter-instead-of-an-ami-id):
// a newer image does not replace the instance with the next deployment,
// whatever that is about. cfn-lint knows the form (aws-cloudformation/cfn-lint#3340); the
// rules that come with CDK do not yet.
func launchFromNewest(scope constructs.Construct, instance ec2.Instance) {
	template := ec2.NewCfnLaunchTemplate(scope, jsii.String("Image"), &ec2.CfnLaunchTemplateProps{
		LaunchTemplateData: &ec2.CfnLaunchTemplate_LaunchTemplateDataProperty{
			ImageId: jsii.String("resolve:ssm:" + *imageParameter()),
			// The instance says so too. Rules for launch templates look at them alone.
			MetadataOptions: &ec2.CfnLaunchTemplate_MetadataOptionsProperty{HttpTokens: jsii.String("required")},
		},
	})
	awscdk.Validations_Of(template).Acknowledge(&awscdk.Acknowledgment{
		Id: jsii.String("CloudFormation-Validate::E1152"), Reason: jsii.String("EC2 takes the name of an SSM parameter there, and reads it when it launches an instance"),
	})
	resource := instance.Node().DefaultChild().(ec2.CfnInstance)
	resource.AddPropertyDeletionOverride(jsii.String("ImageId"))
	resource.SetLaunchTemplate(&ec2.CfnInstance_LaunchTemplateSpecificationProperty{
		LaunchTemplateId: template.Ref(), Version: template.AttrLatestVersionNumber(),
	})
}

// imageParameter is AWS's public parameter for the image
// (docs.aws.amazon.com/linux/al2023/ug/ec2.html).
func imageParameter() *string {
	return ec2.AmazonLinux2023ImageSsmParameter_SsmParameterName(&ec2.AmazonLinux2023ImageSsmParameterProps{
		CpuType: ec2.AmazonLinuxCpuType_ARM_64,
	})
}

// Admit lets the members of a security group reach a port of the instance. It
// adds a rule to the instance's group alone; egress from the other group is the
// caller's business.
func Admit(instance ec2.Instance, from ec2.ISecurityGroup, port ec2.Port, description string) {
	for _, group := range *instance.Connections().SecurityGroups() {
		group.AddIngressRule(from, port, &description, nil)
	}
}

func instanceType(props *Props) ec2.InstanceType {
	if props.InstanceType != nil {
		return props.InstanceType
	}
	return ec2.InstanceType_Of(ec2.InstanceClass_T4G, ec2.InstanceSize_MICRO)
}

func nameTag(id string, props *Props) string {
	if props.Name != "" {
		return props.Name
	}
	return id
}

func check(props *Props) error {
	switch {
	case props == nil:
		return errors.New("props: required, got none")
	case props.Vpc == nil:
		return errors.New("Vpc: required, got none")
	case props.Subnet == nil:
		return errors.New("Subnet: required, got none")
	case props.InstanceType != nil && props.InstanceType.Architecture() != ec2.InstanceArchitecture_ARM_64:
		return fmt.Errorf("InstanceType: must be of Graviton, as the image is, got %s", *props.InstanceType.ToString())
	}
	return nil
}
