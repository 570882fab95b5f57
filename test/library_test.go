package test

import (
	"fmt"
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsapigateway"
	ec2 "github.com/aws/aws-cdk-go/awscdk/v2/awsec2"
	elb "github.com/aws/aws-cdk-go/awscdk/v2/awselasticloadbalancingv2"
	iam "github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	route53 "github.com/aws/aws-cdk-go/awscdk/v2/awsroute53"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsroute53targets"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssns"
	"github.com/aws/jsii-runtime-go"

	"provenendpoints/constructs/endpoint"
	"provenendpoints/constructs/network"
)

// everyProperty makes one of each construct, with every property that there is.
func everyProperty(stack awscdk.Stack) {
	vpc := ec2.NewVpc(stack, jsii.String("Vpc"), &ec2.VpcProps{MaxAzs: jsii.Number(1)})
	topic := awssns.NewTopic(stack, jsii.String("Topic"), nil)
	balancer := elb.NewNetworkLoadBalancer(stack, jsii.String("Balancer"), &elb.NetworkLoadBalancerProps{Vpc: vpc})
	balancer.AddListener(jsii.String("Listener"), &elb.BaseNetworkListenerProps{
		Port: jsii.Number(443), DefaultTargetGroups: &[]elb.INetworkTargetGroup{elb.NewNetworkTargetGroup(stack, jsii.String("Targets"), &elb.NetworkTargetGroupProps{Port: jsii.Number(443), Vpc: vpc})},
	})
	tags := map[string]string{"team": "network"}
	endpoint.NewGateway(stack, "S3", &endpoint.GatewayProps{
		Vpc: vpc, Service: ec2.GatewayVpcEndpointAwsService_S3(), Policy: endpoint.OwnAccount(), Tags: tags,
		IpAddressType: ec2.VpcEndpointIpAddressType_DUALSTACK, DnsRecordIpType: ec2.VpcEndpointDnsRecordIpType_SERVICE_DEFINED,
	})
	endpoint.NewInterface(stack, "S3Interface", &endpoint.InterfaceProps{
		Vpc: vpc, Service: ec2.InterfaceVpcEndpointAwsService_S3(), PrivateDnsEnabled: jsii.Bool(true), ServiceRegion: "us-west-2",
		PrivateDnsOnlyForInboundResolverEndpoint: ec2.VpcEndpointPrivateDnsOnlyForInboundResolverEndpoint_ONLY_INBOUND_RESOLVER,
		DnsRecordIpType:                          ec2.VpcEndpointDnsRecordIpType_IPV4, IpAddressType: ec2.VpcEndpointIpAddressType_IPV4,
		Notifications: []endpoint.Notification{{Topic: topic, Events: []string{"Accept", "Reject"}}}, Tags: tags,
	})
	lattice := endpoint.LatticeProps{
		Vpc: vpc, Port: 5432, PrivateDnsEnabled: jsii.Bool(true), PrivateDnsPreference: "SPECIFIED_DOMAINS_ONLY", PrivateDnsSpecifiedDomains: []string{"db.example"},
		IpAddressType: ec2.VpcEndpointIpAddressType_IPV4, DnsRecordIpType: ec2.VpcEndpointDnsRecordIpType_SERVICE_DEFINED, Tags: tags,
	}
	endpoint.NewResource(stack, "Database", &endpoint.ResourceProps{ResourceConfigurationArn: "arn:aws:vpc-lattice:eu-central-1:111122223333:resourceconfiguration/rcfg-1", LatticeProps: lattice})
	endpoint.NewServiceNetwork(stack, "Services", &endpoint.ServiceNetworkProps{ServiceNetworkArn: "arn:aws:vpc-lattice:eu-central-1:111122223333:servicenetwork/sn-1", LatticeProps: lattice})
	endpoint.NewService(stack, "Service", &endpoint.ServiceProps{
		Balancers: []elb.INetworkLoadBalancer{balancer}, AllowedAccounts: []string{"444455556666"}, AllowedPrincipals: []iam.ArnPrincipal{iam.NewArnPrincipal(jsii.String("arn:aws:iam::111122223333:role/x"))},
		AllowedRegions: []string{"us-east-1"}, SupportedIpAddressTypes: []ec2.IpAddressType{ec2.IpAddressType_IPV4}, PrivateDnsName: "api.example.com",
		ContributorInsightsEnabled: jsii.Bool(true), PayerResponsibility: "ServiceOwner", Notifications: []endpoint.Notification{{Topic: topic}}, Tags: tags,
		Consumer: &endpoint.ConsumerProps{Vpc: vpc, Port: 443, PrivateDnsEnabled: jsii.Bool(true), Tags: tags},
	})
	inspection := endpoint.NewService(stack, "Inspection", &endpoint.ServiceProps{
		GatewayLoadBalancerArns: []string{"arn:aws:elasticloadbalancing:eu-central-1:111122223333:loadbalancer/gwy/a/b"}, AcceptanceRequired: true,
	})
	endpoint.NewGatewayLoadBalancer(stack, "Inspected", &endpoint.GatewayLoadBalancerProps{
		Vpc: vpc, ServiceName: *inspection.VpcEndpointServiceName(), Subnet: (*vpc.PrivateSubnets())[0], Tags: tags,
	})
}

