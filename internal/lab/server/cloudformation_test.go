package server_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/cloudformation"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation/types"
	"github.com/aws/aws-sdk-go-v2/service/ssm"

	"provenendpoints/internal/lab/server"
)

// The first is YAML, with the short forms of the intrinsic functions.
const (
	parameters = `
AWSTemplateFormatVersion: 2010-09-09
Description: two parameters
Parameters:
  Greeting: {Type: String, Default: hello}
  Secret: {Type: String, Default: hidden, NoEcho: true}
Resources:
  First:
    Type: AWS::SSM::Parameter
    Properties: {Name: /first, Type: String, Value: !Sub "${Greeting} world"}
  Second:
    Type: AWS::SSM::Parameter
    Properties: {Name: /second, Type: String, Value: !GetAtt First.Value}
Outputs:
  Greeting: {Value: !GetAtt Second.Value, Export: {Name: greeting}}
`
	renamed = `{"Resources": {
		"First": {"Type": "AWS::SSM::Parameter", "Properties": {"Name": "/renamed", "Type": "String", "Value": "hello world"}},
		"Second": {"Type": "AWS::SSM::Parameter", "Properties": {"Name": "/second", "Type": "String", "Value": {"Ref": "First"}}},
		"Third": {"Type": "AWS::SSM::Parameter", "Properties": {"Name": "/third", "Type": "String", "Value": "3"}}}}`
)

