package endpoint

import (
	"time"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	ec2 "github.com/aws/aws-cdk-go/awscdk/v2/awsec2"
	elb "github.com/aws/aws-cdk-go/awscdk/v2/awselasticloadbalancingv2"
	iam "github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"provenendpoints/constructs/verification"
)

// ServiceProps describe an endpoint service, with or without an endpoint to it.
type ServiceProps struct {
	// Balancer is the Network Load Balancer behind the service. It must have a
	// listener already. It should have a security group, which cannot be added
	// later. Required.
	Balancer elb.INetworkLoadBalancer
	// AcceptanceRequired means that the service's owner accepts each connection
	// by hand. It excludes a Consumer that is verified. Default: false.
	AcceptanceRequired bool
	// AllowedPrincipals are the principals that may connect to the service.
	// Default: every principal of the stack's account, and nobody else.
	AllowedPrincipals []iam.ArnPrincipal
	// Consumer is an endpoint to the service. Default: none; consumers make their
	// own.
	Consumer *ConsumerProps
	// Verification says how the connection is verified. It needs a Consumer.
	// Default: in full, as far as Hosts and TargetGroup are known.
	Verification *ServiceVerificationProps
}

// ConsumerProps describe the endpoint to an endpoint service.
type ConsumerProps struct {
	// Vpc is the VPC that the endpoint belongs to. Required.
	Vpc ec2.IVpc
	// Subnets are the subnets in which it has an address: at most one subnet in an Availability
	// Zone, and only in zones where the load balancer has one.
	// Default: the VPC's private subnets, one in each zone.
	Subnets *ec2.SubnetSelection
	// Port is the load balancer's TCP port. Default: 80.
	Port int
	// SecurityGroups are the endpoint's security groups. Default: a new group that admits
	// Port from the VPC's address range.
	SecurityGroups []ec2.ISecurityGroup
	// IpAddressType is the endpoint's IP address type.
	// Default: AWS's, which is IPv4.
	IpAddressType ec2.VpcEndpointIpAddressType
}

// ServiceVerificationProps say how an endpoint service is verified.
type ServiceVerificationProps struct {
	// VerificationProps are as for the other patterns; the vantage points by
	// default are in the consumer's subnets. TimeLimit is 12 minutes by default: it
	// takes minutes until targets are registered. Call must not be set.
	VerificationProps
	// Inside are further vantage points, in the load balancer's VPC, from which
	// its own name is measured. Default: none.
	Inside []verification.VantagePoint
	// Hosts are the hosts behind the load balancer. Default: none; the claim is
	// then only that a connection opens.
	Hosts []Host
	// TargetGroup is the target group with exactly the Hosts as its targets.
	// Default: none, and no claim about it.
	TargetGroup elb.INetworkTargetGroup
	// Listeners are all listeners that the load balancer may have.
	// Default: one, TCP on the consumer's Port, to TargetGroup.
	Listeners []Listener
	// Sources are those that the load balancer's security groups may admit to its
	// listeners besides the VPCs of the consumer and of Inside: CIDR blocks, and
	// ids of security groups, prefix lists and VPCs. 0.0.0.0/0 declares that
	// nothing is filtered. Default: none.
	Sources []string
	// Endpoints are the ids of further endpoints that may be connected with the
	// service: those of other consumers. Default: none.
	Endpoints []string
	// Services are the ids of further endpoint services that may lead to the load
	// balancer. Default: none.
	Services []string
	// HostSources are those that the security groups of the Hosts may admit besides
	// the load balancer's, on whatever port: CIDR blocks, and ids of security
	// groups, prefix lists and VPCs. Default: none.
	HostSources []string
	// PublicHosts are those Hosts that may have a public address: the ids of
	// instances, network interfaces or allocations of Elastic IP addresses.
	// Default: none.
	PublicHosts []string
	// OtherTargetGroups are other target groups by which load balancers may lead to
	// the Hosts. Default: none.
	OtherTargetGroups []elb.ITargetGroup
	// Gateways are the ids of gateways and connections (peering connections,
	// transit gateways, …) by which routes may lead from the consumer's VPC into
	// the load balancer's, or back. Default: none.
	Gateways []string
}

// Service is an endpoint service, and an endpoint to it with its proof.
type Service interface {
	constructs.Construct
	// Service returns the endpoint service.
	Service() ec2.VpcEndpointService
	// Endpoint returns the consumer's endpoint, or nil if there is none.
	Endpoint() ec2.InterfaceVpcEndpoint
	// Verification returns the verification, or nil without a consumer or if it
	// is disabled.
	Verification() verification.Verification
}

type endpointService struct {
	constructs.Construct
	service      ec2.VpcEndpointService
	endpoint     ec2.InterfaceVpcEndpoint
	verification verification.Verification
}

// serviceTimeLimit is how long the claims about an endpoint service are tried where
// nothing is said. On a slow day it takes five minutes until a target is registered
// (github.com/kubernetes-sigs/aws-load-balancer-controller/issues/1786), and no check
// of its health begins before
// (docs.aws.amazon.com/elasticloadbalancing/latest/network/target-group-health-checks.html).
// The checks, the endpoint's own start and the rounds that must hold come after
// that. It is below [verification.MaxTimeLimit].
const serviceTimeLimit = 12 * time.Minute

// defaultServicePort is the TCP port of plain HTTP.
const defaultServicePort = 80

