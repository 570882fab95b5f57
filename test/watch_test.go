package test

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	ec2 "github.com/aws/aws-cdk-go/awscdk/v2/awsec2"
	iam "github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"provenendpoints/constructs/endpoint"
	"provenendpoints/constructs/network"
	"provenendpoints/internal/test/templates"
)

// fixture is a small stack with an interface endpoint, to be changed.
type fixture struct {
	stack    awscdk.Stack
	network  network.Network
	endpoint endpoint.Interface
}

// proofAfter synthesizes the fixture with a change and returns the proof's
// properties.
func proofAfter(t *testing.T, context map[string]any, change func(*fixture)) map[string]any {
	t.Helper()
	app := testApp(t, context)
	f := &fixture{stack: awscdk.NewStack(app, jsii.String("Stack"), nil)}
	f.network = network.New(f.stack, "Network", &network.Props{CIDR: "10.0.0.0/16", Private: &network.Subnet{CIDR: "10.0.0.0/24"}})
	f.endpoint = endpoint.NewInterface(f.stack, "Endpoint", &endpoint.InterfaceProps{
		Vpc:          f.network.Vpc(),
		Service:      ec2.InterfaceVpcEndpointAwsService_CLOUDFORMATION(),
		Subnets:      &ec2.SubnetSelection{Subnets: &[]ec2.ISubnet{f.network.Private()}},
		Verification: &endpoint.VerificationProps{Call: endpoint.GetStackPolicy(f.stack)},
	})
	change(f)
	return synth(t, app, "Stack").proofOf(t).Properties
}

// changed are the properties that differ, with those inside Watched by name.
func changed(before, after map[string]any) []string {
	var found []string
	for key := range before {
		if !equal(before[key], after[key]) && key != "Watched" {
			found = append(found, key)
		}
	}
	one, two := before["Watched"].(map[string]any), after["Watched"].(map[string]any)
	both := maps.Clone(one)
	maps.Copy(both, two)
	for key := range both {
		if !equal(one[key], two[key]) {
			found = append(found, "Watched."+key)
		}
	}
	for key := range after {
		if _, known := before[key]; !known {
			found = append(found, key)
		}
	}
	slices.Sort(found)
	return found
}

