package endpoint

import (
	"context"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	elb "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
)

// Each call is written in exactly one protocol and needs one action, without
// wildcards, that reads.
func TestReadyCalls(t *testing.T) {
	t.Parallel()
	for service, call := range readyCalls {
		ways := 0
		for _, way := range []string{call.query, call.target, call.path} {
			if way != "" {
				ways++
			}
		}
		if ways != 1 || (call.target != "") != (call.json != "") || (call.target != "") != (call.body != "") {
			t.Errorf("%s: written as %+v, want one protocol", service, call)
		}
		_, verb, _ := strings.Cut(call.action, ":")
		reads := false
		for _, prefix := range []string{"Describe", "List", "Get", "GET", "GenerateRandom"} {
			reads = reads || strings.HasPrefix(verb, prefix)
		}
		if !reads || strings.Contains(call.action, "*") {
			t.Errorf("%s: the action is %s, want one that reads", service, call.action)
		}
		if _, without := withoutCall[service]; without {
			t.Errorf("%s has a call, and a reason for none", service)
		}
	}
}

// recorder records the one request of an SDK client and answers nothing.
type recorder struct {
	request *http.Request
	body    string
}

func (r *recorder) Do(request *http.Request) (*http.Response, error) {
	r.request, r.body = request, ""
	if request.Body != nil {
		body, err := io.ReadAll(request.Body)
		if err != nil {
			return nil, err
		}
		r.body = string(body)
	}
	return nil, io.ErrUnexpectedEOF
}

// The calls are those that AWS's own SDK makes, for the services whose clients
// this module has.
func TestReadyCallsAreTheSDKs(t *testing.T) {
	t.Parallel()
	record := &recorder{}
	config := aws.Config{
		Region: "eu-central-1", HTTPClient: record, Retryer: func() aws.Retryer { return aws.NopRetryer{} },
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: "a", SecretAccessKey: "b"}, nil
		}),
	}
	ctx := t.Context()
	for service, do := range map[string]func(){
		"cloudformation": func() {
			_, _ = cloudformation.NewFromConfig(config).DescribeAccountLimits(ctx, &cloudformation.DescribeAccountLimitsInput{})
		},
		"ec2": func() { _, _ = ec2.NewFromConfig(config).DescribeRegions(ctx, &ec2.DescribeRegionsInput{}) },
		"elasticloadbalancing": func() {
			_, _ = elb.NewFromConfig(config).DescribeAccountLimits(ctx, &elb.DescribeAccountLimitsInput{})
		},
		"lambda": func() {
			_, _ = lambda.NewFromConfig(config).GetAccountSettings(ctx, &lambda.GetAccountSettingsInput{})
		},
	} {
		do()
		call := readyCalls[service]
		path := call.path
		if path == "" {
			path = "/"
		}
		if got := strings.TrimSuffix(record.request.URL.RequestURI(), "/"); got != strings.TrimSuffix(path, "/") {
			t.Errorf("%s: the SDK asks for %s, the call for %s", service, got, path)
		}
		got, _ := url.ParseQuery(record.body)
		want, _ := url.ParseQuery(call.query)
		if got.Encode() != want.Encode() {
			t.Errorf("%s: the SDK sends %s, the call %s", service, got.Encode(), want.Encode())
		}
		if authorization := record.request.Header.Get("Authorization"); !strings.Contains(authorization, "/"+service+"/aws4_request") {
			t.Errorf("%s: the SDK signs %s", service, authorization)
		}
		if host := record.request.URL.Host; !strings.HasPrefix(host, service+".") {
			t.Errorf("%s: the SDK calls %s", service, host)
		}
	}
}
