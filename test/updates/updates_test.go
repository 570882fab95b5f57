package updates

import (
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation/types"

	"provenendpoints/internal/contract"
	"provenendpoints/internal/test/templates"
)

// wayOut gives the private subnet a route to the internet gateway; more are properties of
// the resource, such as its condition.
func wayOut(more object) func(template) {
	return func(t template) {
		var table any
		t.Each("AWS::EC2::SubnetRouteTableAssociation", func(id string, p object) {
			if strings.Contains(id, "Private") {
				table = p["RouteTableId"]
			}
		})
		t.Add("WayOut", "AWS::EC2::Route", object{
			"RouteTableId": table, "DestinationCidrBlock": "0.0.0.0/0", "GatewayId": templates.RefTo(t.OfType("AWS::EC2::InternetGateway")[0]),
		}, t.OfType("AWS::EC2::VPCGatewayAttachment")...)
		for name, value := range more {
			t.Resource("WayOut")[name] = value
		}
	}
}

// parametered gives the template parameters: one that opens the way out, and one that only
// a log group has.
func parametered(t template) {
	t["Parameters"] = object{
		"Open": object{"Type": "String", "Default": "no", "AllowedValues": []any{"yes", "no"}},
		"Days": object{"Type": "Number", "Default": "7"},
	}
	conditions, _ := t["Conditions"].(object)
	if conditions == nil {
		conditions = object{}
		t["Conditions"] = conditions
	}
	conditions["IsOpen"] = object{"Fn::Equals": []any{templates.RefTo("Open"), "yes"}}
	wayOut(object{"Condition": "IsOpen"})(t)
	t.Add("Words", "AWS::Logs::LogGroup", object{"RetentionInDays": templates.RefTo("Days")})
}

// openPolicy lets everything pass through the endpoint.
func openPolicy(t template) {
	t.Each("AWS::EC2::VPCEndpoint", func(_ string, p object) {
		p["PolicyDocument"] = object{"Version": "2012-10-17", "Statement": []any{
			object{"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"},
		}}
	})
}

func given(key, value string) types.Parameter {
	return types.Parameter{ParameterKey: &key, ParameterValue: &value}
}

func previous(key string) types.Parameter {
	return types.Parameter{ParameterKey: &key, UsePreviousValue: aws.Bool(true)}
}

// A template that somebody has edited is refuted, by whatever call it comes; so is a
// parameter that opens what was closed, with the template of before. What opens nothing is
// proved again.
func TestUpdates(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.refuted(w.update(cloudformation.UpdateStackInput{TemplateBody: w.edited(wayOut(nil))}, types.StackStatusUpdateRollbackComplete))
	w.refuted(w.execute(cloudformation.CreateChangeSetInput{TemplateBody: w.edited(wayOut(nil))}, types.StackStatusUpdateRollbackComplete))

	w.ran(func() {
		w.update(cloudformation.UpdateStackInput{TemplateBody: w.edited(parametered)}, types.StackStatusUpdateComplete)
	})
	open, shut := []types.Parameter{given("Open", "yes"), previous("Days")}, []types.Parameter{previous("Open"), given("Days", "14")}
	again := aws.Bool(true)
	w.refuted(w.update(cloudformation.UpdateStackInput{UsePreviousTemplate: again, Parameters: open}, types.StackStatusUpdateRollbackComplete))
	w.refuted(w.execute(cloudformation.CreateChangeSetInput{UsePreviousTemplate: again, Parameters: open}, types.StackStatusUpdateRollbackComplete))
	w.ran(func() {
		w.update(cloudformation.UpdateStackInput{UsePreviousTemplate: again, Parameters: shut}, types.StackStatusUpdateComplete)
	})
	w.ran(func() {
		w.execute(cloudformation.CreateChangeSetInput{UsePreviousTemplate: again, Parameters: []types.Parameter{previous("Open"), given("Days", "30")}}, types.StackStatusUpdateComplete)
	})
	// After a harmless update, too.
	w.refuted(w.update(cloudformation.UpdateStackInput{UsePreviousTemplate: again, Parameters: open}, types.StackStatusUpdateRollbackComplete))
	// The parameter keeps the value of before a rollback.
	w.ran(func() {
		w.update(cloudformation.UpdateStackInput{UsePreviousTemplate: again, Parameters: []types.Parameter{previous("Open"), given("Days", "60")}}, types.StackStatusUpdateComplete)
	})
}