// What the proof rests on changes the proof, so that CloudFormation runs it
// again; nothing else does. Each change is made after the construct.
func TestWatched(t *testing.T) {
	before := proofAfter(t, nil, func(*fixture) {})
	tests := []struct {
		name   string
		change func(*fixture)
		want   []string
	}{
		{"nothing", func(*fixture) {}, nil},
		{"a route", func(f *fixture) {
			f.network.Private().(ec2.Subnet).AddRoute(jsii.String("Way"), &ec2.AddRouteOptions{
				RouterId: jsii.String("nat-1"), RouterType: ec2.RouterType_NAT_GATEWAY,
			})
		}, []string{"Watched.Network/Private/Way"}},
		{"the policy", func(f *fixture) {
			f.endpoint.Endpoint().AddToPolicy(iam.NewPolicyStatement(&iam.PolicyStatementProps{
				Principals: &[]iam.IPrincipal{iam.NewStarPrincipal()}, Actions: jsii.Strings("*"), Resources: jsii.Strings("*"),
			}))
		}, []string{"Claims", "Watched.Endpoint/Endpoint"}}, // one claim says the policy itself
		{"the security group", func(f *fixture) {
			f.endpoint.Endpoint().Connections().AllowFromAnyIpv4(ec2.Port_Tcp(jsii.Number(22)), nil)
		}, []string{"Watched.Endpoint/EndpointSecurityGroup"}},
		{"private DNS", func(f *fixture) {
			f.endpoint.Endpoint().Node().DefaultChild().(ec2.CfnVPCEndpoint).SetPrivateDnsEnabled(false)
		}, []string{"Watched.Endpoint/Endpoint"}},
		{"the VPC's DNS", func(f *fixture) {
			f.network.Vpc().Node().DefaultChild().(ec2.CfnVPC).SetEnableDnsSupport(false)
		}, []string{"Watched.Network/Vpc"}},
		{"the subnet's table", func(f *fixture) {
			for _, child := range *f.network.Private().Node().Children() {
				if association, ok := child.(ec2.CfnSubnetRouteTableAssociation); ok {
					association.SetRouteTableId(jsii.String("rtb-1"))
				}
			}
		}, []string{"Watched.Network/Private/RouteTableAssociation"}},

		{"a tag", func(f *fixture) {
			awscdk.Tags_Of(f.network).Add(jsii.String("team"), jsii.String("x"), nil)
		}, nil},
		{"another VPC", func(f *fixture) {
			network.New(f.stack, "Other", &network.Props{CIDR: "10.1.0.0/16", Private: &network.Subnet{CIDR: "10.1.0.0/24"}})
		}, nil},
		{"the functions", func(f *fixture) {
			for _, child := range *f.stack.Node().FindAll(constructs.ConstructOrder_PREORDER) {
				if function, ok := child.(interface{ SetMemorySize(*float64) }); ok {
					function.SetMemorySize(jsii.Number(512))
				}
			}
		}, nil},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got := changed(before, proofAfter(t, nil, test.change))
			if !slices.Equal(got, test.want) {
				t.Errorf("changed %q, want %q", got, test.want)
			}
		})
	}
	t.Run("-c run", func(t *testing.T) {
		first := proofAfter(t, map[string]any{"run": "monday"}, func(*fixture) {})
		if got := changed(before, first); !slices.Equal(got, []string{"Run"}) {
			t.Errorf("changed %q, want Run alone", got)
		}
		again := proofAfter(t, map[string]any{"run": "tuesday"}, func(*fixture) {})
		if got := changed(first, again); !slices.Equal(got, []string{"Run"}) {
			t.Errorf("changed %q, want Run alone", got)
		}
	})
}

// Nothing that a proof watches is missing from the app's stacks.
func TestWatchedIsAll(t *testing.T) {
	t.Parallel()
	kinds := []string{
		"AWS::EC2::VPCEndpoint", "AWS::EC2::Route", "AWS::EC2::SubnetRouteTableAssociation", "AWS::EC2::VPC",
		"AWS::ElasticLoadBalancingV2::LoadBalancer", "AWS::ElasticLoadBalancingV2::Listener", "AWS::ElasticLoadBalancingV2::TargetGroup",
		"AWS::EC2::VPCEndpointService", "AWS::EC2::VPCEndpointServicePermissions",
	}
	for _, stack := range stackNames {
		template := load(t, stack)
		var count int
		for _, kind := range kinds {
			count += len(template.all(kind))
		}
		for _, rule := range slices.Concat(template.all("AWS::EC2::SecurityGroup"), template.all("AWS::EC2::SecurityGroupIngress")) {
			id := rule.ID
			if group := templates.Target(rule.Properties["GroupId"]); group != "" {
				id = group
			}
			if member := template.member(id); member == "endpoint" || member == "balancer" || strings.HasPrefix(member, "WEB") {
				count++
			}
		}
		for _, instance := range template.all("AWS::EC2::Instance") {
			if strings.HasPrefix(instance.name(), "WEB") {
				count++
			}
		}
		if stack == gatewayEndpoint {
			count -= 2 // the public subnet's route and association: the endpoint does not serve it
		}
		watched := 0
		for name := range template.proofOf(t).Properties["Watched"].(map[string]any) {
			for _, other := range []string{"vantage point", "grant", "/Subnet", "/RouteTable", "/InstanceProfile", "/InstanceRole"} {
				if strings.HasPrefix(name, other) || strings.HasSuffix(name, other) {
					watched--
					break
				}
			}
			watched++
		}
		if watched != count {
			t.Errorf("%s: watches %d of the %d resources that decide the path", stack, watched, count)
		}
	}
}
