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
	// Zone. Not every service is offered in every zone: choose the zones by
	// SubnetSelection.AvailabilityZones, or see LookupSupportedAzs.
	// Default: the VPC's private subnets, one in each zone.
	Subnets *ec2.SubnetSelection
	// LookupSupportedAzs leaves out subnets in zones in which the service is not
	// offered, of the endpoint and of its vantage points. The CDK CLI asks AWS at
	// synthesis: the stack's account and Region, and the subnets' zones must be known
	// then. Default: false.
	LookupSupportedAzs bool
	// PrivateDnsEnabled makes the service's default name resolve to the endpoint in the
	// whole VPC. Only one endpoint to a service in a VPC can have it. An endpoint
	// service has such a name if its owner has proved that the domain is theirs.
	// Default: on for AWS services, but S3 and DynamoDB: there, too, a gateway
	// endpoint serves the default name. Off for services by name.
	PrivateDnsEnabled *bool
	// PrivateDnsOnlyForInboundResolverEndpoint, for S3 and DynamoDB with
	// PrivateDnsEnabled: with ONLY_INBOUND_RESOLVER the default name leads to the
	// endpoint only for those who ask an inbound resolver endpoint, from on premises;
	// in the VPC it leads to the gateway endpoint, which there must be: synthesis refuses
	// it where a VPC of the app has none, and has it wait for one. With ALL_RESOLVERS
	// it leads to the endpoint for everybody. Required there, since AWS's own default,
	// the former, is not what private DNS means elsewhere
	// (docs.aws.amazon.com/AmazonS3/latest/userguide/privatelink-interface-endpoints.html).
	PrivateDnsOnlyForInboundResolverEndpoint ec2.VpcEndpointPrivateDnsOnlyForInboundResolverEndpoint
	// DnsRecordIpType is which DNS records are made for the endpoint.
	// Default: AWS's, by the IP address type.
	DnsRecordIpType ec2.VpcEndpointDnsRecordIpType
	// DefaultName is the service's default DNS name in the Region.
	// Default: built in for common AWS services; with private DNS, the private name
	// that AWS lists for the endpoint when the proof runs; without it there is no
	// claim about the name.
	DefaultName string
	// ServiceRegion is the Region of the service, where it is another than the
	// endpoint's
	// (docs.aws.amazon.com/vpc/latest/privatelink/aws-services-cross-region-privatelink-support.html).
	// Default: the endpoint's own.
	ServiceRegion string
	// SecurityGroups are the endpoint's security groups. Default: a new group, which
	// is open or not as Open says.
	SecurityGroups []ec2.ISecurityGroup
	// Open lets the security groups admit the service's port from the VPC's address
	// range. Others are admitted by Connections; see AllowedSources of the
	// verification for those outside the VPC. Default: true without SecurityGroups,
	// false with them.
	Open *bool
	// Policy narrows the endpoint to what the statements allow, for everybody who
	// uses it. The call that is proved is added. At most 20,480 characters. See
	// [OnlyCall] and [OwnAccount]. It does not apply to endpoint services.
	// Default: none; AWS's own policy lets everything pass.
	Policy []iam.PolicyStatement
	// WithoutPolicy says that the AWS service supports no endpoint policy: there is no
	// claim about one. Default: false.
	WithoutPolicy bool
	// IpAddressType is the endpoint's IP address type.
	// Default: AWS's, which is IPv4.
	IpAddressType ec2.VpcEndpointIpAddressType
	// Notifications are messages about changes of the connection. Default: none.
	Notifications []Notification
	// Tags are tags of the endpoint, besides those of its scope. Default: none.
	Tags map[string]string
	// Verification says how the endpoint is verified. Default: in full.
	Verification *VerificationProps
}

// Interface is an interface endpoint with its proof. It is CDK's own construct, and
// can be used wherever CDK takes an [ec2.IInterfaceVpcEndpoint] or an
// [ec2.IConnectable]: its Connections add rules to its security groups.
type Interface interface {
	ec2.InterfaceVpcEndpoint
	// RegionalDnsName returns the endpoint's own name for all its zones, as a token,
	// and HostedZoneId the id of the hosted zone that the name is in: what an alias
	// record needs.
	RegionalDnsName() *string
	HostedZoneId() *string
	// Addresses returns the addresses of the endpoint's interfaces, one in each of its
	// subnets, as tokens in the order of the subnets' zones: what a target group
	// needs. CloudFormation does not know them. The first call adds a custom resource
	// that asks EC2, with CDK's own function for that.
	Addresses() []*string
	// Verification returns the verification, or nil if it is disabled.
	Verification() verification.Verification
}

