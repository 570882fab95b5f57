package server_test

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	cfntypes "github.com/aws/aws-sdk-go-v2/service/cloudformation/types"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"
	"github.com/aws/aws-sdk-go-v2/service/lambda"

	"provenendpoints/internal/lab/server"
)

// network is a VPC with a subnet, a gateway endpoint and an instance that says something.
const network = `
Parameters:
  Image: {Type: AWS::SSM::Parameter::Value<AWS::EC2::Image::Id>, Default: /aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-arm64}
Resources:
  Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16, EnableDnsSupport: true, EnableDnsHostnames: true}}
  Subnet: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.0.0/24, AvailabilityZone: !Select [0, !GetAZs ""]}}
  Table: {Type: AWS::EC2::RouteTable, Properties: {VpcId: !Ref Vpc}}
  Association: {Type: AWS::EC2::SubnetRouteTableAssociation, Properties: {SubnetId: !Ref Subnet, RouteTableId: !Ref Table}}
  Gateway: {Type: AWS::EC2::InternetGateway}
  Attachment: {Type: AWS::EC2::VPCGatewayAttachment, Properties: {VpcId: !Ref Vpc, InternetGatewayId: !Ref Gateway}}
  Endpoint: {Type: AWS::EC2::VPCEndpoint, Properties: {VpcId: !Ref Vpc, ServiceName: !Sub "com.amazonaws.${AWS::Region}.s3", RouteTableIds: [!Ref Table]}}
  Instance:
    Type: AWS::EC2::Instance
    Properties:
      ImageId: !Ref Image
      InstanceType: t4g.micro
      SubnetId: !Ref Subnet
      UserData: {Fn::Base64: "#!/bin/bash\necho hello from user data\n"}
Outputs:
  Table: {Value: !Ref Table}
  Gateway: {Value: !Ref Gateway}
  Endpoint: {Value: !Ref Endpoint}
  Instance: {Value: !Ref Instance}
`

// People can look at the network and change it behind CloudFormation's back.
func TestChangesByHand(t *testing.T) {
	t.Parallel()
	w := start(t, server.Options{})
	ctx := t.Context()
	stack := w.deploy("Net", network)
	if stack.StackStatus != cfntypes.StackStatusCreateComplete {
		t.Fatalf("the stack is in %s", stack.StackStatus)
	}
	out := map[string]*string{}
	for _, o := range stack.Outputs {
		out[*o.OutputKey] = o.OutputValue
	}
	c := ec2.NewFromConfig(w.Config())
	routes := func() []string {
		t.Helper()
		tables := must[*ec2.DescribeRouteTablesOutput](t)(c.DescribeRouteTables(ctx, &ec2.DescribeRouteTablesInput{RouteTableIds: []string{*out["Table"]}}))
		var found []string
		for _, r := range tables.RouteTables[0].Routes {
			to := ""
			for _, text := range []*string{r.DestinationCidrBlock, r.DestinationPrefixListId, ptr(" "), r.GatewayId} {
				if text != nil {
					to += *text
				}
			}
			found = append(found, to)
		}
		slices.Sort(found)
		return found
	}
	want := []string{"10.0.0.0/16 local", "pl-78a54011 " + *out["Endpoint"]}
	if got := routes(); !slices.Equal(got, want) {
		t.Fatalf("routes %q, want %q", got, want)
	}
	must[*ec2.CreateRouteOutput](t)(c.CreateRoute(ctx, &ec2.CreateRouteInput{RouteTableId: out["Table"], DestinationCidrBlock: ptr("0.0.0.0/0"), GatewayId: out["Gateway"]}))
	must[*ec2.ModifyVpcEndpointOutput](t)(c.ModifyVpcEndpoint(ctx, &ec2.ModifyVpcEndpointInput{VpcEndpointId: out["Endpoint"], RemoveRouteTableIds: []string{*out["Table"]}}))
	if got := routes(); !slices.Equal(got, []string{"0.0.0.0/0 " + *out["Gateway"], "10.0.0.0/16 local"}) {
		t.Errorf("after the changes: %q", got)
	}
	must[*ec2.DeleteRouteOutput](t)(c.DeleteRoute(ctx, &ec2.DeleteRouteInput{RouteTableId: out["Table"], DestinationCidrBlock: ptr("0.0.0.0/0")}))
	must[*ec2.ModifyVpcEndpointOutput](t)(c.ModifyVpcEndpoint(ctx, &ec2.ModifyVpcEndpointInput{VpcEndpointId: out["Endpoint"], AddRouteTableIds: []string{*out["Table"]}}))
	if got := routes(); !slices.Equal(got, want) {
		t.Errorf("after mending: %q", got)
	}
	_, err := c.CreateRoute(ctx, &ec2.CreateRouteInput{RouteTableId: ptr("rtb-0"), DestinationCidrBlock: ptr("0.0.0.0/0"), GatewayId: out["Gateway"]})
	if name, _ := code(err); name != "InvalidRouteTableID.NotFound" {
		t.Errorf("no table: %v", err)
	}

	instances := must[*ec2.DescribeInstancesOutput](t)(c.DescribeInstances(ctx, &ec2.DescribeInstancesInput{Filters: []types.Filter{{Name: ptr("instance-state-name"), Values: []string{"running"}}}}))
	if len(instances.Reservations) != 1 || *instances.Reservations[0].Instances[0].InstanceId != *out["Instance"] || !strings.HasPrefix(*instances.Reservations[0].Instances[0].PrivateIpAddress, "10.0.0.") {
		t.Errorf("instances %v", instances.Reservations)
	}
	console := must[*ec2.GetConsoleOutputOutput](t)(c.GetConsoleOutput(ctx, &ec2.GetConsoleOutputInput{InstanceId: out["Instance"]}))
	if console.Output == nil || *console.InstanceId != *out["Instance"] {
		t.Errorf("console %v", console)
	}
	zones := must[*ec2.DescribeAvailabilityZonesOutput](t)(c.DescribeAvailabilityZones(ctx, &ec2.DescribeAvailabilityZonesInput{}))
	regions := must[*ec2.DescribeRegionsOutput](t)(c.DescribeRegions(ctx, &ec2.DescribeRegionsInput{}))
	if len(zones.AvailabilityZones) != 4 || *zones.AvailabilityZones[0].ZoneName != "ap-northeast-2a" || len(regions.Regions) != 1 {
		t.Errorf("%d zones, %d Regions", len(zones.AvailabilityZones), len(regions.Regions))
	}
}