// notOurs are properties of CloudFormation's that are no property of ours, with the
// reason.
var notOurs = map[string]string{
	"AWS::EC2::VPCEndpointService.PrivateDnsNameConfiguration": "CloudFormation's record of the verification: Name, State, Type and Value are what AWS says",
}

// Whatever CloudFormation can be told of endpoints, endpoint services, permissions and
// notifications can be told these constructs: the library's own types say what there
// is, so that a property that AWS adds fails this test.
func TestEveryProperty(t *testing.T) {
	app := testApp(t, map[string]any{"@aws-cdk/core:validateAgainstDefaultRules": false})
	everyProperty(awscdk.NewStack(app, jsii.String("Stack"), nil))
	template := synth(t, app, "Stack")
	for kind, properties := range map[string][]any{
		"AWS::EC2::VPCEndpoint":                       {ec2.CfnVPCEndpointProps{}, ec2.CfnVPCEndpoint_DnsOptionsSpecificationProperty{}},
		"AWS::EC2::VPCEndpointService":                {ec2.CfnVPCEndpointServiceProps{}},
		"AWS::EC2::VPCEndpointServicePermissions":     {ec2.CfnVPCEndpointServicePermissionsProps{}},
		"AWS::EC2::VPCEndpointConnectionNotification": {ec2.CfnVPCEndpointConnectionNotificationProps{}},
	} {
		written := map[string]bool{}
		for _, resource := range template.all(kind) {
			for name, value := range resource.Properties {
				written[strings.ToLower(name)] = true
				if nested, ok := value.(map[string]any); ok {
					for name := range nested {
						written[strings.ToLower(name)] = true
					}
				}
			}
		}
		for _, property := range properties {
			for i := range reflect.TypeOf(property).NumField() {
				name := reflect.TypeOf(property).Field(i).Name
				if reason := notOurs[kind+"."+name]; (reason == "") != written[strings.ToLower(name)] { // CloudFormation has a VPCEndpointId
					t.Errorf("%s.%s: written %t, reason to leave it out %q", kind, name, written[strings.ToLower(name)], reason)
				}
			}
		}
	}
	types := map[string]bool{}
	for _, resource := range template.all("AWS::EC2::VPCEndpoint") {
		types[text(resource.Properties["VpcEndpointType"])] = true
		if !slices.ContainsFunc(resource.Properties["Tags"].([]any), func(tag any) bool { return equal(tag, map[string]any{"Key": "team", "Value": "network"}) }) {
			t.Errorf("%s lacks the tag", resource.ID)
		}
	}
	if len(types) != 5 {
		t.Errorf("types of endpoints: %v, want all five", types)
	}
	// PrivateLink may publish to the topic before it is told of it.
	for _, resource := range template.all("AWS::EC2::VPCEndpointConnectionNotification") {
		if policies := template.all("AWS::SNS::TopicPolicy"); len(policies) != 1 || !slices.Contains(resource.DependsOn, policies[0].ID) {
			t.Errorf("%s depends on %v, want the topic's policy", resource.ID, resource.DependsOn)
		}
	}
}