type iface struct {
	ec2.InterfaceVpcEndpoint
	subnets      int
	addresses    []*string
	verification verification.Verification
}

// NewInterface makes an interface endpoint: an address for a service in each of
// the subnets. It panics with every property that is wrong.
func NewInterface(scope constructs.Construct, id string, props *InterfaceProps) Interface {
	must(errors.Join(known.CheckScope(scope, id), checkInterface(props)))
	stack := known.Stack(scope)
	holder := known.Within(constructs.NewConstruct(scope, &id), stack)
	service := traitsOf(stack, props.Service)
	must(checkForService(props, service))
	subnets := chosenSubnets("Subnets", props.Vpc, props.Subnets, false, selectedOrOnePerZone)
	if props.LookupSupportedAzs {
		subnets = offeredSubnets(stack, service.name, subnets)
	}
	proving := props.Verification.orDefault()
	must(checkInterfaceSubnets(stack, props.Vpc, subnets, proving))
	if props.privateDNS(service) {
		must(checkPrivateName(holder, props.Vpc, service.name))
	}
	i := newInterface(holder, interfaceSettings{
		vpc: props.Vpc, subnets: subnets, port: service.port, groups: props.SecurityGroups, open: props.Open, tags: props.Tags,
		props: ec2.InterfaceVpcEndpointProps{
			Service:                                  props.Service,
			PrivateDnsEnabled:                        jsii.Bool(props.privateDNS(service)),
			PrivateDnsOnlyForInboundResolverEndpoint: props.PrivateDnsOnlyForInboundResolverEndpoint,
			DnsRecordIpType:                          props.DnsRecordIpType,
			IpAddressType:                            props.IpAddressType,
			ServiceRegion:                            optional(props.ServiceRegion),
		},
	})
	if service.aws && !props.WithoutPolicy {
		setPolicy(i, props.Policy, proving.Call)
	}
	if props.onlyInbound() {
		beginInboundOnly(holder, props.Vpc, service.short, i)
	}
	notifyAboutEndpoint(holder, i, props.Notifications)
	if !proving.Disabled {
		i.verify(holder, props, service, subnets)
	}
	if props.privateDNS(service) {
		takePrivateName(holder, props.Vpc, service.name)
	}
	return i
}

func (i *iface) Verification() verification.Verification { return i.verification }

func (i *iface) verify(holder constructs.Construct, props *InterfaceProps, service serviceTraits, subnets []ec2.ISubnet) {
	proving := props.Verification.orDefault()
	points := proving.vantagePoints(props.Vpc, subnets)
	subject := InterfaceSubject{
		Endpoint:          known.EndpointID(i),
		DefaultName:       props.defaultName(known.Stack(holder), service),
		PrivateDnsEnabled: props.privateDNS(service) && !props.onlyInbound(),
		Port:              int(service.port),
		From:              zonedPoints(known.Stack(holder), points, subnets),
		Call:              proving.Call,
		AllowedSources:    proving.AllowedSources,
	}
	subject.Others = sameService(holder, props.Vpc, service.short, subject.Endpoint, proving.otherEndpoints())
	addSibling(holder, props.Vpc, i, service.short)
	subject.Isolation = proving.isolation(holder, props.Vpc, subject.Endpoint, points)
	if service.aws && !props.WithoutPolicy {
		subject.Policy = policyText(i)
	}
	i.verification = newVerification(holder, proving,
		"interface endpoint "+subject.Endpoint+" to "+service.token+" in "+known.VpcID(props.Vpc),
		points, proving.Call.grant(subject.Endpoint), subject.Claims())
}

// privateDNS returns the property, or its default.
func (p *InterfaceProps) privateDNS(service serviceTraits) bool {
	if p.PrivateDnsEnabled != nil {
		return *p.PrivateDnsEnabled
	}
	return service.privateDNS
}

// onlyInbound reports whether private DNS does not act in the VPC itself.
func (p *InterfaceProps) onlyInbound() bool {
	return p.PrivateDnsOnlyForInboundResolverEndpoint == ec2.VpcEndpointPrivateDnsOnlyForInboundResolverEndpoint_ONLY_INBOUND_RESOLVER
}

// defaultName returns the property, or what is built in; empty if unknown.
func (p *InterfaceProps) defaultName(stack awscdk.Stack, service serviceTraits) string {
	switch {
	case p.DefaultName != "" || service.host == "":
		return p.DefaultName
	case p.ServiceRegion != "":
		return service.host + "." + p.ServiceRegion + "." + known.Suffix(stack)
	}
	return regionalNameIn(stack, service.host)
}
