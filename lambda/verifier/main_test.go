package main

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/cfn"

	"provenendpoints/internal/contract"
	"provenendpoints/internal/lambda/lambdatest"
	"provenendpoints/proof"
)

// maxSize is how large the function may be, in bytes, as Lambda unpacks it.
const maxSize = 10 << 20

// prober answers as a working prober would. refuses reports whether the target of a
// claim refuses connections.
func prober(refuses func(claim string) bool) func(string, []byte) ([]byte, string) {
	return func(_ string, payload []byte) ([]byte, string) {
		var request proof.Request
		if err := json.Unmarshal(payload, &request); err != nil {
			return []byte(`{"errorMessage":"bad request"}`), "Unhandled"
		}
		var response proof.Response
		for _, probe := range request.Probes {
			seen := proof.Observation{Claim: probe.Claim, Outcome: proof.OK, Addresses: []netip.Addr{netip.MustParseAddr("10.0.0.115")}, Connections: probe.Requests}
			if refuses(probe.Claim) {
				seen.Outcome, seen.Detail = proof.Refused, "connection refused"
			}
			response.Observations = append(response.Observations, seen)
		}
		answer, _ := json.Marshal(response)
		return answer, ""
	}
}

func event(kind cfn.RequestType, target, physical string) []byte {
	payload, err := json.Marshal(cfn.Event{
		RequestType: kind, RequestID: "request-1", ResponseURL: target, ResourceType: contract.ResourceType,
		LogicalResourceID: "Proof", StackID: lambdatest.Stack, PhysicalResourceID: physical,
		ResourceProperties: map[string]any{
			"ServiceToken": "arn", "TimeLimit": "30", "Subject": "interface endpoint",
			"VantagePoints": map[string]any{"private": "arn:aws:lambda:ap-northeast-2:111122223333:function:prober"},
			"Claims": []any{
				map[string]any{"Id": "Opens", "Kind": "connects", "From": "private", "Endpoint": lambdatest.Endpoint, "Port": "443"},
				map[string]any{"Id": "IsAvailable", "Kind": "available", "Endpoint": lambdatest.Endpoint, "Service": lambdatest.Service},
			},
		},
	})
	if err != nil {
		panic(err)
	}
	return payload
}

// TestLife runs the compiled function as Lambda runs it, through the life of a
// resource: it is created, updated for the worse, rolled back and deleted. Then
// comes an event that is not from CloudFormation.
func TestLife(t *testing.T) {
	t.Parallel()
	refused := false
	fake := &lambdatest.AWS{Prober: prober(func(string) bool { return refused })}
	api := httptest.NewServer(fake)
	defer api.Close()
	url := &lambdatest.ResponseURL{Fault: func(n int, w http.ResponseWriter, _ *http.Request) bool {
		if n == 1 {
			w.WriteHeader(http.StatusServiceUnavailable)
		}
		return n == 1
	}}
	environment := append(lambdatest.ServeResponseURL(t, url), "AWS_ENDPOINT_URL="+api.URL)

	f := lambdatest.Start(t, lambdatest.Build(t, ".", ""), environment...)
	steps := []struct {
		kind          cfn.RequestType
		stack         string
		refused       bool
		deadline      time.Duration // short where it is used up
		status        string
		reason, proof string
	}{
		{cfn.RequestCreate, "CREATE_IN_PROGRESS", false, 30 * time.Second, "SUCCESS", "", "2 of 2 claims hold"},
		{cfn.RequestUpdate, "UPDATE_IN_PROGRESS", true, 6 * time.Second, "FAILED", "1 of 2 claims refuted", ""},
		{cfn.RequestUpdate, "UPDATE_ROLLBACK_IN_PROGRESS", true, 6 * time.Second, "SUCCESS", "the stack is rolling back", "1 of 2 claims hold, 1 refuted"},
		{cfn.RequestDelete, "DELETE_IN_PROGRESS", true, 30 * time.Second, "SUCCESS", "", ""},
	}
	physical := ""
	for i, step := range steps {
		fake.Status, refused = step.stack, step.refused
		result := f.Invoke(event(step.kind, lambdatest.ResponseTarget, physical), step.deadline)
		if result.Error != nil || string(result.Body) != "null" {
			t.Fatalf("%s: result %s, error %s", step.kind, result.Body, result.Error)
		}
		answers, refusals, _ := url.Answers()
		if len(answers) != i+1 || len(refusals) > 0 {
			t.Fatalf("%s: %d answers, refused %q", step.kind, len(answers), refusals)
		}
		answer := answers[i]
		if answer.Status != step.status || !strings.Contains(answer.Reason, step.reason) || answer.Data[contract.AttributeSummary] != step.proof {
			t.Errorf("%s: %+v", step.kind, answer)
		}
		if physical != "" && answer.PhysicalResourceID != physical {
			t.Errorf("%s: physical id %s, was %s", step.kind, answer.PhysicalResourceID, physical)
		}
		physical = answer.PhysicalResourceID
	}
	if result := f.Invoke([]byte(`{"a test event": "of the console"}`), 30*time.Second); !strings.Contains(string(result.Error), "the event has no ResponseURL") {
		t.Errorf("result %s, error %s", result.Body, result.Error)
	}
	output, peak := f.Stop()
	if strings.Contains(output, lambdatest.Secret) {
		t.Errorf("the log holds the signature of the presigned URL:\n%s", output)
	}
	verdicts := 0
	for line := range strings.Lines(output) {
		if strings.Contains(line, `"msg":"verdict"`) {
			verdicts++
		}
	}
	if verdicts != 6 {
		t.Errorf("%d verdicts in the log, want one per claim and verification:\n%s", verdicts, output)
	}
	t.Logf("first request after %v, peak memory %.1f MB", f.Started, float64(peak)/1e6)
}

// TestSize compiles for Lambda's processor.
func TestSize(t *testing.T) {
	t.Parallel()
	lambdatest.CheckSize(t, maxSize)
}

// BenchmarkStart measures a cold start: from the process to its first request
// for an invocation, the peak memory over one whole verification, and the sizes.
func BenchmarkStart(b *testing.B) {
	lambdatest.BenchmarkStart(b, func(f *lambdatest.Function, _ string) {
		f.Invoke(event(cfn.RequestCreate, lambdatest.ResponseTarget, ""), 30*time.Second)
	}, &lambdatest.AWS{Prober: prober(func(string) bool { return false })})
}