// A stack's cost counts each interface of each endpoint.
func TestCostOf(t *testing.T) {
	app := testApp(t, map[string]any{"@aws-cdk/core:validateAgainstDefaultRules": false})
	stack := awscdk.NewStack(app, jsii.String("Stack"), nil)
	fleet(stack, fleetServices, together)
	c, err := endpoint.CostOf(stack, "us-east-1")
	// 9 endpoints in 3 zones, and 3 NAT gateways with their addresses.
	if want := 27*0.01 + 3*0.045 + 3*0.005; err != nil || math.Abs(c.PerHour-want) > 1e-9 || len(c.Lines) != 3 || c.Lines[1] != (endpoint.CostLine{What: "endpoint interfaces", Count: 27, Each: 0.01}) || !strings.Contains(c.Text, "27 endpoint interfaces") {
		t.Errorf("%+v, %v, want %v", c, err, want)
	}
	if _, err := endpoint.CostOf(stack, "moon-1"); err == nil || !strings.Contains(err.Error(), `got "moon-1"`) {
		t.Errorf("got %v", err)
	}
}

// The constructs can be used wherever CDK takes its own.
func TestConstructsAreCdks(t *testing.T) {
	app := testApp(t, nil)
	stack := awscdk.NewStack(app, jsii.String("Stack"), nil)
	net := network.New(stack, "Net", &network.Props{CIDR: "10.0.0.0/16", Private: &network.Subnet{CIDR: "10.0.1.0/24"}})
	off := &endpoint.VerificationProps{Disabled: true}
	events := endpoint.NewInterface(stack, "Api", &endpoint.InterfaceProps{
		Vpc: net.Vpc(), Service: ec2.InterfaceVpcEndpointAwsService_APIGATEWAY(), Subnets: subnets(net.Private()), Verification: off,
	})
	s3 := endpoint.NewGateway(stack, "S3", &endpoint.GatewayProps{Vpc: net.Vpc(), Service: ec2.GatewayVpcEndpointAwsService_S3(), Subnets: subnets(net.Private()), Verification: off})
	group := ec2.NewSecurityGroup(stack, jsii.String("Group"), &ec2.SecurityGroupProps{Vpc: net.Vpc(), AllowAllOutbound: jsii.Bool(false)})
	group.Connections().AllowToDefaultPort(events, nil) // an IConnectable with a default port
	awsapigateway.NewRestApi(stack, jsii.String("RestApi"), &awsapigateway.RestApiProps{
		EndpointConfiguration: &awsapigateway.EndpointConfiguration{
			Types: &[]awsapigateway.EndpointType{awsapigateway.EndpointType_PRIVATE}, VpcEndpoints: &[]ec2.IVpcEndpoint{events},
		},
	}).Root().AddMethod(jsii.String("GET"), nil, nil)
	zone := route53.NewPrivateHostedZone(stack, jsii.String("Zone"), &route53.PrivateHostedZoneProps{Vpc: net.Vpc(), ZoneName: jsii.String("example.test")})
	route53.NewARecord(stack, jsii.String("Alias"), &route53.ARecordProps{
		Zone: zone, Target: route53.RecordTarget_FromAlias(awsroute53targets.NewInterfaceVpcEndpointTarget(events)),
	})
	elb.NewNetworkTargetGroup(stack, jsii.String("Targets"), &elb.NetworkTargetGroupProps{Vpc: net.Vpc(), Port: jsii.Number(443), TargetType: elb.TargetType_IP})
	output := func(id string, value *string) {
		awscdk.NewCfnOutput(stack, &id, &awscdk.CfnOutputProps{Value: value})
	}
	output("Name", events.RegionalDnsName())
	output("HostedZone", events.HostedZoneId())
	output("Gateway", s3.VpcEndpointId())
	for _, address := range events.Addresses() {
		output("Address", address)
	}
	template := synth(t, app, "Stack")
	entry := map[string]any{"Fn::Split": []any{":", map[string]any{"Fn::Select": []any{0.0, map[string]any{"Fn::GetAtt": []any{template.one(t, "AWS::EC2::VPCEndpoint", "VpcEndpointType", "Interface").ID, "DnsEntries"}}}}}}
	outputs := template.Outputs
	if got, want := outputs["Name"].Value, (map[string]any{"Fn::Select": []any{1.0, entry}}); !equal(got, want) {
		t.Errorf("the name is %s, want %s", text(got), text(want))
	}
	if !strings.Contains(text(outputs["Address"].Value), "NetworkInterfaces.0.PrivateIpAddress") {
		t.Errorf("the address is %s", text(outputs["Address"].Value))
	}
	if got := len(template.all("AWS::EC2::SecurityGroupIngress")) + len(template.all("AWS::EC2::SecurityGroupEgress")); got != 2 {
		t.Errorf("%d rules between the group and the endpoint, want one out and one in", got)
	}
}

