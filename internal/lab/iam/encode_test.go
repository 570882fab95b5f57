package iam

import (
	"reflect"
	"testing"
)

// TestText: a policy that is written and read again is the same.
func TestText(t *testing.T) {
	t.Parallel()
	for _, document := range []string{
		bucketPolicy,
		`{"Statement": {"Sid": "a", "Effect": "Deny", "NotAction": "s3:*", "Resource": "*"}}`,
		`{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}]}`,
		`{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"AWS": "*", "Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}]}`,
		`{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": {
			"Null": {"aws:SourceVpce": "false"}, "StringEquals": {"aws:SourceVpc": "vpc-1", "aws:SourceVpce": ["vpce-1", "vpce-2"]},
			"ForAllValues:StringLike": {"aws:SourceVpce": "vpce-*"}}}]}`,
		`{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"AWS": "*", "CanonicalUser": "abc"}, "Action": "s3:GetObject", "Resource": "*"}]}`,
		`{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity E1"}, "Action": "s3:GetObject", "Resource": "*"}]}`,
		FullAccess().Text(),
	} {
		want, err := Parse(document)
		if err != nil {
			t.Fatal(err)
		}
		got, err := Parse(want.Text())
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%s\nbecame %s, %v", document, want.Text(), err)
		}
	}
}