// NewService makes an endpoint service on a Network Load Balancer, and an
// endpoint to it if there is a Consumer. The endpoint is deleted before the
// service, as AWS requires. It panics with every property
// that is wrong.
func NewService(scope constructs.Construct, id string, props *ServiceProps) Service {
	if err := checkService(props); err != nil {
		panic(err)
	}
	s := &endpointService{}
	constructs.NewConstruct_Override(s, scope, &id)
	principals := props.AllowedPrincipals
	if len(principals) == 0 {
		// AWS does not document whether the owner's account needs a permission.
		// It gets one.
		principals = []iam.ArnPrincipal{iam.NewArnPrincipal(jsii.String(
			"arn:" + *awscdk.Aws_PARTITION() + ":iam::" + *awscdk.Aws_ACCOUNT_ID() + ":root"))}
	}
	s.service = ec2.NewVpcEndpointService(s, jsii.String("Service"), &ec2.VpcEndpointServiceProps{
		VpcEndpointServiceLoadBalancers: &[]ec2.IVpcEndpointServiceLoadBalancer{props.Balancer},
		AcceptanceRequired:              &props.AcceptanceRequired,
		AllowedPrincipals:               &principals,
	})
	// A reference is not enough: CloudFormation goes on when a load balancer is
	// configured, before it is active
	// (github.com/aws-cloudformation/cloudformation-coverage-roadmap/issues/1951).
	// The load balancer includes its listeners.
	s.service.Node().AddDependency(props.Balancer)
	if props.Consumer != nil {
		s.addConsumer(props, principals)
	}
	return s
}

func (s *endpointService) Service() ec2.VpcEndpointService         { return s.service }
func (s *endpointService) Endpoint() ec2.InterfaceVpcEndpoint      { return s.endpoint }
func (s *endpointService) Verification() verification.Verification { return s.verification }

func (s *endpointService) addConsumer(props *ServiceProps, principals []iam.ArnPrincipal) {
	consumer, proving := props.Consumer, props.Verification.orDefault()
	stack := awscdk.Stack_Of(s)
	subnets := selectedOrOnePerZone(consumer.Vpc, consumer.Subnets)
	if err := checkInterfaceSubnets(stack, consumer.Vpc, subnets, &proving.VerificationProps); err != nil {
		panic(err)
	}
	if err := checkReach(stack, subnets, props.Balancer); err != nil {
		panic(err)
	}
	port := jsii.Number(float64(consumer.port()))
	groups := consumer.SecurityGroups
	if len(groups) == 0 {
		groups = []ec2.ISecurityGroup{newGroup(s, consumer.Vpc, *port)}
	}
	s.endpoint = ec2.NewInterfaceVpcEndpoint(s, jsii.String("Endpoint"), &ec2.InterfaceVpcEndpointProps{
		Vpc:     consumer.Vpc,
		Service: ec2.NewInterfaceVpcEndpointService(s.service.VpcEndpointServiceName(), port),
		Subnets: &ec2.SubnetSelection{Subnets: &subnets},
		// An endpoint service has no private DNS name unless its owner has
		// verified a domain.
		PrivateDnsEnabled: jsii.Bool(false),
		Open:              jsii.Bool(false),
		SecurityGroups:    &groups,
		IpAddressType:     consumer.IpAddressType,
	})
	// The service includes its permissions, without which the endpoint cannot
	// connect. The dependency also deletes the endpoint first.
	s.endpoint.Node().AddDependency(s.service)
	if !proving.Disabled {
		s.verify(props, principals, subnets)
	}
}

func (s *endpointService) verify(props *ServiceProps, principals []iam.ArnPrincipal, subnets []ec2.ISubnet) {
	consumer, proving := props.Consumer, props.Verification.orDefault()
	points := proving.vantagePoints(consumer.Vpc, subnets)
	subject := ServiceSubject{
		Endpoint: *s.endpoint.VpcEndpointId(),
		Service:  *s.service.VpcEndpointServiceId(),
		Balancer: *props.Balancer.LoadBalancerDnsName(),
		Port:     consumer.port(),
		From:     insideNames(points),
		Inside:   insideNames(proving.Inside),
		Hosts:    proving.Hosts,

		BalancerARN: *props.Balancer.LoadBalancerArn(),
		Listeners:   proving.listeners(),
		Sources:     proving.sources(consumer),
		Endpoints:   proving.Endpoints,
		Services:    proving.Services,

		Subnets:      apartSubnets(awscdk.Stack_Of(s), consumer, subnets, props.Balancer),
		Gateways:     proving.Gateways,
		HostSources:  proving.HostSources,
		PublicHosts:  proving.PublicHosts,
		TargetGroups: proving.targetGroups(),

		Others: proving.otherEndpoints(),
	}
	addSibling(s, consumer.Vpc, s.endpoint, "")
	subject.Isolation = proving.isolation(s, consumer.Vpc, subject.Endpoint, points)
	for _, principal := range principals {
		subject.Principals = append(subject.Principals, *principal.Arn())
	}
	if proving.TimeLimit == 0 {
		proving.TimeLimit = serviceTimeLimit
	}
	if proving.TargetGroup != nil {
		subject.TargetGroup = *proving.TargetGroup.TargetGroupArn()
	}
	s.verification = newVerification(s, &proving.VerificationProps,
		"endpoint "+subject.Endpoint+" in "+*consumer.Vpc.VpcId()+" to the endpoint service "+subject.Service,
		append(points, proving.Inside...), nil, subject.Claims())
}

// orDefault returns a copy, so that a default is not written into the caller's
// props; empty ones for nil.
func (p *ServiceVerificationProps) orDefault() *ServiceVerificationProps {
	if p == nil {
		return &ServiceVerificationProps{}
	}
	own := *p
	return &own
}

func (p *ConsumerProps) port() int {
	if p.Port == 0 {
		return defaultServicePort
	}
	return p.Port
}