// The policy: none by default, and what is proved is added to whatever narrows it,
// when the endpoint is made or later.
func TestPolicies(t *testing.T) {
	allow := func(action string) iam.PolicyStatement {
		return iam.NewPolicyStatement(&iam.PolicyStatementProps{Principals: &[]iam.IPrincipal{iam.NewStarPrincipal()}, Actions: jsii.Strings(action), Resources: jsii.Strings("*")})
	}
	const full = `{"Statement":[{"Action":"*","Effect":"Allow","Principal":"*","Resource":"*"}]}`
	for name, test := range map[string]struct {
		policy []iam.PolicyStatement
		later  []iam.PolicyStatement
		call   *endpoint.Call
		want   []string // actions; nil for no policy
	}{
		"nothing said":                  {},
		"a call is proved":              {call: endpoint.CallTo("sqs")},
		"narrowed, and a call proved":   {policy: []iam.PolicyStatement{allow("sqs:SendMessage")}, call: endpoint.CallTo("sqs"), want: []string{"sqs:SendMessage", "sqs:ListQueues"}},
		"narrowed later, a call proved": {later: []iam.PolicyStatement{allow("sqs:SendMessage")}, call: endpoint.CallTo("sqs"), want: []string{"sqs:SendMessage", "sqs:ListQueues"}},
		"narrowed later":                {later: []iam.PolicyStatement{allow("sqs:SendMessage")}, want: []string{"sqs:SendMessage"}},
		"only the call":                 {policy: endpoint.OnlyCall(endpoint.CallTo("sqs")), call: endpoint.CallTo("sqs"), want: []string{"sqs:ListQueues"}},
		"own account":                   {policy: endpoint.OwnAccount(), want: []string{"*"}},
	} {
		t.Run(name, func(t *testing.T) {
			app := testApp(t, map[string]any{"@aws-cdk/core:validateAgainstDefaultRules": false})
			stack := awscdk.NewStack(app, jsii.String("Stack"), nil)
			net := network.New(stack, "Net", &network.Props{CIDR: "10.0.0.0/16", Private: &network.Subnet{CIDR: "10.0.1.0/24"}})
			queues := endpoint.NewInterface(stack, "Queues", &endpoint.InterfaceProps{
				Vpc: net.Vpc(), Service: ec2.InterfaceVpcEndpointAwsService_SQS(), Subnets: subnets(net.Private()), Policy: test.policy,
				Verification: &endpoint.VerificationProps{Call: test.call},
			})
			for _, statement := range test.later {
				queues.AddToPolicy(statement)
			}
			template := synth(t, app, "Stack")
			policy := template.one(t, "AWS::EC2::VPCEndpoint", "VpcEndpointType", "Interface").Properties["PolicyDocument"]
			var actions []string
			if policy != nil {
				for _, statement := range statements(policy) {
					actions = append(actions, fmt.Sprint(statement["Action"]))
				}
			}
			if !slices.Equal(actions, test.want) {
				t.Errorf("allows %q, want %q", actions, test.want)
			}
			limited := ""
			for _, item := range template.proofOf(t).Properties["Claims"].([]any) {
				if claim := item.(map[string]any); claim["Id"] == "Limited" {
					limited = text(claim["Policy"])
					if whole, literal := claim["Policy"].(string); literal {
						limited = whole
					}
				}
			}
			if test.want == nil && limited != full {
				t.Errorf("claims the policy %s, want AWS's default", limited)
			}
			for _, action := range test.want {
				if !strings.Contains(limited, action) {
					t.Errorf("the claim about the policy lacks %s: %s", action, limited)
				}
			}
		})
	}
}