// An update that fails and is not rolled back stays failed, and can be rolled back later. What
// is changed in place, such as a policy, can be mended by another update. One that takes a way
// out of the template again is refuted: CloudFormation deletes what an update removes after
// everything else, the proof included.
func TestUpdatesThatStayFailed(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	stays := aws.Bool(true)
	fail := func(edits ...func(template)) {
		t.Helper()
		w.refuted(w.update(cloudformation.UpdateStackInput{TemplateBody: w.edited(edits...), DisableRollback: stays}, types.StackStatusUpdateFailed))
	}
	fail(wayOut(nil))
	w.began()
	_, err := w.client.RollbackStack(t.Context(), &cloudformation.RollbackStackInput{StackName: aws.String(stackName)})
	w.ends(err, types.StackStatusUpdateRollbackComplete)

	reason := w.update(cloudformation.UpdateStackInput{TemplateBody: w.edited(openPolicy), DisableRollback: stays}, types.StackStatusUpdateFailed)
	if !strings.Contains(reason, "policy") {
		t.Errorf("the reason is %q, want that of the policy", reason)
	}
	w.ran(func() {
		w.update(cloudformation.UpdateStackInput{TemplateBody: w.edited(), DisableRollback: stays}, types.StackStatusUpdateComplete)
	})

	fail(wayOut(nil))
	// With something else that is all right the way is still there.
	fail(wayOut(nil), func(t template) { t.Add("Words", "AWS::Logs::LogGroup", object{}) })
	fail()
}

// Who takes the proof out of the template has a stack without one, and it says so: there is
// no such resource, none of the outputs that show the evidence, and the console does not
// show what the proof said before.
func TestAStackWithoutItsProof(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.update(cloudformation.UpdateStackInput{TemplateBody: w.edited(func(t template) {
		for _, proof := range t.OfType(contract.ResourceType) {
			delete(t.Resources(), proof)
			for _, id := range t.IDs() {
				t.SetDependsOn(id, slices.DeleteFunc(t.DependsOn(id), func(on string) bool { return on == proof }))
			}
			outputs, _ := t["Outputs"].(object)
			for name, output := range outputs {
				if templates.Mentions(output, proof) {
					delete(outputs, name)
				}
			}
		}
	}, wayOut(nil))}, types.StackStatusUpdateComplete)
	stacks, err := w.client.DescribeStacks(t.Context(), &cloudformation.DescribeStacksInput{StackName: aws.String(stackName)})
	if err != nil {
		t.Fatal(err)
	}
	for _, o := range stacks.Stacks[0].Outputs {
		if text := aws.ToString(o.OutputValue); strings.Contains(text, "claims hold") {
			t.Errorf("the output %s says %q", *o.OutputKey, text)
		}
	}
	resources, err := w.client.ListStackResources(t.Context(), &cloudformation.ListStackResourcesInput{StackName: aws.String(stackName)})
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range resources.StackResourceSummaries {
		if aws.ToString(r.ResourceType) == contract.ResourceType && r.ResourceStatus != types.ResourceStatusDeleteComplete {
			t.Errorf("the stack has %s", *r.LogicalResourceId)
		}
	}
	if page := w.page("/"); !strings.Contains(page, "no proof: S3VerificationProof") || strings.Contains(page, "claims hold") {
		t.Errorf("the console's first page does not say that there is no proof:\n%s", page)
	}
}
