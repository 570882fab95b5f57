package resources

import (
	"context"

	"provenendpoints/internal/lab/cfn"
	"provenendpoints/internal/lab/vpc"
)

type connectProps struct {
	SubnetId         string   `cfn:"required,replace"`
	SecurityGroupIds []string `cfn:"replace"`
	PreserveClientIp *bool    `cfn:"replace,only=false"`
	ClientToken      string   `cfn:"inert"` // makes a repeated request the same one
	Tags             cfn.Tags `cfn:"inert"` // names for people
}

// connectType is AWS::EC2::InstanceConnectEndpoint: an interface in the subnet
// with its groups. Nobody in the lab comes through it; that the interface is
// there, and that it holds the subnet and the groups until it is gone, matters.
func (r *Resources) connectType() cfn.ResourceType {
	return cfn.Define(cfn.Kind[connectProps]{
		Attributes: []string{"Id", "InstanceConnectEndpointArn", "AvailabilityZone", "VpcId", "NetworkInterfaceIds"},
		Create: func(_ context.Context, c cfn.Call[connectProps]) (cfn.Result, error) {
			id := r.id("eice-", c.Request)
			made, err := r.Network.CreateInterface(vpc.Interface{
				ID: derived("eni-", id), Subnet: c.Props.SubnetId, Groups: c.Props.SecurityGroupIds,
				Description: "EC2 Instance Connect Endpoint " + id, Type: "ec2_instance_connect_endpoint",
			})
			if err != nil {
				return cfn.Result{}, err
			}
			return cfn.Result{PhysicalID: id, Attributes: map[string]any{
				"Id":                         id,
				"InstanceConnectEndpointArn": r.arn("ec2", "instance-connect-endpoint/"+id),
				"AvailabilityZone":           made.Zone,
				"VpcId":                      made.VPC,
				"NetworkInterfaceIds":        []any{made.ID},
			}}, nil
		},
		Delete: func(ctx context.Context, c cfn.Call[connectProps]) error {
			return r.remove(ctx, derived("eni-", c.PhysicalID), r.Network.DeleteInterface)
		},
	})
}

type launchTemplateProps struct {
	LaunchTemplateName string `cfn:"replace"`
	LaunchTemplateData struct {
		MetadataOptions     *metadataOptions `cfn:"inert"`
		BlockDeviceMappings any              `cfn:"inert"` // disks: files live in memory
		EbsOptimized        *bool            `cfn:"inert"` // how fast disks are
		Monitoring          any              `cfn:"inert"` // metrics, which nobody asks for
		TagSpecifications   any              `cfn:"inert"` // names for people
	} `cfn:"required"`
	TagSpecifications  any    `cfn:"inert"` // names for people
	VersionDescription string `cfn:"inert"` // text for people
}

// launchTemplateType is AWS::EC2::LaunchTemplate with what CDK puts into one:
// all of it is inert, and anything that is not is refused.
func (r *Resources) launchTemplateType() cfn.ResourceType {
	return cfn.Define(cfn.Kind[launchTemplateProps]{
		Attributes: []string{"LaunchTemplateId", "DefaultVersionNumber", "LatestVersionNumber"},
		Create: func(_ context.Context, c cfn.Call[launchTemplateProps]) (cfn.Result, error) {
			id := r.id("lt-", c.Request)
			return cfn.Result{PhysicalID: id, Attributes: map[string]any{
				"LaunchTemplateId": id, "DefaultVersionNumber": "1", "LatestVersionNumber": "1",
			}}, nil
		},
		Update: func(context.Context, cfn.Call[launchTemplateProps]) (cfn.Result, error) { return cfn.Result{}, nil },
	})
}
