package endpoint

import (
	"errors"
	"fmt"
	"strings"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	ec2 "github.com/aws/aws-cdk-go/awscdk/v2/awsec2"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"provenendpoints/constructs/verification"
	"provenendpoints/internal/known"
	"provenendpoints/proof"
)

// ResourceProps describe a resource endpoint, to a database or another host that
// somebody shares by VPC Lattice.
type ResourceProps struct {
	// ResourceConfigurationArn is the ARN of the resource configuration. Required.
	ResourceConfigurationArn string
	LatticeProps
}

// ServiceNetworkProps describe a service network endpoint, to all that a service
// network of VPC Lattice holds.
type ServiceNetworkProps struct {
	// ServiceNetworkArn is the ARN of the service network. Required.
	ServiceNetworkArn string
	LatticeProps
}

// LatticeProps are those of both types of endpoints of VPC Lattice
// (docs.aws.amazon.com/vpc/latest/privatelink/privatelink-access-resources.html).
type LatticeProps struct {
	// Vpc is the VPC that the endpoint belongs to. Required.
	Vpc ec2.IVpc
	// Subnets are the subnets in which it has an address, at most one subnet in an
	// Availability Zone. Default: the VPC's private subnets, one in each zone.
	Subnets *ec2.SubnetSelection
	// Port is the TCP port of what it leads to. Required, unless SecurityGroups are
	// given; then there is no claim about them without it.
	Port int
	// SecurityGroups and Open are as for an interface endpoint.
	SecurityGroups []ec2.ISecurityGroup
	Open           *bool
	// PrivateDnsEnabled makes private names of the resources resolve to the endpoint in
	// the whole VPC. Default: AWS's, which is false.
	PrivateDnsEnabled *bool
	// PrivateDnsPreference says for which domains, with PrivateDnsEnabled:
	// VERIFIED_DOMAINS_ONLY, ALL_DOMAINS, VERIFIED_DOMAINS_AND_SPECIFIED_DOMAINS or
	// SPECIFIED_DOMAINS_ONLY. PrivateDnsSpecifiedDomains are those that are specified.
	// Default: AWS's.
	PrivateDnsPreference       string
	PrivateDnsSpecifiedDomains []string
	// Names are DNS names that must lead to the endpoint, at Port. Default: none, and no
	// claim about names.
	Names []string
	// IpAddressType is the endpoint's IP address type, DnsRecordIpType which DNS
	// records are made for it. Default: AWS's.
	IpAddressType   ec2.VpcEndpointIpAddressType
	DnsRecordIpType ec2.VpcEndpointDnsRecordIpType
	// Tags are tags of the endpoint, besides those of its scope. Default: none.
	Tags map[string]string
	// Verification says how the endpoint is verified. It can have no Call.
	// Default: in full.
	Verification *VerificationProps
}

// Lattice is an endpoint of VPC Lattice with its proof.
type Lattice interface {
	constructs.Construct
	// Endpoint returns the endpoint. Its Connections add rules to its security groups.
	Endpoint() ec2.IInterfaceVpcEndpoint
	// Verification returns the verification, or nil if it is disabled.
	Verification() verification.Verification
}

type lattice struct {
	constructs.Construct
	endpoint     ec2.IInterfaceVpcEndpoint
	verification verification.Verification
}

// NewResource makes a resource endpoint. It panics with every property that is wrong.
func NewResource(scope constructs.Construct, id string, props *ResourceProps) Lattice {
	if props == nil {
		panic(required("props", true))
	}
	must(errors.Join(known.CheckScope(scope, id), required("ResourceConfigurationArn", props.ResourceConfigurationArn == ""),
		checkARN("ResourceConfigurationArn", props.ResourceConfigurationArn, ":resourceconfiguration/", "a resource configuration"), checkLattice(&props.LatticeProps)))
	return newLattice(scope, id, &props.LatticeProps, "resource endpoint", ec2.CfnVPCEndpointProps{
		VpcEndpointType: jsii.String("Resource"), ResourceConfigurationArn: &props.ResourceConfigurationArn,
	})
}

