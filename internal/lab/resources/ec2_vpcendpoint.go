package resources

import (
	"context"
	"net/http"
	"time"

	"provenendpoints/internal/lab/awserr"
	"provenendpoints/internal/lab/cfn"
	"provenendpoints/internal/lab/iam"
	"provenendpoints/internal/lab/privatelink"
)

func init() { register("AWS::EC2::VPCEndpoint", (*Resources).vpcEndpointType) }

type vpcEndpointProps struct {
	VpcId             string `cfn:"required,replace"`
	ServiceName       string `cfn:"required,replace"`
	VpcEndpointType   string `cfn:"replace,only=Gateway|Interface|GatewayLoadBalancer"`
	PolicyDocument    any
	PrivateDnsEnabled *bool
	RouteTableIds     []string
	SubnetIds         []string
	SecurityGroupIds  []string
	IpAddressType     string `cfn:"only=ipv4"`
	DnsOptions        endpointDNSOptions
	Tags              cfn.Tags `cfn:"inert"` // names for people
}

// endpointDNSOptions are how an endpoint has names
// (docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-ec2-vpcendpoint-dnsoptionsspecification.html).
type endpointDNSOptions struct {
	DnsRecordIpType                          string `cfn:"only=ipv4|not-specified"`
	PrivateDnsOnlyForInboundResolverEndpoint string `cfn:"only=OnlyInboundResolver|AllResolvers|NotSpecified"`
}

// endpointType is the endpoint's type; Gateway by default.
func (p vpcEndpointProps) endpointType() string {
	if p.VpcEndpointType == "" {
		return privatelink.GatewayType
	}
	return p.VpcEndpointType
}

// endpoint is the endpoint that the properties describe. In
// CloudFormation private DNS is off by default.
func (p vpcEndpointProps) endpoint(id string) (privatelink.Endpoint, error) {
	policy, err := policyText(p.PolicyDocument)
	return privatelink.Endpoint{
		ID: id, VPC: p.VpcId, Service: p.ServiceName, Type: p.endpointType(), Policy: policy,
		RouteTables: p.RouteTableIds, Subnets: p.SubnetIds, Groups: p.SecurityGroupIds,
		PrivateDNS: valueOr(p.PrivateDnsEnabled, false), AllResolvers: p.DnsOptions.PrivateDnsOnlyForInboundResolverEndpoint == "AllResolvers",
	}, err
}

// validateEndpoint checks the policy. A gateway endpoint's has rules of its own.
func validateEndpoint(p map[string]any) cfn.Findings {
	kind := iam.GatewayEndpointPolicy
	if t, ok := cfn.Literal(p["VpcEndpointType"]); ok && t == privatelink.InterfaceType {
		kind = iam.EndpointPolicy
	}
	return checkPolicy("PolicyDocument", p["PolicyDocument"], kind)
}

// vpcEndpointType is AWS::EC2::VPCEndpoint: gateway, interface and Gateway Load Balancer
// endpoints, to services of AWS and to endpoint services.
func (r *Resources) vpcEndpointType() cfn.Definition[vpcEndpointProps] {
	return cfn.Definition[vpcEndpointProps]{
		Attributes: []string{"Id", "CreationTimestamp", "DnsEntries", "NetworkInterfaceIds"},
		Validate:   validateEndpoint,
		Create: func(ctx context.Context, c cfn.TypedRequest[vpcEndpointProps]) (cfn.Result, error) {
			wanted, err := c.Props.endpoint(r.id("vpce-", c.Request))
			if err != nil {
				return cfn.Result{}, err
			}
			wanted.Principal = r.Scope.Root()
			made, err := r.createEndpoint(ctx, c.Request, wanted)
			if err != nil {
				return cfn.Result{}, err
			}
			return cfn.Result{PhysicalID: made.ID, Attributes: endpointAttributes(made)}, nil
		},
		Update: func(_ context.Context, c cfn.TypedRequest[vpcEndpointProps]) (cfn.Result, error) {
			wanted, err := c.Props.endpoint(c.PhysicalID)
			if err != nil {
				return cfn.Result{}, err
			}
			switch wanted.Type {
			case privatelink.BalancerType:
				return cfn.Result{}, r.PrivateLink.CheckBalancerEndpoint(wanted)
			case privatelink.GatewayType:
				return cfn.Result{}, r.PrivateLink.ModifyGatewayEndpoint(wanted.ID, wanted.Policy, wanted.RouteTables)
			}
			now, err := r.PrivateLink.ModifyInterfaceEndpoint(wanted)
			return cfn.Result{Attributes: endpointAttributes(now)}, err
		},
		Read: func(_ context.Context, c cfn.TypedRequest[vpcEndpointProps]) (vpcEndpointProps, error) {
			now, err := r.PrivateLink.Endpoint(c.PhysicalID)
			if err != nil {
				return c.Props, err
			}
			p := c.Props
			p.RouteTableIds, p.SubnetIds, p.SecurityGroupIds = now.RouteTables, now.Subnets, now.Groups
			p.PrivateDnsEnabled = optional(p.PrivateDnsEnabled, now.PrivateDNS)
			if policy, err := iam.Parse(now.Policy); now.Policy != "" && err == nil {
				p.PolicyDocument = document(p.PolicyDocument, policy)
			} else if now.Policy == "" {
				p.PolicyDocument = nil
			}
			return p, nil
		},
		Delete: func(ctx context.Context, c cfn.TypedRequest[vpcEndpointProps]) error {
			return r.remove(ctx, c.PhysicalID, r.PrivateLink.DeleteEndpoint)
		},
	}
}

// A service that has just been made answers 503 for a while. CloudFormation's handlers
// try again then: an error of the service's own is retriable
// (docs.aws.amazon.com/cloudformation-cli/latest/userguide/resource-type-test-contract-errors.html).
// For how long is assumed.
const (
	unavailableTimeout  = 2 * time.Minute
	unavailableInterval = 5 * time.Second
)

// createEndpoint creates an endpoint, and tries again while its service is unavailable.
func (r *Resources) createEndpoint(ctx context.Context, q cfn.Request, wanted privatelink.Endpoint) (privatelink.Endpoint, error) {
	deadline := r.Clock.Now().Add(unavailableTimeout)
	for {
		wanted.Available = r.stableAt(q)
		made, err := r.PrivateLink.CreateEndpoint(wanted)
		if err == nil || awserr.From(err).HTTPStatus() != http.StatusServiceUnavailable || r.Clock.Now().After(deadline) {
			return made, err
		}
		if r.Clock.Sleep(ctx, unavailableInterval) != nil {
			return made, err
		}
	}
}

// endpointAttributes are what Fn::GetAtt gives. DnsEntries are
// HOSTEDZONEID:name, the regional name first.
func endpointAttributes(e privatelink.Endpoint) map[string]any {
	names, interfaces := []any{}, []any{}
	for _, n := range e.DNSNames {
		names = append(names, n.HostedZone+":"+n.Name)
	}
	for _, i := range e.Interfaces {
		interfaces = append(interfaces, i)
	}
	return map[string]any{
		"Id":                  e.ID,
		"CreationTimestamp":   e.Created.UTC().Format(time.RFC3339),
		"DnsEntries":          names,
		"NetworkInterfaceIds": interfaces,
	}
}
