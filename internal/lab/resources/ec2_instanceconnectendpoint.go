package resources

import (
	"context"

	"provenendpoints/internal/lab/awsid"
	"provenendpoints/internal/lab/cfn"
	"provenendpoints/internal/lab/vpc"
)

func init() { register("AWS::EC2::InstanceConnectEndpoint", (*Resources).instanceConnectEndpointType) }

type instanceConnectEndpointProps struct {
	SubnetId         string   `cfn:"required,replace"`
	SecurityGroupIds []string `cfn:"replace"`
	PreserveClientIp *bool    `cfn:"inert,replace"` // no session comes through it
	ClientToken      string   `cfn:"inert"`         // makes a repeated request the same one
	Tags             cfn.Tags `cfn:"inert"`         // names for people
}

// instanceConnectEndpointType is AWS::EC2::InstanceConnectEndpoint: an interface in the subnet
// with its groups. No session uses it in the lab. The interface counts all the
// same: it keeps the subnet and the groups from being deleted.
func (r *Resources) instanceConnectEndpointType() cfn.Definition[instanceConnectEndpointProps] {
	return cfn.Definition[instanceConnectEndpointProps]{
		Attributes: []string{"Id", "InstanceConnectEndpointArn", "AvailabilityZone", "VpcId", "NetworkInterfaceIds"},
		Create: func(_ context.Context, c cfn.TypedRequest[instanceConnectEndpointProps]) (cfn.Result, error) {
			id := r.id("eice-", c.Request)
			made, err := r.Network.Interfaces().Create(vpc.Interface{
				ID: awsid.Derived("eni-", id), Subnet: c.Props.SubnetId, Groups: c.Props.SecurityGroupIds,
				Description: "EC2 Instance Connect Endpoint " + id, Type: "ec2_instance_connect_endpoint",
			})
			if err != nil {
				return cfn.Result{}, err
			}
			return cfn.Result{PhysicalID: id, Attributes: map[string]any{
				"Id":                         id,
				"InstanceConnectEndpointArn": r.Scope.ARN("ec2", "instance-connect-endpoint/"+id),
				"AvailabilityZone":           made.Zone,
				"VpcId":                      made.VPC,
				"NetworkInterfaceIds":        []any{made.ID},
			}}, nil
		},
		Delete: func(ctx context.Context, c cfn.TypedRequest[instanceConnectEndpointProps]) error {
			return r.remove(ctx, awsid.Derived("eni-", c.PhysicalID), r.Network.Interfaces().Delete)
		},
	}
}
