package awsid

import (
	"regexp"
	"strings"
	"testing"
)

func TestARNs(t *testing.T) {
	t.Parallel()
	s := Scope{Region: "eu-west-1", Account: "123456789012"}
	china := Scope{Partition: "aws-cn", Region: "cn-north-1", Account: "123456789012"}
	for got, want := range map[string]string{
		s.ARN("ec2", "vpc/vpc-1"):          "arn:aws:ec2:eu-west-1:123456789012:vpc/vpc-1",
		s.GlobalARN("iam", "role/path/r"):  "arn:aws:iam::123456789012:role/path/r",
		s.Root():                           "arn:aws:iam::123456789012:root",
		s.Bucket("b"):                      "arn:aws:s3:::b",
		s.ManagedPolicy("service-role/P"):  "arn:aws:iam::aws:policy/service-role/P",
		china.Bucket("b"):                  "arn:aws-cn:s3:::b",
		china.ARN("logs", "log-group:g:*"): "arn:aws-cn:logs:cn-north-1:123456789012:log-group:g:*",
	} {
		if got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}

func TestForms(t *testing.T) {
	t.Parallel()
	for got, form := range map[string]string{
		EC2("vpc-", "a"):       `^vpc-0[0-9a-f]{16}$`,
		Derived("eni-", "i-1"): `^eni-0[0-9a-f]{16}$`,
		UUID("a"):              `^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}$`,
		Upper(16, "a"):         `^[A-Z2-7]{16}$`,
		Alphanumeric(12, "a"):  `^[A-Za-z0-9]{12}$`,
		Secret("a"):            `^[0-9a-f]{40}$`,
	} {
		if !regexp.MustCompile(form).MatchString(got) {
			t.Errorf("%s is not %s", got, form)
		}
	}
	if EC2("vpc-", "a") != EC2("vpc-", "a") || EC2("vpc-", "a") == EC2("vpc-", "b") || Hex(8, "a", "b") == Hex(8, "ab") {
		t.Error("ids do not follow from their texts")
	}
}

func TestPhysicalNamesKeepTheirLimit(t *testing.T) {
	t.Parallel()
	long, short := strings.Repeat("l", 80), "short"
	for _, test := range []struct{ stack, logicalID, begins string }{
		{short, short, "short-short-"},
		{short, long, "short-lll"},
		{long, short, "lll"},
		{long, long, "lll"},
	} {
		name := Physical(test.stack, test.logicalID, "seed", 64)
		if len(name) > 64 || !strings.HasPrefix(name, test.begins) {
			t.Errorf("%s (%d characters)", name, len(name))
		}
	}
}
