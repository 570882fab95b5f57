package server_test

import (
	"encoding/json"
	"slices"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/iam"

	"provenendpoints/internal/lab/server"
)

// The bus is told of the calls that change something, by whom and with what, as by a trail; of
// those that read, fail or are refused it is not, and of those of global services in their
// Region alone.
func TestCallsAreTold(t *testing.T) {
	t.Parallel()
	w := start(t, server.Options{})
	h := hand{t, t.Context(), ec2.NewFromConfig(w.Config())}
	table := ok[ec2.CreateVpcOutput](h)(h.c.CreateVpc(h.ctx, &ec2.CreateVpcInput{CidrBlock: new("10.9.0.0/16")})).Vpc
	ok[ec2.DescribeVpcsOutput](h)(h.c.DescribeVpcs(h.ctx, &ec2.DescribeVpcsInput{}))
	_, err := h.c.CreateSubnet(h.ctx, &ec2.CreateSubnetInput{VpcId: table.VpcId, CidrBlock: new("10.10.0.0/24")})
	h.refused("InvalidSubnet.Range", err)
	w.deploy("roles", `{"Resources": {"R": {"Type": "AWS::IAM::Role", "Properties": {"RoleName": "r",
		"AssumeRolePolicyDocument": {"Statement": [{"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}]}}}}}`)
	roles := iam.NewFromConfig(w.Config())
	put := &iam.PutRolePolicyInput{RoleName: new("r"), PolicyName: new("p"), PolicyDocument: new(`{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}`)}
	must[*iam.PutRolePolicyOutput](t)(roles.PutRolePolicy(t.Context(), put))
	got := must[*iam.GetRolePolicyOutput](t)(roles.GetRolePolicy(t.Context(), &iam.GetRolePolicyInput{RoleName: new("r"), PolicyName: new("p")}))
	if *got.PolicyName != "p" {
		t.Errorf("policy %+v", got)
	}
	if calls := w.told("ap-northeast-2"); !slices.Equal(calls, []string{"CreateVpc", "CreateStack"}) {
		t.Errorf("told in the Region: %v", calls)
	}

	// A client of us-east-1 makes that Region, where IAM's calls are told.
	config := w.Config()
	config.Region = "us-east-1"
	must[*ec2.DescribeVpcsOutput](t)(ec2.NewFromConfig(config).DescribeVpcs(t.Context(), &ec2.DescribeVpcsInput{}))
	must[*iam.DeleteRolePolicyOutput](t)(roles.DeleteRolePolicy(t.Context(), &iam.DeleteRolePolicyInput{RoleName: aws.String("r"), PolicyName: aws.String("p")}))
	if calls := w.told("us-east-1"); !slices.Equal(calls, []string{"DeleteRolePolicy r"}) {
		t.Errorf("told in us-east-1: %v", calls)
	}
}

// told are the calls that the bus of a Region was told of, with the role that they name.
func (w *world) told(region string) (calls []string) {
	for _, e := range w.Region(region).Bus.Events() {
		var detail struct {
			EventName         string
			UserIdentity      struct{ ARN string }
			RequestParameters struct{ RoleName string }
		}
		if err := json.Unmarshal(e.Detail, &detail); err != nil {
			w.t.Fatal(err)
		}
		if e.DetailType != "AWS API Call via CloudTrail" {
			continue
		}
		if detail.UserIdentity.ARN == "" {
			w.t.Errorf("%s: nobody made it", detail.EventName)
		}
		if role := detail.RequestParameters.RoleName; role != "" {
			detail.EventName += " " + role
		}
		calls = append(calls, detail.EventName)
	}
	return calls
}
