package resources

import (
	"context"
	"slices"

	"provenendpoints/internal/lab/awserr"
	"provenendpoints/internal/lab/cfn"
	"provenendpoints/internal/lab/privatelink"
)

func init() { register("AWS::EC2::VPCEndpointServicePermissions", (*Resources).servicePermissionType) }

type servicePermissionProps struct {
	ServiceId         string `cfn:"required,replace"`
	AllowedPrincipals []string
}

// servicePermissionType is AWS::EC2::VPCEndpointServicePermissions.
func (r *Resources) servicePermissionType() cfn.Definition[servicePermissionProps] {
	set := func(id string, principals []string) error {
		return r.changeService(id, func(s *privatelink.EndpointService) { s.Principals = slices.Clone(principals) })
	}
	return cfn.Definition[servicePermissionProps]{
		Create: func(_ context.Context, c cfn.TypedRequest[servicePermissionProps]) (cfn.Result, error) {
			return cfn.Result{PhysicalID: c.Props.ServiceId}, set(c.Props.ServiceId, c.Props.AllowedPrincipals)
		},
		Update: func(_ context.Context, c cfn.TypedRequest[servicePermissionProps]) (cfn.Result, error) {
			return cfn.Result{}, set(c.Props.ServiceId, c.Props.AllowedPrincipals)
		},
		Delete: func(_ context.Context, c cfn.TypedRequest[servicePermissionProps]) error {
			if err := set(c.Props.ServiceId, nil); !awserr.IsNotFound(err) {
				return err
			}
			return nil
		},
	}
}