// A function is called, and what it said is in its log. It runs as a process of its own,
// which not every machine can have.
func TestFunctionsAndLogs(t *testing.T) {
	t.Parallel()
	w := start(t, server.Options{})
	ctx := t.Context()
	template, err := json.Marshal(map[string]any{"Resources": map[string]any{
		"Role": map[string]any{"Type": "AWS::IAM::Role", "Properties": map[string]any{
			"AssumeRolePolicyDocument": json.RawMessage(`{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "lambda.amazonaws.com"}}]}`),
			"ManagedPolicyArns":        []string{"arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"},
		}},
		"Hello": map[string]any{"Type": "AWS::Lambda::Function", "DependsOn": "Role", "Properties": map[string]any{
			"FunctionName": "hello", "Runtime": "nodejs22.x", "Handler": "index.handler", "Role": json.RawMessage(`{"Fn::GetAtt": ["Role", "Arn"]}`),
			"Code": map[string]string{"ZipFile": `exports.handler = async e => { console.log("hello " + e.name); return {said: e.name} }`},
		}},
	}})
	if err != nil {
		t.Fatal(err)
	}
	if stack := w.deploy("Hello", string(template)); stack.StackStatus != cfntypes.StackStatusCreateComplete {
		t.Fatalf("the stack is in %s", stack.StackStatus)
	}
	functions := lambda.NewFromConfig(w.Config())
	listed := must[*lambda.ListFunctionsOutput](t)(functions.ListFunctions(ctx, &lambda.ListFunctionsInput{}))
	if len(listed.Functions) != 1 || *listed.Functions[0].FunctionName != "hello" {
		t.Errorf("functions %+v", listed.Functions)
	}
	one := must[*lambda.GetFunctionOutput](t)(functions.GetFunction(ctx, &lambda.GetFunctionInput{FunctionName: ptr("hello")}))
	if *one.Configuration.FunctionArn != *listed.Functions[0].FunctionArn {
		t.Errorf("function %+v", one.Configuration)
	}
	answer, err := functions.Invoke(ctx, &lambda.InvokeInput{FunctionName: ptr("hello"), Payload: []byte(`{"name": "world"}`)})
	if err != nil {
		t.Fatal(err)
	}
	if answer.FunctionError != nil {
		if os.Getenv("CI") == "" && strings.Contains(string(answer.Payload), "cannot run") {
			t.Skipf("this machine cannot run it: %s", answer.Payload)
		}
		t.Fatalf("%s: %s", *answer.FunctionError, answer.Payload)
	}
	if string(answer.Payload) != `{"said":"world"}` {
		t.Errorf("it answered %s", answer.Payload)
	}
	c := cloudwatchlogs.NewFromConfig(w.Config())
	found := must[*cloudwatchlogs.FilterLogEventsOutput](t)(c.FilterLogEvents(ctx, &cloudwatchlogs.FilterLogEventsInput{LogGroupName: ptr("/aws/lambda/hello"), FilterPattern: ptr("hello")}))
	if len(found.Events) != 1 || !strings.Contains(*found.Events[0].Message, "hello world") {
		t.Errorf("events %v", found.Events)
	}
	streams := must[*cloudwatchlogs.DescribeLogStreamsOutput](t)(c.DescribeLogStreams(ctx, &cloudwatchlogs.DescribeLogStreamsInput{LogGroupName: ptr("/aws/lambda/hello")}))
	if len(streams.LogStreams) != 1 {
		t.Fatalf("streams %v", streams.LogStreams)
	}
	all := must[*cloudwatchlogs.GetLogEventsOutput](t)(c.GetLogEvents(ctx, &cloudwatchlogs.GetLogEventsInput{LogGroupName: ptr("/aws/lambda/hello"), LogStreamName: streams.LogStreams[0].LogStreamName}))
	if len(all.Events) < len(found.Events) {
		t.Errorf("%d events", len(all.Events))
	}
	_, err = c.FilterLogEvents(ctx, &cloudwatchlogs.FilterLogEventsInput{LogGroupName: ptr("none")})
	if name, _ := code(err); name != "ResourceNotFoundException" {
		t.Errorf("no group: %v", err)
	}
	replaceCode(t, functions)
}

