package resources

import (
	"context"
	"regexp"
	"strings"
	"testing"

	"provenendpoints/internal/lab/cfn"
	"provenendpoints/internal/lab/functions"
)

func TestBucket(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	bucket := w.make("AWS::S3::Bucket", "Bucket", props{
		"PublicAccessBlockConfiguration": props{"BlockPublicAcls": true},
		"BucketEncryption": props{"ServerSideEncryptionConfiguration": []any{
			props{"ServerSideEncryptionByDefault": props{"SSEAlgorithm": "AES256"}},
		}},
	})
	if !regexp.MustCompile(`^scenario-bucket-[a-z0-9]{12}$`).MatchString(bucket.id()) {
		t.Errorf("name %s", bucket.id())
	}
	for attribute, want := range map[string]string{
		"Arn":                "arn:aws:s3:::" + bucket.id(),
		"DomainName":         bucket.id() + ".s3.amazonaws.com",
		"RegionalDomainName": bucket.id() + ".s3.ap-northeast-2.amazonaws.com",
	} {
		if got := bucket.Attributes[attribute]; got != want {
			t.Errorf("%s is %s, want %s", attribute, got, want)
		}
	}
	policy := w.make("AWS::S3::BucketPolicy", "Policy", props{
		"Bucket": bucket.id(), "PolicyDocument": statement("Deny", props{"Principal": "*", "Resource": bucket.Attributes["Arn"]}),
	})
	policy.change(props{"Bucket": bucket.id(), "PolicyDocument": statement("Allow", props{"Principal": props{"AWS": "123456789012"}, "Resource": bucket.Attributes["Arn"]})})
	policy.delete()
	bucket.delete()
	policy.delete()
	if left := w.Buckets.Buckets(); len(left) != 0 {
		t.Errorf("buckets are left: %v", left)
	}
}

func TestBucketPoliciesThatAreRefused(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	bucket := w.make("AWS::S3::Bucket", "Bucket", props{})
	open := w.make("AWS::S3::Bucket", "Open", props{"PublicAccessBlockConfiguration": props{"BlockPublicPolicy": false}})
	for name, test := range map[string]struct {
		bucket *thing
		p      props
		want   string
	}{
		"another service":          {bucket, props{"Effect": "Deny", "Action": "sts:GetCallerIdentity"}, "Policy has invalid action"},
		"another bucket":           {bucket, props{"Effect": "Deny", "Resource": "arn:aws:s3:::other"}, "Policy has invalid resource"},
		"everybody":                {bucket, props{}, "BlockPublicPolicy"},
		"everybody by TLS":         {bucket, props{"Condition": props{"Bool": props{"aws:SecureTransport": "true"}}}, "BlockPublicPolicy"},
		"everybody, any endpoint":  {bucket, props{"Condition": props{"StringLike": props{"aws:SourceVpce": "*"}}}, "BlockPublicPolicy"},
		"everybody of an endpoint": {bucket, props{"Condition": props{"StringEquals": props{"aws:SourceVpce": "vpce-1"}}}, ""},
		"nobody":                   {bucket, props{"Effect": "Deny"}, ""},
		"not blocked":              {open, props{}, ""},
	} {
		s := props{"Effect": "Allow", "Principal": "*", "Action": "s3:ListBucket", "Resource": test.bucket.Attributes["Arn"]}
		for k, v := range test.p {
			s[k] = v
		}
		_, err := w.try("AWS::S3::BucketPolicy", "Policy", props{"Bucket": test.bucket.id(), "PolicyDocument": props{"Version": "2012-10-17", "Statement": s}})
		if (err == nil) != (test.want == "") || err != nil && !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: %v, want %q", name, err, test.want)
		}
	}
}

