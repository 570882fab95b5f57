package resources

import (
	"context"
	"maps"
	"slices"

	"provenendpoints/internal/lab/awsid"
	"provenendpoints/internal/lab/cfn"
	"provenendpoints/internal/lab/firewall"
)

func init() {
	register("AWS::NetworkFirewall::Firewall", (*Resources).networkFirewallType)
	register("AWS::NetworkFirewall::VpcEndpointAssociation", (*Resources).firewallEndpointType)
}

type (
	firewallSubnet struct {
		SubnetId      string `cfn:"required"`
		IPAddressType string `cfn:"only=IPV4|DUALSTACK|IPV6"` // the interface takes packets of both
	}
	networkFirewallProps struct {
		FirewallName                   string           `cfn:"required,replace"`
		FirewallPolicyArn              string           `cfn:"required"`
		VpcId                          string           `cfn:"required,replace"`
		SubnetMappings                 []firewallSubnet `cfn:"required"`
		DeleteProtection               *bool            `cfn:"inert"` // CloudFormation's own calls come with the stack
		FirewallPolicyChangeProtection *bool            `cfn:"inert"`
		SubnetChangeProtection         *bool            `cfn:"inert"`
		EnabledAnalysisTypes           []string         `cfn:"inert"` // reports, which nobody reads
		Description                    string           `cfn:"inert"` // text for people
		Tags                           cfn.Tags         `cfn:"inert"` // names for people
	}
)

// firewall is the firewall that the properties describe.
func (p networkFirewallProps) firewall(arn string) firewall.Firewall {
	f := firewall.Firewall{ARN: arn, Policy: p.FirewallPolicyArn, VPC: p.VpcId}
	for _, s := range p.SubnetMappings {
		f.Subnets = append(f.Subnets, s.SubnetId)
	}
	return f
}

// networkFirewallAttributes are what Fn::GetAtt gives. EndpointIds are ZONE:ID, here in the order of
// the zones; AWS promises none.
func networkFirewallAttributes(f firewall.Firewall, id string) map[string]any {
	endpoints := []any{}
	for _, zone := range slices.Sorted(maps.Keys(f.Endpoints)) {
		endpoints = append(endpoints, zone+":"+f.Endpoints[zone])
	}
	return map[string]any{"FirewallArn": f.ARN, "FirewallId": id, "EndpointIds": endpoints}
}

// networkFirewallType is AWS::NetworkFirewall::Firewall, of a VPC. Its Ref is the ARN
// (docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-networkfirewall-firewall.html).
func (r *Resources) networkFirewallType() cfn.Definition[networkFirewallProps] {
	return cfn.Definition[networkFirewallProps]{
		Attributes: []string{"FirewallArn", "FirewallId", "EndpointIds"},
		Create: func(_ context.Context, c cfn.TypedRequest[networkFirewallProps]) (cfn.Result, error) {
			made, err := r.Firewalls.PutFirewall(c.Props.firewall(r.Scope.ARN("network-firewall", "firewall/"+c.Props.FirewallName)))
			if err != nil {
				return cfn.Result{}, err
			}
			return cfn.Result{PhysicalID: made.ARN, Attributes: networkFirewallAttributes(made, awsid.UUID(made.ARN))}, nil
		},
		Update: func(_ context.Context, c cfn.TypedRequest[networkFirewallProps]) (cfn.Result, error) {
			now, err := r.Firewalls.PutFirewall(c.Props.firewall(c.PhysicalID))
			return cfn.Result{Attributes: networkFirewallAttributes(now, awsid.UUID(now.ARN))}, err
		},
		Delete: func(ctx context.Context, c cfn.TypedRequest[networkFirewallProps]) error {
			return r.remove(ctx, c.PhysicalID, r.Firewalls.DeleteFirewall)
		},
	}
}

type firewallEndpointProps struct {
	FirewallArn   string         `cfn:"required,replace"`
	VpcId         string         `cfn:"required,replace"`
	SubnetMapping firewallSubnet `cfn:"required,replace"`
	Description   string         `cfn:"inert,replace"` // text for people
	Tags          cfn.Tags       `cfn:"inert"`         // names for people
}

// firewallEndpointType is AWS::NetworkFirewall::VpcEndpointAssociation: a further endpoint of a
// firewall. Its Ref is the ARN
// (docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-networkfirewall-vpcendpointassociation.html).
func (r *Resources) firewallEndpointType() cfn.Definition[firewallEndpointProps] {
	endpoint := func(arn string) string { return awsid.EC2("vpce-", arn) }
	return cfn.Definition[firewallEndpointProps]{
		Attributes: []string{"VpcEndpointAssociationArn", "VpcEndpointAssociationId", "EndpointId"},
		Create: func(_ context.Context, c cfn.TypedRequest[firewallEndpointProps]) (cfn.Result, error) {
			id := r.uuid(c.Request)
			arn := r.Scope.ARN("network-firewall", "vpc-endpoint-association/"+id)
			if err := r.Firewalls.Associate(endpoint(arn), c.Props.FirewallArn, c.Props.VpcId, c.Props.SubnetMapping.SubnetId); err != nil {
				return cfn.Result{}, err
			}
			return cfn.Result{PhysicalID: arn, Attributes: map[string]any{"VpcEndpointAssociationArn": arn, "VpcEndpointAssociationId": id, "EndpointId": endpoint(arn)}}, nil
		},
		Delete: func(ctx context.Context, c cfn.TypedRequest[firewallEndpointProps]) error {
			return r.remove(ctx, endpoint(c.PhysicalID), r.Firewalls.Disassociate)
		},
	}
}
