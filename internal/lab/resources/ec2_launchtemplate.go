package resources

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"provenendpoints/internal/lab/awserr"
	"provenendpoints/internal/lab/cfn"
)

func init() { register("AWS::EC2::LaunchTemplate", (*Resources).launchTemplateType) }

type templateInterface struct {
	DeviceIndex              *int
	NetworkInterfaceId       string
	SubnetId                 string
	Groups                   []string
	AssociatePublicIpAddress *bool
	PrivateIpAddress         string
	Ipv6AddressCount         *int
	Ipv6Addresses            []ipv6Address
	DeleteOnTermination      *bool  `cfn:"inert"` // an interface made with the instance goes with it
	Description              string `cfn:"inert"` // text for people
	InterfaceType            string `cfn:"only=interface"`
	NetworkCardIndex         *int   `cfn:"inert"` // the hardware is not modelled
}

type launchTemplateData struct {
	ImageId            string
	InstanceType       string
	UserData           string
	SecurityGroupIds   []string
	IamInstanceProfile *struct{ Arn, Name string }
	NetworkInterfaces  []templateInterface

	KeyName                           string `cfn:"inert"` // no instance takes SSH connections
	MetadataOptions                   *metadataOptions
	BlockDeviceMappings               any    `cfn:"inert"` // disks: files live in memory
	EbsOptimized                      *bool  `cfn:"inert"` // how fast disks are
	Monitoring                        any    `cfn:"inert"` // metrics, which nothing reads
	CreditSpecification               any    `cfn:"inert"` // how fast it is
	CpuOptions                        any    `cfn:"inert"` // how fast it is
	Placement                         any    `cfn:"inert"` // the hardware is not modelled
	InstanceMarketOptions             any    `cfn:"inert"` // what it costs
	InstanceRequirements              any    `cfn:"inert"` // which hardware it runs on
	CapacityReservationSpecification  any    `cfn:"inert"` // there is room for everything
	EnclaveOptions                    any    `cfn:"inert"` // there are no enclaves
	HibernationOptions                any    `cfn:"inert"` // instances are not stopped
	MaintenanceOptions                any    `cfn:"inert"` // nothing breaks
	LicenseSpecifications             any    `cfn:"inert"` // what it costs
	InstanceInitiatedShutdownBehavior string `cfn:"inert"` // the shell has no shutdown
	DisableApiTermination             *bool  `cfn:"inert"` // CloudFormation's own calls come with the stack
	DisableApiStop                    *bool  `cfn:"inert"` // instances are not stopped
	KernelId                          string `cfn:"inert"` // the hardware is not modelled
	RamDiskId                         string `cfn:"inert"` // the hardware is not modelled
	TagSpecifications                 any    `cfn:"inert"` // names for people
}

type launchTemplateProps struct {
	LaunchTemplateName string             `cfn:"replace"`
	LaunchTemplateData launchTemplateData `cfn:"required"`
	TagSpecifications  any                `cfn:"inert"` // names for people
	VersionDescription string             `cfn:"inert"` // text for people
}

// launchTemplate is a launch template with all its versions; the first is number 1.
type launchTemplate struct {
	name     string
	versions []launchTemplateData
}

// launchTemplateRef names a version of a launch template.
type launchTemplateRef struct {
	LaunchTemplateId   string
	LaunchTemplateName string
	Version            string
}

// launchTemplateType is AWS::EC2::LaunchTemplate. An update makes a new version; the
// default stays the first
// (docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ec2-launchtemplate.html).
func (r *Resources) launchTemplateType() cfn.Definition[launchTemplateProps] {
	attributes := func(id string, latest int) map[string]any {
		return map[string]any{"LaunchTemplateId": id, "DefaultVersionNumber": "1", "LatestVersionNumber": strconv.Itoa(latest)}
	}
	return cfn.Definition[launchTemplateProps]{
		Attributes: []string{"LaunchTemplateId", "DefaultVersionNumber", "LatestVersionNumber"},
		Validate:   func(p map[string]any) cfn.Findings { return r.checkLaunch(p["LaunchTemplateData"]) },
		Inert: func(p launchTemplateProps, _ map[string]string) string {
			return r.inertMachine(p.LaunchTemplateData.ImageId, p.LaunchTemplateData.UserData)
		},
		Create: func(_ context.Context, c cfn.TypedRequest[launchTemplateProps]) (cfn.Result, error) {
			name := c.Props.LaunchTemplateName
			if name == "" {
				name = r.name(c.Request, 128)
			}
			id := r.id("lt-", c.Request)
			r.mu.Lock()
			defer r.mu.Unlock()
			for _, t := range r.launchTemplates {
				if t.name == name {
					return cfn.Result{}, awserr.New("InvalidLaunchTemplateName.AlreadyExistsException", "Launch template name already in use.")
				}
			}
			r.launchTemplates[id] = &launchTemplate{name, []launchTemplateData{c.Props.LaunchTemplateData}}
			return cfn.Result{PhysicalID: id, Attributes: attributes(id, 1)}, nil
		},
		Update: func(_ context.Context, c cfn.TypedRequest[launchTemplateProps]) (cfn.Result, error) {
			r.mu.Lock()
			defer r.mu.Unlock()
			t := r.launchTemplates[c.PhysicalID]
			if t == nil {
				return cfn.Result{}, awserr.New("InvalidLaunchTemplateId.NotFound", "The specified launch template, with template ID %s, does not exist.", c.PhysicalID)
			}
			t.versions = append(t.versions, c.Props.LaunchTemplateData)
			return cfn.Result{Attributes: attributes(c.PhysicalID, len(t.versions))}, nil
		},
		Delete: func(_ context.Context, c cfn.TypedRequest[launchTemplateProps]) error {
			r.mu.Lock()
			defer r.mu.Unlock()
			delete(r.launchTemplates, c.PhysicalID)
			return nil
		},
	}
}

