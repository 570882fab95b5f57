package region_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"provenendpoints/internal/lab/cfn"
	"provenendpoints/internal/lab/region"
	"provenendpoints/internal/lab/sandbox"
	"provenendpoints/internal/test/cdklib"
)

// framework unpacks CDK's provider framework and returns its folder.
func framework(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	cdklib.Each(t, func(path string, read func() []byte) bool {
		name, ok := strings.CutPrefix(path, "package/custom-resources/lib/provider-framework/runtime/")
		if ok && strings.HasSuffix(name, ".js") {
			if err := os.WriteFile(filepath.Join(dir, name), read(), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		return true
	})
	if _, err := os.Stat(filepath.Join(dir, "framework.js")); err != nil {
		t.Fatal(err)
	}
	return dir
}

// providerTemplate is what CDK's custom_resources.Provider makes of a provider with an
// isComplete handler. DONE is when that says yes: after how many times, in JavaScript.
const providerTemplate = `{"Resources": {
	"Role": {"Type": "AWS::IAM::Role", "Properties": {
		"AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"Service": ["lambda.amazonaws.com", "states.amazonaws.com"]}, "Action": "sts:AssumeRole"}]},
		"ManagedPolicyArns": [{"Fn::Sub": "arn:${AWS::Partition}:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"}],
		"Policies": [{"PolicyName": "calls", "PolicyDocument": {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": ["lambda:InvokeFunction", "lambda:GetFunction", "states:StartExecution"], "Resource": "*"}]}}]}},
	"User": {"Type": "AWS::Lambda::Function", "Properties": {"Runtime": "nodejs22.x", "Handler": "index.onEvent", "Role": {"Fn::GetAtt": ["Role", "Arn"]}, "Code": {"ZipFile": "exports.onEvent = async e => ({PhysicalResourceId: 'made'});"}}},
	"Asked": {"Type": "AWS::Lambda::Function", "Properties": {"Runtime": "nodejs22.x", "Handler": "index.isComplete", "Role": {"Fn::GetAtt": ["Role", "Arn"]}, "Code": {"ZipFile": "let n = 0; exports.isComplete = async e => { n++; return e.RequestType === 'Delete' || DONE ? {IsComplete: true, Data: e.RequestType === 'Delete' ? undefined : {N: n}} : {IsComplete: false}; };"}}},
	"OnEvent": {"Type": "AWS::Lambda::Function", "Properties": {"Runtime": "nodejs22.x", "Handler": "framework.onEvent", "Timeout": 900, "Role": {"Fn::GetAtt": ["Role", "Arn"]}, "Code": {"S3Bucket": "assets", "S3Key": "framework.zip"},
		"Environment": {"Variables": {"USER_ON_EVENT_FUNCTION_ARN": {"Fn::GetAtt": ["User", "Arn"]}, "USER_IS_COMPLETE_FUNCTION_ARN": {"Fn::GetAtt": ["Asked", "Arn"]}, "WAITER_STATE_MACHINE_ARN": {"Ref": "Waiter"}}}}},
	"IsComplete": {"Type": "AWS::Lambda::Function", "Properties": {"Runtime": "nodejs22.x", "Handler": "framework.isComplete", "Timeout": 900, "Role": {"Fn::GetAtt": ["Role", "Arn"]}, "Code": {"S3Bucket": "assets", "S3Key": "framework.zip"},
		"Environment": {"Variables": {"USER_ON_EVENT_FUNCTION_ARN": {"Fn::GetAtt": ["User", "Arn"]}, "USER_IS_COMPLETE_FUNCTION_ARN": {"Fn::GetAtt": ["Asked", "Arn"]}}}}},
	"OnTimeout": {"Type": "AWS::Lambda::Function", "Properties": {"Runtime": "nodejs22.x", "Handler": "framework.onTimeout", "Timeout": 900, "Role": {"Fn::GetAtt": ["Role", "Arn"]}, "Code": {"S3Bucket": "assets", "S3Key": "framework.zip"},
		"Environment": {"Variables": {"USER_ON_EVENT_FUNCTION_ARN": {"Fn::GetAtt": ["User", "Arn"]}, "USER_IS_COMPLETE_FUNCTION_ARN": {"Fn::GetAtt": ["Asked", "Arn"]}}}}},
	"Waiter": {"Type": "AWS::StepFunctions::StateMachine", "Properties": {"RoleArn": {"Fn::GetAtt": ["Role", "Arn"]}, "DefinitionString": {"Fn::Sub": "{\"StartAt\":\"framework-isComplete-task\",\"States\":{\"framework-isComplete-task\":{\"End\":true,\"Retry\":[{\"ErrorEquals\":[\"States.ALL\"],\"IntervalSeconds\":10,\"MaxAttempts\":6,\"BackoffRate\":1}],\"Catch\":[{\"ErrorEquals\":[\"States.ALL\"],\"Next\":\"framework-onTimeout-task\"}],\"Type\":\"Task\",\"Resource\":\"${IsComplete.Arn}\"},\"framework-onTimeout-task\":{\"End\":true,\"Type\":\"Task\",\"Resource\":\"${OnTimeout.Arn}\"}}}"}}},
	"Thing": {"Type": "Custom::Thing", "Properties": {"ServiceToken": {"Fn::GetAtt": ["OnEvent", "Arn"]}}}},
	"Outputs": {"N": {"Value": {"Fn::GetAtt": ["Thing", "N"]}}}}`

// The provider framework's state machine asks again until isComplete says yes, and gives up
// when its attempts are over.
func TestProviderFrameworkWaits(t *testing.T) {
	if err := sandbox.Probe(); err != nil {
		t.Skip(err)
	}
	dir := framework(t)
	for _, test := range []struct{ name, done, output, want string }{
		{"until it is complete", "n > 2", "3", ""},
		{"no longer than it may", "false", "", "Operation timed out"},
	} {
		t.Run(test.name, func(t *testing.T) {
			r, err := region.New(region.Options{})
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() {
				if err := r.Close(); err != nil {
					t.Error(err)
				}
			})
			out, err := r.Deploy(within(t), cfn.Stack{ID: "S", Name: "S", Template: []byte(strings.Replace(providerTemplate, "DONE", test.done, 1)), Assets: map[string]string{"framework.zip": dir}})
			if test.want != "" {
				if err == nil || len(out.Failures) == 0 || !strings.Contains(out.Failures[0].Reason, test.want) {
					t.Fatalf("%v %v, want %s", out.Failures, err, test.want)
				}
				return
			}
			if err != nil {
				t.Fatal(err, r.Logs("S"))
			}
			if len(out.Outputs) != 1 || out.Outputs[0].Value != test.output {
				t.Errorf("outputs %v, want N = %s", out.Outputs, test.output)
			}
			if _, err := r.Delete(within(t), "S"); err != nil {
				t.Error(err, r.Logs("S"))
			}
		})
	}
}
