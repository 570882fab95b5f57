package endpoint

import (
	"errors"
	"slices"
	"time"

	ec2 "github.com/aws/aws-cdk-go/awscdk/v2/awsec2"
	elb "github.com/aws/aws-cdk-go/awscdk/v2/awselasticloadbalancingv2"
	iam "github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	route53 "github.com/aws/aws-cdk-go/awscdk/v2/awsroute53"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"provenendpoints/constructs/verification"
	"provenendpoints/internal/known"
	"provenendpoints/internal/suppression"
)

// ServiceProps describe an endpoint service, with or without an endpoint to it.
type ServiceProps struct {
	// Balancers are the Network Load Balancers behind the service. Each must have a
	// listener already. It should have a security group, which cannot be added
	// later. Required, unless there are GatewayLoadBalancerArns.
	Balancers []elb.INetworkLoadBalancer
	// GatewayLoadBalancerArns are the ARNs of Gateway Load Balancers behind the
	// service, instead of Balancers. Consumers make endpoints to it with
	// [NewGatewayLoadBalancer]. Default: none.
	GatewayLoadBalancerArns []string
	// AcceptanceRequired means that the service's owner accepts each connection
	// by hand. It excludes a Consumer that is verified. Default: false; whoever is
	// allowed to connect is accepted.
	AcceptanceRequired bool
	// AllowedPrincipals are the principals that may connect to the service, and
	// AllowedAccounts the ids of accounts, all of whose principals may.
	// Default: every principal of the stack's account, and nobody else.
	AllowedPrincipals []iam.ArnPrincipal
	AllowedAccounts   []string
	// AllowedRegions are the Regions from which consumers may connect. Default: the
	// service's own.
	AllowedRegions []string
	// SupportedIpAddressTypes are the IP address types of consumers' endpoints.
	// Default: AWS's, which is IPv4.
	SupportedIpAddressTypes []ec2.IpAddressType
	// PrivateDnsName is a name of the owner's domain that consumers with private DNS
	// reach the service by. AWS wants a proof that the domain is the owner's: a record
	// in PrivateDnsZone, or one that is made by hand
	// (docs.aws.amazon.com/vpc/latest/privatelink/manage-dns-names.html).
	// Default: none.
	PrivateDnsName string
	// PrivateDnsZone is the public hosted zone of PrivateDnsName's domain. With it the
	// domain is verified during the deployment, by CDK's own construct for that. It
	// needs PrivateDnsName. Default: none.
	PrivateDnsZone route53.IPublicHostedZone
	// ContributorInsightsEnabled sends metrics of consumers to CloudWatch, which costs.
	// Default: AWS's, which is off.
	ContributorInsightsEnabled *bool
	// PayerResponsibility is ServiceOwner where the owner pays for consumers'
	// endpoints. It cannot be taken back. Default: each consumer pays.
	PayerResponsibility string
	// Notifications are messages about changes of connections. Default: none.
	Notifications []Notification
	// Tags are tags of the service, besides those of its scope. Default: none.
	Tags map[string]string
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
	// PrivateDnsEnabled makes the service's PrivateDnsName resolve to the endpoint in the
	// whole VPC. Default: true where the service has a PrivateDnsZone.
	PrivateDnsEnabled *bool
	// SecurityGroups and Open are as for an interface endpoint.
	SecurityGroups []ec2.ISecurityGroup
	Open           *bool
	// IpAddressType is the endpoint's IP address type.
	// Default: AWS's, which is IPv4.
	IpAddressType ec2.VpcEndpointIpAddressType
	// DnsRecordIpType is which DNS records are made for the endpoint.
	// Default: AWS's, by the IP address type.
	DnsRecordIpType ec2.VpcEndpointDnsRecordIpType
	// Tags are tags of the endpoint, besides those of its scope. Default: none.
	Tags map[string]string
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
	// InsideIsolation claims of the load balancer's VPC, as Isolated does of the
	// consumer's, that it has no other way out and lets nobody else in. It needs Inside.
	// Default: none; what else is in that VPC is a declared client of the load balancer.
	InsideIsolation *IsolationProps
	// Hosts are the hosts behind the load balancer, where there is one. Default: none;
	// the claim is then only that a connection opens.
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
	// PublicHosts are those Hosts that may have a public address, and those whom the Hosts
	// admit by a security group of HostSources: the ids of instances, network interfaces
	// or allocations of Elastic IP addresses, and the ARNs of load balancers.
	// Default: none.
	PublicHosts []string
	// OtherTargetGroups are other target groups by which load balancers may lead to
	// the Hosts. Default: none.
	OtherTargetGroups []elb.ITargetGroup
	// Gateways are the ids of gateways and connections (peering connections,
	// transit gateways, …) by which routes may lead from the consumer's VPC into
	// the load balancer's, or back, and of instances that may be in both. Default: none.
	Gateways []string
}

