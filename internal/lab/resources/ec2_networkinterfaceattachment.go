package resources

import (
	"context"
	"strconv"

	"provenendpoints/internal/lab/awsid"
	"provenendpoints/internal/lab/cfn"
)

func init() {
	register("AWS::EC2::NetworkInterfaceAttachment", (*Resources).networkInterfaceAttachmentType)
}

type networkInterfaceAttachmentProps struct {
	InstanceId          string `cfn:"required,replace"`
	NetworkInterfaceId  string `cfn:"required,replace"`
	DeviceIndex         string `cfn:"required,replace"`
	DeleteOnTermination *bool  `cfn:"inert"` // the interface is a resource of its own, which its stack deletes
}

// networkInterfaceAttachmentType is AWS::EC2::NetworkInterfaceAttachment.
func (r *Resources) networkInterfaceAttachmentType() cfn.Definition[networkInterfaceAttachmentProps] {
	return cfn.Definition[networkInterfaceAttachmentProps]{
		Attributes: []string{"AttachmentId"},
		Validate:   func(p map[string]any) cfn.Findings { return between(p, "DeviceIndex", 1, 31) },
		Create: func(_ context.Context, c cfn.TypedRequest[networkInterfaceAttachmentProps]) (cfn.Result, error) {
			first, err := r.InterfaceOf(c.Props.InstanceId)
			if err != nil {
				return cfn.Result{}, err
			}
			device, err := strconv.Atoi(c.Props.DeviceIndex)
			if err != nil {
				return cfn.Result{}, err
			}
			if err := r.Network.Interfaces().Attach(c.Props.NetworkInterfaceId, first, device); err != nil {
				return cfn.Result{}, err
			}
			id := awsid.EC2("eni-attach-", c.Props.NetworkInterfaceId, c.Props.InstanceId)
			return cfn.Result{PhysicalID: id, Attributes: map[string]any{"AttachmentId": id}}, nil
		},
		Delete: func(_ context.Context, c cfn.TypedRequest[networkInterfaceAttachmentProps]) error {
			return ignoreGone(r.Network.Interfaces().Detach(c.Props.NetworkInterfaceId))
		},
	}
}
