package deployment

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"provenendpoints/internal/lab/cfn"
)

const (
	good    = `{"Resources":{"Handle":{"Type":"AWS::CloudFormation::WaitConditionHandle"}}}`
	bad     = `{"Resources":{"Subnet":{"Type":"AWS::EC2::Subnet","Properties":{"VpcId":"vpc-1","CidrBlock":"10.0.0.0/24"}}}}`
	refused = `{"Resources":{"Handle":{"Type":"AWS::Nobody::Knows"}}}`
)

func stack(id, template string, dependencies ...string) cfn.Stack {
	return cfn.Stack{ID: id, Name: id, Template: []byte(template), Dependencies: dependencies}
}

// find returns the result of the stack with this id.
func find(t *testing.T, r Result, id string) Stack {
	t.Helper()
	i := slices.IndexFunc(r.Stacks, func(s Stack) bool { return s.ID == id })
	if i < 0 {
		t.Fatalf("no result for %s: %+v", id, r)
	}
	return r.Stacks[i]
}

func TestRunSkipsWhatDependsOnAFailure(t *testing.T) {
	t.Parallel()
	var deleting bool
	result := Run(context.Background(), []cfn.Stack{
		stack("Good", good), stack("Bad", bad), stack("After", good, "Good"), stack("Next", good, "Good", "Bad"), stack("Last", good, "Next"),
	}, Options{OnStep: func(string) { deleting = true }})
	if result.OK() || result.Failed() != 3 || result.Left != nil || !deleting {
		t.Errorf("OK %t, %d failed, left %v, deleting %t", result.OK(), result.Failed(), result.Left, deleting)
	}
	for i, want := range []struct {
		id, skipped, reason string
		status              cfn.Status
		deleted             bool
	}{
		{id: "Good", status: cfn.CreateComplete, deleted: true},
		{id: "Bad", reason: "vpc-1", status: cfn.RollbackComplete, deleted: true},
		{id: "After", status: cfn.CreateComplete, deleted: true},
		{id: "Next", skipped: "Bad"},
		{id: "Last", skipped: "Next"},
	} {
		s := result.Stacks[i]
		if s.ID != want.id || s.Skipped != want.skipped || s.Outcome.Status != want.status || !strings.Contains(s.Reason(), want.reason) || (s.Err == nil) != (want.reason == "") {
			t.Errorf("got %+v, want %+v", s, want)
		}
		if deleted := len(s.Deletion) > 0; deleted != want.deleted {
			t.Errorf("%s: deleted %t", s.ID, deleted)
		}
	}
}

func TestRunCreatesNothingIfOneStackIsRefused(t *testing.T) {
	t.Parallel()
	events := 0
	result := Run(context.Background(), []cfn.Stack{stack("Good", good), stack("Bad", refused)}, Options{OnEvent: func(cfn.Event) { events++ }})
	if result.OK() || result.Refused() != 1 || result.Failed() != 1 || events != 0 {
		t.Errorf("OK %t, %d refused, %d failed, %d events", result.OK(), result.Refused(), result.Failed(), events)
	}
	if s := find(t, result, "Good"); !s.Unused || s.Failed() {
		t.Errorf("Good: %+v", s)
	}
	if s := find(t, result, "Bad"); s.Unused || !strings.Contains(s.Reason(), "resource type AWS::Nobody::Knows is not supported") {
		t.Errorf("Bad: %+v", s)
	}
}

func TestRunKeepsStacks(t *testing.T) {
	t.Parallel()
	result := Run(context.Background(), []cfn.Stack{stack("S", good)}, Options{Keep: true})
	if !result.OK() || len(result.Stacks[0].Deletion) > 0 || result.Stacks[0].Resources != 1 {
		t.Errorf("%+v", result)
	}
}

func TestRunSkipsEmptyStacks(t *testing.T) {
	t.Parallel()
	result := Run(context.Background(), []cfn.Stack{stack("None", `{"Rules":{}}`), stack("S", good, "None")}, Options{})
	if !result.OK() || result.Empty() != 1 || !find(t, result, "None").Empty {
		t.Errorf("%+v", result)
	}
}

// What the template says is to be kept is named and is no failure.
func TestRunNamesWhatIsRetained(t *testing.T) {
	t.Parallel()
	const template = `{"Resources":{
		"Bucket":{"Type":"AWS::S3::Bucket","DeletionPolicy":"Retain","Properties":{"BucketName":"kept"}},
		"Log":{"Type":"AWS::Logs::LogGroup","DeletionPolicy":"RetainExceptOnCreate","Properties":{"LogGroupName":"log"}},
		"Other":{"Type":"AWS::S3::Bucket"}}}`
	result := Run(context.Background(), []cfn.Stack{stack("S", template)}, Options{})
	if !result.OK() {
		t.Errorf("left %v, %s", result.Left, result.Stacks[0].Reason())
	}
	var kept []string
	for _, e := range result.Stacks[0].Retained {
		kept = append(kept, e.PhysicalID)
	}
	if slices.Sort(kept); !slices.Equal(kept, []string{"kept", "log"}) {
		t.Errorf("retained %v", kept)
	}
}

