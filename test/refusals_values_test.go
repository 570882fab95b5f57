package test

import (
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	ec2 "github.com/aws/aws-cdk-go/awscdk/v2/awsec2"
	elb "github.com/aws/aws-cdk-go/awscdk/v2/awselasticloadbalancingv2"
	iam "github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"provenendpoints/constructs/endpoint"
	"provenendpoints/constructs/host"
	"provenendpoints/constructs/network"
	"provenendpoints/constructs/verification"
	"provenendpoints/proof"
)

// TestRefusesValues: every property that can be wrong by itself is refused by its name,
// with the value and what is allowed, in no words of jsii's. What is right is not refused.
func TestRefusesValues(t *testing.T) {
	w := newRefusing(t)
	scope := w.scope
	for i, test := range refusedValues {
		t.Run(test.name, func(t *testing.T) {
			w.scope = constructs.NewConstruct(scope, jsii.Sprintf("Case%d", i))
			said := mustPanic(t, func() { test.make(w) })
			if !strings.Contains(said, test.want) {
				t.Errorf("said\n%s\nwant\n%s", said, test.want)
			}
			for _, raw := range []string{"jsii", "deserialize", "nil pointer", "${Token", "    at "} {
				if strings.Contains(said, raw) {
					t.Errorf("a raw error of the runtime:\n%s", said)
				}
			}
		})
	}
	w = newRefusing(t)
	for i, right := range []func(){
		func() { w.i(func(*endpoint.InterfaceProps) {}) }, func() { w.g(func(*endpoint.GatewayProps) {}) }, func() { w.s(func(*endpoint.ServiceProps) {}) },
		func() { w.gl(func(*endpoint.GatewayLoadBalancerProps) {}) }, func() { w.l(func(*endpoint.ResourceProps) {}) }, func() { w.ver(func(*verification.Props) {}) },
	} {
		w.scope = constructs.NewConstruct(w.stack, jsii.Sprintf("Right%d", i))
		right()
	}
	w.app.Synth(nil)
}

// Each constructor refuses a scope and an id with which nothing can be made.
func TestRefusesScopes(t *testing.T) {
	w := newRefusing(t)
	for name, make := range map[string]func(){
		"interface": func() { w.i(func(*endpoint.InterfaceProps) {}) }, "gateway": func() { w.g(func(*endpoint.GatewayProps) {}) },
		"service": func() { w.s(func(*endpoint.ServiceProps) {}) }, "gateway load balancer": func() { w.gl(func(*endpoint.GatewayLoadBalancerProps) {}) },
		"resource": func() { w.l(func(*endpoint.ResourceProps) {}) }, "verification": func() { w.ver(func(*verification.Props) {}) },
		"service network": func() {
			endpoint.NewServiceNetwork(w.scope, "E", &endpoint.ServiceNetworkProps{ServiceNetworkArn: "arn:aws:vpc-lattice:eu-west-1:111122223333:servicenetwork/sn-0", LatticeProps: endpoint.LatticeProps{Vpc: w.vpc, Port: 1}})
		},
		"set": func() { verification.NewSet(w.scope, "E", nil) },
		"network": func() {
			network.New(w.scope, "E", &network.Props{CIDR: "10.0.0.0/16", Public: &network.Subnet{CIDR: "10.0.0.0/24"}})
		},
		"host": func() { host.New(w.scope, "E", &host.Props{Vpc: w.vpc, Subnet: w.private}) },
		"ping": func() {
			host.NewPing(w.scope, "E", &host.PingProps{Vpc: w.vpc, Subnet: w.private, Target: "a.example"})
		},
		"web": func() { host.NewWeb(w.scope, "E", &host.WebProps{Vpc: w.vpc, Subnet: w.private, Name: "A"}) },
		"connect": func() {
			host.NewInstanceConnectEndpoint(w.scope, "E", &host.InstanceConnectEndpointProps{Vpc: w.vpc, Subnet: w.private})
		},
	} {
		w.scope = nil
		if said := mustPanic(t, make); !strings.Contains(said, "scope: required, got none") {
			t.Errorf("%s without a scope: %s", name, said)
		}
		w.scope = w.app
		if said := mustPanic(t, make); !strings.Contains(said, "scope: must be a stack or in one, got the app") {
			t.Errorf("%s in the app: %s", name, said)
		}
	}
	w.scope = w.stack
	if said := mustPanic(t, func() {
		endpoint.NewGateway(w.scope, "", &endpoint.GatewayProps{Vpc: w.vpc, Service: ec2.GatewayVpcEndpointAwsService_S3()})
	}); !strings.Contains(said, "id: required, got none") {
		t.Error(said)
	}
}

