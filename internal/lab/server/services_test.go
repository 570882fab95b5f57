package server_test

import (
	"bytes"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	s3types "github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
	"github.com/aws/aws-sdk-go-v2/service/sts"

	"provenendpoints/internal/lab/server"
)

// A role may be assumed by whom it trusts, and may then do what its policies say.
func TestRoles(t *testing.T) {
	t.Parallel()
	s := start(t, server.Options{Account: "111122223333"})
	ctx := t.Context()
	s.deploy("Roles", `{"Resources": {
		"Reader": {"Type": "AWS::IAM::Role", "Properties": {"RoleName": "reader",
			"AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"AWS": {"Ref": "AWS::AccountId"}}, "Condition": {"Null": {"sts:ExternalId": "true"}}}]},
			"Policies": [{"PolicyName": "read", "PolicyDocument": {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "ssm:GetParameter", "Resource": {"Fn::Sub": "arn:aws:ssm:*:${AWS::AccountId}:parameter/open/*"}}]}}]}},
		"Service": {"Type": "AWS::IAM::Role", "Properties": {"RoleName": "service",
			"AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "lambda.amazonaws.com"}}]}}},
		"Open": {"Type": "AWS::SSM::Parameter", "Properties": {"Name": "/open/a", "Type": "String", "Value": "1"}},
		"Closed": {"Type": "AWS::SSM::Parameter", "Properties": {"Name": "/closed/a", "Type": "String", "Value": "2"}}}}`)
	client := sts.NewFromConfig(s.Config())
	who := must[*sts.GetCallerIdentityOutput](t)(client.GetCallerIdentity(ctx, &sts.GetCallerIdentityInput{}))
	if *who.Arn != "arn:aws:iam::111122223333:user/administrator" || *who.Account != "111122223333" {
		t.Errorf("%s in %s", *who.Arn, *who.Account)
	}
	reader := ptr("arn:aws:iam::111122223333:role/reader")
	for what, in := range map[string]*sts.AssumeRoleInput{
		"a service's role": {RoleArn: ptr("arn:aws:iam::111122223333:role/service"), RoleSessionName: ptr("test")},
		"no role":          {RoleArn: ptr("arn:aws:iam::111122223333:role/none"), RoleSessionName: ptr("test")},
		"a condition":      {RoleArn: reader, RoleSessionName: ptr("test"), ExternalId: ptr("x123")},
	} {
		if _, err := client.AssumeRole(ctx, in); !strings.Contains(errorText(err), "AccessDenied: User: arn:aws:iam::111122223333:user/administrator is not authorized to perform: sts:AssumeRole on resource: "+*in.RoleArn) {
			t.Errorf("%s: %v", what, err)
		}
	}
	out := must[*sts.AssumeRoleOutput](t)(client.AssumeRole(ctx, &sts.AssumeRoleInput{RoleArn: reader, RoleSessionName: ptr("test")}))
	config := s.Config()
	config.Credentials = credentials.NewStaticCredentialsProvider(*out.Credentials.AccessKeyId, *out.Credentials.SecretAccessKey, *out.Credentials.SessionToken)
	as := ssm.NewFromConfig(config)
	if value, err := as.GetParameter(ctx, &ssm.GetParameterInput{Name: ptr("/open/a")}); err != nil || *value.Parameter.Value != "1" {
		t.Errorf("what is allowed: %v", err)
	}
	if _, err := as.GetParameter(ctx, &ssm.GetParameterInput{Name: ptr("/closed/a")}); !strings.Contains(errorText(err), "AccessDeniedException: User: arn:aws:sts::111122223333:assumed-role/reader/test is not authorized to perform: ssm:GetParameter") {
		t.Errorf("what is not: %v", err)
	}
	// IAM is global: a client signs for its own Region, or for us-east-1.
	for _, region := range []string{"ap-northeast-2", "us-east-1", "eu-west-1"} {
		config := s.Config()
		config.Region = region
		if role, err := iam.NewFromConfig(config).GetRole(ctx, &iam.GetRoleInput{RoleName: ptr("reader")}); err != nil || *role.Role.Arn != *reader {
			t.Errorf("from %s: %v", region, err)
		}
	}
	listed := must[*iam.ListRolesOutput](t)(iam.NewFromConfig(s.Config()).ListRoles(ctx, &iam.ListRolesInput{}))
	if len(listed.Roles) != 2 || *listed.Roles[0].RoleName != "reader" || *listed.Roles[1].RoleName != "service" || listed.IsTruncated {
		t.Errorf("roles %+v", listed.Roles)
	}
	config.Credentials = credentials.NewStaticCredentialsProvider(*out.Credentials.AccessKeyId, "wrong", *out.Credentials.SessionToken)
	if _, err := sts.NewFromConfig(config).GetCallerIdentity(ctx, &sts.GetCallerIdentityInput{}); !strings.Contains(errorText(err), "SignatureDoesNotMatch") {
		t.Errorf("a wrong secret: %v", err)
	}
}

