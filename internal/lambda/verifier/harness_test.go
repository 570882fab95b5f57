package verifier

import (
	"bytes"
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/netip"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/cfn"
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"

	"provenendpoints/internal/contract"
	"provenendpoints/internal/lambda/lambdatest"
	"provenendpoints/proof"
)

// responseURL is the response URL of every event, served in memory.
const responseURL = "https://cloudformation-custom-resource-response-apnortheast2.s3.ap-northeast-2.amazonaws.com/answer" + lambdatest.Query

// fixture is what a handler talks to, in memory, so that tests can run on the
// virtual time of testing/synctest.
type fixture struct {
	aws lambdatest.AWS
	url lambdatest.ResponseURL
	log safeBuffer
}

// newFixture returns one in which every claim of [goodProperties] holds.
func newFixture() *fixture {
	w := &fixture{}
	w.aws.Prober = probing(nil)
	return w
}

func (w *fixture) options() Options {
	return Options{
		Config: testConfig(lambdatest.Client{Handler: &w.aws}, ""),
		HTTP:   &http.Client{Transport: lambdatest.Client{Handler: &w.url}},
		Log:    slog.New(slog.NewJSONHandler(&w.log, nil)), LogGroup: "/aws/lambda/verifier", LogStream: "stream",
	}
}

func testConfig(client aws.HTTPClient, base string) aws.Config {
	config := aws.Config{
		Region: lambdatest.Region, HTTPClient: client,
		Credentials: credentials.NewStaticCredentialsProvider("AKIAEXAMPLE", "secret", "token"),
	}
	if base != "" {
		config.BaseEndpoint = &base
	}
	return config
}

// run hands the event to a new handler and returns the answer that arrived.
func (w *fixture) run(t *testing.T, ctx context.Context, event cfn.Event) lambdatest.Answer {
	t.Helper()
	if err := New(w.options()).Handle(ctx, event); err != nil {
		t.Fatalf("handle: %v\n%s", err, w.log.String())
	}
	return w.answer(t)
}

// answer returns the one answer that arrived. It fails the test if the signature of
// the presigned URL was logged.
func (w *fixture) answer(t *testing.T) lambdatest.Answer {
	t.Helper()
	answers, refused, _ := w.url.Answers()
	if len(answers) != 1 || len(refused) != 0 {
		t.Fatalf("want one answer, got %d, and refused %q\n%s", len(answers), refused, w.log.String())
	}
	if strings.Contains(w.log.String(), lambdatest.Secret) {
		t.Errorf("the log holds the signature of the presigned URL:\n%s", w.log.String())
	}
	return answers[0]
}

// probing is a prober whose observations let every claim hold, unless change turns
// them into others.
func probing(change func(probe proof.Probe, seen *proof.Observation)) func(string, []byte) ([]byte, string) {
	return func(_ string, payload []byte) ([]byte, string) {
		var request proof.Request
		if err := json.Unmarshal(payload, &request); err != nil {
			return []byte(`{"errorType":"Test","errorMessage":"bad request"}`), "Unhandled"
		}
		var response proof.Response
		for _, probe := range request.Probes {
			seen := proof.Observation{Claim: probe.Claim, Outcome: proof.OK, Addresses: []netip.Addr{netip.MustParseAddr("10.0.0.115")}, Connections: probe.Requests, Took: time.Millisecond}
			if probe.Kind == proof.Unreachable {
				seen.Outcome, seen.Detail = proof.TimedOut, "no answer"
			}
			if change != nil {
				change(probe, &seen)
			}
			response.Observations = append(response.Observations, seen)
		}
		answer, _ := json.Marshal(response)
		return answer, ""
	}
}

// goodProperties are those of a resource as CloudFormation hands them over.
func goodProperties() map[string]any {
	var properties map[string]any
	if err := json.Unmarshal([]byte(`{
		"ServiceToken": "arn:aws:lambda:ap-northeast-2:111122223333:function:verifier",
		"ServiceTimeout": "120",
		"Subject": "interface endpoint to CloudFormation",
		"TimeLimit": "60",
		"VantagePoints": {"private": "arn:aws:lambda:ap-northeast-2:111122223333:function:prober"},
		"Claims": [
			{"Id": "Opens", "Kind": "connects", "From": "private", "Endpoint": "`+lambdatest.Endpoint+`", "Port": "443"},
			{"Id": "Hidden", "Kind": "unreachable", "From": "private", "Host": "192.0.2.1"},
			{"Id": "IsAvailable", "Kind": "available", "Endpoint": "`+lambdatest.Endpoint+`"}
		],
		"Run": "2",
		"Nonce": "request-0",
		"NonceParameter": "Stack-Next"
	}`), &properties); err != nil {
		panic(err)
	}
	return properties
}

// newEvent is a request from CloudFormation.
func newEvent(kind cfn.RequestType, properties map[string]any) cfn.Event {
	event := cfn.Event{
		RequestType: kind, RequestID: "request-1", ResponseURL: responseURL, ResourceType: contract.ResourceType,
		LogicalResourceID: "Proof", StackID: lambdatest.Stack, ResourceProperties: properties,
	}
	if kind != cfn.RequestCreate {
		event.PhysicalResourceID = "endpoint-proof-given"
	}
	return event
}

// safeBuffer is a buffer that is safe for concurrent use.
type safeBuffer struct {
	mutex  sync.Mutex
	buffer bytes.Buffer
}

func (b *safeBuffer) Write(p []byte) (int, error) {
	b.mutex.Lock()
	defer b.mutex.Unlock()
	return b.buffer.Write(p)
}

func (b *safeBuffer) String() string {
	b.mutex.Lock()
	defer b.mutex.Unlock()
	return b.buffer.String()
}