// refusedValues are values that are refused.
var refusedValues = []struct {
	name string
	make func(w *refusing)
	want string
}{
	{"i.IpAddressType", func(w *refusing) { w.i(func(p *endpoint.InterfaceProps) { p.IpAddressType = "ipv5" }) },
		`IpAddressType: must be one of IPV4, IPV6, DUALSTACK, got "ipv5"`},
	{"i.DnsRecordIpType", func(w *refusing) { w.i(func(p *endpoint.InterfaceProps) { p.DnsRecordIpType = "foo" }) },
		`DnsRecordIpType: must be one of IPV4, IPV6, DUALSTACK, SERVICE_DEFINED, got "foo"`},
	{"i.OnlyInbound", func(w *refusing) {
		w.i(func(p *endpoint.InterfaceProps) { p.PrivateDnsOnlyForInboundResolverEndpoint = "foo" })
	},
		`PrivateDnsOnlyForInboundResolverEndpoint: must be one of ALL_RESOLVERS, ONLY_INBOUND_RESOLVER, got "foo"`},
	{"i.OnlyInbound kms", func(w *refusing) {
		w.i(func(p *endpoint.InterfaceProps) { p.PrivateDnsOnlyForInboundResolverEndpoint = "ALL_RESOLVERS" })
	},
		`PrivateDnsOnlyForInboundResolverEndpoint: used only for services that gateway endpoints lead to as well (dynamodb, s3), got ALL_RESOLVERS for kms`},
	{"i.ServiceRegion", func(w *refusing) { w.i(func(p *endpoint.InterfaceProps) { p.ServiceRegion = "moon" }) },
		`ServiceRegion: must be a Region such as eu-west-1, got "moon"`},
	{"i.DefaultName url", func(w *refusing) {
		w.i(func(p *endpoint.InterfaceProps) { p.DefaultName = "https://kms.eu-west-1.amazonaws.com/" })
	},
		`DefaultName: want a DNS name or an address, got "https://kms.eu-west-1.amazonaws.com/"`},
	{"i.SecurityGroups nil", func(w *refusing) {
		w.i(func(p *endpoint.InterfaceProps) { p.SecurityGroups = []ec2.ISecurityGroup{nil} })
	},
		`SecurityGroups[0]: required, got none`},
	{"i.Policy nil", func(w *refusing) { w.i(func(p *endpoint.InterfaceProps) { p.Policy = []iam.PolicyStatement{nil} }) },
		`Policy[0]: required, got none`},
	{"i.Policy empty statement", func(w *refusing) {
		w.i(func(p *endpoint.InterfaceProps) { p.Policy = []iam.PolicyStatement{iam.NewPolicyStatement(nil)} })
	},
		"Policy[0]: Statement: Statement must have a `Principal`."},
	{"i.Tags empty key", func(w *refusing) { w.i(func(p *endpoint.InterfaceProps) { p.Tags = map[string]string{"": "x"} }) },
		`Tags: must have keys of 1 to 128 characters that do not begin with aws:, got ""`},
	{"i.Tags aws", func(w *refusing) { w.i(func(p *endpoint.InterfaceProps) { p.Tags = map[string]string{"aws:x": "x"} }) },
		`Tags: must have keys of 1 to 128 characters that do not begin with aws:, got "aws:x"`},
	{"i.Service empty name", func(w *refusing) {
		w.i(func(p *endpoint.InterfaceProps) { p.Service = ec2.NewInterfaceVpcEndpointService(jsii.String(""), nil) })
	},
		`Service: must have a name, got none`},
	{"i.Service nonsense", func(w *refusing) {
		w.i(func(p *endpoint.InterfaceProps) {
			p.Service = ec2.NewInterfaceVpcEndpointService(jsii.String("kms"), nil)
		})
	},
		`Service: must be the full name of a service such as com.amazonaws.eu-west-1.kms, got "kms"`},
	{"i.Subnets two kinds", func(w *refusing) {
		w.i(func(p *endpoint.InterfaceProps) {
			p.Subnets = &ec2.SubnetSelection{SubnetType: ec2.SubnetType_PUBLIC, SubnetGroupName: jsii.String("x")}
		})
	},
		`Subnets: OnlySuppliedSubnetSelection: Only one of 'subnetType,subnetGroupName' can be supplied to subnet selection.`},
	{"i.Subnets type", func(w *refusing) {
		w.i(func(p *endpoint.InterfaceProps) { p.Subnets = &ec2.SubnetSelection{SubnetType: "foo"} })
	},
		`Subnets.SubnetType: must be one of PRIVATE_ISOLATED, PRIVATE_WITH_EGRESS, PRIVATE_WITH_NAT, PUBLIC, got "foo"`},
	{"i.Subnets isolated none", func(w *refusing) {
		w.i(func(p *endpoint.InterfaceProps) {
			p.Subnets = &ec2.SubnetSelection{SubnetType: ec2.SubnetType_PRIVATE_ISOLATED}
		})
	},
		`Subnets: ThereSubnetGroups: There are no 'Isolated' subnet groups in this VPC. Available types: Deprecated_Private_NAT,Private,Deprecated_Private,Public`},
	{"i.Subnets nil elt", func(w *refusing) {
		w.i(func(p *endpoint.InterfaceProps) { p.Subnets = &ec2.SubnetSelection{Subnets: &[]ec2.ISubnet{nil}} })
	},
		`Subnets[0]: required, got none`},
	{"i.Subnets twice", func(w *refusing) {
		w.i(func(p *endpoint.InterfaceProps) {
			x := w.private
			p.Subnets = &ec2.SubnetSelection{Subnets: &[]ec2.ISubnet{x, x}}
		})
	},
		`Subnets: must lie in different Availability Zones, got Stack/Vpc/PrivateSubnet1 and Stack/Vpc/PrivateSubnet1 both in {"Fn::Select":[0,{"Fn::GetAZs":""}]}`},
	{"i.Subnets az none", func(w *refusing) {
		w.i(func(p *endpoint.InterfaceProps) {
			p.Subnets = &ec2.SubnetSelection{AvailabilityZones: jsii.Strings("moon")}
		})
	},
		`Subnets: at least one is required, got none`},
	{"i.Notifications event", func(w *refusing) {
		w.i(func(p *endpoint.InterfaceProps) { p.Notifications = []endpoint.Notification{{}} })
	},
		`Notifications[0].Topic: required, got none`},
	{"v.Claims empty claim", func(w *refusing) { w.v(func(p *endpoint.VerificationProps) { p.Claims = []proof.Claim{{}} }) },
		`claim without Id: Id: required`},
	{"v.Claims kind", func(w *refusing) {
		w.v(func(p *endpoint.VerificationProps) { p.Claims = []proof.Claim{{ID: "X", Kind: "foo"}} })
	},
		`claim X: Kind: want one of accounted, allowed, answers, apart, available, balanced, connected, connects, denied, enclosed, granted, guarded, healthy, `},
	{"v.Claims from", func(w *refusing) {
		w.v(func(p *endpoint.VerificationProps) {
			p.Claims = []proof.Claim{{ID: "X", Kind: proof.Connects, From: "Moon", Host: "a.example", Port: 443}}
		})
	},
		`claim X: From: must be the name of a vantage point (PrivateSubnet1, PrivateSubnet2), got "Moon"`},
	{"v.Claims host url", func(w *refusing) {
		w.v(func(p *endpoint.VerificationProps) {
			p.Claims = []proof.Claim{{ID: "X", Kind: proof.Connects, From: "PrivateSubnet1", Host: "https://a.example", Port: 443}}
		})
	},
		`claim X: Host: want a DNS name or an address, got "https://a.example"`},
	{"v.Claims port", func(w *refusing) {
		w.v(func(p *endpoint.VerificationProps) {
			p.Claims = []proof.Claim{{ID: "X", Kind: proof.Connects, From: "PrivateSubnet1", Host: "a.example", Port: 70000}}
		})
	},
		`claim X: Port: want 1 to 65535, got "70000"`},
	{"v.TimeLimit neg", func(w *refusing) { w.v(func(p *endpoint.VerificationProps) { p.TimeLimit = -time.Second }) },
		`TimeLimit: must be whole seconds from 10s to 13m0s, got -1s`},
	{"v.TimeLimit ms", func(w *refusing) { w.v(func(p *endpoint.VerificationProps) { p.TimeLimit = 10500 * time.Millisecond }) },
		`TimeLimit: must be whole seconds from 10s to 13m0s, got 10.5s`},
	{"v.AllowedSources", func(w *refusing) {
		w.v(func(p *endpoint.VerificationProps) { p.AllowedSources = []string{"10.0.0.0/33"} })
	},
		`Verification.AllowedSources: want CIDR blocks, or ids that begin with vpc-, sg- or pl-, got "10.0.0.0/33"`},
	{"v.AllowedSources name", func(w *refusing) { w.v(func(p *endpoint.VerificationProps) { p.AllowedSources = []string{"office"} }) },
		`Verification.AllowedSources: want CIDR blocks, or ids that begin with vpc-, sg- or pl-, got "office"`},
	{"v.AllowedSources empty", func(w *refusing) { w.v(func(p *endpoint.VerificationProps) { p.AllowedSources = []string{""} }) },
		`Verification.AllowedSources: want CIDR blocks, or ids that begin with vpc-, sg- or pl-, got ""`},
	{"v.Zones", func(w *refusing) {
		w.v(func(p *endpoint.VerificationProps) { p.Isolated = true; p.Zones = []string{""} })
	},
		`Verification.Zones: must have no empty texts, got one`},
	{"v.OtherHost", func(w *refusing) {
		w.v(func(p *endpoint.VerificationProps) { p.Isolated = true; p.OtherHost = "https://x.y/" })
	},
		`Verification.OtherHost: want a DNS name or an address, got "https://x.y/"`},
	{"v.OtherEndpoints nil", func(w *refusing) {
		w.v(func(p *endpoint.VerificationProps) { p.OtherEndpoints = []ec2.IVpcEndpoint{nil} })
	},
		`Verification.OtherEndpoints[0]: required, got none`},
	{"v.IsolatedSubnets nil", func(w *refusing) {
		w.v(func(p *endpoint.VerificationProps) { p.Isolated = true; p.IsolatedSubnets = []ec2.ISubnet{nil} })
	},
		`Verification.IsolatedSubnets[0]: required, got none`},
	{"sv.InsideIsolation without Inside", func(w *refusing) {
		w.sv(func(p *endpoint.ServiceVerificationProps) { p.InsideIsolation = &endpoint.IsolationProps{} })
	},
		`Verification.InsideIsolation: needs Inside, the vantage points in the load balancer's VPC, got none`},
	{"sv.InsideIsolation empty", func(w *refusing) {
		w.inside(&endpoint.IsolationProps{Ways: []string{""}})
	},
		`Verification.InsideIsolation.Ways: must have no empty texts, got one`},
	{"sv.InsideIsolation.Subnets nil", func(w *refusing) {
		w.inside(&endpoint.IsolationProps{Subnets: []ec2.ISubnet{nil}})
	},
		`Verification.InsideIsolation.Subnets[0]: required, got none`},
	{"sv.InsideIsolation.OtherHost", func(w *refusing) {
		w.inside(&endpoint.IsolationProps{OtherHost: "https://x.y/"})
	},
		`Verification.InsideIsolation.OtherHost: want a DNS name or an address, got "https://x.y/"`},
	{"v.NetworkAcls nil", func(w *refusing) { w.v(func(p *endpoint.VerificationProps) { p.NetworkAcls = []ec2.INetworkAcl{nil} }) },
		`Verification.NetworkAcls[0]: required, got none`},
	{"v.Omit control", func(w *refusing) { w.v(func(p *endpoint.VerificationProps) { p.Omit = []string{"Last"} }) },
		`Verification.Omit: must be ids of the pattern's claims (PrivateSubnet1EndpointResolves, PrivateSubnet1ZonalResolves, PrivateSubnet1EndpointSecures, Pr`},
	{"v.Schedule bad", func(w *refusing) { w.v(func(p *endpoint.VerificationProps) { p.Schedule = &verification.Schedule{} }) },
		`Schedule: must have Every or Cron, got neither`},
	{"v.Schedule cron", func(w *refusing) {
		w.v(func(p *endpoint.VerificationProps) {
			p.Schedule = &verification.Schedule{Cron: "a b c d e f", Silence: time.Hour}
		})
	},
		`Schedule.Cron: must be six fields such as "0 6 * * ? *", got "a b c d e f"`},
	{"v.Point subnet vpc mismatch", func(w *refusing) {
		w.v(func(p *endpoint.VerificationProps) {
			p.VantagePoints = []verification.VantagePoint{{Name: "A", Vpc: ec2.NewVpc(w.scope, jsii.String("V2"), nil), Subnet: w.private}}
		})
	},
		`}, got Stack/Vpc/PrivateSubnet1 of the VPC {"Ref":"Vpc8378EB38"}`},
	{"v.Point no name", func(w *refusing) {
		w.v(func(p *endpoint.VerificationProps) {
			p.VantagePoints = []verification.VantagePoint{{Vpc: w.vpc, Subnet: w.private}}
		})
	},
		`Verification.VantagePoints[0].Name: must be 1 to 32 letters and digits, got ""`},
	{"v.Point Outside name", func(w *refusing) {
		w.v(func(p *endpoint.VerificationProps) {
			p.Call = endpoint.CallTo("kms")
			p.VantagePoints = []verification.VantagePoint{{Name: "Outside", Vpc: w.vpc, Subnet: w.private}}
		})
	},
		`Verification.VantagePoints[0].Name: must not be Outside, which is the point that a call is denied from`},
	{"v.Point twice", func(w *refusing) {
		w.v(func(p *endpoint.VerificationProps) {
			x := verification.VantagePoint{Name: "A", Vpc: w.vpc, Subnet: w.private}
			p.VantagePoints = []verification.VantagePoint{x, x}
		})
	},
		`Verification.VantagePoints[1].Name: must differ from the others, got "A" twice`},
	{"call.Action", func(w *refusing) { w.call(func(p *endpoint.Call) { p.Action = "kms:*" }) },
		`Verification.Call.Action: want an IAM action such as s3:ListBucket, got "kms:*"`},
	{"call.Action form", func(w *refusing) { w.call(func(p *endpoint.Call) { p.Action = "GenerateRandom" }) },
		`Verification.Call.Action: want an IAM action such as s3:ListBucket, got "GenerateRandom"`},
	{"call.Host url", func(w *refusing) { w.call(func(p *endpoint.Call) { p.Host = "https://kms.eu-west-1.amazonaws.com" }) },
		`Verification.Call.Host: want a DNS name or an address, got "https://kms.eu-west-1.amazonaws.com"`},
	{"call.Resource", func(w *refusing) { w.call(func(p *endpoint.Call) { p.Resource = "key" }) },
		`Verification.Call.Resource: must be an ARN or *, got "key"`},
	{"call.Service", func(w *refusing) { w.call(func(p *endpoint.Call) { p.Service = "" }) },
		`Verification.Call.Service: required`},
	{"call.Method", func(w *refusing) { w.call(func(p *endpoint.Call) { p.Method = "SING" }) },
		`Verification.Call.Method: want GET or POST, got "SING"`},
	{"call.Headers", func(w *refusing) { w.call(func(p *endpoint.Call) { p.Headers = []string{"foo"} }) },
		`Verification.Call.Headers: want headers such as "X-Amz-Target: Name", got "foo"`},
	{"call.Path", func(w *refusing) { w.call(func(p *endpoint.Call) { p.Path = "foo" }) },
		`Verification.Call.Path: want a path that begins with / and is escaped as in a URL, got "foo"`},
	{"call.other service", func(w *refusing) {
		w.i(func(p *endpoint.InterfaceProps) {
			p.Verification = &endpoint.VerificationProps{Call: endpoint.CallTo("sqs")}
		})
	},
		`Verification.Call.Host: must be a name of the service that the endpoint leads to (kms.…), got "sqs.<AWS.Region>.<AWS.URLSuffix>", for calls to sqs`},
	{"CallTo sts", func(w *refusing) { endpoint.CallTo("sts") },
		`service: there is no call that proves the path to sts: it answers GetCallerIdentity to everybody, so a denial cannot be shown; leave Call out`},
	{"CallTo moon", func(w *refusing) { endpoint.CallTo("moon") },
		`service: must be one of apigateway, autoscaling, bedrock-runtime, cloudformation, dynamodb, ec2, ecr.api, ecs, eks, elasticloadbalancing, events, kine`},
	{"ListBucket nil", func(w *refusing) { endpoint.ListBucket(nil) },
		`bucket: required, got none`},
	{"GetStackPolicy nil", func(w *refusing) { endpoint.GetStackPolicy(nil) },
		`stack: required, got none`},
	{"OnlyCall nil", func(w *refusing) { endpoint.OnlyCall(nil) },
		`call: required, got none`},
	{"g.IpAddressType", func(w *refusing) { w.g(func(p *endpoint.GatewayProps) { p.IpAddressType = "x" }) },
		`IpAddressType: must be one of IPV4, IPV6, DUALSTACK, got "x"`},
	{"g.Policy nil", func(w *refusing) { w.g(func(p *endpoint.GatewayProps) { p.Policy = []iam.PolicyStatement{nil} }) },
		`Policy[0]: required, got none`},
	{"g.Service", func(w *refusing) {
		w.g(func(p *endpoint.GatewayProps) {
			p.Service = ec2.NewGatewayVpcEndpointAwsService(jsii.String("kms"), nil)
		})
	},
		`Service: must be S3, DynamoDB or S3 Express, to which gateway endpoints lead, got kms`},
	{"g.call other", func(w *refusing) {
		w.g(func(p *endpoint.GatewayProps) {
			p.Verification = &endpoint.VerificationProps{Call: endpoint.CallTo("kms")}
		})
	},
		`Verification.Call.Host: must be a name of the service that the endpoint leads to (s3.…), got "kms.<AWS.Region>`},
	{"g.AllowedSources", func(w *refusing) {
		w.g(func(p *endpoint.GatewayProps) {
			p.Verification = &endpoint.VerificationProps{AllowedSources: []string{"10.0.0.0/8"}}
		})
	},
		`Verification.AllowedSources: used only by endpoints with security groups, which this one has not, got ["10.0.0.0/8"]`},
	{"s.AllowedAccounts", func(w *refusing) { w.s(func(p *endpoint.ServiceProps) { p.AllowedAccounts = []string{"1234"} }) },
		`AllowedAccounts[0]: must be an account's 12 digits, got "1234"`},
	{"s.AllowedPrincipals nil", func(w *refusing) {
		w.s(func(p *endpoint.ServiceProps) { p.AllowedPrincipals = []iam.ArnPrincipal{nil} })
	},
		`AllowedPrincipals[0]: required, got none`},
	{"s.AllowedPrincipals arn", func(w *refusing) {
		w.s(func(p *endpoint.ServiceProps) {
			p.AllowedPrincipals = []iam.ArnPrincipal{iam.NewArnPrincipal(jsii.String("bob"))}
		})
	},
		`AllowedPrincipals[0]: must be the ARN of a principal, or *, got "bob"`},
	{"s.AllowedRegions", func(w *refusing) { w.s(func(p *endpoint.ServiceProps) { p.AllowedRegions = []string{"moon", "moon"} }) },
		`AllowedRegions: must differ from each other, got "moon" twice`},
	{"s.SupportedIpAddressTypes", func(w *refusing) {
		w.s(func(p *endpoint.ServiceProps) { p.SupportedIpAddressTypes = []ec2.IpAddressType{"x"} })
	},
		`SupportedIpAddressTypes[0]: must be one of IPV4, IPV6, got "x"`},
	{"s.PrivateDnsName", func(w *refusing) { w.s(func(p *endpoint.ServiceProps) { p.PrivateDnsName = "https://x" }) },
		`PrivateDnsName: want a DNS name or an address, got "https://x"`},
	{"s.PrivateDnsZone other", func(w *refusing) {
		w.s(func(p *endpoint.ServiceProps) { p.PrivateDnsName = "api.other.test"; p.PrivateDnsZone = w.zone })
	},
		`PrivateDnsName: must be in the domain example.test of the PrivateDnsZone, got "api.other.test"`},
	{"s.Glb arn", func(w *refusing) {
		w.s(func(p *endpoint.ServiceProps) {
			p.Balancers = nil
			p.Consumer = nil
			p.GatewayLoadBalancerArns = []string{"foo"}
		})
	},
		`GatewayLoadBalancerArns[0]: must be the ARN of a Gateway Load Balancer, got "foo"`},
	{"s.Balancers nil", func(w *refusing) {
		w.s(func(p *endpoint.ServiceProps) { p.Balancers = []elb.INetworkLoadBalancer{nil} })
	},
		`Balancers[0]: required, got none`},
	{"s.Balancers twice", func(w *refusing) {
		w.s(func(p *endpoint.ServiceProps) { p.Balancers = []elb.INetworkLoadBalancer{w.nlb, w.nlb} })
	},
		`Balancers[1]: must differ from the others, got Stack/Nlb twice`},
	{"s.Consumer ip", func(w *refusing) { w.s(func(p *endpoint.ServiceProps) { p.Consumer.IpAddressType = "x" }) },
		`Consumer.IpAddressType: must be one of IPV4, IPV6, DUALSTACK, got "x"`},
	{"s.Consumer group nil", func(w *refusing) {
		w.s(func(p *endpoint.ServiceProps) { p.Consumer.SecurityGroups = []ec2.ISecurityGroup{nil} })
	},
		`Consumer.SecurityGroups[0]: required, got none`},
	{"sv.Hosts address", func(w *refusing) {
		w.sv(func(p *endpoint.ServiceVerificationProps) {
			p.Hosts = []endpoint.Host{{Name: "A", ID: "i-1", Address: "moon/24"}}
		})
	},
		`Verification.Hosts[0].Address: want a DNS name or an address, got "moon/24"`},
	{"sv.Hosts name", func(w *refusing) {
		w.sv(func(p *endpoint.ServiceVerificationProps) {
			p.Hosts = []endpoint.Host{{Name: "A B", ID: "i-1", Address: "10.0.0.1"}}
		})
	},
		`Verification.Hosts[0].Name: must be letters, digits and hyphens, got "A B"`},
	{"sv.Sources", func(w *refusing) { w.sv(func(p *endpoint.ServiceVerificationProps) { p.Sources = []string{"moon"} }) },
		`Verification.Sources: want CIDR blocks, or ids that begin with vpc-, sg- or pl-, got "moon"`},
	{"sv.HostSources", func(w *refusing) {
		w.sv(func(p *endpoint.ServiceVerificationProps) { p.HostSources = []string{"10.0.0.0/40"} })
	},
		`Verification.HostSources: want CIDR blocks, or ids that begin with vpc-, sg- or pl-, got "10.0.0.0/40"`},
	{"sv.Listeners proto", func(w *refusing) {
		w.sv(func(p *endpoint.ServiceVerificationProps) {
			p.Listeners = []endpoint.Listener{{Port: 80, Protocol: "SING"}}
		})
	},
		`Verification.Listeners[0].Protocol: must be one of TCP, TLS, UDP, TCP_UDP, QUIC, TCP_QUIC, got "SING"`},
	{"sv.Listeners none on port", func(w *refusing) {
		w.sv(func(p *endpoint.ServiceVerificationProps) { p.Listeners = []endpoint.Listener{{Port: 81}} })
	},
		`Verification.Listeners: must have one on the Consumer's Port 80, got 81`},
	{"sv.OtherTargetGroups nil", func(w *refusing) {
		w.sv(func(p *endpoint.ServiceVerificationProps) { p.OtherTargetGroups = []elb.ITargetGroup{nil} })
	},
		`Verification.OtherTargetGroups[0]: required, got none`},
	{"sv.Inside name", func(w *refusing) {
		w.sv(func(p *endpoint.ServiceVerificationProps) {
			p.Inside = []verification.VantagePoint{{Name: "PrivateSubnet1", Vpc: w.vpc, Subnet: w.private}}
		})
	},
		`claim PrivateSubnet1Connects: Id: must differ from the others, got it twice`},
	{"sv.Endpoints", func(w *refusing) { w.sv(func(p *endpoint.ServiceVerificationProps) { p.Endpoints = []string{""} }) },
		`claim Connected: Endpoints: want ids that begin with vpce-, got ""`},
	{"gl.ServiceName", func(w *refusing) { w.gl(func(p *endpoint.GatewayLoadBalancerProps) { p.ServiceName = "foo" }) },
		`ServiceName: must be the full name of an endpoint service such as com.amazonaws.vpce.eu-west-1.vpce-svc-0123456789abcdef0, got "foo"`},
	{"gl.IpAddressType", func(w *refusing) { w.gl(func(p *endpoint.GatewayLoadBalancerProps) { p.IpAddressType = "x" }) },
		`IpAddressType: must be one of IPV4, IPV6, DUALSTACK, got "x"`},
	{"gl.Subnet by id", func(w *refusing) {
		w.gl(func(p *endpoint.GatewayLoadBalancerProps) {
			p.Subnet = ec2.Subnet_FromSubnetId(w.scope, jsii.String("S"), jsii.String("subnet-1"))
		})
	},
		`Subnet: must know their Availability Zones, got Stack/S/`},
	{"l.Arn", func(w *refusing) { w.l(func(p *endpoint.ResourceProps) { p.ResourceConfigurationArn = "foo" }) },
		`ResourceConfigurationArn: must be the ARN of a resource configuration, got "foo"`},
	{"l.Pref", func(w *refusing) {
		w.l(func(p *endpoint.ResourceProps) { p.PrivateDnsEnabled = jsii.Bool(true); p.PrivateDnsPreference = "foo" })
	},
		`PrivateDnsPreference: must be one of ALL_DOMAINS, SPECIFIED_DOMAINS_ONLY, VERIFIED_DOMAINS_AND_SPECIFIED_DOMAINS, VERIFIED_DOMAINS_ONLY, got "foo"`},
	{"l.Pref domains", func(w *refusing) {
		w.l(func(p *endpoint.ResourceProps) {
			p.PrivateDnsEnabled = jsii.Bool(true)
			p.PrivateDnsPreference = "SPECIFIED_DOMAINS_ONLY"
		})
	},
		`PrivateDnsSpecifiedDomains: required where PrivateDnsPreference names specified domains, and used only there, got [] with the preference "SPECIFIED_DOMAINS_ONLY"`},
	{"l.Names", func(w *refusing) { w.l(func(p *endpoint.ResourceProps) { p.Names = []string{"https://x"} }) },
		`Names[0]: want a DNS name or an address, got "https://x"`},
	{"l.Ip", func(w *refusing) { w.l(func(p *endpoint.ResourceProps) { p.IpAddressType = "x" }) },
		`IpAddressType: must be one of IPV4, IPV6, DUALSTACK, got "x"`},
	{"ver.Subject", func(w *refusing) { w.ver(func(p *verification.Props) { p.Subject = "" }) },
		`Subject: required, got none`},
	{"ver.Claims", func(w *refusing) { w.ver(func(p *verification.Props) { p.Claims = nil }) },
		`Claims: must be a list of at least one claim, got none`},
	{"conf.LogRetention", func(w *refusing) {
		verification.Configure(w.stack, &verification.FunctionProps{LogRetention: "foo", LogRemovalPolicy: "bar"})
	},
		`LogRetention: must be one of CDK's RetentionDays such as ONE_MONTH, got "foo"`},
	{"ver.Grant", func(w *refusing) { w.ver(func(p *verification.Props) { p.Grant = &verification.Grant{} }) },
		`Grant.Action: required, got none`},
	{"ver.point unused", func(w *refusing) {
		w.ver(func(p *verification.Props) {
			p.VantagePoints = []verification.VantagePoint{{Name: "A", Vpc: w.vpc, Subnet: w.private}}
		})
	},
		`VantagePoints[0].Name: no claim is measured from "A"`},
	{"set time", func(w *refusing) { verification.NewSet(w.scope, "Set", &verification.SetProps{TimeLimit: time.Hour}) },
		`TimeLimit: must be whole seconds from 10s to 13m0s, got 1h0m0s`},
	{"set evidence", func(w *refusing) { verification.NewSet(w.scope, "Set", nil).Evidence("X") },
		`claimID: must be the id of a claim of Stack/S/`},
	{"set other stack", func(w *refusing) {
		st := awscdk.NewStack(w.stack.Node().Root().(awscdk.App), jsii.String("Other"), nil)
		x := verification.NewSet(st, "Set", nil)
		w.v(func(p *endpoint.VerificationProps) { p.Set = x })
	},
		`Verification.Set: must be made in the endpoint's stack Stack, got Other/Set of the stack Other`},
	{"i.nil vpc iface", func(w *refusing) { var v ec2.IVpc; w.i(func(p *endpoint.InterfaceProps) { p.Vpc = v }) },
		`Vpc: required, got none`},
	{"set schedule", func(w *refusing) {
		verification.NewSet(w.scope, "Set", &verification.SetProps{Schedule: &verification.Schedule{Every: time.Second}})
	},
		`Schedule.Every: must be whole minutes from 5m0s to 24h0m0s, got 1s`},
	{"set schedule of a member", func(w *refusing) {
		set := verification.NewSet(w.scope, "Set", nil)
		w.v(func(p *endpoint.VerificationProps) { p.Set, p.Schedule = set, &verification.Schedule{Every: time.Hour} })
	},
		`Schedule: must be left out in a set, which is scheduled as a whole, got one for E; give it to NewSet`},
	{"i.LookupSupportedAzs", func(w *refusing) { w.i(func(p *endpoint.InterfaceProps) { p.LookupSupportedAzs = true }) },
		`LookupSupportedAzs: needs a stack whose account is known at synthesis (StackProps.Env), got Stack without one`},
	{"i.Vpc without DNS", func(w *refusing) {
		w.i(func(p *endpoint.InterfaceProps) {
			p.Vpc = ec2.NewVpc(w.scope, jsii.String("Silent"), &ec2.VpcProps{EnableDnsSupport: jsii.Bool(false), EnableDnsHostnames: jsii.Bool(false)})
		})
	},
		`without EnableDnsSupport and EnableDnsHostnames; set PrivateDnsEnabled to false, or switch them on`},
	{"i.Subnets of a list token", func(w *refusing) {
		ids := awscdk.NewCfnParameter(w.scope, jsii.String("Subnets"), &awscdk.CfnParameterProps{Type: jsii.String("List<AWS::EC2::Subnet::Id>")})
		zones := awscdk.NewCfnParameter(w.scope, jsii.String("Zones"), &awscdk.CfnParameterProps{Type: jsii.String("List<AWS::EC2::AvailabilityZone::Name>")})
		w.i(func(p *endpoint.InterfaceProps) {
			p.Vpc = ec2.Vpc_FromVpcAttributes(w.scope, jsii.String("Imported"), &ec2.VpcAttributes{
				VpcId: jsii.String("vpc-1"), VpcCidrBlock: jsii.String("10.0.0.0/16"), AvailabilityZones: zones.ValueAsList(), PrivateSubnetIds: ids.ValueAsList(),
			})
		})
	},
		`a list that is known only at deployment; take its items with Fn_Select, or give Fn_Split the number of them`},
	{"g.Subnets without route tables", func(w *refusing) {
		w.g(func(p *endpoint.GatewayProps) {
			p.Vpc = ec2.Vpc_FromVpcAttributes(w.scope, jsii.String("Imported"), &ec2.VpcAttributes{
				VpcId: jsii.String("vpc-1"), AvailabilityZones: jsii.Strings("eu-west-1a"), PrivateSubnetIds: jsii.Strings("subnet-1"),
			})
		})
	},
		`without one; give VpcAttributes the route tables of its subnets (PrivateSubnetRouteTableIds, …)`},
	{"i.dup pdns", func(w *refusing) {
		w.i(func(p *endpoint.InterfaceProps) {})
		endpoint.NewInterface(w.scope, "F", &endpoint.InterfaceProps{Vpc: w.vpc, Service: ec2.InterfaceVpcEndpointAwsService_KMS()})
	},
		`PrivateDnsEnabled: must be false for all but one endpoint to com.amazonaws.REGION.kms in a VPC, got true for Stack/S/`},
}
