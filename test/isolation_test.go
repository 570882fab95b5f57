package test

import (
	"strings"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	ec2 "github.com/aws/aws-cdk-go/awscdk/v2/awsec2"
	"github.com/aws/jsii-runtime-go"

	"provenendpoints/constructs/endpoint"
	"provenendpoints/constructs/network"
	"provenendpoints/constructs/verification"
)

// isolated makes an interface endpoint to SQS with isolation. The network and the
// endpoint may belong to different stacks.
func isolated(stack awscdk.Stack, net network.Network, props endpoint.VerificationProps) {
	props.Isolated = true
	endpoint.NewInterface(stack, "Queues", &endpoint.InterfaceProps{
		Vpc: net.Vpc(), Service: ec2.InterfaceVpcEndpointAwsService_SQS(), Subnets: subnets(net.Private()), Verification: &props,
	})
}

// TestKnownWaysOutAreRefused: a route that leads out of an isolated subnet is
// refused at synthesis, whoever adds it and whenever.
func TestKnownWaysOutAreRefused(t *testing.T) {
	const message = "Verification.Isolated: must be false where a subnet has another way out, got "
	table := func(n network.Network) *string { return n.Private().RouteTable().RouteTableId() }
	route := func(props ec2.CfnRouteProps) func(awscdk.Stack, network.Network) {
		return func(s awscdk.Stack, n network.Network) {
			props.RouteTableId = table(n)
			ec2.NewCfnRoute(s, jsii.String("Out"), &props)
		}
	}
	block, six := jsii.String("0.0.0.0/0"), jsii.String("::/0")
	tests := []struct {
		name  string
		add   func(awscdk.Stack, network.Network)
		props func(awscdk.Stack, network.Network) endpoint.VerificationProps
		want  string // none where it is fine
	}{
		{name: "none"},
		{name: "internet gateway", add: route(ec2.CfnRouteProps{DestinationCidrBlock: block, GatewayId: jsii.String("igw-1")}), want: `Network/Net/Private, where the route Out leads to the GatewayId "igw-1"`},
		{name: "NAT gateway", add: route(ec2.CfnRouteProps{DestinationCidrBlock: block, NatGatewayId: jsii.String("nat-1")}), want: `the route Out leads to the NatGatewayId "nat-1"`},
		{name: "egress-only", add: route(ec2.CfnRouteProps{DestinationIpv6CidrBlock: six, EgressOnlyInternetGatewayId: jsii.String("eigw-1")}), want: `the EgressOnlyInternetGatewayId "eigw-1"`},
		{name: "transit gateway", add: route(ec2.CfnRouteProps{DestinationPrefixListId: jsii.String("pl-1"), TransitGatewayId: jsii.String("tgw-1")}), want: `the TransitGatewayId "tgw-1"`},
		{name: "a declared transit gateway", add: route(ec2.CfnRouteProps{DestinationCidrBlock: block, TransitGatewayId: jsii.String("tgw-1")}), props: func(awscdk.Stack, network.Network) endpoint.VerificationProps {
			return endpoint.VerificationProps{Ways: []string{"tgw-1"}}
		}},
		{name: "another is declared", add: route(ec2.CfnRouteProps{DestinationCidrBlock: block, TransitGatewayId: jsii.String("tgw-1")}), props: func(awscdk.Stack, network.Network) endpoint.VerificationProps {
			return endpoint.VerificationProps{Ways: []string{"tgw-2"}}
		}, want: `the TransitGatewayId "tgw-1"`},
		{name: "propagation", add: func(s awscdk.Stack, n network.Network) {
			ec2.NewCfnVPNGatewayRoutePropagation(s, jsii.String("Propagation"), &ec2.CfnVPNGatewayRoutePropagationProps{RouteTableIds: &[]*string{table(n)}, VpnGatewayId: jsii.String("vgw-1")})
		}, want: `Propagation adds the routes of the VpnGatewayId "vgw-1"`},
		{name: "in the other subnet", add: func(s awscdk.Stack, n network.Network) {
			ec2.NewCfnRoute(s, jsii.String("Out"), &ec2.CfnRouteProps{RouteTableId: n.Public().RouteTable().RouteTableId(), DestinationCidrBlock: jsii.String("10.9.0.0/16"), TransitGatewayId: jsii.String("tgw-1")})
		}},
		{name: "isolated is the other subnet", props: func(_ awscdk.Stack, n network.Network) endpoint.VerificationProps {
			return endpoint.VerificationProps{
				VantagePoints:   []verification.VantagePoint{{Name: "Private", Vpc: n.Vpc(), Subnet: n.Private()}},
				IsolatedSubnets: []ec2.ISubnet{n.Public()},
			}
		}, want: "Network/Net/Public, where the route NetPublicDefaultRoute"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			app := testApp(t, nil)
			first := awscdk.NewStack(app, jsii.String("Network"), nil)
			net := network.New(first, "Net", &network.Props{
				CIDR: "10.0.0.0/16", Public: &network.Subnet{CIDR: "10.0.0.0/24"}, Private: &network.Subnet{CIDR: "10.0.1.0/24"},
			})
			var props endpoint.VerificationProps
			if test.props != nil {
				props = test.props(first, net)
			}
			isolated(awscdk.NewStack(app, jsii.String("Stack"), nil), net, props)
			if test.add != nil {
				test.add(first, net) // after the construct: it looks at the end
			}
			if test.want == "" {
				app.Synth(nil)
				return
			}
			if said := mustPanic(t, func() { app.Synth(nil) }); !strings.Contains(said, message) || !strings.Contains(said, test.want) {
				t.Errorf("said %q, want %q", said, test.want)
			}
		})
	}
}
