package api

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/smithy-go"
)

// failing answers every request with the same response.
type failing struct {
	status   int
	header   http.Header
	body     string
	attempts int
}

// Do implements the SDK's HTTP client.
func (f *failing) Do(q *http.Request) (*http.Response, error) {
	f.attempts++
	if f.status == 0 {
		return nil, io.ErrUnexpectedEOF
	}
	return &http.Response{StatusCode: f.status, Header: f.header.Clone(), Body: io.NopCloser(strings.NewReader(f.body)), Request: q, ProtoMajor: 1}, nil
}

// told is what a caller can tell of an error.
func told(err error, f *failing) string {
	code, message, status, request, operation := "", "", 0, "", ""
	if e, ok := errors.AsType[smithy.APIError](err); ok {
		code, message = e.ErrorCode(), e.ErrorMessage()
	}
	if e, ok := errors.AsType[*awshttp.ResponseError](err); ok {
		status, request = e.HTTPStatusCode(), e.ServiceRequestID()
	}
	if e, ok := errors.AsType[*smithy.OperationError](err); ok {
		operation = e.ServiceID + "." + e.OperationName
	}
	return fmt.Sprintf("%s: code %q, message %q, status %d, request %q, %d attempts, failed %t", operation, code, message, status, request, f.attempts, err != nil)
}

// TestErrors: what a service refuses, and what goes wrong on the way, is told and tried
// again as by AWS's generated clients.
func TestErrors(t *testing.T) {
	t.Parallel()
	xml := func(form string) func(code string) string {
		return func(code string) string { return fmt.Sprintf(form, code) }
	}
	json := func(code string) string { return `{"__type":"com.amazonaws.x#` + code + `","message":"because"}` }
	bodies := map[string]func(code string) string{
		"DescribeVpcs":                 xml(`<Response><Errors><Error><Code>%s</Code><Message>because</Message></Error></Errors><RequestID>r-1</RequestID></Response>`),
		"DescribeTargetGroups":         xml(`<ErrorResponse><Error><Type>Sender</Type><Code>%s</Code><Message>because</Message></Error><RequestId>r-1</RequestId></ErrorResponse>`),
		"DescribeStacks":               xml(`<ErrorResponse><Error><Type>Sender</Type><Code>%s</Code><Message>because</Message></Error><RequestId>r-1</RequestId></ErrorResponse>`),
		"GetRole":                      xml(`<ErrorResponse><Error><Type>Sender</Type><Code>%s</Code><Message>because</Message></Error><RequestId>r-1</RequestId></ErrorResponse>`),
		"ListHostedZonesByVPC":         xml(`<ErrorResponse><Error><Type>Sender</Type><Code>%s</Code><Message>because</Message></Error><RequestId>r-1</RequestId></ErrorResponse>`),
		"ListResolverRuleAssociations": json,
		"GetFunctionConfiguration":     json,
		"ListProfileAssociations":      json,
	}
	responses := []struct {
		status int
		code   string // of the body, none: garbage
	}{
		{400, "Throttling"}, {400, "ThrottlingException"}, {503, "RequestLimitExceeded"}, {429, "TooManyRequestsException"},
		{403, "UnauthorizedOperation"}, {403, "AccessDeniedException"}, {400, "InvalidVpcID.NotFound"}, {404, "NoSuchEntity"},
		{400, "ExpiredToken"}, {400, "RequestTimeTooSkewed"}, {500, "InternalFailure"}, {503, "ServiceUnavailable"},
		{500, ""}, {502, ""}, {400, ""}, {200, ""}, {0, ""},
	}
	text, role := aws.String("v"), aws.String("r")
	all := compared(nil, nil, []string{"a"}, text, role, text)
	for operation, body := range bodies {
		for _, r := range responses {
			var got [2]string
			for i := range got {
				f := &failing{status: r.status, header: http.Header{"X-Amzn-Requestid": {"r-1"}}, body: "oops"}
				if r.code != "" {
					f.body = body(r.code)
				}
				config := aws.Config{
					Region: "ap-northeast-2", Credentials: credentials.NewStaticCredentialsProvider("AKIAEXAMPLE", "secret", ""), HTTPClient: f,
					Retryer: func() aws.Retryer {
						return retry.NewStandard(func(o *retry.StandardOptions) {
							o.Backoff = retry.BackoffDelayerFunc(func(int, error) (time.Duration, error) { return 0, nil })
						})
					},
				}
				call := all[operation].generated
				if i == 0 {
					call = func(ctx context.Context, config aws.Config) error { return all[operation].ours(ctx, New(config)) }
				}
				got[i] = told(call(t.Context(), config), f)
			}
			if r.code == "" && r.status != 0 {
				// What is not XML is an unknown error, or nothing at all, to some of the
				// generated clients. Here it is what it is.
				_, got[0], _ = strings.Cut(got[0], ", status ")
				_, got[1], _ = strings.Cut(got[1], ", status ")
			}
			if r.status == 200 && strings.HasSuffix(got[0], "failed true") {
				continue
			}
			if got[0] != got[1] {
				t.Errorf("%s, %d %s:\nours      %s\ngenerated %s", operation, r.status, r.code, got[0], got[1])
			}
		}
	}
}