func TestBucketsThatAreRefused(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for want, p := range map[string]props{
		"property AbacStatus is not supported": {"AbacStatus": "Enabled"},
		`"rot13" is not supported, only AES256, aws:kms`: {"BucketEncryption": props{"ServerSideEncryptionConfiguration": []any{
			props{"ServerSideEncryptionByDefault": props{"SSEAlgorithm": "rot13"}},
		}}},
		"ServerSideEncryptionByDefault is required": {"BucketEncryption": props{"ServerSideEncryptionConfiguration": []any{props{}}}},
		"InvalidBucketName":                         {"BucketName": "Capital"},
	} {
		if _, err := w.try("AWS::S3::Bucket", "Bucket", p); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v: %v, want %s", p, err, want)
		}
	}
}

// What a bucket does not do is said.
func TestInertPartsOfBuckets(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	typ, _ := w.Type("AWS::S3::Bucket")
	encrypted := func(algorithm string) props {
		return props{"BucketEncryption": props{"ServerSideEncryptionConfiguration": []any{props{"ServerSideEncryptionByDefault": props{"SSEAlgorithm": algorithm}}}}}
	}
	for want, p := range map[string]props{
		"":                          encrypted("AES256"),
		"nothing is encrypted":      encrypted("aws:kms"),
		"no notifications are sent": {"NotificationConfiguration": props{"EventBridgeConfiguration": props{}}},
	} {
		if got := typ.(cfn.Inert).Inert(resolved(t, p), nil); (got == "") != (want == "") || !strings.HasPrefix(got, want) {
			t.Errorf("%v: %q, want %q", p, got, want)
		}
	}
}

func TestLogGroup(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	group := w.make("AWS::Logs::LogGroup", "Logs", props{"RetentionInDays": 7})
	arn := group.Attributes["Arn"].(string)
	if want := "arn:aws:logs:ap-northeast-2:123456789012:log-group:" + group.id() + ":*"; arn != want {
		t.Errorf("ARN %s, want %s", arn, want)
	}
	if _, err := w.try("AWS::Logs::LogGroup", "Twin", props{"LogGroupName": group.id()}); err == nil || !strings.Contains(err.Error(), "ResourceAlreadyExistsException") {
		t.Errorf("a second group of the name: %v", err)
	}
	role := func(id string, document props) string {
		made := w.make("AWS::IAM::Role", id, props{"AssumeRolePolicyDocument": trust("lambda.amazonaws.com"), "Policies": []any{props{"PolicyName": "p", "PolicyDocument": document}}})
		return made.Attributes["Arn"].(string)
	}
	write := props{"Version": "2012-10-17", "Statement": props{"Effect": "Allow", "Action": []string{"logs:CreateLogStream", "logs:PutLogEvents"}, "Resource": arn}}
	writer, mute := role("Writer", write), role("Mute", allow("s3:GetObject"))
	maker := role("Maker", allow("logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"))
	for _, test := range []struct {
		role, group string
		want        bool
	}{
		{writer, group.id(), true}, {mute, group.id(), false}, {writer, "other", false}, {maker, "other", true},
	} {
		if got := w.mayLog(test.role, test.group); got != test.want {
			t.Errorf("%s may write to %s: %v", test.role, test.group, got)
		}
	}
	group.delete()
}

func TestLogsOutliveWhatWroteThem(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	_, a, _ := w.network()
	w.OnLog(functions.Config{Owner: "Scenario", LogGroup: "group"}, functions.Line{Text: "hello"})
	host := w.host("Host", a, props{"UserData": encode("#!/bin/bash\necho from the host\n")})
	if err := w.instances[host.id()].machine.Wait(context.Background()); err != nil {
		t.Fatal(err)
	}
	host.delete()
	logs := w.Logs("Scenario")
	if len(logs) != 2 || !strings.Contains(logs[0].Text, "from the host") || !strings.HasSuffix(logs[1].Text, "hello\n") {
		t.Errorf("logs %q", logs)
	}
	if other := w.Logs("Other"); len(other) != 0 {
		t.Errorf("another stack has logs: %v", other)
	}
}
