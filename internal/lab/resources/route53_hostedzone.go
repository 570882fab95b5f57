package resources

import (
	"context"
	"fmt"
	"strings"

	"provenendpoints/internal/lab/awsid"
	"provenendpoints/internal/lab/cfn"
	"provenendpoints/internal/lab/route53"
)

func init() { register("AWS::Route53::HostedZone", (*Resources).hostedZoneType) }

type hostedZoneVPC struct {
	VPCId     string `cfn:"required"`
	VPCRegion string `cfn:"required"`
}

type hostedZoneProps struct {
	Name             string `cfn:"required,replace"`
	VPCs             []hostedZoneVPC
	HostedZoneConfig any `cfn:"inert"` // a comment for people
	HostedZoneTags   any `cfn:"inert"` // names for people
}

// vpcs are the ids of the zone's VPCs.
func (r *Resources) vpcs(p hostedZoneProps) ([]string, error) {
	var ids []string
	for _, v := range p.VPCs {
		if v.VPCRegion != r.Scope.Region {
			return nil, fmt.Errorf("property VPCs.VPCRegion: %s is not supported: the lab has the Region %s alone", v.VPCRegion, r.Scope.Region)
		}
		ids = append(ids, v.VPCId)
	}
	return ids, nil
}

// hostedZoneType is AWS::Route53::HostedZone.
func (r *Resources) hostedZoneType() cfn.Definition[hostedZoneProps] {
	return cfn.Definition[hostedZoneProps]{
		Attributes: []string{"Id", "NameServers"},
		Create: func(_ context.Context, c cfn.TypedRequest[hostedZoneProps]) (cfn.Result, error) {
			vpcs, err := r.vpcs(c.Props)
			if err != nil {
				return cfn.Result{}, err
			}
			id := "Z" + strings.ToUpper(awsid.Lower(20, r.generation("hosted zone"+resourceKey(c.Request))))
			if err := r.Names.CreateZone(route53.HostedZone{ID: id, Name: c.Props.Name, VPCs: vpcs}); err != nil {
				return cfn.Result{}, err
			}
			servers := []any{} // a private zone has none
			if len(vpcs) == 0 {
				servers = append(servers, "ns-1.awsdns-00.com", "ns-2.awsdns-00.net")
			}
			return cfn.Result{PhysicalID: id, Attributes: map[string]any{"Id": id, "NameServers": servers}}, nil
		},
		Update: func(_ context.Context, c cfn.TypedRequest[hostedZoneProps]) (cfn.Result, error) {
			vpcs, err := r.vpcs(c.Props)
			if err != nil {
				return cfn.Result{}, err
			}
			return cfn.Result{}, r.Names.SetZoneVPCs(c.PhysicalID, vpcs)
		},
		Delete: func(ctx context.Context, c cfn.TypedRequest[hostedZoneProps]) error {
			return r.remove(ctx, c.PhysicalID, r.Names.DeleteZone)
		},
	}
}