// IsolationProps say of a VPC that it is isolated, and what is wanted there besides. The
// properties mean what those of [VerificationProps] mean.
type IsolationProps struct {
	// Subnets are the isolated subnets, all of one VPC. Default: those of the vantage
	// points in Inside.
	Subnets []ec2.ISubnet
	// OtherEndpoints, Ways, Public, Zones and OtherHost are what is wanted in that VPC.
	// Default: none.
	OtherEndpoints      []ec2.IVpcEndpoint
	Ways, Public, Zones []string
	OtherHost           string
}

// Service is an endpoint service, and an endpoint to it with its proof. It is CDK's own
// construct, and can be used wherever CDK takes an [ec2.IVpcEndpointService].
type Service interface {
	ec2.VpcEndpointService
	// Endpoint returns the consumer's endpoint, or nil if there is none. Its
	// Verification is the service's.
	Endpoint() Interface
	// Verification returns the verification, or nil without a consumer or if it
	// is disabled.
	Verification() verification.Verification
}

type endpointService struct {
	ec2.VpcEndpointService
	endpoint *iface
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

// serviceID is the id of an endpoint service below the construct that holds it, its
// consumer and its proof.
const serviceID = "Service"

// NewService makes an endpoint service on Network Load Balancers, and an
// endpoint to it if there is a Consumer. The endpoint is deleted before the
// service, as AWS requires. It panics with every property
// that is wrong.
func NewService(scope constructs.Construct, id string, props *ServiceProps) Service {
	must(errors.Join(known.CheckScope(scope, id), checkService(props)))
	holder := known.Within(constructs.NewConstruct(scope, &id), known.Stack(scope))
	principals := props.principals()
	s := &endpointService{}
	ec2.NewVpcEndpointService_Override(s, holder, jsii.String(serviceID), &ec2.VpcEndpointServiceProps{
		VpcEndpointServiceLoadBalancers: props.behind(),
		AcceptanceRequired:              &props.AcceptanceRequired,
		AllowedPrincipals:               &principals,
		AllowedRegions:                  optionalList(props.AllowedRegions),
		SupportedIpAddressTypes:         optionalTypes(props.SupportedIpAddressTypes),
		ContributorInsights:             props.ContributorInsightsEnabled,
	})
	s.complete(props)
	// A reference is not enough: CloudFormation goes on when a load balancer is
	// configured, before it is active
	// (github.com/aws-cloudformation/cloudformation-coverage-roadmap/issues/1951).
	// The load balancer includes its listeners.
	for _, balancer := range props.Balancers {
		s.Node().AddDependency(balancer)
	}
	notifyAboutService(holder, s, props.Notifications)
	domain := s.verifyDomain(holder, props)
	if props.Consumer != nil {
		s.addConsumer(holder, props, principals, domain)
	}
	return s
}

func (s *endpointService) Endpoint() Interface {
	if s.endpoint == nil {
		return nil
	}
	return s.endpoint
}

func (s *endpointService) Verification() verification.Verification {
	if s.endpoint == nil {
		return nil
	}
	return s.endpoint.verification
}

func (s *endpointService) addConsumer(holder constructs.Construct, props *ServiceProps, principals []iam.ArnPrincipal, domain constructs.IDependable) {
	consumer, proving := props.Consumer, props.Verification.orDefault()
	stack := known.Stack(holder)
	subnets := chosenSubnets("Consumer.Subnets", consumer.Vpc, consumer.Subnets, false, selectedOrOnePerZone)
	must(checkInterfaceSubnets(stack, consumer.Vpc, subnets, &proving.VerificationProps))
	must(errors.Join(checkReach(stack, subnets, props.Balancers), checkInsidePlaces(stack, proving)))
	port := jsii.Number(float64(consumer.port()))
	s.endpoint = newInterface(holder, interfaceSettings{
		vpc: consumer.Vpc, subnets: subnets, port: *port, groups: consumer.SecurityGroups, open: consumer.Open, tags: consumer.Tags,
		props: ec2.InterfaceVpcEndpointProps{
			Service:           ec2.NewInterfaceVpcEndpointService(s.VpcEndpointServiceName(), port),
			PrivateDnsEnabled: jsii.Bool(props.privateDNS()),
			IpAddressType:     consumer.IpAddressType,
			DnsRecordIpType:   consumer.DnsRecordIpType,
		},
	})
	// The service includes its permissions, without which the endpoint cannot
	// connect. The dependency also deletes the endpoint first.
	s.endpoint.Node().AddDependency(s)
	suppression.Add(s.endpoint, suppression.StableFirst)
	if domain != nil {
		s.endpoint.Node().AddDependency(domain)
	}
	if !proving.Disabled {
		s.verify(holder, props, principals, subnets)
	}
}

func (s *endpointService) verify(holder constructs.Construct, props *ServiceProps, principals []iam.ArnPrincipal, subnets []ec2.ISubnet) {
	consumer, proving := props.Consumer, props.Verification.orDefault()
	points := proving.vantagePoints(consumer.Vpc, subnets)
	subject := ServiceSubject{
		Endpoint: known.EndpointID(s.endpoint),
		Service:  *s.VpcEndpointServiceId(),
		Port:     consumer.port(),
		From:     insideNames(points),
		Inside:   insideNames(proving.Inside),
		Hosts:    proving.Hosts,

		Listeners: proving.listeners(),
		Sources:   proving.sources(consumer),
		Endpoints: proving.Endpoints,
		Services:  proving.Services,

		Gateways:     proving.Gateways,
		HostSources:  proving.HostSources,
		PublicHosts:  proving.PublicHosts,
		TargetGroups: proving.targetGroups(),

		Others:         proving.otherEndpoints(),
		AllowedSources: proving.AllowedSources,
		PrivateDNS:     props.privateDNS(),
	}
	for _, balancer := range props.Balancers {
		subject.Balancers = append(subject.Balancers, Balancer{
			Name: *balancer.LoadBalancerDnsName(), ARN: *balancer.LoadBalancerArn(),
			Apart: apartSubnets(known.Stack(holder), consumer, subnets, balancer),
		})
	}
	addSibling(holder, consumer.Vpc, s.endpoint, "")
	if subject.Isolation = proving.isolation(holder, consumer.Vpc, subject.Endpoint, points); subject.Isolation != nil {
		// Its load balancer may be in the consumer's VPC; who is connected is claimed anyway.
		subject.Isolation.Public = append(slices.Clone(subject.Isolation.Public), subject.Service)
	}
	subject.InsideIsolation = proving.insideIsolation(holder, subject.Service)
	for _, principal := range principals {
		subject.Principals = append(subject.Principals, *principal.Arn())
	}
	if proving.TimeLimit == 0 {
		proving.TimeLimit = serviceTimeLimit
	}
	if proving.TargetGroup != nil {
		subject.TargetGroup = *proving.TargetGroup.TargetGroupArn()
	}
	s.endpoint.verification = newVerification(holder, &proving.VerificationProps,
		"endpoint "+subject.Endpoint+" in "+known.VpcID(consumer.Vpc)+" to the endpoint service "+subject.Service,
		append(points, proving.Inside...), nil, subject.Claims())
}
