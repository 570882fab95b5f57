package resources

import (
	"context"
	"slices"

	"provenendpoints/internal/lab/cfn"
	"provenendpoints/internal/lab/vpc"
)

type routeTableProps struct {
	VpcId string   `cfn:"required,replace"`
	Tags  cfn.Tags `cfn:"inert"` // names for people
}

// routeTableType is AWS::EC2::RouteTable.
func (r *Resources) routeTableType() cfn.ResourceType {
	return cfn.Define(cfn.Kind[routeTableProps]{
		Attributes: []string{"RouteTableId"},
		Create: func(_ context.Context, c cfn.Call[routeTableProps]) (cfn.Result, error) {
			id := r.id("rtb-", c.Request)
			if err := r.Network.CreateRouteTable(id, c.Props.VpcId); err != nil {
				return cfn.Result{}, err
			}
			return cfn.Result{PhysicalID: id, Attributes: map[string]any{"RouteTableId": id}}, nil
		},
		Delete: func(ctx context.Context, c cfn.Call[routeTableProps]) error {
			return r.remove(ctx, c.PhysicalID, r.Network.DeleteRouteTable)
		},
	})
}

type routeProps struct {
	RouteTableId            string `cfn:"required,replace"`
	DestinationCidrBlock    string `cfn:"replace"`
	DestinationPrefixListId string `cfn:"replace"`
	GatewayId               string // internet gateway
	NatGatewayId            string
	VpcPeeringConnectionId  string
	NetworkInterfaceId      string
}

func (p routeProps) destination() string { return p.DestinationCidrBlock + p.DestinationPrefixListId }

func (p routeProps) target() string {
	return p.GatewayId + p.NatGatewayId + p.VpcPeeringConnectionId + p.NetworkInterfaceId
}

// route is the route that the properties describe.
func (p routeProps) route() vpc.Route {
	return vpc.Route{Destination: p.destination(), Target: p.target()}
}

// validateRoute wants one destination and one target, as CreateRoute does.
func validateRoute(p map[string]any) cfn.Findings {
	var f cfn.Findings
	if n := given(p, "DestinationCidrBlock", "DestinationPrefixListId"); n != 1 {
		f = append(f, "exactly one of DestinationCidrBlock and DestinationPrefixListId is needed")
	}
	if n := given(p, "GatewayId", "NatGatewayId", "VpcPeeringConnectionId", "NetworkInterfaceId"); n != 1 {
		f = append(f, "exactly one of GatewayId, NatGatewayId, VpcPeeringConnectionId and NetworkInterfaceId is needed")
	}
	return f
}

// given counts which of the properties are there.
func given(p map[string]any, names ...string) int {
	n := 0
	for name := range p {
		if slices.Contains(names, name) {
			n++
		}
	}
	return n
}

// routeType is AWS::EC2::Route.
func (r *Resources) routeType() cfn.ResourceType {
	return cfn.Define(cfn.Kind[routeProps]{
		Attributes: []string{"CidrBlock"},
		Validate:   validateRoute,
		Create: func(_ context.Context, c cfn.Call[routeProps]) (cfn.Result, error) {
			if err := r.Network.CreateRoute(c.Props.RouteTableId, c.Props.route()); err != nil {
				return cfn.Result{}, err
			}
			return cfn.Result{
				PhysicalID: c.Props.RouteTableId + "|" + c.Props.destination(),
				Attributes: map[string]any{"CidrBlock": c.Props.destination()},
			}, nil
		},
		Update: func(_ context.Context, c cfn.Call[routeProps]) (cfn.Result, error) {
			return cfn.Result{}, r.Network.ReplaceRoute(c.Props.RouteTableId, c.Props.route())
		},
		Delete: func(ctx context.Context, c cfn.Call[routeProps]) error {
			return r.removing(ctx, func() error {
				return r.Network.DeleteRoute(c.Props.RouteTableId, c.Props.destination())
			})
		},
	})
}

type associationProps struct {
	SubnetId string `cfn:"required,replace"`
	// RouteTableId counts as a replacement in CloudFormation, but EC2 changes
	// the association in one step (ReplaceRouteTableAssociation): there is no
	// moment without one, and a rollback changes it back.
	RouteTableId string `cfn:"required"`
}

// associationType is AWS::EC2::SubnetRouteTableAssociation.
func (r *Resources) associationType() cfn.ResourceType {
	return cfn.Define(cfn.Kind[associationProps]{
		Attributes: []string{"Id"},
		Create: func(_ context.Context, c cfn.Call[associationProps]) (cfn.Result, error) {
			id := r.id("rtbassoc-", c.Request)
			if err := r.Network.AssociateRouteTable(c.Props.RouteTableId, c.Props.SubnetId); err != nil {
				return cfn.Result{}, err
			}
			return cfn.Result{PhysicalID: id, Attributes: map[string]any{"Id": id}}, nil
		},
		Update: func(_ context.Context, c cfn.Call[associationProps]) (cfn.Result, error) {
			return cfn.Result{}, r.Network.ReplaceRouteTableAssociation(c.Props.RouteTableId, c.Props.SubnetId)
		},
		Delete: func(ctx context.Context, c cfn.Call[associationProps]) error {
			return r.remove(ctx, c.Props.SubnetId, r.Network.DisassociateRouteTable)
		},
	})
}
