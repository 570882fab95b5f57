package verifier

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"provenendpoints/internal/lambda/lambdatest"
)

// status answers the first n attempts with a status and a body.
func status(code, n int, body string) func(int, http.ResponseWriter, *http.Request) bool {
	return func(attempt int, w http.ResponseWriter, _ *http.Request) bool {
		if attempt > n {
			return false
		}
		w.WriteHeader(code)
		_, _ = w.Write([]byte(body))
		return true
	}
}

const forever = 1 << 30

// TestDelivery is the table of what the response URL does × what the verifier does
// then, on virtual time.
func TestDelivery(t *testing.T) {
	t.Parallel()
	hang := func(attempt int, _ http.ResponseWriter, r *http.Request) bool {
		if attempt == 1 {
			<-r.Context().Done()
		}
		return attempt == 1
	}
	cut := func(attempt int, _ http.ResponseWriter, _ *http.Request) bool {
		if attempt <= 3 {
			panic(http.ErrAbortHandler)
		}
		return false
	}
	tests := []struct {
		name     string
		fault    func(int, http.ResponseWriter, *http.Request) bool
		deadline time.Duration // 0: none
		attempts int           // 0: several
		err      string        // empty: delivered
		within   time.Duration
	}{
		{"at once", nil, 0, 1, "", 0},
		{"two server errors", status(500, 2, ""), 0, 3, "", time.Second},
		{"slow down", status(503, 4, "<Error><Code>SlowDown</Code></Error>"), 0, 5, "", 5 * time.Second},
		{"too many requests", status(429, 1, ""), 0, 2, "", time.Second},
		{"request timeout", status(400, 1, "<Error><Code>RequestTimeout</Code></Error>"), 0, 2, "", time.Second},
		{"connection cut", cut, 0, 4, "", 3 * time.Second},
		{"first attempt hangs", hang, 0, 2, "", 11 * time.Second},
		{"expired", status(403, forever, "<Error><Code>AccessDenied</Code><Message>Request has expired "+lambdatest.Secret+"</Message></Error>"), 0, 1, "answer CloudFormation: status 403 Forbidden (AccessDenied)", 0},
		{"bad request", status(400, forever, "no xml"), 0, 1, "answer CloudFormation: status 400 Bad Request", 0},
		{"down for good, no deadline", status(500, forever, ""), 0, 0, "no time for attempt", 2 * time.Minute},
		{"down for good, deadline", status(500, forever, ""), 20 * time.Second, 0, "no time for attempt", 20 * time.Second},
		{"back just in time", status(500, 5, ""), 20 * time.Second, 6, "", 20 * time.Second},
		{"deadline passed", nil, -time.Second, 1, "", 0},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				w := newFixture()
				w.url.Fault = test.fault
				ctx := t.Context()
				if test.deadline != 0 {
					var cancel context.CancelFunc
					ctx, cancel = context.WithTimeout(ctx, test.deadline)
					defer cancel()
				}
				began := time.Now()
				err := New(w.options()).Handle(ctx, newEvent("Delete", nil))
				took := time.Since(began)
				if test.err == "" {
					if err != nil {
						t.Fatal(err)
					}
					w.answer(t)
				} else if err == nil || !strings.Contains(err.Error(), test.err) {
					t.Errorf("error %v, want %q", err, test.err)
				}
				if _, _, attempts := w.url.Answers(); test.attempts > 0 && attempts != test.attempts || attempts < 1 {
					t.Errorf("%d attempts, want %d", attempts, test.attempts)
				}
				if took > test.within {
					t.Errorf("took %v, want at most %v", took, test.within)
				}
				if text := w.log.String(); strings.Contains(text, lambdatest.Secret) || err != nil && strings.Contains(err.Error(), lambdatest.Secret) {
					t.Errorf("the signature got out: error %v, log\n%s", err, text)
				}
			})
		})
	}
}

