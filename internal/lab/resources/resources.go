package resources

import (
	"crypto/x509"
	"maps"
	"net/netip"
	"slices"
	"sync"

	"provenendpoints/internal/lab/cfn"
	"provenendpoints/internal/lab/clock"
	"provenendpoints/internal/lab/cloud"
	"provenendpoints/internal/lab/functions"
	"provenendpoints/internal/lab/vpc"
)

// Options are what the resources are made in. All are required but Partition.
type Options struct {
	Network   *vpc.Network
	Cloud     *cloud.Cloud
	Functions *functions.Service
	// Programs are the functions' programs.
	Programs functions.Programs
	Clock    *clock.Clock
	// Roots are what instances trust.
	Roots *x509.CertPool
	// Region, Account and Partition are part of ARNs. Default of Partition: aws.
	Region, Account, Partition string
}

// Resources are the resource types of one Region, and what was made by them.
type Resources struct {
	Options
	types   map[string]func() cfn.ResourceType
	logbook logbook

	services sync.Mutex // one change of an endpoint service at a time

	mu          sync.Mutex
	defined     map[string]cfn.ResourceType
	generations map[string]int
	addresses   map[string]*elasticAddress // by allocation id
	instances   map[string]*instance       // by id
	places      map[string]*place          // of functions, by name
	logGroups   map[string]bool
	blocks      map[string]bool // buckets: whether they refuse public policies
	profiles    map[string]bool // instance profiles, by name
	nextPublic  netip.Addr
}

// New makes the resource types.
func New(o Options) *Resources {
	if o.Partition == "" {
		o.Partition = "aws"
	}
	r := &Resources{
		Options:     o,
		logbook:     logbook{pages: map[string]*page{}},
		defined:     map[string]cfn.ResourceType{},
		generations: map[string]int{},
		addresses:   map[string]*elasticAddress{},
		instances:   map[string]*instance{},
		places:      map[string]*place{},
		logGroups:   map[string]bool{},
		blocks:      map[string]bool{},
		profiles:    map[string]bool{},
	}
	r.types = map[string]func() cfn.ResourceType{
		"AWS::EC2::VPC":                             r.vpcType,
		"AWS::EC2::Subnet":                          r.subnetType,
		"AWS::EC2::RouteTable":                      r.routeTableType,
		"AWS::EC2::Route":                           r.routeType,
		"AWS::EC2::SubnetRouteTableAssociation":     r.associationType,
		"AWS::EC2::InternetGateway":                 r.internetGatewayType,
		"AWS::EC2::VPCGatewayAttachment":            r.attachmentType,
		"AWS::EC2::NatGateway":                      r.natGatewayType,
		"AWS::EC2::EIP":                             r.eipType,
		"AWS::EC2::VPCPeeringConnection":            r.peeringType,
		"AWS::EC2::SecurityGroup":                   r.securityGroupType,
		"AWS::EC2::SecurityGroupIngress":            r.ingressType,
		"AWS::EC2::SecurityGroupEgress":             r.egressType,
		"AWS::EC2::VPCEndpoint":                     r.endpointType,
		"AWS::EC2::VPCEndpointService":              r.serviceType,
		"AWS::EC2::VPCEndpointServicePermissions":   r.servicePermissionType,
		"AWS::ElasticLoadBalancingV2::LoadBalancer": r.balancerType,
		"AWS::ElasticLoadBalancingV2::TargetGroup":  r.targetGroupType,
		"AWS::ElasticLoadBalancingV2::Listener":     r.listenerType,
		"AWS::EC2::Instance":                        r.instanceType,
		"AWS::EC2::InstanceConnectEndpoint":         r.connectType,
		"AWS::EC2::LaunchTemplate":                  r.launchTemplateType,
		"AWS::IAM::Role":                            r.roleType,
		"AWS::IAM::Policy":                          r.policyType,
		"AWS::IAM::InstanceProfile":                 r.profileType,
		"AWS::Lambda::Function":                     r.functionType,
		"AWS::Lambda::EventInvokeConfig":            r.eventConfigType,
		"AWS::Lambda::Permission":                   r.permissionType,
		"AWS::Logs::LogGroup":                       r.logGroupType,
		"AWS::S3::Bucket":                           r.bucketType,
		"AWS::S3::BucketPolicy":                     r.bucketPolicyType,
	}
	return r
}

// Type finds a resource type by its name; it is a [cfn.Types].
func (r *Resources) Type(name string) (cfn.ResourceType, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if t, ok := r.defined[name]; ok {
		return t, true
	}
	define, ok := r.types[name]
	if !ok {
		return nil, false
	}
	t := define()
	r.defined[name] = t
	return t, true
}

// Close ends the instances that still run.
func (r *Resources) Close() {
	r.mu.Lock()
	var running []*instance
	for _, i := range r.instances {
		running = append(running, i)
	}
	r.mu.Unlock()
	for _, i := range running {
		i.machine.Stop()
	}
}

// Left are the ids of what was made here and is known neither to the network
// nor to the cloud, by kind.
func (r *Resources) Left() map[string][]string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return map[string][]string{
		"elastic address":  slices.Sorted(maps.Keys(r.addresses)),
		"instance":         slices.Sorted(maps.Keys(r.instances)),
		"log group":        slices.Sorted(maps.Keys(r.logGroups)),
		"instance profile": slices.Sorted(maps.Keys(r.profiles)),
	}
}