// NewServiceNetwork makes a service network endpoint. It panics with every property
// that is wrong.
func NewServiceNetwork(scope constructs.Construct, id string, props *ServiceNetworkProps) Lattice {
	if props == nil {
		panic(required("props", true))
	}
	must(errors.Join(known.CheckScope(scope, id), required("ServiceNetworkArn", props.ServiceNetworkArn == ""),
		checkARN("ServiceNetworkArn", props.ServiceNetworkArn, ":servicenetwork/", "a service network"), checkLattice(&props.LatticeProps)))
	return newLattice(scope, id, &props.LatticeProps, "service network endpoint", ec2.CfnVPCEndpointProps{
		VpcEndpointType: jsii.String("ServiceNetwork"), ServiceNetworkArn: &props.ServiceNetworkArn,
	})
}

func (l *lattice) Endpoint() ec2.IInterfaceVpcEndpoint     { return l.endpoint }
func (l *lattice) Verification() verification.Verification { return l.verification }

// privateDNSPreferences are those that AWS has
// (docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DnsOptionsSpecification.html).
var privateDNSPreferences = []string{"ALL_DOMAINS", "SPECIFIED_DOMAINS_ONLY", "VERIFIED_DOMAINS_AND_SPECIFIED_DOMAINS", "VERIFIED_DOMAINS_ONLY"}

func checkLattice(props *LatticeProps) error {
	errs := []error{
		required("Vpc", props.Vpc == nil),
		required("Port", props.Port == 0 && (len(props.SecurityGroups) == 0 || isTrue(props.Open) || len(props.Names) > 0)),
		checkPort("Port", props.Port),
		checkItems("SecurityGroups", props.SecurityGroups),
		checkIPTypes("", props.IpAddressType, props.DnsRecordIpType),
		checkOneOf("PrivateDnsPreference", props.PrivateDnsPreference, privateDNSPreferences...),
		checkTags("Tags", props.Tags),
		checkProving(props.Verification.orDefault(), true),
	}
	for i, name := range props.Names {
		errs = append(errs, required(fmt.Sprintf("Names[%d]", i), name == ""), checkHostName(fmt.Sprintf("Names[%d]", i), name))
	}
	if specified := strings.Contains(props.PrivateDnsPreference, "SPECIFIED_DOMAINS"); specified != (len(props.PrivateDnsSpecifiedDomains) > 0) && isTrue(props.PrivateDnsEnabled) {
		errs = append(errs, fmt.Errorf("PrivateDnsSpecifiedDomains: required where PrivateDnsPreference names specified domains, and used only there, got %q with the preference %q", props.PrivateDnsSpecifiedDomains, props.PrivateDnsPreference))
	}
	if props.Verification.orDefault().Call != nil {
		errs = append(errs, errors.New("Verification.Call: such an endpoint answers no AWS call, got one"))
	}
	if !isTrue(props.PrivateDnsEnabled) && (props.PrivateDnsPreference != "" || len(props.PrivateDnsSpecifiedDomains) > 0) {
		errs = append(errs, errors.New("PrivateDnsPreference, PrivateDnsSpecifiedDomains: used only where PrivateDnsEnabled is true"))
	}
	return errors.Join(errs...)
}

