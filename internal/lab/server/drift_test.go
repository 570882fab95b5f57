package server_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/cloudformation"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation/types"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	ec2types "github.com/aws/aws-sdk-go-v2/service/ec2/types"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
	ssmtypes "github.com/aws/aws-sdk-go-v2/service/ssm/types"

	"provenendpoints/internal/lab/server"
)

const driftable = `{"Resources": {
	"V": {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": "10.0.0.0/16", "EnableDnsSupport": true, "EnableDnsHostnames": true}},
	"S": {"Type": "AWS::EC2::Subnet", "Properties": {"VpcId": {"Ref": "V"}, "CidrBlock": "10.0.0.0/24", "MapPublicIpOnLaunch": false}},
	"T": {"Type": "AWS::EC2::RouteTable", "Properties": {"VpcId": {"Ref": "V"}}},
	"U": {"Type": "AWS::EC2::RouteTable", "Properties": {"VpcId": {"Ref": "V"}}},
	"A": {"Type": "AWS::EC2::SubnetRouteTableAssociation", "Properties": {"SubnetId": {"Ref": "S"}, "RouteTableId": {"Ref": "T"}}},
	"I": {"Type": "AWS::EC2::InternetGateway"},
	"J": {"Type": "AWS::EC2::VPCGatewayAttachment", "Properties": {"VpcId": {"Ref": "V"}, "InternetGatewayId": {"Ref": "I"}}},
	"R": {"Type": "AWS::EC2::Route", "DependsOn": "J", "Properties": {"RouteTableId": {"Ref": "U"}, "DestinationCidrBlock": "192.0.2.0/24", "GatewayId": {"Ref": "I"}}},
	"G": {"Type": "AWS::EC2::SecurityGroup", "Properties": {"VpcId": {"Ref": "V"}, "GroupDescription": "g",
		"SecurityGroupIngress": [{"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "CidrIp": "10.0.0.0/16"}]}},
	"H": {"Type": "AWS::EC2::SecurityGroupIngress", "Properties": {"GroupId": {"Ref": "G"}, "IpProtocol": "tcp", "FromPort": 80, "ToPort": 80, "CidrIp": "10.0.0.0/16"}},
	"E": {"Type": "AWS::EC2::VPCEndpoint", "Properties": {"VpcId": {"Ref": "V"}, "ServiceName": "com.amazonaws.ap-northeast-2.s3", "RouteTableIds": [{"Ref": "T"}],
		"PolicyDocument": {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "*"}]}}},
	"N": {"Type": "AWS::EC2::NetworkAcl", "Properties": {"VpcId": {"Ref": "V"}}},
	"O": {"Type": "AWS::EC2::NetworkAclEntry", "Properties": {"NetworkAclId": {"Ref": "N"}, "RuleNumber": 100, "Protocol": 6, "RuleAction": "deny", "CidrBlock": "0.0.0.0/0", "PortRange": {"From": 22, "To": 22}}},
	"P": {"Type": "AWS::SSM::Parameter", "Properties": {"Name": "p", "Type": "String", "Value": "before"}},
	"Q": {"Type": "AWS::SQS::Queue"},
	"L": {"Type": "AWS::IAM::Role", "Properties": {"AssumeRolePolicyDocument": {"Statement": [{"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}]},
		"Policies": [{"PolicyName": "own", "PolicyDocument": {"Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}}]}},
	"M": {"Type": "AWS::IAM::Policy", "Properties": {"PolicyName": "beside", "Roles": [{"Ref": "L"}], "PolicyDocument": {"Statement": [{"Effect": "Allow", "Action": "sqs:*", "Resource": "*"}]}}}
}}`

