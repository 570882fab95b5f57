package resources

import (
	"context"
	"encoding/base64"
	"fmt"
	"net/netip"
	"strings"

	"provenendpoints/internal/lab/awserr"
	"provenendpoints/internal/lab/awsid"
	"provenendpoints/internal/lab/cfn"
	"provenendpoints/internal/lab/machine"
	"provenendpoints/internal/lab/vpc"
)

func init() { register("AWS::EC2::Instance", (*Resources).instanceType) }

// metadataOptions configure 169.254.169.254, where nothing answers in the lab.
type metadataOptions struct {
	HttpEndpoint            string `cfn:"inert"`
	HttpTokens              string `cfn:"inert"`
	HttpPutResponseHopLimit *int   `cfn:"inert"`
	HttpProtocolIpv6        string `cfn:"inert"`
	InstanceMetadataTags    string `cfn:"inert"`
}

// blockDevice is a disk.
type blockDevice struct {
	DeviceName  string `cfn:"required"`
	Ebs         any    `cfn:"inert"`
	NoDevice    any    `cfn:"inert"`
	VirtualName string `cfn:"inert"`
}

type instanceInterface struct {
	DeviceIndex              string `cfn:"required,only=0"`
	SubnetId                 string
	GroupSet                 []string
	AssociatePublicIpAddress *bool
	PrivateIpAddress         string
	DeleteOnTermination      *bool  `cfn:"inert"` // an interface made with the instance goes with it
	Description              string `cfn:"inert"` // text for people
}

type instanceProps struct {
	ImageId           string              `cfn:"required,replace"`
	SubnetId          string              `cfn:"replace"`
	PrivateIpAddress  string              `cfn:"replace"`
	AvailabilityZone  string              `cfn:"replace"`
	NetworkInterfaces []instanceInterface `cfn:"replace"`
	SecurityGroupIds  []string
	UserData          string
	LaunchTemplate    *launchTemplateRef `cfn:"replace"`

	// IamInstanceProfile must exist; its role's credentials come from the
	// metadata service, where nothing answers in the lab.
	IamInstanceProfile string

	// InstanceType must have the image's architecture. Its speed is not modelled.
	InstanceType string

	MetadataOptions                   *metadataOptions `cfn:"inert"`
	BlockDeviceMappings               []blockDevice    `cfn:"inert"` // disks: files live in memory
	EbsOptimized                      *bool            `cfn:"inert"` // how fast disks are
	Monitoring                        *bool            `cfn:"inert"` // metrics, which nothing reads
	CreditSpecification               any              `cfn:"inert"` // how fast it is
	Tenancy                           string           `cfn:"inert"` // on which hardware it runs
	InstanceInitiatedShutdownBehavior string           `cfn:"inert"` // the shell has no shutdown
	PropagateTagsToVolumeOnCreation   *bool            `cfn:"inert"` // names for people
	SourceDestCheck                   *bool            `cfn:"only=true"`
	DisableApiTermination             *bool            `cfn:"only=false"`
	Tags                              cfn.Tags         `cfn:"inert"` // names for people
}

// launchTemplateRef names a launch template; all versions of it are inert.
type launchTemplateRef struct {
	LaunchTemplateId   string
	LaunchTemplateName string
	Version            string `cfn:"inert"`
}

// instance is a running instance.
type instance struct {
	eni     string
	host    *vpc.Host
	machine *machine.Machine
}

// primary is the instance's one interface. Without a subnet of its own, EC2
// would use the default VPC, which the lab's account does not have.
func (p instanceProps) primary() (vpc.Interface, *bool, error) {
	i := vpc.Interface{Subnet: p.SubnetId, Groups: p.SecurityGroupIds, Type: "interface"}
	address, public := p.PrivateIpAddress, (*bool)(nil)
	switch len(p.NetworkInterfaces) {
	case 0:
	case 1:
		n := p.NetworkInterfaces[0]
		if p.SubnetId != "" || len(p.SecurityGroupIds) > 0 || p.PrivateIpAddress != "" {
			return i, nil, awserr.New("InvalidParameterCombination", "Network interfaces and an instance-level subnet ID, security groups or private address may not be specified on the same request")
		}
		i.Subnet, i.Groups, address, public = n.SubnetId, n.GroupSet, n.PrivateIpAddress, n.AssociatePublicIpAddress
	default:
		return i, nil, fmt.Errorf("property NetworkInterfaces: the lab's instances have one interface")
	}
	if i.Subnet == "" {
		return i, nil, awserr.New("VPCIdNotSpecified", "No default VPC for this user. GroupName is only supported for EC2-Classic and default VPC.")
	}
	if address != "" {
		a, err := netip.ParseAddr(address)
		if err != nil {
			return i, nil, fmt.Errorf("property PrivateIpAddress: %w", err)
		}
		i.PrivateAddr = a
	}
	return i, public, nil
}

// script decodes the user data.
func (p instanceProps) script() (string, error) {
	text, err := base64.StdEncoding.DecodeString(p.UserData)
	if err != nil {
		return "", awserr.New("InvalidParameterValue", "Invalid BASE64 encoding of user data.")
	}
	return string(text), machine.Check(string(text))
}

// validateInstance checks the image and the script where they are known.
func validateInstance(p map[string]any) cfn.Findings {
	var f cfn.Findings
	if image, ok := cfn.Literal(p["ImageId"]); ok {
		if err := checkImage(image); err != nil {
			f = append(f, "property ImageId: "+err.Error())
		}
	}
	if data, ok := cfn.Literal(p["UserData"]); ok {
		if _, err := (instanceProps{UserData: data}).script(); err != nil {
			f = append(f, "property UserData: "+strings.ReplaceAll(err.Error(), "\n", "; "))
		}
	}
	return f
}