// replaceCode gives the function hello other code, as a hotswap does, and calls it.
func replaceCode(t *testing.T, functions *lambda.Client) {
	t.Helper()
	var archive bytes.Buffer
	z := zip.NewWriter(&archive)
	file, err := z.Create("index.js")
	if err == nil {
		_, err = file.Write([]byte(`exports.handler = async e => "changed"`))
	}
	if err = errors.Join(err, z.Close()); err != nil {
		t.Fatal(err)
	}
	for what, in := range map[string]*lambda.UpdateFunctionCodeInput{
		"no code":        {FunctionName: ptr("hello")},
		"no zip file":    {FunctionName: ptr("hello"), ZipFile: []byte("text")},
		"no such object": {FunctionName: ptr("hello"), S3Bucket: ptr("none"), S3Key: ptr("none.zip")},
		"a version":      {FunctionName: ptr("hello"), ZipFile: archive.Bytes(), Publish: true},
	} {
		_, err := functions.UpdateFunctionCode(t.Context(), in)
		if name, _ := code(err); name != "InvalidParameterValueException" {
			t.Errorf("%s: %v", what, err)
		}
	}
	if _, err := functions.UpdateFunctionCode(t.Context(), &lambda.UpdateFunctionCodeInput{FunctionName: ptr("hello"), ZipFile: archive.Bytes()}); err != nil {
		t.Fatal(err)
	}
	if err := lambda.NewFunctionUpdatedV2Waiter(functions).Wait(t.Context(), &lambda.GetFunctionInput{FunctionName: ptr("hello")}, time.Minute); err != nil {
		t.Error(err)
	}
	sum := sha256.Sum256(archive.Bytes())
	now := must[*lambda.GetFunctionConfigurationOutput](t)(functions.GetFunctionConfiguration(t.Context(), &lambda.GetFunctionConfigurationInput{FunctionName: ptr("hello")}))
	if got := *now.CodeSha256; got != base64.StdEncoding.EncodeToString(sum[:]) {
		t.Errorf("the hash of the code is %s", got)
	}
	answer, err := functions.Invoke(t.Context(), &lambda.InvokeInput{FunctionName: ptr("hello"), Payload: []byte(`{}`)})
	if err != nil || string(answer.Payload) != `"changed"` {
		t.Errorf("with other code it answered %s, %v", answer.Payload, err)
	}
}
