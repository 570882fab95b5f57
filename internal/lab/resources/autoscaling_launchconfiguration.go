package resources

import (
	"context"

	"provenendpoints/internal/lab/awserr"
	"provenendpoints/internal/lab/cfn"
)

// launchConfiguration finds a launch configuration.
func (r *Resources) launchConfiguration(name string) (launchTemplateData, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	d, ok := r.launchConfigurations[name]
	if !ok {
		return d, awserr.New("ValidationError", "Launch configuration name not found - %s", name)
	}
	return d, nil
}

func init() {
	register("AWS::AutoScaling::LaunchConfiguration", (*Resources).launchConfigurationType)
}

type launchConfigurationProps struct {
	LaunchConfigurationName  string           `cfn:"replace"`
	ImageId                  string           `cfn:"required,replace"`
	InstanceType             string           `cfn:"required,replace"`
	UserData                 string           `cfn:"replace"`
	SecurityGroups           []string         `cfn:"replace"`
	IamInstanceProfile       string           `cfn:"replace"`
	AssociatePublicIpAddress *bool            `cfn:"replace"`
	KeyName                  string           `cfn:"inert,replace"` // no instance takes SSH connections
	BlockDeviceMappings      any              `cfn:"inert,replace"` // disks: files live in memory
	EbsOptimized             *bool            `cfn:"inert,replace"` // how fast disks are
	InstanceMonitoring       *bool            `cfn:"inert,replace"` // metrics, which nothing reads
	MetadataOptions          *metadataOptions `cfn:"replace"`
	PlacementTenancy         string           `cfn:"inert,replace"` // on which hardware it runs
	SpotPrice                string           `cfn:"inert,replace"` // what it costs
}

// launchConfigurationType is AWS::AutoScaling::LaunchConfiguration. Its Ref is the name.
func (r *Resources) launchConfigurationType() cfn.Definition[launchConfigurationProps] {
	return cfn.Definition[launchConfigurationProps]{
		Inert: func(p launchConfigurationProps, _ map[string]string) string {
			return r.inertMachine(p.ImageId, p.UserData)
		},
		Validate: func(p map[string]any) cfn.Findings {
			return r.validateInstance(map[string]any{"ImageId": p["ImageId"], "UserData": p["UserData"], "LaunchTemplate": ""})
		},
		Create: func(_ context.Context, c cfn.TypedRequest[launchConfigurationProps]) (cfn.Result, error) {
			name, p := c.Props.LaunchConfigurationName, c.Props
			if name == "" {
				name = r.name(c.Request, 255)
			}
			data := launchTemplateData{ImageId: p.ImageId, InstanceType: p.InstanceType, UserData: p.UserData, SecurityGroupIds: p.SecurityGroups, MetadataOptions: p.MetadataOptions}
			if p.IamInstanceProfile != "" {
				data.IamInstanceProfile = &struct{ Arn, Name string }{Arn: "/" + p.IamInstanceProfile}
			}
			if p.AssociatePublicIpAddress != nil {
				data.SecurityGroupIds = nil
				data.NetworkInterfaces = []templateInterface{{Groups: p.SecurityGroups, AssociatePublicIpAddress: p.AssociatePublicIpAddress}}
			}
			r.mu.Lock()
			defer r.mu.Unlock()
			if _, taken := r.launchConfigurations[name]; taken {
				return cfn.Result{}, awserr.New("AlreadyExists", "Launch Configuration by this name already exists - A launch configuration already exists with the name %s", name)
			}
			r.launchConfigurations[name] = data
			return cfn.Result{PhysicalID: name}, nil
		},
		Delete: func(_ context.Context, c cfn.TypedRequest[launchConfigurationProps]) error {
			r.mu.Lock()
			defer r.mu.Unlock()
			delete(r.launchConfigurations, c.PhysicalID)
			return nil
		},
	}
}