// Objects come back as they were sent, whole and in parts; what was changed on
// its way is refused.
func TestObjects(t *testing.T) {
	t.Parallel()
	s := start(t, server.Options{})
	ctx := t.Context()
	paths := s3.NewFromConfig(s.Config())
	must[*s3.CreateBucketOutput](t)(paths.CreateBucket(ctx, &s3.CreateBucketInput{Bucket: ptr("things"), CreateBucketConfiguration: &s3types.CreateBucketConfiguration{LocationConstraint: "ap-northeast-2"}}))
	if at := must[*s3.GetBucketLocationOutput](t)(paths.GetBucketLocation(ctx, &s3.GetBucketLocationInput{Bucket: ptr("things")})); at.LocationConstraint != "ap-northeast-2" {
		t.Errorf("the bucket is in %q", at.LocationConstraint)
	}
	if kind := must[*s3.GetBucketEncryptionOutput](t)(paths.GetBucketEncryption(ctx, &s3.GetBucketEncryptionInput{Bucket: ptr("things")})); kind.ServerSideEncryptionConfiguration.Rules[0].ApplyServerSideEncryptionByDefault.SSEAlgorithm != "AES256" {
		t.Errorf("%v", kind.ServerSideEncryptionConfiguration)
	}
	// The second writes the bucket into the host's name, which leads to the same port.
	hosts := s3.NewFromConfig(s.Config(), func(o *s3.Options) {
		o.BaseEndpoint = ptr(strings.Replace(s.URL(), "127.0.0.1", "s3.localhost", 1))
		o.HTTPClient = toLoopback{}
	})
	data := bytes.Repeat([]byte("0123456789"), 700_000)
	for name, client := range map[string]*s3.Client{"path": paths, "host": hosts} {
		must[*s3.PutObjectOutput](t)(client.PutObject(ctx, &s3.PutObjectInput{Bucket: ptr("things"), Key: &name, Body: bytes.NewReader(data), ContentType: ptr("text/plain"), Metadata: map[string]string{"made-by": "test"}}))
		must[*s3.PutObjectOutput](t)(client.PutObject(ctx, &s3.PutObjectInput{Bucket: ptr("things"), Key: ptr(name + "/unsigned é"), Body: bytes.NewReader(data)}, s3.WithAPIOptions(v4.SwapComputePayloadSHA256ForUnsignedPayloadMiddleware)))
		for _, key := range []string{name, name + "/unsigned é"} {
			got := must[*s3.GetObjectOutput](t)(client.GetObject(ctx, &s3.GetObjectInput{Bucket: ptr("things"), Key: &key}))
			if text, err := io.ReadAll(got.Body); err != nil || !bytes.Equal(text, data) {
				t.Errorf("%s: %d bytes, %v", key, len(text), err)
			}
		}
		head := must[*s3.HeadObjectOutput](t)(client.HeadObject(ctx, &s3.HeadObjectInput{Bucket: ptr("things"), Key: &name}))
		if *head.ContentLength != int64(len(data)) || *head.ContentType != "text/plain" || head.Metadata["made-by"] != "test" {
			t.Errorf("head: %d %s %v", *head.ContentLength, *head.ContentType, head.Metadata)
		}
		part := must[*s3.GetObjectOutput](t)(client.GetObject(ctx, &s3.GetObjectInput{Bucket: ptr("things"), Key: &name, Range: ptr("bytes=5-14")}))
		if text, err := io.ReadAll(part.Body); err != nil || string(text) != "5678901234" {
			t.Errorf("a range: %q, %v", text, err)
		}
	}
	upload := must[*s3.CreateMultipartUploadOutput](t)(paths.CreateMultipartUpload(ctx, &s3.CreateMultipartUploadInput{Bucket: ptr("things"), Key: ptr("parts")}))
	var parts []s3types.CompletedPart
	for n, text := range []string{"first ", "second"} {
		number := aws.Int32(int32(n + 1))
		up := must[*s3.UploadPartOutput](t)(paths.UploadPart(ctx, &s3.UploadPartInput{Bucket: ptr("things"), Key: ptr("parts"), UploadId: upload.UploadId, PartNumber: number, Body: strings.NewReader(text)}))
		parts = append(parts, s3types.CompletedPart{ETag: up.ETag, PartNumber: number})
	}
	must[*s3.CompleteMultipartUploadOutput](t)(paths.CompleteMultipartUpload(ctx, &s3.CompleteMultipartUploadInput{Bucket: ptr("things"), Key: ptr("parts"), UploadId: upload.UploadId, MultipartUpload: &s3types.CompletedMultipartUpload{Parts: parts}}))
	whole := must[*s3.GetObjectOutput](t)(paths.GetObject(ctx, &s3.GetObjectInput{Bucket: ptr("things"), Key: ptr("parts")}))
	if text, err := io.ReadAll(whole.Body); err != nil || string(text) != "first second" {
		t.Errorf("parts: %q, %v", text, err)
	}
	_, err := paths.PutObject(ctx, &s3.PutObjectInput{Bucket: ptr("things"), Key: ptr("bad"), Body: strings.NewReader("x"), ChecksumSHA256: ptr("AAAA")})
	if name, _ := code(err); name != "BadDigest" {
		t.Errorf("a wrong checksum: %v", err)
	}
	list := must[*s3.ListObjectsV2Output](t)(paths.ListObjectsV2(ctx, &s3.ListObjectsV2Input{Bucket: ptr("things"), Delimiter: ptr("/")}))
	if len(list.Contents) != 3 || len(list.CommonPrefixes) != 2 {
		t.Errorf("%d objects, %d prefixes", len(list.Contents), len(list.CommonPrefixes))
	}
	_, err = paths.DeleteBucket(ctx, &s3.DeleteBucketInput{Bucket: ptr("things")})
	if name, _ := code(err); name != "BucketNotEmpty" {
		t.Errorf("a bucket with objects: %v", err)
	}
	all := make([]s3types.ObjectIdentifier, 0, 5)
	for _, key := range []string{"path", "host", "path/unsigned é", "host/unsigned é", "parts"} {
		all = append(all, s3types.ObjectIdentifier{Key: ptr(key)})
	}
	must[*s3.DeleteObjectsOutput](t)(paths.DeleteObjects(ctx, &s3.DeleteObjectsInput{Bucket: ptr("things"), Delete: &s3types.Delete{Objects: all}}))
	must[*s3.DeleteBucketOutput](t)(paths.DeleteBucket(ctx, &s3.DeleteBucketInput{Bucket: ptr("things")}))
}

