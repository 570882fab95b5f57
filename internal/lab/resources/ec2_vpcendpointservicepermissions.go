package resources

import (
	"context"
	"slices"

	"provenendpoints/internal/lab/awserr"
	"provenendpoints/internal/lab/cfn"
	"provenendpoints/internal/lab/privatelink"
)

func init() {
	register("AWS::EC2::VPCEndpointServicePermissions", (*Resources).endpointServicePermissionsType)
}

type endpointServicePermissionsProps struct {
	ServiceId         string `cfn:"required,replace"`
	AllowedPrincipals []string
}

// endpointServicePermissionsType is AWS::EC2::VPCEndpointServicePermissions.
func (r *Resources) endpointServicePermissionsType() cfn.Definition[endpointServicePermissionsProps] {
	set := func(id string, principals []string) error {
		return r.changeService(id, func(s *privatelink.EndpointService) { s.Principals = slices.Clone(principals) })
	}
	return cfn.Definition[endpointServicePermissionsProps]{
		Create: func(_ context.Context, c cfn.TypedRequest[endpointServicePermissionsProps]) (cfn.Result, error) {
			return cfn.Result{PhysicalID: c.Props.ServiceId}, set(c.Props.ServiceId, c.Props.AllowedPrincipals)
		},
		Update: func(_ context.Context, c cfn.TypedRequest[endpointServicePermissionsProps]) (cfn.Result, error) {
			return cfn.Result{}, set(c.Props.ServiceId, c.Props.AllowedPrincipals)
		},
		Read: func(_ context.Context, c cfn.TypedRequest[endpointServicePermissionsProps]) (endpointServicePermissionsProps, error) {
			now, err := r.PrivateLink.EndpointService(c.Props.ServiceId)
			p := c.Props
			p.AllowedPrincipals = now.Principals
			return p, err
		},
		Delete: func(_ context.Context, c cfn.TypedRequest[endpointServicePermissionsProps]) error {
			if err := set(c.Props.ServiceId, nil); !awserr.IsNotFound(err) {
				return err
			}
			return nil
		},
	}
}
