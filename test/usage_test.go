package test

import (
	"slices"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	ec2 "github.com/aws/aws-cdk-go/awscdk/v2/awsec2"
	"github.com/aws/jsii-runtime-go"

	"provenendpoints/constructs/endpoint"
	"provenendpoints/constructs/verification"
	"provenendpoints/internal/contract"
	"provenendpoints/internal/test/templates"
	"provenendpoints/proof"
)

// In a user's stack, with an ordinary VPC, only the VPC and the service are
// required.
func TestDefaults(t *testing.T) {
	app := testApp(t, nil)
	stack := awscdk.NewStack(app, jsii.String("Stack"), nil)
	vpc := ec2.NewVpc(stack, jsii.String("Vpc"), &ec2.VpcProps{MaxAzs: jsii.Number(2), NatGateways: jsii.Number(1), RestrictDefaultSecurityGroup: jsii.Bool(false)})
	gateway := endpoint.NewGateway(stack, "DynamoDb", &endpoint.GatewayProps{Vpc: vpc, Service: ec2.GatewayVpcEndpointAwsService_DYNAMODB()})
	queues := endpoint.NewInterface(stack, "Queues", &endpoint.InterfaceProps{Vpc: vpc, Service: ec2.InterfaceVpcEndpointAwsService_SQS()})
	for _, made := range []interface {
		Verification() verification.Verification
	}{gateway, queues} {
		if made.Verification() == nil {
			t.Fatal("not verified by default")
		}
	}
	template := synth(t, app, "Stack")

	tables := templates.Targets(template.one(t, "AWS::EC2::VPCEndpoint", "VpcEndpointType", "Gateway").Properties["RouteTableIds"])
	if len(tables) != len(template.all("AWS::EC2::RouteTable")) {
		t.Errorf("the gateway endpoint routes in %d of the VPC's tables, want all", len(tables))
	}
	iface := template.one(t, "AWS::EC2::VPCEndpoint", "VpcEndpointType", "Interface")
	if iface.Properties["PrivateDnsEnabled"] != true {
		t.Error("private DNS of an AWS service is off by default")
	}
	if got := len(templates.Targets(iface.Properties["SubnetIds"])); got != 2 {
		t.Errorf("addresses in %d subnets, want one in each zone", got)
	}
	for _, endpoint := range template.all("AWS::EC2::VPCEndpoint") {
		for _, statement := range statements(endpoint.Properties["PolicyDocument"]) {
			if want := map[string]any{"StringEquals": map[string]any{"aws:PrincipalAccount": map[string]any{"Ref": "AWS::AccountId"}}}; !equal(statement["Condition"], want) {
				t.Errorf("%s may be used under %s, want the stack's account alone", endpoint.ID, text(statement["Condition"]))
			}
		}
	}
	if got := len(template.all(contract.ResourceType)); got != 2 {
		t.Errorf("%d proofs, want one for each endpoint", got)
	}
	// No call is proved, so no prober may make one.
	for _, policy := range template.all("AWS::IAM::Policy") {
		for _, statement := range statements(policy.Properties["PolicyDocument"]) {
			if text(statement["Condition"]) != "null" && statement["Effect"] == "Allow" {
				t.Errorf("%s grants %v", policy.ID, statement["Action"])
			}
		}
	}
}

// An endpoint that exists already, in a VPC that exists already, can be verified
// alone, in ten lines.
func TestVerificationAlone(t *testing.T) {
	app := testApp(t, nil)
	stack := awscdk.NewStack(app, jsii.String("Stack"), nil)
	vpc := ec2.Vpc_FromVpcAttributes(stack, jsii.String("Vpc"), &ec2.VpcAttributes{
		VpcId: jsii.String("vpc-0123456789abcdef0"), AvailabilityZones: jsii.Strings("eu-central-1a"),
	})
	subnet := ec2.Subnet_FromSubnetAttributes(stack, jsii.String("Subnet"), &ec2.SubnetAttributes{
		SubnetId: jsii.String("subnet-0123456789abcdef0"), AvailabilityZone: jsii.String("eu-central-1a"), RouteTableId: jsii.String("rtb-0123456789abcdef0"),
	})
	existing := ec2.GatewayVpcEndpoint_FromGatewayVpcEndpointId(stack, jsii.String("S3"), jsii.String("vpce-0123456789abcdef0"))
	subject := endpoint.GatewaySubject{
		Endpoint: *existing.VpcEndpointId(), Host: "s3.eu-central-1.amazonaws.com", PrefixList: "com.amazonaws.eu-central-1.s3",
		Subnets: []string{*subnet.SubnetId()}, From: []string{"App"},
	}
	verification.New(stack, "Proof", &verification.Props{
		Subject:       "the S3 endpoint of the old network",
		Claims:        subject.Claims(),
		VantagePoints: []verification.VantagePoint{{Name: "App", Vpc: vpc, Subnet: subnet}},
	})
	template := synth(t, app, "Stack")
	var ids []string
	for _, claim := range template.claims(t) {
		ids = append(ids, claim.ID)
	}
	if want := []string{"AppResolves", "AppConnects", "AppAnswers", "Routed", "Sole", "AppPlaced", "AppUnfiltered", "ProbersGranted", "VerifierTrusted", "Last"}; !slices.Equal(ids, want) {
		t.Errorf("claims %q, want %q", ids, want)
	}
}

