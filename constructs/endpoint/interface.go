package endpoint

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	ec2 "github.com/aws/aws-cdk-go/awscdk/v2/awsec2"
	iam "github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"provenendpoints/constructs/verification"
	"provenendpoints/internal/suppression"
)

// InterfaceProps describe an interface endpoint.
type InterfaceProps struct {
	// Vpc is the VPC that the endpoint belongs to. Private DNS needs both its
	// DNS attributes on. Required.
	Vpc ec2.IVpc
	// Service is the service behind it, such as
	// ec2.InterfaceVpcEndpointAwsService_CLOUDFORMATION(), or any other by
	// ec2.NewInterfaceVpcEndpointService. Required.
	Service ec2.IInterfaceVpcEndpointService
	// Subnets are the subnets in which it has an address, at most one subnet in an Availability
	// Zone. Not every service is offered in every zone.
	// Default: the VPC's private subnets, one in each zone.
	Subnets *ec2.SubnetSelection
	// PrivateDNS makes the service's default name resolve to the endpoint in the
	// whole VPC. Only one endpoint to a service in a VPC can have it.
	// Default: on for AWS services, off for endpoint services.
	PrivateDNS *bool
	// DefaultName is the service's default DNS name in the Region.
	// Default: built in for common AWS services; for others there is no claim
	// about the name.
	DefaultName string
	// SecurityGroups are the endpoint's security groups. Default: a new group that admits
	// the service's port from the VPC's address range.
	SecurityGroups []ec2.ISecurityGroup
	// Policy is the endpoint policy. At most 20,480 characters.
	// Default: the call that is proved; without one, every call by principals of
	// the stack's account. None for endpoint services, which take no policy.
	Policy []iam.PolicyStatement
	// WithoutPolicy leaves the policy out, for AWS services that support none.
	// Default: false.
	WithoutPolicy bool
	// IpAddressType is the endpoint's IP address type.
	// Default: AWS's, which is IPv4.
	IpAddressType ec2.VpcEndpointIpAddressType
	// Verification says how the endpoint is verified. Default: in full.
	Verification *VerificationProps
}

// Interface is an interface endpoint with its proof.
type Interface interface {
	constructs.Construct
	// Endpoint returns the endpoint. Its Connections add rules to its security
	// groups.
	Endpoint() ec2.InterfaceVpcEndpoint
	// Verification returns the verification, or nil if it is disabled.
	Verification() verification.Verification
}

type iface struct {
	constructs.Construct
	endpoint     ec2.InterfaceVpcEndpoint
	verification verification.Verification
}

// NewInterface makes an interface endpoint: an address for a service in each of
// the subnets. It panics with every property that is wrong.
func NewInterface(scope constructs.Construct, id string, props *InterfaceProps) Interface {
	if err := checkInterface(props); err != nil {
		panic(err)
	}
	i := &iface{}
	constructs.NewConstruct_Override(i, scope, &id)
	stack := awscdk.Stack_Of(i)
	service := traitsOf(stack, props.Service)
	if err := checkForService(props, service); err != nil {
		panic(err)
	}
	subnets := selectedOrOnePerZone(props.Vpc, props.Subnets)
	proving := props.Verification.orDefault()
	if err := checkInterfaceSubnets(stack, props.Vpc, subnets, proving); err != nil {
		panic(err)
	}
	groups := props.SecurityGroups
	if len(groups) == 0 {
		groups = []ec2.ISecurityGroup{newGroup(i, props.Vpc, *props.Service.Port())}
	}
	i.endpoint = ec2.NewInterfaceVpcEndpoint(i, jsii.String("Endpoint"), &ec2.InterfaceVpcEndpointProps{
		Vpc:               props.Vpc,
		Service:           props.Service,
		Subnets:           &ec2.SubnetSelection{Subnets: &subnets},
		PrivateDnsEnabled: jsii.Bool(privateDNS(props, service)),
		Open:              jsii.Bool(false),
		SecurityGroups:    &groups,
		IpAddressType:     props.IpAddressType,
	})
	if service.aws && !props.WithoutPolicy {
		setPolicy(i.endpoint, props.Policy, proving.Call)
	}
	if !proving.Disabled {
		i.verify(props, service, subnets)
	}
	return i
}

func (i *iface) Endpoint() ec2.InterfaceVpcEndpoint      { return i.endpoint }
func (i *iface) Verification() verification.Verification { return i.verification }

func (i *iface) verify(props *InterfaceProps, service serviceTraits, subnets []ec2.ISubnet) {
	proving := props.Verification.orDefault()
	points := proving.vantagePoints(props.Vpc, subnets)
	subject := InterfaceSubject{
		Endpoint:    *i.endpoint.VpcEndpointId(),
		DefaultName: props.DefaultName,
		PrivateDNS:  privateDNS(props, service),
		Port:        int(*props.Service.Port()),
		From:        zonedPoints(awscdk.Stack_Of(i), points, subnets),
		Call:        proving.Call,
		Others:      proving.otherEndpoints(),
	}
	addSibling(i, props.Vpc, i.endpoint, service.host)
	subject.Isolation = proving.isolation(i, props.Vpc, subject.Endpoint, points)
	if service.aws && !props.WithoutPolicy {
		subject.Policy = policyText(i.endpoint)
	}
	if subject.DefaultName == "" && service.host != "" {
		subject.DefaultName = regionalName(service.host)
	}
	i.verification = newVerification(i, proving,
		"interface endpoint "+subject.Endpoint+" to "+*props.Service.Name()+" in "+*props.Vpc.VpcId(),
		points, proving.Call.grant(subject.Endpoint), subject.Claims())
}

// privateDNS returns the property, or its default.
func privateDNS(props *InterfaceProps, service serviceTraits) bool {
	if props.PrivateDNS != nil {
		return *props.PrivateDNS
	}
	return service.privateDNS
}

// newGroup makes a security group that admits one TCP port from the VPC's
// address range, and lets nothing out but answers.
func newGroup(scope constructs.Construct, vpc ec2.IVpc, port float64) ec2.ISecurityGroup {
	group := ec2.NewSecurityGroup(scope, jsii.String("EndpointSecurityGroup"), &ec2.SecurityGroupProps{
		Vpc:              vpc,
		Description:      jsii.String("A VPC endpoint: its port from inside the VPC, nothing else"),
		AllowAllOutbound: jsii.Bool(false),
	})
	group.AddIngressRule(ec2.Peer_Ipv4(vpc.VpcCidrBlock()), ec2.Port_Tcp(&port), jsii.String("From inside the VPC"), nil)
	suppression.Add(group, suppression.UnknownCIDR)
	return group
}
