package test

import (
	"slices"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	ec2 "github.com/aws/aws-cdk-go/awscdk/v2/awsec2"
	elb "github.com/aws/aws-cdk-go/awscdk/v2/awselasticloadbalancingv2"
	elbtargets "github.com/aws/aws-cdk-go/awscdk/v2/awselasticloadbalancingv2targets"
	route53 "github.com/aws/aws-cdk-go/awscdk/v2/awsroute53"
	"github.com/aws/jsii-runtime-go"

	"provenendpoints/constructs/endpoint"
	"provenendpoints/constructs/host"
	"provenendpoints/constructs/network"
	"provenendpoints/internal/lab/cfn"
	"provenendpoints/internal/lab/region"
	"provenendpoints/internal/lab/sandbox"
	"provenendpoints/internal/test/deployed"
)

// A service with a private name in the owner's domain: the domain is verified in the
// deployment, the consumer's endpoint waits for that, and in its VPC the name leads to the
// endpoint.
func TestPrivateNameOfService(t *testing.T) {
	app := testApp(t, map[string]any{"@aws-cdk/core:validateAgainstDefaultRules": false})
	stack := awscdk.NewStack(app, jsii.String("Named"), nil)
	mine := network.New(stack, "Mine", &network.Props{CIDR: "10.0.0.0/16", Private: &network.Subnet{CIDR: "10.0.1.0/24"}})
	theirs := network.New(stack, "Theirs", &network.Props{CIDR: "10.1.0.0/16", Private: &network.Subnet{CIDR: "10.1.1.0/24"}})
	group := ec2.NewSecurityGroup(stack, jsii.String("Group"), &ec2.SecurityGroupProps{Vpc: theirs.Vpc(), AllowAllOutbound: jsii.Bool(true)})
	group.AddIngressRule(ec2.Peer_Ipv4(jsii.String("10.0.0.0/16")), ec2.Port_Tcp(jsii.Number(80)), nil, nil)
	group.AddIngressRule(ec2.Peer_Ipv4(jsii.String("10.1.0.0/16")), ec2.Port_Tcp(jsii.Number(80)), nil, nil)
	balancer := elb.NewNetworkLoadBalancer(stack, jsii.String("Balancer"), &elb.NetworkLoadBalancerProps{
		Vpc: theirs.Vpc(), VpcSubnets: subnets(theirs.Private()), SecurityGroups: &[]ec2.ISecurityGroup{group},
	})
	web := host.NewWeb(stack, "Web", &host.WebProps{Vpc: theirs.Vpc(), Subnet: theirs.Private(), Name: "WEB"})
	host.Admit(web, group, ec2.Port_Tcp(jsii.Number(host.WebPort)), "From the load balancer")
	targets := elb.NewNetworkTargetGroup(stack, jsii.String("Targets"), &elb.NetworkTargetGroupProps{
		Vpc: theirs.Vpc(), Port: jsii.Number(host.WebPort), Targets: &[]elb.INetworkLoadBalancerTarget{elbtargets.NewInstanceTarget(web, nil)},
	})
	balancer.AddListener(jsii.String("Listener"), &elb.BaseNetworkListenerProps{Port: jsii.Number(80), DefaultTargetGroups: &[]elb.INetworkTargetGroup{targets}})
	made := endpoint.NewService(stack, "Service", &endpoint.ServiceProps{
		Balancers: []elb.INetworkLoadBalancer{balancer}, PrivateDnsName: "api.corp.example",
		PrivateDnsZone: route53.NewPublicHostedZone(stack, jsii.String("Zone"), &route53.PublicHostedZoneProps{ZoneName: jsii.String("corp.example")}),
		Consumer:       &endpoint.ConsumerProps{Vpc: mine.Vpc(), Subnets: subnets(mine.Private())},
		Verification:   &endpoint.ServiceVerificationProps{Sources: []string{"10.0.0.0/16", "10.1.0.0/16"}},
	})
	awscdk.NewCfnOutput(stack, jsii.String("Name"), &awscdk.CfnOutputProps{Value: made.Verification().Evidence("PrivateDefaultResolves")})
	template := synth(t, app, "Named")
	verified := template.all("Custom::AWS")
	if consumer := template.one(t, "AWS::EC2::VPCEndpoint", "", nil); !slices.ContainsFunc(verified, func(r *resource) bool { return slices.Contains(consumer.DependsOn, r.ID) }) {
		t.Errorf("the consumer's endpoint waits for %q, not for the domain", consumer.DependsOn)
	}
	if err := sandbox.Probe(); err != nil {
		t.Skip(err) // CDK's own function verifies the domain
	}
	read, err := cfn.ReadAssembly(*app.Outdir())
	if err != nil {
		t.Fatal(err)
	}
	named, _ := read.Stack("Named")
	w := deployed.New(t, "Named", region.Options{})
	if err := w.Deploy(named); err != nil {
		t.Fatal(deployed.Reason(err))
	}
	w.Remove("Named")
}
