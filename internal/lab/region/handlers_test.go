package region_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"provenendpoints/internal/lab/cfn"
	"provenendpoints/internal/lab/region"
	"provenendpoints/internal/lab/sandbox"
	"provenendpoints/internal/test/cdklib"
)

// handlers unpacks CDK's own custom resource handlers, which the Go module of the library
// brings along, and returns their folders.
func handlers(t *testing.T, names ...string) map[string]string {
	t.Helper()
	out := map[string]string{}
	cdklib.Each(t, func(path string, read func() []byte) bool {
		for _, name := range names {
			rest, ok := strings.CutPrefix(path, "package/custom-resource-handlers/dist/"+name+"/index.")
			if !ok || strings.Contains(rest, "/") {
				continue
			}
			out[name] = t.TempDir()
			if err := os.WriteFile(filepath.Join(out[name], "index."+rest), read(), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		return len(out) < len(names)
	})
	if len(out) < len(names) {
		t.Fatalf("handlers found: %v of %v", out, names)
	}
	return out
}

// handlerTemplate is a function with CDK's handler, and a role that may make calls.
const handlerTemplate = `"Role": {"Type": "AWS::IAM::Role", "Properties": {
		"AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}]},
		"ManagedPolicyArns": [{"Fn::Sub": "arn:${AWS::Partition}:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"}],
		"Policies": [{"PolicyName": "calls", "PolicyDocument": {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": [%s], "Resource": "*"}]}}]}},
	"Handler": {"Type": "AWS::Lambda::Function", "Properties": {"Runtime": "%s", "Handler": "index.handler", "Timeout": 900, "Code": {"S3Bucket": "assets", "S3Key": "handler.zip"}, "Role": {"Fn::GetAtt": ["Role", "Arn"]}}}`

// CDK's own handlers run unchanged, and the calls that they make do what they are made for.
func TestCDKHandlers(t *testing.T) {
	if err := sandbox.Probe(); err != nil {
		t.Skip(err)
	}
	folders := handlers(t, "aws-s3/auto-delete-objects-handler", "aws-logs/log-retention-handler", "aws-s3/notifications-resource-handler")
	deploy := func(t *testing.T, handler, runtime, actions, resources string) *region.Region {
		t.Helper()
		r, err := region.New(region.Options{})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			if err := r.Close(); err != nil {
				t.Error(err)
			}
		})
		template := `{"Resources": {` + fmt.Sprintf(handlerTemplate, actions, runtime) + `, ` + resources + `}}`
		if _, err := r.Deploy(within(t), cfn.Stack{ID: "S", Name: "S", Template: []byte(template), Assets: map[string]string{"handler.zip": folders[handler]}}); err != nil {
			t.Fatal(err, r.Logs("S"))
		}
		return r
	}
	remove := func(t *testing.T, r *region.Region) {
		t.Helper()
		if _, err := r.Delete(within(t), "S"); err != nil {
			t.Error(err, r.Logs("S"))
		}
		if err := r.Left(); err != nil {
			t.Error(err)
		}
	}
	t.Run("auto-delete objects", func(t *testing.T) {
		r := deploy(t, "aws-s3/auto-delete-objects-handler", "nodejs22.x", `"s3:*"`, `
			"Bucket": {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": "full", "Tags": [{"Key": "aws-cdk:auto-delete-objects", "Value": "true"}]}},
			"Policy": {"Type": "AWS::S3::BucketPolicy", "Properties": {"Bucket": {"Ref": "Bucket"}, "PolicyDocument": {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"AWS": {"Fn::GetAtt": ["Role", "Arn"]}}, "Action": "s3:*", "Resource": ["arn:aws:s3:::full", "arn:aws:s3:::full/*"]}]}}},
			"Objects": {"Type": "Custom::S3AutoDeleteObjects", "DependsOn": "Policy", "Properties": {"ServiceToken": {"Fn::GetAtt": ["Handler", "Arn"]}, "BucketName": {"Ref": "Bucket"}}}`)
		for i := range 3 {
			if err := r.Buckets.PutObject("full", fmt.Sprint("object", i), []byte("x")); err != nil {
				t.Fatal(err)
			}
		}
		remove(t, r) // a bucket that is not empty could not be deleted
	})
	t.Run("log retention", func(t *testing.T) {
		r := deploy(t, "aws-logs/log-retention-handler", "nodejs22.x", `"logs:*"`, `
			"Retention": {"Type": "Custom::LogRetention", "Properties": {"ServiceToken": {"Fn::GetAtt": ["Handler", "Arn"]}, "LogGroupName": "/kept", "RetentionInDays": 7, "RemovalPolicy": "destroy"}}`)
		found := false
		for _, g := range r.LogGroups.All() {
			found = found || g.Name == "/kept" && g.Retention == 7
		}
		if !found {
			t.Errorf("groups %v", r.LogGroups.All())
		}
		remove(t, r)
		if r.LogGroups.Has("/kept") {
			t.Error("the group is left")
		}
	})
	t.Run("notifications", func(t *testing.T) {
		r := deploy(t, "aws-s3/notifications-resource-handler", "python3.13", `"s3:*"`, `
			"Bucket": {"Type": "AWS::S3::Bucket"}, "Queue": {"Type": "AWS::SQS::Queue"},
			"Notifications": {"Type": "Custom::S3BucketNotifications", "Properties": {"ServiceToken": {"Fn::GetAtt": ["Handler", "Arn"]}, "BucketName": {"Ref": "Bucket"}, "Managed": true,
				"NotificationConfiguration": {"QueueConfigurations": [{"Events": ["s3:ObjectCreated:*"], "QueueArn": {"Fn::GetAtt": ["Queue", "Arn"]}}]}}}`)
		remove(t, r)
	})
}
