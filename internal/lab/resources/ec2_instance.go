package resources

import (
	"context"
	"encoding/base64"
	"fmt"
	"io"
	"maps"
	"net/netip"
	"slices"
	"strings"

	"provenendpoints/internal/lab/api/ec2"
	"provenendpoints/internal/lab/awserr"
	"provenendpoints/internal/lab/cfn"
	"provenendpoints/internal/lab/machine"
	"provenendpoints/internal/lab/machine/metadata"
	"provenendpoints/internal/lab/vpc"
)

func init() { register("AWS::EC2::Instance", (*Resources).instanceType) }

// metadataOptions configure the metadata service, at 169.254.169.254.
type metadataOptions struct {
	HttpEndpoint            string `cfn:"only=enabled|disabled"`
	HttpTokens              string `cfn:"only=optional|required"`
	HttpPutResponseHopLimit *int   `cfn:"inert"` // nothing forwards to the service
	HttpProtocolIpv6        string `cfn:"inert"` // nothing asks at its IPv6 address
	InstanceMetadataTags    string `cfn:"inert"` // names for people
}

// blockDevice is a disk.
type blockDevice struct {
	DeviceName  string `cfn:"required"`
	Ebs         any    `cfn:"inert"`
	NoDevice    any    `cfn:"inert"`
	VirtualName string `cfn:"inert"`
}

type instanceInterface struct {
	DeviceIndex              string `cfn:"required"`
	NetworkInterfaceId       string // one that exists, instead of all that follows
	SubnetId                 string
	GroupSet                 []string
	AssociatePublicIpAddress *bool
	PrivateIpAddress         string
	Ipv6AddressCount         *int
	Ipv6Addresses            []ipv6Address
	DeleteOnTermination      *bool  `cfn:"inert"` // an interface made with the instance goes with it
	Description              string `cfn:"inert"` // text for people
}

type instanceProps struct {
	ImageId           string              `cfn:"replace"` // here, or in the launch template; or an SSM parameter, as resolve:ssm:NAME
	SubnetId          string              `cfn:"replace"`
	PrivateIpAddress  string              `cfn:"replace"`
	Ipv6AddressCount  *int                `cfn:"replace"`
	Ipv6Addresses     []ipv6Address       `cfn:"replace"`
	AvailabilityZone  string              `cfn:"replace"`
	NetworkInterfaces []instanceInterface `cfn:"replace"`
	SecurityGroupIds  []string
	UserData          string
	LaunchTemplate    *launchTemplateRef `cfn:"replace"`

	// IamInstanceProfile must exist; its role's credentials come from the metadata service.
	IamInstanceProfile string

	// InstanceType must have the image's architecture. Its speed is not modelled.
	InstanceType string

	MetadataOptions                   *metadataOptions
	BlockDeviceMappings               []blockDevice `cfn:"inert"` // disks: files live in memory
	EbsOptimized                      *bool         `cfn:"inert"` // how fast disks are
	Monitoring                        *bool         `cfn:"inert"` // metrics, which nothing reads
	CreditSpecification               any           `cfn:"inert"` // how fast it is
	Tenancy                           string        `cfn:"inert"` // on which hardware it runs
	HostId                            string        `cfn:"inert"` // on which hardware it runs
	Affinity                          string        `cfn:"inert"` // on which hardware it runs
	PlacementGroupName                string        `cfn:"inert"` // on which hardware it runs
	CpuOptions                        any           `cfn:"inert"` // how fast it is
	EnclaveOptions                    any           `cfn:"inert"` // there are no enclaves
	HibernationOptions                any           `cfn:"inert"` // instances are not stopped
	KeyName                           string        `cfn:"inert"` // no instance takes SSH connections
	SsmAssociations                   any           `cfn:"inert"` // there is no SSM agent
	Volumes                           any           `cfn:"inert"` // disks: files live in memory
	InstanceInitiatedShutdownBehavior string        `cfn:"inert"` // the shell has no shutdown
	PropagateTagsToVolumeOnCreation   *bool         `cfn:"inert"` // names for people
	SourceDestCheck                   *bool         // of the first interface
	DisableApiTermination             *bool         // nobody terminates it but its stack
	Tags                              cfn.Tags      `cfn:"inert"` // names for people
}

