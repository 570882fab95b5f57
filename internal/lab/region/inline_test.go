package region_test

import (
	"fmt"
	"testing"

	"provenendpoints/internal/lab/cfn"
	"provenendpoints/internal/lab/region"
	"provenendpoints/internal/lab/sandbox"
)

const inlineTemplate = `{"Resources": {
	"Role": {"Type": "AWS::IAM::Role", "Properties": {
		"AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}]},
		"ManagedPolicyArns": [{"Fn::Sub": "arn:${AWS::Partition}:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"}]}},
	"Function": {"Type": "AWS::Lambda::Function", "Properties": {"Runtime": %q, "Handler": "index.handler", "Role": {"Fn::GetAtt": ["Role", "Arn"]}, "Code": {"ZipFile": %q}}},
	"Thing": {"Type": "Custom::Thing", "Properties": {"ServiceToken": {"Fn::GetAtt": ["Function", "Arn"]}}}},
	"Outputs": {"Answer": {"Value": {"Fn::Sub": "${Thing} ${Thing.Answer}"}}}}`

// Inline code answers CloudFormation by the module that it is given.
func TestInlineCodeHasTheResponseModule(t *testing.T) {
	if err := sandbox.Probe(); err != nil {
		t.Skip(err)
	}
	for runtime, code := range map[string]string{
		"python3.13": "import cfnresponse\n\ndef handler(event, context):\n    cfnresponse.send(event, context, cfnresponse.SUCCESS, {'Answer': 42}, 'mine')\n",
		"nodejs22.x": "const r = require('cfn-response');\nexports.handler = (event, context) => r.send(event, context, r.SUCCESS, {Answer: 42}, 'mine');\n",
	} {
		t.Run(runtime, func(t *testing.T) {
			r, err := region.New(region.Options{})
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() {
				if err := r.Close(); err != nil {
					t.Error(err)
				}
			})
			out, err := r.Deploy(within(t), cfn.Stack{ID: "S", Name: "S", Template: fmt.Appendf(nil, inlineTemplate, runtime, code)})
			if err != nil {
				t.Fatal(err, r.Logs("S"))
			}
			if len(out.Outputs) != 1 || out.Outputs[0].Value != "mine 42" {
				t.Errorf("outputs %v", out.Outputs)
			}
		})
	}
}
