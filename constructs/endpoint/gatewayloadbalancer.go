package endpoint

import (
	"errors"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	ec2 "github.com/aws/aws-cdk-go/awscdk/v2/awsec2"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"provenendpoints/constructs/verification"
	"provenendpoints/internal/known"
	"provenendpoints/proof"
)

// GatewayLoadBalancerProps describe a Gateway Load Balancer endpoint, by which routes
// lead traffic through appliances
// (docs.aws.amazon.com/vpc/latest/privatelink/gateway-load-balancer-endpoints.html).
type GatewayLoadBalancerProps struct {
	// Vpc is the VPC that the endpoint belongs to. Required.
	Vpc ec2.IVpc
	// ServiceName is the name of the endpoint service, such as
	// VpcEndpointServiceName of a [Service] with GatewayLoadBalancerArns. Required.
	ServiceName string
	// Subnet is the one subnet in which it has an interface. Required.
	Subnet ec2.ISubnet
	// IpAddressType is the endpoint's IP address type.
	// Default: AWS's, which is IPv4.
	IpAddressType ec2.VpcEndpointIpAddressType
	// Tags are tags of the endpoint, besides those of its scope. Default: none.
	Tags map[string]string
	// Verification says how the endpoint is verified. It can have no Call.
	// Default: in full: no other endpoint of the VPC leads to the service.
	Verification *VerificationProps
}

// GatewayLoadBalancer is a Gateway Load Balancer endpoint with its proof.
type GatewayLoadBalancer interface {
	constructs.Construct
	// Endpoint returns the endpoint. Its id is what routes lead to (VpcEndpointId).
	Endpoint() ec2.IVpcEndpoint
	// Verification returns the verification, or nil if it is disabled.
	Verification() verification.Verification
}

type gatewayLoadBalancerEndpoint struct {
	constructs.Construct
	endpoint     ec2.IVpcEndpoint
	verification verification.Verification
}

// NewGatewayLoadBalancer makes a Gateway Load Balancer endpoint. It panics with every
// property that is wrong.
func NewGatewayLoadBalancer(scope constructs.Construct, id string, props *GatewayLoadBalancerProps) GatewayLoadBalancer {
	if props == nil {
		panic(required("props", true))
	}
	proving := props.Verification.orDefault()
	errs := []error{required("Vpc", props.Vpc == nil), required("ServiceName", props.ServiceName == ""), required("Subnet", props.Subnet == nil),
		known.CheckScope(scope, id), checkForm("ServiceName", props.ServiceName, serviceForm, "the full name of an endpoint service such as com.amazonaws.vpce.eu-west-1.vpce-svc-0123456789abcdef0"),
		checkIPTypes("", props.IpAddressType, ""), checkTags("Tags", props.Tags), checkProving(proving, false)}
	if proving.Call != nil {
		errs = append(errs, errors.New("Verification.Call: such an endpoint answers no AWS call, got one"))
	}
	must(errors.Join(errs...))
	g := &gatewayLoadBalancerEndpoint{}
	constructs.NewConstruct_Override(g, scope, &id)
	subnets := []ec2.ISubnet{props.Subnet}
	must(checkImported(subnets, "Subnet", false))
	must(checkSubnets(awscdk.Stack_Of(g), props.Vpc, subnets, proving))
	resource := ec2.NewCfnVPCEndpoint(g, jsii.String("Resource"), &ec2.CfnVPCEndpointProps{
		VpcEndpointType: jsii.String("GatewayLoadBalancer"), VpcId: props.Vpc.VpcId(), ServiceName: &props.ServiceName,
		SubnetIds: anyList(subnetIDs(subnets)), IpAddressType: optional(lower(props.IpAddressType)),
	})
	addTags(resource, props.Tags)
	g.endpoint = ec2.GatewayVpcEndpoint_FromGatewayVpcEndpointId(g, jsii.String(endpointID), resource.Ref())
	addSibling(g, props.Vpc, g.endpoint, "")
	if !proving.Disabled {
		var points []verification.VantagePoint
		if len(proving.Claims) > 0 || proving.Isolated {
			points = proving.vantagePoints(props.Vpc, subnets)
		}
		claims := []proof.Claim{sole(*resource.Ref(), proving.otherEndpoints())}
		claims = append(claims, proving.isolation(g, props.Vpc, *resource.Ref(), points).claims()...)
		g.verification = newVerification(g, proving, "Gateway Load Balancer endpoint "+*resource.Ref()+" to "+props.ServiceName+" in "+*props.Vpc.VpcId(), points, nil, claims)
	}
	return g
}

func (g *gatewayLoadBalancerEndpoint) Endpoint() ec2.IVpcEndpoint              { return g.endpoint }
func (g *gatewayLoadBalancerEndpoint) Verification() verification.Verification { return g.verification }
