package endpoint

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	ec2 "github.com/aws/aws-cdk-go/awscdk/v2/awsec2"
	iam "github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	route53 "github.com/aws/aws-cdk-go/awscdk/v2/awsroute53"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"provenendpoints/internal/suppression"
)

// principals are those that may connect to the service. AWS does not document whether
// the owner's account needs a permission; without others it gets one.
func (p *ServiceProps) principals() []iam.ArnPrincipal {
	principals := append([]iam.ArnPrincipal(nil), p.AllowedPrincipals...)
	accounts := p.AllowedAccounts
	if len(principals) == 0 && len(accounts) == 0 {
		accounts = []string{*awscdk.Aws_ACCOUNT_ID()}
	}
	for _, account := range accounts {
		principals = append(principals, iam.NewArnPrincipal(jsii.String(
			"arn:"+*awscdk.Aws_PARTITION()+":iam::"+account+":root")))
	}
	return principals
}

// privateDNS reports whether the consumer's endpoint has the service's private name.
func (p *ServiceProps) privateDNS() bool {
	if p.Consumer != nil && p.Consumer.PrivateDnsEnabled != nil {
		return *p.Consumer.PrivateDnsEnabled
	}
	return p.PrivateDnsZone != nil
}

// behind are the load balancers behind the service, of whatever type.
func (p *ServiceProps) behind() *[]ec2.IVpcEndpointServiceLoadBalancer {
	var behind []ec2.IVpcEndpointServiceLoadBalancer
	for _, balancer := range p.Balancers {
		behind = append(behind, balancer)
	}
	for _, arn := range p.GatewayLoadBalancerArns {
		behind = append(behind, &gatewayLoadBalancer{arn})
	}
	return &behind
}

// gatewayLoadBalancer is a Gateway Load Balancer, for which CDK has no construct.
type gatewayLoadBalancer struct{ arn string }

// LoadBalancerArn implements ec2.IVpcEndpointServiceLoadBalancer.
func (b *gatewayLoadBalancer) LoadBalancerArn() *string { return &b.arn }

// complete sets what CDK's construct has no property for.
func (s *endpointService) complete(props *ServiceProps) {
	// CDK names the resource after its construct, so it is no default child.
	resource := s.Node().FindChild(jsii.String(serviceID)).(ec2.CfnVPCEndpointService)
	rules := []suppression.Rule{suppression.StableFirst}
	if !props.AcceptanceRequired {
		rules = append(rules, suppression.Rule{Same: []string{"CKV_AWS_123"}, Reason: "declared principals alone may connect"})
	}
	suppression.Add(resource, rules...)
	if len(props.GatewayLoadBalancerArns) > 0 {
		resource.SetNetworkLoadBalancerArns(nil)
		resource.SetGatewayLoadBalancerArns(jsii.Strings(props.GatewayLoadBalancerArns...))
	}
	resource.SetPayerResponsibility(optional(props.PayerResponsibility))
	if props.PrivateDnsZone == nil {
		resource.SetPrivateDnsName(optional(props.PrivateDnsName))
	}
	addTags(s, props.Tags)
}

// verifyDomain proves to AWS that the domain of the private name is the owner's, where
// its zone is known. The consumer's endpoint must wait for it.
func (s *endpointService) verifyDomain(holder constructs.Construct, props *ServiceProps) constructs.IDependable {
	if props.PrivateDnsZone == nil {
		return nil
	}
	return route53.NewVpcEndpointServiceDomainName(holder, jsii.String("PrivateDns"), &route53.VpcEndpointServiceDomainNameProps{
		EndpointService: s, DomainName: &props.PrivateDnsName, PublicHostedZone: props.PrivateDnsZone,
	})
}

// optionalList is a list that may be left out.
func optionalList(texts []string) *[]*string {
	if len(texts) == 0 {
		return nil
	}
	return jsii.Strings(texts...)
}

func optionalTypes(types []ec2.IpAddressType) *[]ec2.IpAddressType {
	if len(types) == 0 {
		return nil
	}
	return &types
}

// orDefault returns a copy, so that a default is not written into the caller's
// props; empty ones for nil.
func (p *ServiceVerificationProps) orDefault() *ServiceVerificationProps {
	if p == nil {
		return &ServiceVerificationProps{}
	}
	own := *p
	return &own
}

func (p *ConsumerProps) port() int {
	if p.Port == 0 {
		return defaultServicePort
	}
	return p.Port
}