// toLoopback sends requests for names below localhost where a resolver would.
type toLoopback struct{}

func (toLoopback) Do(r *http.Request) (*http.Response, error) {
	r.Host = r.URL.Host
	r.URL.Host = "127.0.0.1:" + r.URL.Port()
	return http.DefaultClient.Do(r)
}

// What the lab does not have is refused in the form of its protocol, by name.
func TestUnknownCalls(t *testing.T) {
	t.Parallel()
	s := start(t, server.Options{})
	ctx := t.Context()
	for what, test := range map[string]struct {
		err  error
		want string
	}{
		"query":     {second(cloudformation.NewFromConfig(s.Config()).ListTypes(ctx, &cloudformation.ListTypesInput{})), "InvalidAction: the lab has no action ListTypes"},
		"EC2":       {second(ec2.NewFromConfig(s.Config()).DescribeSpotPriceHistory(ctx, &ec2.DescribeSpotPriceHistoryInput{})), "InvalidAction: the lab has no action DescribeSpotPriceHistory"},
		"JSON":      {second(ssm.NewFromConfig(s.Config()).DescribeSessions(ctx, &ssm.DescribeSessionsInput{State: "Active"})), "UnknownOperationException: the lab has no call DescribeSessions of ssm"},
		"REST-XML":  {second(s3.NewFromConfig(s.Config()).GetBucketCors(ctx, &s3.GetBucketCorsInput{Bucket: ptr("b")})), "NotImplemented: the lab has no S3 call with the parameter cors"},
		"parameter": {second(cloudformation.NewFromConfig(s.Config()).DeleteStack(ctx, &cloudformation.DeleteStackInput{StackName: ptr("x"), RetainResources: []string{"y"}})), "UnknownParameter: the lab does not know the parameter RetainResources.member.1"},
	} {
		if got := errorText(test.err); !strings.Contains(got, test.want) {
			t.Errorf("%s: got %q, want %q", what, got, test.want)
		}
	}
}

func second[T any](_ T, err error) error { return err }

// errorText is the code and the message of an API's error.
func errorText(err error) string {
	name, message := code(err)
	return name + ": " + message
}