// producer has an export and an output without one; consumers use them.
const producer = `{"Resources":{"Log":{"Type":"AWS::Logs::LogGroup","Properties":{"LogGroupName":"shared"}}},
	"Outputs":{"Name":{"Value":{"Ref":"Log"},"Export":{"Name":{"Fn::Sub":"${AWS::StackName}:Name"}}}}}`

func consumer(expression string) string {
	return fmt.Sprintf(`{"Resources":{"Log":{"Type":"AWS::Logs::LogGroup","Properties":{"LogGroupName":{"Fn::Join":["/",["of",%s]]}}}},
		"Outputs":{"Name":{"Value":{"Ref":"Log"}}}}`, expression)
}

// The assembly's order need not be that of the exports and outputs.
func TestRunOrdersStacksByWhatTheyUse(t *testing.T) {
	t.Parallel()
	for name, expression := range map[string]string{
		"export":        `{"Fn::ImportValue":"Zeta:Name"}`,
		"weak":          `{"Fn::GetStackOutput":{"StackName":"Zeta","OutputName":"Name"}}`,
		"weak with all": `{"Fn::GetStackOutput":{"StackName":"Zeta","OutputName":"Name","Region":{"Ref":"AWS::Region"},"RoleArn":"arn:aws:iam::123456789012:role/r"}}`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			result := Run(context.Background(), []cfn.Stack{stack("Alpha", consumer(expression)), stack("Zeta", producer)}, Options{})
			if !result.OK() {
				t.Fatal(find(t, result, "Alpha").Reason(), find(t, result, "Zeta").Reason(), result.Left)
			}
			if got := find(t, result, "Alpha").Outcome.Outputs[0].Value; got != "of/shared" {
				t.Errorf("got %s", got)
			}
		})
	}
}

func TestRunRefusesAnOutputThatNoStackHas(t *testing.T) {
	t.Parallel()
	result := Run(context.Background(), []cfn.Stack{
		stack("Alpha", consumer(`{"Fn::GetStackOutput":{"StackName":"Zeta","OutputName":"Nope"}}`)), stack("Zeta", producer),
	}, Options{})
	if s := find(t, result, "Alpha"); !strings.Contains(s.Reason(), "stack Zeta has no output Nope, or does not exist") {
		t.Errorf("got %s", s.Reason())
	}
}

func TestRunDeploysIntoSeveralRegions(t *testing.T) {
	t.Parallel()
	const zones = `{"Resources":{"Log":{"Type":"AWS::Logs::LogGroup","Properties":{"LogGroupName":"shared"}}},
		"Outputs":{"Zones":{"Value":{"Fn::Join":[" ",{"Fn::GetAZs":""}]}},"Name":{"Value":{"Fn::GetAtt":["Log","Arn"]}}}}`
	virginia, open := stack("Virginia", zones), stack("Open", zones)
	virginia.Region, virginia.Account = "us-east-1", "111122223333"
	user := stack("User", consumer(`{"Fn::Select":[3,{"Fn::Split":[":",
		{"Fn::GetStackOutput":{"StackName":"Virginia","OutputName":"Name","Region":"us-east-1","RoleArn":"arn:aws:iam::111122223333:role/r"}}]}]}`))
	result := Run(context.Background(), []cfn.Stack{user, virginia, open}, Options{Region: "eu-west-1", Account: "999988887777"})
	if !result.OK() {
		t.Fatal(result.Left, result.Stacks)
	}
	for id, want := range map[string][]string{
		"Virginia": {"us-east-1a us-east-1b us-east-1c us-east-1d us-east-1e us-east-1f", "arn:aws:logs:us-east-1:111122223333:log-group:shared:*"},
		"Open":     {"eu-west-1a eu-west-1b eu-west-1c", "arn:aws:logs:eu-west-1:999988887777:log-group:shared:*"},
		"User":     {"of/us-east-1"},
	} {
		var got []string
		for _, o := range find(t, result, id).Outcome.Outputs {
			got = append(got, o.Value)
		}
		slices.Sort(got)
		slices.Sort(want)
		if !slices.Equal(got, want) {
			t.Errorf("%s: %q, want %q", id, got, want)
		}
	}
}

func TestRunTakesABootstrappedAccount(t *testing.T) {
	t.Parallel()
	const template = `{"Resources":{"Handle":{"Type":"AWS::CloudFormation::WaitConditionHandle"}},
		"Parameters":{"BootstrapVersion":{"Type":"AWS::SSM::Parameter::Value<String>","Default":"/cdk-bootstrap/%s/version",
			"Description":"Version of the CDK Bootstrap resources in this environment [cdk:skip]"}},
		"Rules":{"CheckBootstrapVersion":{"Assertions":[{"Assert":{"Fn::Not":[{"Fn::Contains":[["1","2","3","4","5"],{"Ref":"BootstrapVersion"}]}]},"AssertDescription":"too old"}]}}}`
	for _, qualifier := range []string{"hnb659fds", "mine"} {
		if result := Run(context.Background(), []cfn.Stack{stack("S", fmt.Sprintf(template, qualifier))}, Options{}); !result.OK() {
			t.Error(result.Stacks[0].Reason())
		}
	}
}