func newLattice(scope constructs.Construct, id string, props *LatticeProps, what string, settings ec2.CfnVPCEndpointProps) Lattice {
	l := &lattice{}
	constructs.NewConstruct_Override(l, scope, &id)
	stack, proving := awscdk.Stack_Of(l), props.Verification.orDefault()
	subnets := chosenSubnets("Subnets", props.Vpc, props.Subnets, false, selectedOrOnePerZone)
	must(checkInterfaceSubnets(stack, props.Vpc, subnets, proving))
	groups := groupsFor(l, props.Vpc, props.SecurityGroups, props.Open, float64(props.Port))
	settings.VpcId = props.Vpc.VpcId()
	settings.SubnetIds, settings.SecurityGroupIds = anyList(subnetIDs(subnets)), anyList(groupIDs(groups))
	settings.IpAddressType = optional(lower(props.IpAddressType))
	if props.PrivateDnsEnabled != nil {
		settings.PrivateDnsEnabled = *props.PrivateDnsEnabled
	}
	if props.DnsRecordIpType != "" || props.PrivateDnsPreference != "" || len(props.PrivateDnsSpecifiedDomains) > 0 {
		settings.DnsOptions = &ec2.CfnVPCEndpoint_DnsOptionsSpecificationProperty{
			DnsRecordIpType:            optional(lower(props.DnsRecordIpType)),
			PrivateDnsPreference:       optional(props.PrivateDnsPreference),
			PrivateDnsSpecifiedDomains: optionalList(props.PrivateDnsSpecifiedDomains),
		}
	}
	resource := ec2.NewCfnVPCEndpoint(l, jsii.String("Resource"), &settings)
	addTags(resource, props.Tags)
	l.endpoint = ec2.InterfaceVpcEndpoint_FromInterfaceVpcEndpointAttributes(l, jsii.String(endpointID), &ec2.InterfaceVpcEndpointAttributes{
		VpcEndpointId: resource.Ref(), Port: jsii.Number(float64(props.Port)), SecurityGroups: &groups,
	})
	addSibling(l, props.Vpc, l.endpoint, "")
	if !proving.Disabled {
		l.verify(props, what, subnets)
	}
	return l
}

func (l *lattice) verify(props *LatticeProps, what string, subnets []ec2.ISubnet) {
	proving := props.Verification.orDefault()
	subject := LatticeSubject{Endpoint: *l.endpoint.VpcEndpointId(), Port: props.Port, Names: props.Names, AllowedSources: proving.AllowedSources}
	points := proving.vantagePoints(props.Vpc, subnets)
	subject.Isolation = proving.isolation(l, props.Vpc, subject.Endpoint, points)
	subject.From = insideNames(points)
	if len(props.Names) == 0 && subject.Isolation == nil && len(proving.Claims) == 0 {
		points = nil // nothing is measured
	}
	l.verification = newVerification(l, proving, what+" "+subject.Endpoint+" in "+*props.Vpc.VpcId(), points, nil, subject.Claims())
}

// LatticeSubject describes an endpoint of VPC Lattice.
type LatticeSubject struct {
	// Endpoint is its id.
	Endpoint string
	// Port is the TCP port of what it leads to. Default: none, and no claim about its
	// security groups.
	Port int
	// Names are DNS names that must lead to it. Default: none.
	Names []string
	// From are the names of the vantage points.
	From []string
	// AllowedSources and Isolation are as for an interface endpoint. Default: none.
	AllowedSources []string
	Isolation      *Isolation
}

// Claims returns the claims of the pattern: the names resolve to the endpoint's own
// interfaces and connect there, its groups admit one port, and no route table
// mentions it. AWS says nothing of the names itself where it describes the endpoint.
func (s LatticeSubject) Claims() []proof.Claim {
	var claims []proof.Claim
	for _, from := range s.From {
		for n, name := range s.Names {
			claims = append(claims,
				proof.Claim{ID: numbered(from+"Resolves", n), Kind: proof.Resolves, From: from, Host: name, Endpoint: s.Endpoint, Answer: proof.AnswerInterfaces},
				proof.Claim{ID: numbered(from+"Connects", n), Kind: proof.Connects, From: from, Host: name, Port: proof.Number(s.Port)})
		}
	}
	claims = append(claims, proof.Claim{ID: "Unrouted", Kind: proof.Unrouted, Endpoint: s.Endpoint})
	if s.Port != 0 {
		claims = append(claims, guarded(s.Endpoint, s.Port, s.AllowedSources))
	}
	return append(claims, s.Isolation.claims()...)
}

// lower is an enumeration of CDK's as CloudFormation writes it: DUALSTACK is dualstack,
// SERVICE_DEFINED is service-defined.
func lower[T ~string](value T) string {
	return strings.ReplaceAll(strings.ToLower(string(value)), "_", "-")
}
