package endpoint

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	ec2 "github.com/aws/aws-cdk-go/awscdk/v2/awsec2"
	iam "github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"provenendpoints/constructs/verification"
)

// GatewayProps describe a gateway endpoint.
type GatewayProps struct {
	// Vpc is the VPC that the endpoint belongs to. Both its DNS attributes must
	// be on. Required.
	Vpc ec2.IVpc
	// Service is the AWS service behind it, such as
	// ec2.GatewayVpcEndpointAwsService_S3(). Required.
	Service ec2.IGatewayVpcEndpointService
	// Subnets are the subnets whose route tables get a route to it. All subnets
	// of a route table are affected. Default: all subnets of the VPC.
	Subnets *ec2.SubnetSelection
	// Policy is the endpoint policy; each statement's principal must be
	// "*" (narrow it with aws:PrincipalArn). At most 20,480 characters.
	// Default: the call that is proved; without one, every call by principals of
	// the stack's account.
	Policy []iam.PolicyStatement
	// IpAddressType is the endpoint's IP address type.
	// Default: AWS's, which is IPv4.
	IpAddressType ec2.VpcEndpointIpAddressType
	// Verification says how the endpoint is verified. Default: in full.
	Verification *VerificationProps
}

// Gateway is a gateway endpoint with its proof.
type Gateway interface {
	constructs.Construct
	// Endpoint returns the endpoint.
	Endpoint() ec2.GatewayVpcEndpoint
	// Verification returns the verification, or nil if it is disabled.
	Verification() verification.Verification
}

type gateway struct {
	constructs.Construct
	endpoint     ec2.GatewayVpcEndpoint
	verification verification.Verification
}

// NewGateway makes a gateway endpoint, and in each route table a route from the
// service's prefix list to it. It panics with every property that is wrong.
func NewGateway(scope constructs.Construct, id string, props *GatewayProps) Gateway {
	if err := checkGateway(props); err != nil {
		panic(err)
	}
	g := &gateway{}
	constructs.NewConstruct_Override(g, scope, &id)
	subnets := selectedOrAll(props.Vpc, props.Subnets)
	proving := props.Verification.orDefault()
	if err := checkSubnets(awscdk.Stack_Of(g), props.Vpc, subnets, proving); err != nil {
		panic(err)
	}
	g.endpoint = ec2.NewGatewayVpcEndpoint(g, jsii.String("Endpoint"), &ec2.GatewayVpcEndpointProps{
		Vpc:           props.Vpc,
		Service:       props.Service,
		Subnets:       &[]*ec2.SubnetSelection{{Subnets: &subnets}},
		IpAddressType: props.IpAddressType,
	})
	setPolicy(g.endpoint, props.Policy, proving.Call)
	if !proving.Disabled {
		g.verify(props, subnets)
	}
	return g
}

func (g *gateway) Endpoint() ec2.GatewayVpcEndpoint        { return g.endpoint }
func (g *gateway) Verification() verification.Verification { return g.verification }

func (g *gateway) verify(props *GatewayProps, subnets []ec2.ISubnet) {
	proving := props.Verification.orDefault()
	points := proving.vantagePoints(props.Vpc, subnets)
	service := shortName(awscdk.Stack_Of(g).Resolve(props.Service.Name()))
	subject := GatewaySubject{
		Endpoint:   *g.endpoint.VpcEndpointId(),
		Host:       regionalName(service),
		PrefixList: *props.Service.Name(),
		Subnets:    subnetIDs(subnets),
		From:       insideNames(points),
		Policy:     policyText(g.endpoint),
		Call:       proving.Call,
	}
	subject.Others = proving.otherEndpoints()
	addSibling(g, props.Vpc, g.endpoint, service)
	subject.Isolation = proving.isolation(g, props.Vpc, subject.Endpoint, points)
	g.verification = newVerification(g, proving,
		"gateway endpoint "+*g.endpoint.VpcEndpointId()+" to "+*props.Service.Name()+" in "+*props.Vpc.VpcId(),
		points, proving.Call.grant(subject.Endpoint), subject.Claims())
}