// launchData finds the version of a launch template.
func (r *Resources) launchData(ref launchTemplateRef) (launchTemplateData, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for id, t := range r.launchTemplates {
		if id != ref.LaunchTemplateId && (ref.LaunchTemplateName == "" || t.name != ref.LaunchTemplateName) {
			continue
		}
		n := 1
		switch ref.Version {
		case "", "$Default":
		case "$Latest":
			n = len(t.versions)
		default:
			var err error
			if n, err = strconv.Atoi(ref.Version); err != nil || n < 1 || n > len(t.versions) {
				return launchTemplateData{}, awserr.New("InvalidLaunchTemplateId.VersionNotFound", "Could not find launch template version %s", ref.Version)
			}
		}
		return t.versions[n-1], nil
	}
	return launchTemplateData{}, awserr.New("InvalidLaunchTemplateId.NotFound", "The specified launch template, with template ID %s%s, does not exist.", ref.LaunchTemplateId, ref.LaunchTemplateName)
}

// withTemplate fills in what the instance's own properties leave open
// (docs.aws.amazon.com/AWSEC2/latest/APIReference/API_RunInstances.html).
func (r *Resources) withTemplate(p instanceProps) (instanceProps, error) {
	if p.LaunchTemplate == nil {
		return p, nil
	}
	data, err := r.launchData(*p.LaunchTemplate)
	if err != nil {
		return p, err
	}
	return data.fill(p)
}

// fill fills in what the instance's own properties leave open.
func (d launchTemplateData) fill(p instanceProps) (instanceProps, error) {
	for own, given := range map[*string]string{&p.ImageId: d.ImageId, &p.InstanceType: d.InstanceType, &p.UserData: d.UserData} {
		if *own == "" {
			*own = given
		}
	}
	if profile := d.IamInstanceProfile; p.IamInstanceProfile == "" && profile != nil {
		p.IamInstanceProfile = profile.Name
		if profile.Arn != "" {
			p.IamInstanceProfile = profile.Arn[strings.LastIndex(profile.Arn, "/")+1:]
		}
	}
	if p.MetadataOptions == nil {
		p.MetadataOptions = d.MetadataOptions
	}
	if len(p.NetworkInterfaces) == 0 && len(d.NetworkInterfaces) > 0 {
		subnet := p.SubnetId
		p.SubnetId = ""
		for i, n := range d.NetworkInterfaces {
			made := instanceInterface{
				DeviceIndex: strconv.Itoa(valueOr(n.DeviceIndex, i)), NetworkInterfaceId: n.NetworkInterfaceId, SubnetId: n.SubnetId, GroupSet: n.Groups,
				AssociatePublicIpAddress: n.AssociatePublicIpAddress, PrivateIpAddress: n.PrivateIpAddress, Ipv6AddressCount: n.Ipv6AddressCount, Ipv6Addresses: n.Ipv6Addresses,
			}
			if made.NetworkInterfaceId == "" && subnet != "" {
				made.SubnetId = subnet
			}
			p.NetworkInterfaces = append(p.NetworkInterfaces, made)
		}
		if len(d.SecurityGroupIds) > 0 {
			return p, awserr.New("InvalidParameterCombination", "Network interfaces and an instance-level security groups may not be specified on the same request")
		}
		return p, nil
	}
	if len(p.SecurityGroupIds) == 0 && len(p.NetworkInterfaces) == 0 {
		p.SecurityGroupIds = d.SecurityGroupIds
	}
	return p, nil
}

// checkLaunch refuses an image that does not exist and user data that is not encoded, where
// they are known.
func (r *Resources) checkLaunch(data any) cfn.Findings {
	properties, _ := data.(map[string]any)
	if image, ok := cfn.Literal(properties["ImageId"]); ok {
		if _, err := r.imageAtLaunch(image); err != nil {
			return cfn.Findings{"property LaunchTemplateData.ImageId: " + err.Error()}
		}
	}
	text, ok := cfn.Literal(properties["UserData"])
	if !ok {
		return nil
	}
	if _, err := (instanceProps{UserData: text}).script(); err != nil {
		return cfn.Findings{fmt.Sprintf("property LaunchTemplateData.UserData: %v", err)}
	}
	return nil
}