// An endpoint may belong to a VPC of another stack of the app.
func TestNetworkOfAnotherStack(t *testing.T) {
	app := testApp(t, nil)
	network := awscdk.NewStack(app, jsii.String("Network"), nil)
	vpc := ec2.NewVpc(network, jsii.String("Vpc"), &ec2.VpcProps{MaxAzs: jsii.Number(1), NatGateways: jsii.Number(1), RestrictDefaultSecurityGroup: jsii.Bool(false)})
	stack := awscdk.NewStack(app, jsii.String("Stack"), nil)
	endpoint.NewInterface(stack, "Events", &endpoint.InterfaceProps{Vpc: vpc, Service: ec2.InterfaceVpcEndpointAwsService_EVENTBRIDGE()})
	template := synth(t, app, "Stack")
	digests := template.proofOf(t).Properties["Stacks"].(map[string]any)
	if _, seen := digests["Network"]; !seen {
		t.Errorf("has the digests %v, want the other stack's among them", digests)
	}
	if dependencies := *stack.Dependencies(); len(dependencies) != 1 {
		t.Errorf("depends on %d stacks, want the network's", len(dependencies))
	}
}

// Turned off, nothing of the verification is left.
func TestDisabled(t *testing.T) {
	app := testApp(t, nil)
	stack := awscdk.NewStack(app, jsii.String("Stack"), nil)
	vpc := ec2.NewVpc(stack, jsii.String("Vpc"), &ec2.VpcProps{MaxAzs: jsii.Number(1), NatGateways: jsii.Number(1), RestrictDefaultSecurityGroup: jsii.Bool(false)})
	off := &endpoint.VerificationProps{Disabled: true, Claims: []proof.Claim{{ID: "Unused", Kind: proof.Unrouted, Endpoint: "vpce-1"}}}
	made := endpoint.NewInterface(stack, "Keys", &endpoint.InterfaceProps{Vpc: vpc, Service: ec2.InterfaceVpcEndpointAwsService_KMS(), Verification: off})
	if made.Verification() != nil {
		t.Error("there is a verification")
	}
	template := synth(t, app, "Stack")
	for _, kind := range []string{"AWS::Lambda::Function", contract.ResourceType, "AWS::IAM::Role"} {
		if found := template.all(kind); len(found) > 0 {
			t.Errorf("%s is left", found[0].ID)
		}
	}
}

// What a verification says can be read in another stack of the app, wherever that is deployed:
// nothing of it is an intrinsic function of the stack alone.
func TestAnswersInAnotherStack(t *testing.T) {
	app := testApp(t, nil)
	stack := awscdk.NewStack(app, jsii.String("Stack"), nil)
	vpc := ec2.NewVpc(stack, jsii.String("Vpc"), &ec2.VpcProps{MaxAzs: jsii.Number(1), NatGateways: jsii.Number(1), RestrictDefaultSecurityGroup: jsii.Bool(false)})
	said := endpoint.NewInterface(stack, "Keys", &endpoint.InterfaceProps{Vpc: vpc, Service: ec2.InterfaceVpcEndpointAwsService_KMS()}).Verification()
	other := awscdk.NewStack(app, jsii.String("Other"), nil)
	awscdk.NewCfnWaitConditionHandle(other, jsii.String("Something"), nil) // a stack needs a resource
	for id, value := range map[string]*string{"Report": said.Report(), "Summary": said.Summary(), "Log": said.LogURL(), "Evidence": said.Evidence("Unrouted")} {
		awscdk.NewCfnOutput(other, &id, &awscdk.CfnOutputProps{Value: value})
	}
	synth(t, app, "Stack")
	for id, output := range loadFrom(t, *app.Outdir(), "Other").Outputs {
		value, ok := output.Value.(map[string]any)
		if !ok || len(value) != 1 || value["Fn::ImportValue"] == nil && value["Fn::GetStackOutput"] == nil {
			t.Errorf("%s is %s, want what the other stack exports", id, text(output.Value))
		}
	}
}
