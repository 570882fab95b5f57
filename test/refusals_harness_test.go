package test

import (
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	ec2 "github.com/aws/aws-cdk-go/awscdk/v2/awsec2"
	elb "github.com/aws/aws-cdk-go/awscdk/v2/awselasticloadbalancingv2"
	route53 "github.com/aws/aws-cdk-go/awscdk/v2/awsroute53"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"provenendpoints/constructs/endpoint"
	"provenendpoints/constructs/verification"
	"provenendpoints/proof"
)

// refusing is a world in which each constructor works, but for what a case does to its
// properties.
type refusing struct {
	app     awscdk.App
	stack   awscdk.Stack
	scope   constructs.Construct
	vpc     ec2.Vpc
	private ec2.ISubnet
	nlb     elb.NetworkLoadBalancer
	zone    route53.PublicHostedZone
}

func newRefusing(t *testing.T) *refusing {
	app := testApp(t, map[string]any{"@aws-cdk/core:validateAgainstDefaultRules": false})
	stack := awscdk.NewStack(app, jsii.String("Stack"), nil)
	w := &refusing{app: app, stack: stack, scope: constructs.NewConstruct(stack, jsii.String("S"))}
	w.vpc = ec2.NewVpc(stack, jsii.String("Vpc"), &ec2.VpcProps{MaxAzs: jsii.Number(2)})
	w.private = (*w.vpc.PrivateSubnets())[0]
	w.nlb = elb.NewNetworkLoadBalancer(stack, jsii.String("Nlb"), &elb.NetworkLoadBalancerProps{Vpc: w.vpc})
	w.nlb.AddListener(jsii.String("Listener"), &elb.BaseNetworkListenerProps{
		Port: jsii.Number(80), DefaultTargetGroups: &[]elb.INetworkTargetGroup{
			elb.NewNetworkTargetGroup(stack, jsii.String("Targets"), &elb.NetworkTargetGroupProps{Vpc: w.vpc, Port: jsii.Number(80), TargetType: elb.TargetType_IP}),
		},
	})
	w.zone = route53.NewPublicHostedZone(stack, jsii.String("Zone"), &route53.PublicHostedZoneProps{ZoneName: jsii.String("example.test")})
	return w
}

// made calls a constructor with properties that work, once they have been changed.
func made[P any, R any](w *refusing, make func(constructs.Construct, string, *P) R, props P, change func(*P)) {
	change(&props)
	make(w.scope, "E", &props)
}

func (w *refusing) i(change func(*endpoint.InterfaceProps)) {
	made(w, endpoint.NewInterface, endpoint.InterfaceProps{Vpc: w.vpc, Service: ec2.InterfaceVpcEndpointAwsService_KMS()}, change)
}

func (w *refusing) v(change func(*endpoint.VerificationProps)) {
	w.i(func(p *endpoint.InterfaceProps) {
		p.Verification = &endpoint.VerificationProps{}
		change(p.Verification)
	})
}

func (w *refusing) call(change func(*endpoint.Call)) {
	w.v(func(p *endpoint.VerificationProps) { p.Call = endpoint.CallTo("kms"); change(p.Call) })
}

func (w *refusing) g(change func(*endpoint.GatewayProps)) {
	made(w, endpoint.NewGateway, endpoint.GatewayProps{Vpc: w.vpc, Service: ec2.GatewayVpcEndpointAwsService_S3()}, change)
}

func (w *refusing) s(change func(*endpoint.ServiceProps)) {
	made(w, endpoint.NewService, endpoint.ServiceProps{Balancers: []elb.INetworkLoadBalancer{w.nlb}, Consumer: &endpoint.ConsumerProps{Vpc: w.vpc}}, change)
}

func (w *refusing) sv(change func(*endpoint.ServiceVerificationProps)) {
	w.s(func(p *endpoint.ServiceProps) {
		p.Verification = &endpoint.ServiceVerificationProps{}
		change(p.Verification)
	})
}

// inside isolates the load balancer's VPC.
func (w *refusing) inside(props *endpoint.IsolationProps) {
	w.sv(func(p *endpoint.ServiceVerificationProps) {
		p.Inside = []verification.VantagePoint{{Name: "Inside", Vpc: w.vpc, Subnet: w.private}}
		p.InsideIsolation = props
	})
}

func (w *refusing) gl(change func(*endpoint.GatewayLoadBalancerProps)) {
	made(w, endpoint.NewGatewayLoadBalancer, endpoint.GatewayLoadBalancerProps{
		Vpc: w.vpc, ServiceName: "com.amazonaws.vpce.eu-west-1.vpce-svc-0123456789abcdef0", Subnet: w.private,
	}, change)
}

func (w *refusing) l(change func(*endpoint.ResourceProps)) {
	made(w, endpoint.NewResource, endpoint.ResourceProps{
		ResourceConfigurationArn: "arn:aws:vpc-lattice:eu-central-1:111122223333:resourceconfiguration/rcfg-0123456789abcdef0",
		LatticeProps:             endpoint.LatticeProps{Vpc: w.vpc, Port: 5432},
	}, change)
}

func (w *refusing) ver(change func(*verification.Props)) {
	made(w, verification.New, verification.Props{
		Subject: "x", Claims: []proof.Claim{{ID: "A", Kind: proof.Unrouted, Endpoint: "vpce-0123456789abcdef0"}},
	}, change)
}