// Drift detection says of each resource that was changed by hand which property is what, of
// what is gone that it is, and of the others nothing.
func TestDriftDetection(t *testing.T) {
	t.Parallel()
	w := start(t, server.Options{})
	stack := w.deploy("net", driftable)
	c, ctx := w.cloudformation, t.Context()
	detect := func() (status string, drifts map[string]types.StackResourceDrift) {
		t.Helper()
		found := must[*cloudformation.DetectStackDriftOutput](t)(c.DetectStackDrift(ctx, &cloudformation.DetectStackDriftInput{StackName: new("net")}))
		done := must[*cloudformation.DescribeStackDriftDetectionStatusOutput](t)(c.DescribeStackDriftDetectionStatus(ctx, &cloudformation.DescribeStackDriftDetectionStatusInput{StackDriftDetectionId: found.StackDriftDetectionId}))
		if done.DetectionStatus != types.StackDriftDetectionStatusDetectionComplete {
			t.Errorf("detection: %s", done.DetectionStatus)
		}
		drifts = map[string]types.StackResourceDrift{}
		for _, d := range must[*cloudformation.DescribeStackResourceDriftsOutput](t)(c.DescribeStackResourceDrifts(ctx, &cloudformation.DescribeStackResourceDriftsInput{StackName: new("net")})).StackResourceDrifts {
			drifts[*d.LogicalResourceId] = d
		}
		return string(done.StackDriftStatus), drifts
	}
	status, drifts := detect()
	if status != "IN_SYNC" {
		t.Errorf("before any change: %s", status)
	}
	for id, d := range drifts {
		if d.StackResourceDriftStatus != types.StackResourceDriftStatusInSync {
			t.Errorf("%s is %s before any change: %+v", id, d.StackResourceDriftStatus, d.PropertyDifferences)
		}
	}
	if _, checked := drifts["Q"]; checked || len(drifts) < 14 {
		t.Errorf("compared: %d resources, the queue among them: %t", len(drifts), checked)
	}

	h := hand{t, ctx, ec2.NewFromConfig(w.Config())}
	id := func(logical string) *string {
		t.Helper()
		return must[*cloudformation.DescribeStackResourceOutput](t)(c.DescribeStackResource(ctx, &cloudformation.DescribeStackResourceInput{StackName: new("net"), LogicalResourceId: &logical})).StackResourceDetail.PhysicalResourceId
	}
	ok[ec2.ModifyVpcAttributeOutput](h)(h.c.ModifyVpcAttribute(ctx, &ec2.ModifyVpcAttributeInput{VpcId: id("V"), EnableDnsHostnames: &ec2types.AttributeBooleanValue{Value: new(false)}}))
	ok[ec2.ModifySubnetAttributeOutput](h)(h.c.ModifySubnetAttribute(ctx, &ec2.ModifySubnetAttributeInput{SubnetId: id("S"), MapPublicIpOnLaunch: &ec2types.AttributeBooleanValue{Value: new(true)}}))
	tables := ok[ec2.DescribeRouteTablesOutput](h)(h.c.DescribeRouteTables(ctx, &ec2.DescribeRouteTablesInput{RouteTableIds: []string{*id("T")}})).RouteTables
	ok[ec2.ReplaceRouteTableAssociationOutput](h)(h.c.ReplaceRouteTableAssociation(ctx, &ec2.ReplaceRouteTableAssociationInput{AssociationId: tables[0].Associations[0].RouteTableAssociationId, RouteTableId: id("U")}))
	ok[ec2.DeleteRouteOutput](h)(h.c.DeleteRoute(ctx, &ec2.DeleteRouteInput{RouteTableId: id("U"), DestinationCidrBlock: new("192.0.2.0/24")}))
	ok[ec2.AuthorizeSecurityGroupIngressOutput](h)(h.c.AuthorizeSecurityGroupIngress(ctx, &ec2.AuthorizeSecurityGroupIngressInput{GroupId: id("G"), IpPermissions: []ec2types.IpPermission{
		{IpProtocol: new("-1"), Ipv6Ranges: []ec2types.Ipv6Range{{CidrIpv6: new("::/0")}}},
	}}))
	ok[ec2.RevokeSecurityGroupIngressOutput](h)(h.c.RevokeSecurityGroupIngress(ctx, &ec2.RevokeSecurityGroupIngressInput{GroupId: id("G"), CidrIp: new("10.0.0.0/16"), IpProtocol: new("tcp"), FromPort: new(int32(80)), ToPort: new(int32(80))}))
	ok[ec2.ModifyVpcEndpointOutput](h)(h.c.ModifyVpcEndpoint(ctx, &ec2.ModifyVpcEndpointInput{VpcEndpointId: id("E"), ResetPolicy: new(true), AddRouteTableIds: []string{*id("U")}}))
	ok[ec2.ReplaceNetworkAclEntryOutput](h)(h.c.ReplaceNetworkAclEntry(ctx, &ec2.ReplaceNetworkAclEntryInput{NetworkAclId: id("N"), RuleNumber: new(int32(100)), Egress: new(false), Protocol: new("-1"), RuleAction: ec2types.RuleActionAllow, CidrBlock: new("0.0.0.0/0")}))
	must[*ssm.PutParameterOutput](t)(ssm.NewFromConfig(w.Config()).PutParameter(ctx, &ssm.PutParameterInput{Name: new("p"), Value: new("after"), Overwrite: new(true), Type: ssmtypes.ParameterTypeString}))

	status, drifts = detect()
	if status != "DRIFTED" {
		t.Errorf("after the changes: %s", status)
	}
	for id, want := range map[string]string{
		"V": "NOT_EQUAL /EnableDnsHostnames true false", "S": "NOT_EQUAL /MapPublicIpOnLaunch false true", "A": "NOT_EQUAL /RouteTableId rtb-", "R": "DELETED", "H": "DELETED",
		"G": `ADD /SecurityGroupIngress/1 null {"CidrIpv6":"::/0","IpProtocol":"-1"}`, "E": "ADD /RouteTableIds/1 null rtb-", "O": "NOT_EQUAL /Protocol 6 -1", "P": "NOT_EQUAL /Value before after",
		"T": "IN_SYNC", "U": "IN_SYNC", "I": "IN_SYNC", "L": "IN_SYNC", "M": "IN_SYNC",
	} {
		said := []string{string(drifts[id].StackResourceDriftStatus)}
		for _, p := range drifts[id].PropertyDifferences {
			said = append(said, string(p.DifferenceType)+" "+*p.PropertyPath+" "+*p.ExpectedValue+" "+*p.ActualValue)
		}
		if !slices.ContainsFunc(said, func(s string) bool { return strings.HasPrefix(s, want) }) {
			t.Errorf("%s: %q, want %q", id, said, want)
		}
	}
	described := must[*cloudformation.DescribeStacksOutput](t)(c.DescribeStacks(ctx, &cloudformation.DescribeStacksInput{StackName: stack.StackId})).Stacks[0]
	if described.DriftInformation.StackDriftStatus != types.StackDriftStatusDrifted {
		t.Errorf("the stack is said to be %s", described.DriftInformation.StackDriftStatus)
	}
	one := must[*cloudformation.DetectStackResourceDriftOutput](t)(c.DetectStackResourceDrift(ctx, &cloudformation.DetectStackResourceDriftInput{StackName: new("net"), LogicalResourceId: new("R")}))
	if one.StackResourceDrift.StackResourceDriftStatus != types.StackResourceDriftStatusDeleted {
		t.Errorf("the route: %+v", one.StackResourceDrift)
	}
	gone := must[*cloudformation.DescribeStackResourceDriftsOutput](t)(c.DescribeStackResourceDrifts(ctx, &cloudformation.DescribeStackResourceDriftsInput{StackName: new("net"), StackResourceDriftStatusFilters: []types.StackResourceDriftStatus{types.StackResourceDriftStatusDeleted}}))
	if len(gone.StackResourceDrifts) != 2 {
		t.Errorf("%d resources are gone, want the route and the rule", len(gone.StackResourceDrifts))
	}
}

// A stack that is to be deleted when its creation fails is.
func TestDeletedOnFailure(t *testing.T) {
	t.Parallel()
	w := start(t, server.Options{})
	body := `{"Resources": {"S": {"Type": "AWS::EC2::Subnet", "Properties": {"VpcId": "vpc-00000000", "CidrBlock": "10.0.0.0/24"}}}}`
	made := must[*cloudformation.CreateStackOutput](t)(w.cloudformation.CreateStack(t.Context(), &cloudformation.CreateStackInput{StackName: new("bad"), TemplateBody: &body, OnFailure: types.OnFailureDelete}))
	w.mu.Lock()
	for w.status[*made.StackId] != "DELETE_COMPLETE" {
		w.change.Wait()
	}
	w.mu.Unlock()
}