// instanceType is AWS::EC2::Instance. It is complete when it runs; its user
// data goes on meanwhile. A change of the user data does nothing, as the script
// runs at the first start only
// (docs.aws.amazon.com/AWSEC2/latest/UserGuide/user-data.html).
func (r *Resources) instanceType() cfn.Definition[instanceProps] {
	return cfn.Definition[instanceProps]{
		Attributes: []string{"InstanceId", "AvailabilityZone", "PrivateDnsName", "PublicDnsName", "PrivateIp", "PublicIp", "VpcId"},
		Validate:   validateInstance,
		Create:     r.createInstance,
		Update: func(_ context.Context, c cfn.TypedRequest[instanceProps]) (cfn.Result, error) {
			if err := r.checkProfile(c.Props.IamInstanceProfile); err != nil {
				return cfn.Result{}, err
			}
			if err := checkArchitecture(c.Props.InstanceType, c.Props.ImageId); err != nil {
				return cfn.Result{}, err
			}
			eni, err := r.interfaceOf(c.PhysicalID)
			if err != nil || len(c.Props.SecurityGroupIds) == 0 {
				return cfn.Result{}, err
			}
			return cfn.Result{}, r.Network.Interfaces().Modify(eni, c.Props.SecurityGroupIds)
		},
		Delete: func(ctx context.Context, c cfn.TypedRequest[instanceProps]) error {
			return r.terminate(ctx, c.PhysicalID)
		},
	}
}

func (r *Resources) createInstance(_ context.Context, c cfn.TypedRequest[instanceProps]) (cfn.Result, error) {
	if err := checkImage(c.Props.ImageId); err != nil {
		return cfn.Result{}, err
	}
	script, err := c.Props.script()
	if err != nil {
		return cfn.Result{}, err
	}
	if err := r.checkProfile(c.Props.IamInstanceProfile); err != nil {
		return cfn.Result{}, err
	}
	if err := checkArchitecture(c.Props.InstanceType, c.Props.ImageId); err != nil {
		return cfn.Result{}, err
	}
	wanted, public, err := c.Props.primary()
	if err != nil {
		return cfn.Result{}, err
	}
	s, err := r.Network.Subnets().Get(wanted.Subnet)
	switch {
	case err != nil:
		return cfn.Result{}, err
	case c.Props.AvailabilityZone != "" && c.Props.AvailabilityZone != s.Zone:
		return cfn.Result{}, awserr.New("InvalidParameterValue", "The availability zone '%s' does not match the subnet's (%s)", c.Props.AvailabilityZone, s.Zone)
	case public == nil:
		public = &s.MapPublic
	}
	id := r.id("i-", c.Request)
	wanted.ID, wanted.Public = awsid.Derived("eni-", id), *public
	made, err := r.Network.Interfaces().Create(wanted)
	if err != nil {
		return cfn.Result{}, err
	}
	host, err := r.Network.Host(made.ID)
	if err != nil {
		return cfn.Result{PhysicalID: id}, err
	}
	i := &instance{eni: made.ID, host: host}
	i.machine = machine.Run(context.Background(), host, machine.Config{UserData: script, Clock: r.Clock, Roots: r.Roots})
	r.mu.Lock()
	r.instances[id] = i
	r.mu.Unlock()
	r.logbook.console(c.Stack, c.LogicalID+" ("+id+")", i.machine.Console)
	return cfn.Result{PhysicalID: id, Attributes: r.instanceAttributes(id, made)}, nil
}

// instanceAttributes are what Fn::GetAtt gives.
func (r *Resources) instanceAttributes(id string, i vpc.Interface) map[string]any {
	public, publicName := "", ""
	if i.PublicAddr.IsValid() {
		public = i.PublicAddr.String()
		publicName = fmt.Sprintf("ec2-%s.%s.compute.amazonaws.com", dashes(i.PublicAddr), r.Scope.Region)
	}
	return map[string]any{
		"InstanceId":       id,
		"AvailabilityZone": i.Zone,
		"PrivateDnsName":   fmt.Sprintf("ip-%s.%s.compute.internal", dashes(i.PrivateAddr), r.Scope.Region),
		"PublicDnsName":    publicName,
		"PrivateIp":        i.PrivateAddr.String(),
		"PublicIp":         public,
		"VpcId":            i.VPC,
	}
}

func dashes(a netip.Addr) string { return strings.ReplaceAll(a.String(), ".", "-") }

// terminate ends an instance with its interface.
func (r *Resources) terminate(ctx context.Context, id string) error {
	r.mu.Lock()
	i, ok := r.instances[id]
	delete(r.instances, id)
	r.mu.Unlock()
	if !ok {
		return r.remove(ctx, awsid.Derived("eni-", id), r.Network.Interfaces().Delete)
	}
	i.machine.Stop()
	i.host.Close()
	return r.remove(ctx, i.eni, r.Network.Interfaces().Delete)
}

// interfaceOf returns the id of an instance's interface.
func (r *Resources) interfaceOf(id string) (string, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	i, ok := r.instances[id]
	if !ok {
		return "", awserr.New("InvalidInstanceID.NotFound", "The instance ID '%s' does not exist", id)
	}
	return i.eni, nil
}
