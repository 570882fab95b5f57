package resources

import (
	"context"

	"provenendpoints/internal/lab/cfn"
	"provenendpoints/internal/lab/route53"
)

func init() {
	register("AWS::Route53Profiles::Profile", (*Resources).profileType)
	register("AWS::Route53Profiles::ProfileAssociation", (*Resources).profileAssociationType)
}

type profileProps struct {
	Name string   `cfn:"required,replace"`
	Tags cfn.Tags `cfn:"inert"` // names for people
}

// profileType is AWS::Route53Profiles::Profile. What would be put into it,
// AWS::Route53Profiles::ProfileResourceAssociation, the lab does not have.
func (r *Resources) profileType() cfn.Definition[profileProps] {
	return cfn.Definition[profileProps]{
		Attributes: []string{"Arn", "Id"},
		Create: func(_ context.Context, c cfn.TypedRequest[profileProps]) (cfn.Result, error) {
			id := r.id("rp-", c.Request)
			return cfn.Result{PhysicalID: id, Attributes: map[string]any{
				"Arn": r.Scope.ARN("route53profiles", "profile/"+id), "Id": id,
			}}, r.Names.CreateProfile(route53.Profile{ID: id, Name: c.Props.Name})
		},
		Delete: func(ctx context.Context, c cfn.TypedRequest[profileProps]) error {
			return r.remove(ctx, c.PhysicalID, r.Names.DeleteProfile)
		},
	}
}

type profileAssociationProps struct {
	ProfileId  string   `cfn:"required,replace"`
	ResourceId string   `cfn:"required,replace"` // a VPC
	Name       string   `cfn:"required,replace"`
	Arn        string   `cfn:"inert"` // the profile's, which ProfileId names
	Tags       cfn.Tags `cfn:"inert"` // names for people
}

// profileAssociationType is AWS::Route53Profiles::ProfileAssociation.
func (r *Resources) profileAssociationType() cfn.Definition[profileAssociationProps] {
	return cfn.Definition[profileAssociationProps]{
		Attributes: []string{"Id"},
		Create: func(_ context.Context, c cfn.TypedRequest[profileAssociationProps]) (cfn.Result, error) {
			a := route53.ProfileAssociation{ID: r.id("rpassoc-", c.Request), Profile: c.Props.ProfileId, VPC: c.Props.ResourceId, Name: c.Props.Name}
			return cfn.Result{PhysicalID: a.ID, Attributes: map[string]any{"Id": a.ID}}, r.Names.AssociateProfile(a)
		},
		Delete: func(_ context.Context, c cfn.TypedRequest[profileAssociationProps]) error {
			return ignoreGone(r.Names.DisassociateProfile(c.PhysicalID))
		},
	}
}