// instance is a running instance.
type instance struct {
	image   string   // what it was launched from
	eni     string   // the first interface
	made    []string // the interfaces that go with the instance
	host    *vpc.Host
	machine *machine.Machine
	about   *metadata.Service
}

// Instances returns the instances that run. It implements [ec2.Instances].
func (r *Resources) Instances() []ec2.Instance {
	r.mu.Lock()
	defer r.mu.Unlock()
	var out []ec2.Instance
	for _, id := range slices.Sorted(maps.Keys(r.instances)) {
		i := r.instances[id]
		out = append(out, ec2.Instance{ID: id, Image: i.image, Interface: i.eni, Console: i.machine.Console})
	}
	return out
}

// Exec runs a shell script on an instance as root; see [machine.Machine.Exec].
func (r *Resources) Exec(ctx context.Context, instance, script string, out io.Writer) (status int, err error) {
	r.mu.Lock()
	i := r.instances[instance]
	r.mu.Unlock()
	if i == nil {
		return 0, awserr.New("InvalidInstanceID.NotFound", "The instance ID '%s' does not exist", instance)
	}
	return i.machine.Exec(ctx, script, out)
}

// script decodes the user data.
func (p instanceProps) script() (string, error) {
	text, err := base64.StdEncoding.DecodeString(p.UserData)
	if err != nil {
		return "", awserr.New("InvalidParameterValue", "Invalid BASE64 encoding of user data.")
	}
	return string(text), nil
}

// validateInstance checks the encoding of the script where it is known.
func (r *Resources) validateInstance(p map[string]any) cfn.Findings {
	var f cfn.Findings
	if image, ok := cfn.Literal(p["ImageId"]); ok {
		if _, err := r.imageAtLaunch(image); err != nil {
			f = append(f, "property ImageId: "+err.Error())
		}
	}
	if data, ok := cfn.Literal(p["UserData"]); ok {
		if _, err := (instanceProps{UserData: data}).script(); err != nil {
			f = append(f, "property UserData: "+err.Error())
		}
	}
	if p["ImageId"] == nil && p["LaunchTemplate"] == nil {
		f = append(f, "property ImageId is required, here or in a launch template")
	}
	return f
}

// inertMachine says what of an instance does nothing here: an image with other software
// than the lab has, and the user data's commands that it does not have. The script runs as
// far as it goes.
func (r *Resources) inertMachine(image, userData string) string {
	var out []string
	if at, err := r.imageAtLaunch(image); err == nil {
		image = at
	}
	if image != "" && !knownImage(image) {
		out = append(out, fmt.Sprintf("image %s is stood in for by Amazon Linux 2023's commands", imageName(image)))
	}
	script, err := (instanceProps{UserData: userData}).script()
	if err == nil {
		err = machine.Check(script)
	}
	if err != nil {
		out = append(out, strings.ReplaceAll(err.Error(), "\n", "; "))
	}
	return strings.Join(out, "; ")
}