// TestDeliveryOnSockets delivers over real connections: the first is refused, the
// second cut, the third accepted.
func TestDeliveryOnSockets(t *testing.T) {
	t.Parallel()
	w := newFixture()
	w.url.Fault = func(attempt int, _ http.ResponseWriter, _ *http.Request) bool {
		if attempt == 1 {
			panic(http.ErrAbortHandler)
		}
		return false
	}
	server := httptest.NewTLSServer(&w.url)
	defer server.Close()
	trusted := server.Client().Transport.(*http.Transport).TLSClientConfig.RootCAs
	options := w.options()
	dials := 0
	options.HTTP = &http.Client{Transport: &http.Transport{
		TLSClientConfig: &tls.Config{RootCAs: trusted, ServerName: "example.com"}, // the name in the test server's certificate
		DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
			if dials++; dials == 1 {
				return nil, errors.New("connection refused")
			}
			return new(net.Dialer).DialContext(ctx, network, server.Listener.Addr().String())
		},
	}}
	event := newEvent("Delete", nil)
	if err := New(options).Handle(t.Context(), event); err != nil {
		t.Fatal(err)
	}
	w.answer(t)
	if _, _, attempts := w.url.Answers(); attempts != 2 || dials != 3 {
		t.Errorf("%d attempts arrived, %d dials, want 2 and 3", attempts, dials)
	}
}

// Nothing is verified for a URL that is not CloudFormation's, and nothing is sent
// there. The host is named, the signature is not.
func TestUnusableURL(t *testing.T) {
	t.Parallel()
	const bucket = "cloudformation-custom-resource-response-apnortheast2"
	for _, target := range []string{
		"x", "", "http://%zz/", "//" + bucket + ".s3.amazonaws.com/x",
		"ftp://" + bucket + ".s3.amazonaws.com/x",
		"http://" + bucket + ".s3.amazonaws.com/x",
		"https://127.0.0.1/x", "https://169.254.169.254/latest/api/token", "https://localhost:9001/2018-06-01/runtime/invocation/next",
		"https://" + bucket + ".s3.amazonaws.com:8443/x",
		"https://user@" + bucket + ".s3.amazonaws.com/x",
		"https://" + bucket + ".s3.amazonaws.com.example.com/x",
		"https://" + bucket + ".example.com/x",
		"https://" + bucket + "x.s3.amazonaws.com/x",
		"https://cloudformation-custom-resource-response-evil.s3.ap-northeast-2.amazonaws.com/x",
		"https://cloudformation-custom-resource-response-useast1.s3.amazonaws.com/x", // another Region's
		"https://evil.s3.ap-northeast-2.amazonaws.com/" + bucket + "/x",
		"https://s3.ap-northeast-2.amazonaws.com/evil/x",
		"https://s3.ap-northeast-2.amazonaws.com/" + bucket,
		"https://s3.ap-northeast-2.amazonaws.com/" + bucket + "evil/x",
		"https://s3.ap-northeast-2.amazonaws.com/%2e%2e/" + bucket + "/x",
		"https://" + bucket + ".s3.ap-northeast-2.amazonaws.com.cn/x", // another partition
	} {
		w := newFixture()
		event := newEvent("Create", goodProperties())
		event.ResponseURL = target
		if target != "" {
			event.ResponseURL += lambdatest.Query
		}
		err := New(w.options()).Handle(t.Context(), event)
		if err == nil || !strings.Contains(err.Error(), "the event") || strings.Contains(err.Error(), lambdatest.Secret) || strings.Contains(w.log.String(), lambdatest.Secret) {
			t.Errorf("%s: error %v, log %s", target, err, w.log.String())
		}
		if _, _, attempts := w.url.Answers(); attempts != 0 || len(w.aws.Actions()) != 0 {
			t.Errorf("%s: %d attempts to answer, calls %s", target, attempts, w.aws.Actions())
		}
	}
}

