package endpoint

import (
	"errors"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	ec2 "github.com/aws/aws-cdk-go/awscdk/v2/awsec2"
	iam "github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"provenendpoints/constructs/verification"
	"provenendpoints/internal/known"
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
	// Policy narrows the endpoint to what the statements allow, for everybody who
	// uses a route to it: applications, package repositories, image layers,
	// CloudFormation's signed URLs. Each statement's principal must be "*" (narrow
	// it with aws:PrincipalArn). The call that is proved is added. At most 20,480
	// characters. See [OnlyCall] and [OwnAccount].
	// Default: none; AWS's own policy lets everything pass.
	Policy []iam.PolicyStatement
	// IpAddressType is the endpoint's IP address type.
	// Default: AWS's, which is IPv4.
	IpAddressType ec2.VpcEndpointIpAddressType
	// DnsRecordIpType is which DNS records are made for the endpoint.
	// Default: AWS's, by the IP address type.
	DnsRecordIpType ec2.VpcEndpointDnsRecordIpType
	// Tags are tags of the endpoint, besides those of its scope. Default: none.
	Tags map[string]string
	// Verification says how the endpoint is verified. Default: in full.
	Verification *VerificationProps
}

// Gateway is a gateway endpoint with its proof. It is CDK's own construct, and can be
// used wherever CDK takes an [ec2.IGatewayVpcEndpoint].
type Gateway interface {
	ec2.GatewayVpcEndpoint
	// Verification returns the verification, or nil if it is disabled.
	Verification() verification.Verification
}

type gateway struct {
	ec2.GatewayVpcEndpoint
	verification verification.Verification
}

// NewGateway makes a gateway endpoint, and in each route table a route from the
// service's prefix list to it. It panics with every property that is wrong.
func NewGateway(scope constructs.Construct, id string, props *GatewayProps) Gateway {
	must(errors.Join(known.CheckScope(scope, id), checkGateway(props)))
	stack := known.Stack(scope)
	holder := known.Within(constructs.NewConstruct(scope, &id), stack)
	name := *props.Service.Name()
	service := shortName(known.Resolved(stack, name))
	must(checkGatewayService(props, service))
	subnets := chosenSubnets("Subnets", props.Vpc, props.Subnets, true, selectedOrAll)
	proving := props.Verification.orDefault()
	must(checkSubnets(stack, props.Vpc, subnets, proving))
	g := &gateway{}
	ec2.NewGatewayVpcEndpoint_Override(g, holder, jsii.String(endpointID), &ec2.GatewayVpcEndpointProps{
		Vpc:             props.Vpc,
		Service:         props.Service,
		Subnets:         &[]*ec2.SubnetSelection{{Subnets: &subnets}},
		IpAddressType:   props.IpAddressType,
		DnsRecordIpType: props.DnsRecordIpType,
	})
	known.Within(g, stack)
	addTags(g, props.Tags)
	setPolicy(g, props.Policy, proving.Call)
	beginGateway(holder, props.Vpc, service, known.Resource(g).(awscdk.CfnResource))
	if !proving.Disabled {
		g.verify(holder, props, name, subnets)
	}
	return g
}

func (g *gateway) Verification() verification.Verification { return g.verification }

func (g *gateway) verify(holder constructs.Construct, props *GatewayProps, name string, subnets []ec2.ISubnet) {
	proving := props.Verification.orDefault()
	points := proving.vantagePoints(props.Vpc, subnets)
	stack := known.Stack(holder)
	service := shortName(known.Resolved(stack, name))
	subject := GatewaySubject{
		Endpoint:   known.EndpointID(g),
		Host:       regionalNameIn(stack, service),
		PrefixList: name,
		Subnets:    subnetIDs(subnets),
		From:       insideNames(points),
		Policy:     policyText(g),
		Call:       proving.Call,
	}
	subject.Others = sameService(holder, props.Vpc, service, subject.Endpoint, proving.otherEndpoints())
	addSibling(holder, props.Vpc, g, service)
	subject.Isolation = proving.isolation(holder, props.Vpc, subject.Endpoint, points)
	g.verification = newVerification(holder, proving,
		"gateway endpoint "+subject.Endpoint+" to "+name+" in "+known.VpcID(props.Vpc),
		points, proving.Call.grant(subject.Endpoint), subject.Claims())
}