// instanceType is AWS::EC2::Instance. It is complete when it runs; its user
// data goes on meanwhile. A change of the user data does nothing, as the script
// runs at the first start only
// (docs.aws.amazon.com/AWSEC2/latest/UserGuide/user-data.html).
func (r *Resources) instanceType() cfn.Definition[instanceProps] {
	return cfn.Definition[instanceProps]{
		Attributes: []string{"InstanceId", "AvailabilityZone", "PrivateDnsName", "PublicDnsName", "PrivateIp", "PublicIp", "VpcId"},
		Validate:   r.validateInstance,
		Inert: func(p instanceProps, _ map[string]string) string {
			why := r.inertMachine(p.ImageId, p.UserData)
			if valueOr(p.DisableApiTermination, false) {
				why = strings.TrimPrefix(why+"; its stack can be deleted, which termination protection forbids on AWS", "; ")
			}
			return why
		},
		Create: r.createInstance,
		Update: func(_ context.Context, c cfn.TypedRequest[instanceProps]) (cfn.Result, error) {
			var err error
			if c.Props, err = r.withTemplate(c.Props); err != nil {
				return cfn.Result{}, err
			}
			if err := r.checkProfile(c.Props.IamInstanceProfile); err != nil {
				return cfn.Result{}, err
			}
			if err := r.checkInstanceType(c.PhysicalID, c.Props.InstanceType); err != nil {
				return cfn.Result{}, err
			}
			eni, err := r.InterfaceOf(c.PhysicalID)
			if err != nil {
				return cfn.Result{}, err
			}
			if c.Props.SourceDestCheck != nil || c.Old.SourceDestCheck != nil {
				if err := r.Network.Interfaces().Check(eni, valueOr(c.Props.SourceDestCheck, true)); err != nil {
					return cfn.Result{}, err
				}
			}
			r.setMetadata(c.PhysicalID, c.Props)
			if len(c.Props.SecurityGroupIds) == 0 {
				return cfn.Result{}, nil
			}
			return cfn.Result{}, r.Network.Interfaces().Modify(eni, c.Props.SecurityGroupIds)
		},
		Read: func(_ context.Context, c cfn.TypedRequest[instanceProps]) (instanceProps, error) {
			r.mu.Lock()
			i := r.instances[c.PhysicalID]
			r.mu.Unlock()
			if i == nil {
				return c.Props, errGone
			}
			now, err := r.Network.Interfaces().Get(i.eni)
			p := c.Props
			p.SecurityGroupIds, p.SourceDestCheck = now.Groups, optional(p.SourceDestCheck, !now.NoSourceDestCheck)
			return p, err
		},
		Delete: func(ctx context.Context, c cfn.TypedRequest[instanceProps]) error {
			return r.terminate(ctx, c.PhysicalID)
		},
	}
}

func (r *Resources) createInstance(_ context.Context, c cfn.TypedRequest[instanceProps]) (cfn.Result, error) {
	p, err := r.withTemplate(c.Props)
	if err != nil {
		return cfn.Result{}, err
	}
	id := r.id("i-", c.Request)
	first, err := r.startInstance(id, c.Request, p)
	if err != nil {
		return cfn.Result{}, err
	}
	return cfn.Result{PhysicalID: id, Attributes: r.instanceAttributes(id, first)}, nil
}

// startInstance checks and starts an instance and returns its first interface.
func (r *Resources) startInstance(id string, q cfn.Request, p instanceProps) (vpc.Interface, error) {
	script, err := p.script()
	if err != nil {
		return vpc.Interface{}, err
	}
	if p.ImageId == "" {
		return vpc.Interface{}, awserr.New("MissingParameter", "The request must contain the parameter ImageId")
	}
	if err := r.checkProfile(p.IamInstanceProfile); err != nil {
		return vpc.Interface{}, err
	}
	image, err := r.imageAtLaunch(p.ImageId)
	if err != nil {
		return vpc.Interface{}, err
	}
	if err := checkArchitecture(p.InstanceType, image); err != nil {
		return vpc.Interface{}, err
	}
	i, err := r.launch(id, p)
	if err != nil {
		return vpc.Interface{}, err
	}
	i.image = image
	first, err := r.Network.Interfaces().Get(i.eni)
	if err != nil {
		return vpc.Interface{}, err
	}
	i.about = metadata.New(r.aboutInstance(id, q.StackID, p, i, first), p.metadata(image), r.Clock)
	i.machine = machine.Run(context.Background(), i.host, machine.Config{UserData: script, Clock: r.Clock, Roots: r.Roots, Metadata: i.about})
	r.mu.Lock()
	r.instances[id] = i
	r.mu.Unlock()
	r.logbook.console(q.Stack, q.LogicalID+" ("+id+")", i.machine)
	return first, nil
}

// checkInstanceType refuses a type on whose processor the image of an instance does
// not run.
func (r *Resources) checkInstanceType(id, instanceType string) error {
	r.mu.Lock()
	i, ok := r.instances[id]
	r.mu.Unlock()
	if !ok {
		return nil // it is not found further on
	}
	return checkArchitecture(instanceType, i.image)
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

// InterfaceOf returns the id of an instance's interface.
func (r *Resources) InterfaceOf(id string) (string, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	i, ok := r.instances[id]
	if !ok {
		return "", awserr.New("InvalidInstanceID.NotFound", "The instance ID '%s' does not exist", id)
	}
	return i.eni, nil
}