// The forms of the URL in all partitions, as CloudFormation has used them and as S3
// documents them.
func TestResponseURL(t *testing.T) {
	t.Parallel()
	const path = "/arn%3Aaws%3Acloudformation%3Aus-east-1%3A111122223333%3Astack/s/0%7CProof%7C1?X-Amz-Signature=0"
	for region, targets := range map[string][]string{
		"us-east-1": {
			"https://cloudformation-custom-resource-response-useast1.s3.amazonaws.com",
			"https://cloudformation-custom-resource-response-useast1.s3-us-east-1.amazonaws.com",
			"https://cloudformation-custom-resource-response-useast1.s3.us-east-1.amazonaws.com:443",
			"https://s3.amazonaws.com/cloudformation-custom-resource-response-useast1",
		},
		"eu-south-1": {
			"https://cloudformation-custom-resource-response-eusouth1.s3.eu-south-1.amazonaws.com",
			"https://cloudformation-custom-resource-response-eusouth1.s3.dualstack.eu-south-1.amazonaws.com",
			"https://s3-eu-south-1.amazonaws.com/cloudformation-custom-resource-response-eusouth1",
		},
		"us-gov-west-1":   {"https://cloudformation-custom-resource-response-usgovwest1.s3-fips.us-gov-west-1.amazonaws.com"},
		"cn-north-1":      {"https://cloudformation-custom-resource-response-cnnorth1.s3.cn-north-1.amazonaws.com.cn"},
		"eusc-de-east-1":  {"https://cloudformation-custom-resource-response-euscdeeast1.s3.eusc-de-east-1.amazonaws.eu"},
		"us-iso-east-1":   {"https://cloudformation-custom-resource-response-usisoeast1.s3.us-iso-east-1.c2s.ic.gov"},
		"us-isob-east-1":  {"https://cloudformation-custom-resource-response-usisobeast1.s3.us-isob-east-1.sc2s.sgov.gov"},
		"eu-isoe-west-1":  {"https://s3.eu-isoe-west-1.cloud.adc-e.uk/cloudformation-custom-resource-response-euisoewest1"},
		"us-isof-south-1": {"https://cloudformation-custom-resource-response-usisofsouth1.s3.us-isof-south-1.csp.hci.ic.gov"},
	} {
		for _, target := range targets {
			if _, err := parseResponseURL(target+path, region); err != nil {
				t.Errorf("%s: %v", region, err)
			}
			if _, err := parseResponseURL(target+path, "ap-northeast-2"); err == nil {
				t.Errorf("%s is CloudFormation's in another Region too", target)
			}
		}
	}
	if _, err := parseResponseURL("https://cloudformation-custom-resource-response-.s3.amazonaws.com/x", ""); err == nil {
		t.Error("without a Region any bucket will do")
	}
}

// TestRedirect: no redirect is followed, whatever it leads to.
func TestRedirect(t *testing.T) {
	t.Parallel()
	for _, code := range []int{301, 302, 303, 307, 308} {
		w := newFixture()
		w.url.Fault = func(attempt int, rw http.ResponseWriter, r *http.Request) bool {
			if attempt == 1 {
				http.Redirect(rw, r, "http://127.0.0.1:9001/2018-06-01/runtime/invocation/next", code)
			}
			return attempt == 1
		}
		err := New(w.options()).Handle(t.Context(), newEvent("Delete", nil))
		if err == nil || !strings.Contains(err.Error(), fmt.Sprintf("answer CloudFormation: status %d", code)) || strings.Contains(err.Error(), lambdatest.Secret) {
			t.Errorf("%d: error %v", code, err)
		}
		if _, _, attempts := w.url.Answers(); attempts != 1 {
			t.Errorf("%d: %d requests, want 1", code, attempts)
		}
	}
}

// TestBrokenEvents: an event that is broken is answered where its URL can be told.
func TestBrokenEvents(t *testing.T) {
	t.Parallel()
	whole, err := json.Marshal(newEvent("Create", goodProperties()))
	if err != nil {
		t.Fatal(err)
	}
	deletion, err := json.Marshal(newEvent("Delete", goodProperties()))
	if err != nil {
		t.Fatal(err)
	}
	escaped := strings.Replace(string(whole), responseURL, strings.ReplaceAll(strings.ReplaceAll(responseURL, "/", `\/`), "&", `\u0026`), 1)
	for name, test := range map[string]struct{ payload, status string }{
		"cut off":                {string(whole[:len(whole)-9]), "FAILED"},
		"cut off, a deletion":    {string(deletion[:len(deletion)-9]), "SUCCESS"},
		"more behind it":         {string(whole) + "}", "FAILED"},
		"bad escape":             {strings.Replace(string(whole), `"Run"`, `"R\xun"`, 1), "FAILED"},
		"control character":      {strings.Replace(string(whole), `"Run"`, "\"R\x01un\"", 1), "FAILED"},
		"escapes in the URL":     {escaped + "}", "FAILED"},
		"properties are a text":  {string(whole[:strings.Index(string(whole), `"ResourceProperties":`)]) + `"ResourceProperties":"x"}`, "FAILED"},
		"request type is a list": {strings.Replace(string(whole), `"Create"`, `["Create"]`, 1), "FAILED"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newFixture()
			if _, err := New(w.options()).Invoke(t.Context(), []byte(test.payload)); err != nil {
				t.Fatalf("%v\n%s", err, test.payload)
			}
			got := w.answer(t)
			if got.Status != test.status || got.RequestID != "request-1" || got.StackID != lambdatest.Stack || got.LogicalResourceID != "Proof" {
				t.Errorf("answer %+v", got)
			}
			if got.Status == "FAILED" && !strings.Contains(got.Reason, "the event is not a custom resource request: ") {
				t.Errorf("reason %q", got.Reason)
			}
		})
	}
}
