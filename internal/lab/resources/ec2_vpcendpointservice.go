package resources

import (
	"context"
	"slices"

	"provenendpoints/internal/lab/cfn"
	"provenendpoints/internal/lab/privatelink"
)

func init() { register("AWS::EC2::VPCEndpointService", (*Resources).endpointServiceType) }

type endpointServiceProps struct {
	NetworkLoadBalancerArns    []string
	GatewayLoadBalancerArns    []string
	AcceptanceRequired         *bool
	ContributorInsightsEnabled *bool    `cfn:"inert"` // metrics, which nothing reads
	PayerResponsibility        string   `cfn:"inert"` // who pays
	SupportedIpAddressTypes    []string `cfn:"only=ipv4"`
	Tags                       cfn.Tags `cfn:"inert"` // names for people
}

// balancers are the ids of the load balancers: the network knows them by their ARNs.
func (p endpointServiceProps) balancers() []string {
	return slices.Concat(p.NetworkLoadBalancerArns, p.GatewayLoadBalancerArns)
}

// validateService wants load balancers of one kind
// (docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateVpcEndpointServiceConfiguration.html).
func validateService(p map[string]any) cfn.Findings {
	if countGiven(p, "NetworkLoadBalancerArns", "GatewayLoadBalancerArns") != 1 {
		return cfn.Findings{"exactly one of NetworkLoadBalancerArns and GatewayLoadBalancerArns is needed"}
	}
	return nil
}

// endpointServiceType is AWS::EC2::VPCEndpointService. By default,
// connections must be accepted. A private name, which EC2's API gives, stays
// (docs.aws.amazon.com/vpc/latest/privatelink/create-endpoint-service.html).
func (r *Resources) endpointServiceType() cfn.Definition[endpointServiceProps] {
	return cfn.Definition[endpointServiceProps]{
		Attributes: []string{"ServiceId"},
		Validate:   validateService,
		Create: func(_ context.Context, c cfn.TypedRequest[endpointServiceProps]) (cfn.Result, error) {
			id := r.id("vpce-svc-", c.Request)
			_, err := r.PrivateLink.CreateEndpointService(privatelink.EndpointService{
				ID: id, Owner: r.Scope.Account, LoadBalancers: c.Props.balancers(), AcceptanceRequired: valueOr(c.Props.AcceptanceRequired, true),
			})
			if err != nil {
				return cfn.Result{}, err
			}
			return cfn.Result{PhysicalID: id, Attributes: map[string]any{"ServiceId": id}}, nil
		},
		Update: func(_ context.Context, c cfn.TypedRequest[endpointServiceProps]) (cfn.Result, error) {
			return cfn.Result{}, r.changeService(c.PhysicalID, func(s *privatelink.EndpointService) {
				s.LoadBalancers, s.AcceptanceRequired = c.Props.balancers(), valueOr(c.Props.AcceptanceRequired, true)
			})
		},
		Read: func(_ context.Context, c cfn.TypedRequest[endpointServiceProps]) (endpointServiceProps, error) {
			now, err := r.PrivateLink.EndpointService(c.PhysicalID)
			p := c.Props
			p.AcceptanceRequired = optional(p.AcceptanceRequired, now.AcceptanceRequired)
			if len(p.GatewayLoadBalancerArns) > 0 {
				p.GatewayLoadBalancerArns = now.LoadBalancers
			} else {
				p.NetworkLoadBalancerArns = now.LoadBalancers
			}
			return p, err
		},
		Delete: func(ctx context.Context, c cfn.TypedRequest[endpointServiceProps]) error {
			return r.remove(ctx, c.PhysicalID, r.PrivateLink.DeleteEndpointService)
		},
	}
}

// changeService changes an endpoint service. The service and its permissions
// are two resources and one object of the network: one at a time.
func (r *Resources) changeService(id string, change func(*privatelink.EndpointService)) error {
	r.services.Lock()
	defer r.services.Unlock()
	s, err := r.PrivateLink.EndpointService(id)
	if err != nil {
		return err
	}
	change(&s)
	return r.PrivateLink.ModifyEndpointService(s)
}