// A change set says what it would change, changes nothing until it is executed, and then
// does that.
func TestChangeSets(t *testing.T) {
	t.Parallel()
	w := start(t, server.Options{})
	c := w.cloudformation
	ctx := t.Context()
	made := must[*cloudformation.CreateChangeSetOutput](t)(c.CreateChangeSet(ctx, &cloudformation.CreateChangeSetInput{
		StackName: ptr("Words"), ChangeSetName: ptr("first"), ChangeSetType: types.ChangeSetTypeCreate, TemplateBody: ptr(parameters),
		Parameters: []types.Parameter{{ParameterKey: ptr("Greeting"), ParameterValue: ptr("good morning")}},
		Tags:       []types.Tag{{Key: ptr("team"), Value: ptr("words")}},
	}))
	if got := w.settled("Words").StackStatus; got != types.StackStatusReviewInProgress {
		t.Errorf("the stack is in %s", got)
	}
	described := must[*cloudformation.DescribeChangeSetOutput](t)(c.DescribeChangeSet(ctx, &cloudformation.DescribeChangeSetInput{ChangeSetName: made.Id}))
	if got := changes(described.Changes); !slices.Equal(got, []string{"Add First", "Add Second"}) || described.ExecutionStatus != types.ExecutionStatusAvailable {
		t.Errorf("%s: %v", described.ExecutionStatus, got)
	}
	must[*cloudformation.ExecuteChangeSetOutput](t)(c.ExecuteChangeSet(ctx, &cloudformation.ExecuteChangeSetInput{ChangeSetName: made.Id}))
	stack := w.settled("Words")
	if stack.StackStatus != types.StackStatusCreateComplete || *stack.Outputs[0].OutputValue != "good morning world" || *stack.StackId != *made.StackId {
		t.Errorf("%s %v", stack.StackStatus, stack.Outputs)
	}
	if len(stack.Parameters) != 2 || *stack.Parameters[0].ParameterValue != "good morning" || *stack.Parameters[1].ParameterValue != "****" || *stack.Tags[0].Value != "words" {
		t.Errorf("parameters %v, tags %v", stack.Parameters, stack.Tags)
	}
	if text := must[*cloudformation.GetTemplateOutput](t)(c.GetTemplate(ctx, &cloudformation.GetTemplateInput{StackName: ptr("Words")})); *text.TemplateBody != parameters {
		t.Errorf("the template is not the one that was given:\n%s", *text.TemplateBody)
	}
	_, err := c.ExecuteChangeSet(ctx, &cloudformation.ExecuteChangeSetInput{ChangeSetName: made.Id})
	if name, _ := code(err); name != "InvalidChangeSetStatus" {
		t.Errorf("a second execution: %v", err)
	}

	// An update: First is replaced, and Second depends on its name.
	update := func(name, template string) *cloudformation.DescribeChangeSetOutput {
		must[*cloudformation.CreateChangeSetOutput](t)(c.CreateChangeSet(ctx, &cloudformation.CreateChangeSetInput{StackName: ptr("Words"), ChangeSetName: &name, TemplateBody: &template}))
		return must[*cloudformation.DescribeChangeSetOutput](t)(c.DescribeChangeSet(ctx, &cloudformation.DescribeChangeSetInput{StackName: ptr("Words"), ChangeSetName: &name}))
	}
	described = update("second", renamed)
	if got, want := changes(described.Changes), []string{"Modify First True Name Value", "Modify Second False Value", "Add Third"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	must[*cloudformation.ExecuteChangeSetOutput](t)(c.ExecuteChangeSet(ctx, &cloudformation.ExecuteChangeSetInput{StackName: ptr("Words"), ChangeSetName: ptr("second")}))
	if stack := w.settled("Words"); stack.StackStatus != types.StackStatusUpdateComplete {
		t.Errorf("%s", stack.StackStatus)
	}
	value := must[*ssm.GetParameterOutput](t)(ssm.NewFromConfig(w.Config()).GetParameter(ctx, &ssm.GetParameterInput{Name: ptr("/second")}))
	if *value.Parameter.Value != "/renamed" {
		t.Errorf("the parameter is %q", *value.Parameter.Value)
	}

	// Nothing to change, and a template with mistakes.
	if empty := update("third", renamed); empty.Status != types.ChangeSetStatusFailed || !strings.HasPrefix(*empty.StatusReason, "The submitted information didn't contain changes.") {
		t.Errorf("%s: %s", empty.Status, *empty.StatusReason)
	}
	broken := update("fourth", strings.ReplaceAll(renamed, `"String"`, `"Sting"`))
	if broken.Status != types.ChangeSetStatusFailed || !strings.Contains(*broken.StatusReason, `First (AWS::SSM::Parameter): property Type: "Sting" is not supported`) {
		t.Errorf("%s: %s", broken.Status, *broken.StatusReason)
	}
	found := must[*cloudformation.DescribeEventsOutput](t)(c.DescribeEvents(ctx, &cloudformation.DescribeEventsInput{StackName: ptr("Words"), ChangeSetName: ptr("fourth")}))
	if len(found.OperationEvents) != 3 || found.OperationEvents[0].EventType != types.EventTypeValidationError {
		t.Errorf("%v", found.OperationEvents)
	}
	if sets := must[*cloudformation.ListChangeSetsOutput](t)(c.ListChangeSets(ctx, &cloudformation.ListChangeSetsInput{StackName: ptr("Words")})); len(sets.Summaries) != 3 {
		t.Errorf("%d change sets, want the executed one and two that failed", len(sets.Summaries))
	}
	must[*cloudformation.DeleteChangeSetOutput](t)(c.DeleteChangeSet(ctx, &cloudformation.DeleteChangeSetInput{StackName: ptr("Words"), ChangeSetName: ptr("fourth")}))
	_, err = c.DescribeChangeSet(ctx, &cloudformation.DescribeChangeSetInput{StackName: ptr("Words"), ChangeSetName: ptr("fourth")})
	if name, _ := code(err); name != "ChangeSetNotFound" {
		t.Errorf("a deleted change set: %v", err)
	}
}

// changes are changes in short: action, resource, replacement, properties.
func changes(list []types.Change) []string {
	var out []string
	for _, c := range list {
		text := string(c.ResourceChange.Action) + " " + *c.ResourceChange.LogicalResourceId
		if c.ResourceChange.Replacement != "" {
			text += " " + string(c.ResourceChange.Replacement)
		}
		for _, d := range c.ResourceChange.Details {
			text += " " + *d.Target.Name
		}
		out = append(out, text)
	}
	return out
}

// What fails says why, is rolled back, or stays where the caller wants that, and can be
// mended from there.
func TestFailures(t *testing.T) {
	t.Parallel()
	w := start(t, server.Options{})
	c := w.cloudformation
	ctx := t.Context()
	good := `{"Resources": {"A": {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": "first-bucket"}}}}`
	broken := `{"Resources": {"A": {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": "first-bucket"}},
		"B": {"Type": "AWS::S3::Bucket", "DependsOn": "A", "Properties": {"BucketName": "Not a name"}}}}`
	if stack := w.deploy("Fails", broken); stack.StackStatus != types.StackStatusRollbackComplete {
		t.Errorf("%s", stack.StackStatus)
	}
	events := must[*cloudformation.DescribeStackEventsOutput](t)(c.DescribeStackEvents(ctx, &cloudformation.DescribeStackEventsInput{StackName: ptr("Fails")})).StackEvents
	failed := slices.IndexFunc(events, func(e types.StackEvent) bool { return e.ResourceStatus == types.ResourceStatusCreateFailed })
	if failed < 0 || *events[failed].LogicalResourceId != "B" || !strings.Contains(*events[failed].ResourceStatusReason, "The specified bucket is not valid") {
		t.Fatalf("events %v", events)
	}
	if events[0].ResourceStatus != types.ResourceStatus(types.StackStatusRollbackComplete) {
		t.Errorf("the newest event is %s", events[0].ResourceStatus)
	}

	stays := types.OnFailureDoNothing
	must[*cloudformation.CreateStackOutput](t)(c.CreateStack(ctx, &cloudformation.CreateStackInput{StackName: ptr("Stays"), TemplateBody: &broken, OnFailure: stays}))
	if stack := w.settled("Stays"); stack.StackStatus != types.StackStatusCreateFailed || !*stack.DisableRollback {
		t.Errorf("%s", stack.StackStatus)
	}
	_, err := c.UpdateStack(ctx, &cloudformation.UpdateStackInput{StackName: ptr("Stays"), TemplateBody: &good})
	if _, message := code(err); !strings.Contains(message, "non-terminal [CREATE_FAILED] state") {
		t.Errorf("an update that could roll back: %v", err)
	}
	mended := strings.ReplaceAll(broken, "Not a name", "second-bucket")
	kept := strings.ReplaceAll(strings.ReplaceAll(broken, `"Type": "AWS::S3::Bucket", "Properties"`, `"Type": "AWS::S3::Bucket", "DeletionPolicy": "Retain", "Properties"`), "first-bucket", "kept-bucket")
	must[*cloudformation.CreateStackOutput](t)(c.CreateStack(ctx, &cloudformation.CreateStackInput{StackName: ptr("Kept"), TemplateBody: &kept, OnFailure: stays}))
	w.settled("Kept")
	yes := true
	must[*cloudformation.RollbackStackOutput](t)(c.RollbackStack(ctx, &cloudformation.RollbackStackInput{StackName: ptr("Kept"), RetainExceptOnCreate: &yes}))
	if stack := w.settled("Kept"); stack.StackStatus != types.StackStatusRollbackComplete {
		t.Errorf("%s", stack.StackStatus)
	}
	if buckets := w.Region("ap-northeast-2").Buckets.Buckets(); !slices.Equal(buckets, []string{"first-bucket"}) {
		t.Errorf("there are the buckets %q", buckets)
	}
	must[*cloudformation.UpdateStackOutput](t)(c.UpdateStack(ctx, &cloudformation.UpdateStackInput{StackName: ptr("Stays"), TemplateBody: &mended, DisableRollback: &yes}))
	if stack := w.settled("Stays"); stack.StackStatus != types.StackStatusUpdateComplete {
		t.Errorf("%s: %s", stack.StackStatus, *stack.StackStatusReason)
	}
	worse := strings.ReplaceAll(broken, `"DependsOn": "A", `, "")
	must[*cloudformation.UpdateStackOutput](t)(c.UpdateStack(ctx, &cloudformation.UpdateStackInput{StackName: ptr("Stays"), TemplateBody: &worse, DisableRollback: &yes}))
	if stack := w.settled("Stays"); stack.StackStatus != types.StackStatusUpdateFailed {
		t.Errorf("%s", stack.StackStatus)
	}
	must[*cloudformation.RollbackStackOutput](t)(c.RollbackStack(ctx, &cloudformation.RollbackStackInput{StackName: ptr("Stays")}))
	if stack := w.settled("Stays"); stack.StackStatus != types.StackStatusUpdateRollbackComplete {
		t.Errorf("%s", stack.StackStatus)
	}
	must[*cloudformation.UpdateTerminationProtectionOutput](t)(c.UpdateTerminationProtection(ctx, &cloudformation.UpdateTerminationProtectionInput{StackName: ptr("Stays"), EnableTerminationProtection: &yes}))
	_, err = c.DeleteStack(ctx, &cloudformation.DeleteStackInput{StackName: ptr("Stays")})
	if _, message := code(err); !strings.Contains(message, "TerminationProtection is enabled") {
		t.Errorf("a protected stack: %v", err)
	}
	no := false
	id := w.settled("Stays").StackId
	must[*cloudformation.UpdateTerminationProtectionOutput](t)(c.UpdateTerminationProtection(ctx, &cloudformation.UpdateTerminationProtectionInput{StackName: ptr("Stays"), EnableTerminationProtection: &no}))
	must[*cloudformation.DeleteStackOutput](t)(c.DeleteStack(ctx, &cloudformation.DeleteStackInput{StackName: ptr("Stays")}))
	if stack := w.settled(*id); stack.StackStatus != types.StackStatusDeleteComplete {
		t.Errorf("%s", stack.StackStatus)
	}
	_, err = c.DescribeStacks(ctx, &cloudformation.DescribeStacksInput{StackName: ptr("Stays")})
	if _, message := code(err); message != "Stack with id Stays does not exist" {
		t.Errorf("a deleted stack: %v", err)
	}
}

// Templates that make identities must be acknowledged.
func TestCapabilities(t *testing.T) {
	t.Parallel()
	w := start(t, server.Options{})
	c := w.cloudformation
	role := `{"Resources": {"R": {"Type": "AWS::IAM::Role", "Properties": {"RoleName": "r", "AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": []}}}}}`
	for _, given := range [][]types.Capability{nil, {types.CapabilityCapabilityIam}} {
		_, err := c.CreateStack(t.Context(), &cloudformation.CreateStackInput{StackName: ptr("Role"), TemplateBody: &role, Capabilities: given})
		if name, message := code(err); name != "InsufficientCapabilitiesException" || message != "Requires capabilities : [CAPABILITY_NAMED_IAM]" {
			t.Errorf("%v: %v", given, err)
		}
	}
	summary := must[*cloudformation.GetTemplateSummaryOutput](t)(c.GetTemplateSummary(t.Context(), &cloudformation.GetTemplateSummaryInput{TemplateBody: &role}))
	if !slices.Equal(summary.Capabilities, []types.Capability{types.CapabilityCapabilityNamedIam}) || !slices.Equal(summary.ResourceTypes, []string{"AWS::IAM::Role"}) {
		t.Errorf("%v %v", summary.Capabilities, summary.ResourceTypes)
	}
}

// Stacks of one Region use what others of it export, and each Region has its own.
func TestRegionsAreApart(t *testing.T) {
	t.Parallel()
	w := start(t, server.Options{})
	here, there := w.cloudformation, cloudformation.NewFromConfig(w.Config(), func(o *cloudformation.Options) { o.Region = "eu-west-1" })
	w.deploy("Words", parameters)
	user := `{"Resources": {"P": {"Type": "AWS::SSM::Parameter", "Properties": {"Type": "String", "Value": {"Fn::ImportValue": "greeting"}}}}, "Outputs": {"Value": {"Value": {"Fn::GetAtt": ["P", "Value"]}}}}`
	if stack := w.deploy("User", user); *stack.Outputs[0].OutputValue != "hello world" {
		t.Errorf("%v", stack.Outputs)
	}
	exports := must[*cloudformation.ListExportsOutput](t)(here.ListExports(t.Context(), &cloudformation.ListExportsInput{}))
	imports := must[*cloudformation.ListImportsOutput](t)(here.ListImports(t.Context(), &cloudformation.ListImportsInput{ExportName: ptr("greeting")}))
	if len(exports.Exports) != 1 || *exports.Exports[0].Value != "hello world" || !slices.Equal(imports.Imports, []string{"User"}) {
		t.Errorf("%v %v", exports.Exports, imports.Imports)
	}
	if stacks := must[*cloudformation.ListStacksOutput](t)(there.ListStacks(t.Context(), &cloudformation.ListStacksInput{})); len(stacks.StackSummaries) != 0 {
		t.Errorf("another Region has %v", stacks.StackSummaries)
	}
	w.cloudformation = there
	if stack := w.deploy("Words", parameters); !strings.Contains(*stack.StackId, ":eu-west-1:") {
		t.Errorf("the stack is %s", *stack.StackId)
	}
}
