package proof

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

var testCredentials = aws.Credentials{AccessKeyID: "AKIDEXAMPLE", SecretAccessKey: "wJalrXUtnFEMI", SessionToken: "token/=="}

type provider func() (aws.Credentials, error)

func (p provider) Retrieve(context.Context) (aws.Credentials, error) { return p() }

func credentials() (aws.Credentials, error) { return testCredentials, nil }

// verifying lets requests through whose signature is right, as AWS does: it
// signs what came over the wire once more.
func verifying(service string, next http.HandlerFunc) http.HandlerFunc {
	return func(rw http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		sum := sha256.Sum256(body)
		hash := hex.EncodeToString(sum[:])
		problem := ""
		at, err := time.Parse("20060102T150405Z", r.Header.Get("X-Amz-Date"))
		switch {
		case err != nil || time.Since(at).Abs() > 15*time.Minute:
			problem = "RequestTimeTooSkewed"
		case r.Header.Get("X-Amz-Content-Sha256") != hash:
			problem = "XAmzContentSHA256Mismatch"
		case r.Header.Get("X-Amz-Security-Token") != testCredentials.SessionToken:
			problem = "InvalidToken"
		}
		again, _ := http.NewRequest(r.Method, "https://"+r.Host+r.RequestURI, strings.NewReader(string(body)))
		for _, name := range []string{"Content-Type", "X-Amz-Content-Sha256", "X-Amz-Target"} {
			if value := r.Header.Get(name); value != "" {
				again.Header.Set(name, value)
			}
		}
		signer := v4.NewSigner(func(o *v4.SignerOptions) { o.DisableURIPathEscaping = service == "s3" })
		if err := signer.SignHTTP(r.Context(), testCredentials, again, hash, service, "ap-northeast-2", at); err != nil {
			problem = err.Error()
		}
		if problem == "" && r.Header.Get("Authorization") != again.Header.Get("Authorization") {
			problem = "SignatureDoesNotMatch"
		}
		if problem != "" {
			rw.WriteHeader(http.StatusForbidden)
			fmt.Fprintf(rw, "<ErrorResponse><Error><Code>%s</Code></Error></ErrorResponse>", problem)
			return
		}
		r.Body = io.NopCloser(strings.NewReader(string(body)))
		next(rw, r)
	}
}

func TestCall(t *testing.T) {
	t.Parallel()
	deny := func(rw http.ResponseWriter, _ *http.Request) {
		rw.WriteHeader(http.StatusForbidden)
		fmt.Fprint(rw, "<?xml version=\"1.0\"?>\n<Error><Code>AccessDenied</Code><Message>not authorized because no VPC endpoint policy allows it</Message></Error>")
	}
	list := &Call{Service: "s3", Action: "s3:ListBucket", Path: "/?list-type=2&max-keys=1&prefix=a%20b"}
	policy := &Call{Service: "cloudformation", Action: "cloudformation:GetStackPolicy", Method: "POST",
		Body: "Action=GetStackPolicy&Version=2010-05-15&StackName=S"}
	tests := map[string]struct {
		call    *Call
		handler http.HandlerFunc
		network func(*Network)
		want    Observation
	}{
		"GET to S3": {
			call: list,
			handler: func(rw http.ResponseWriter, r *http.Request) {
				fmt.Fprintf(rw, "%s %s %q", r.Method, r.RequestURI, r.Header.Get("Content-Type"))
			},
			want: Observation{Outcome: OK, Status: 200, Body: `GET /?list-type=2&max-keys=1&prefix=a%20b ""`},
		},
		"an answer that speaks of an error and is none": {
			call: list,
			handler: func(rw http.ResponseWriter, _ *http.Request) {
				fmt.Fprint(rw, "<Error><Code>AccessDenied</Code></Error>")
			},
			want: Observation{Outcome: OK, Status: 200, Body: "<Error><Code>AccessDenied</Code></Error>"},
		},
		"several answers to choose from": {
			call: list,
			handler: func(rw http.ResponseWriter, _ *http.Request) {
				rw.WriteHeader(http.StatusMultipleChoices)
				fmt.Fprint(rw, "<Error><Code>"+strings.Repeat("x", 100)+"</Code></Error>")
			},
			want: Observation{Outcome: OK, Status: 300, Code: strings.Repeat("x", 77) + "...", Body: "<Error><Code>" + strings.Repeat("x", 100) + "</Code></Error>"},
		},
		"a path that is encoded, at S3": {
			call:    &Call{Service: "s3", Action: "s3:GetObject", Path: "/a%20b/c+d"},
			handler: func(rw http.ResponseWriter, r *http.Request) { fmt.Fprint(rw, r.RequestURI) },
			want:    Observation{Outcome: OK, Status: 200, Body: "/a%20b/c+d"},
		},
		"a path that is encoded, elsewhere": {
			call:    &Call{Service: "lambda", Action: "lambda:GetFunction", Path: "/2015-03-31/functions/a%3Ab"},
			handler: func(rw http.ResponseWriter, r *http.Request) { fmt.Fprint(rw, r.RequestURI) },
			want:    Observation{Outcome: OK, Status: 200, Body: "/2015-03-31/functions/a%3Ab"},
		},
		"POST of JSON": {
			call: &Call{Service: "ssm", Action: "ssm:DescribeParameters", Method: "POST", Body: "{}",
				Headers: []string{"Content-Type: application/x-amz-json-1.1", "x-amz-target:AmazonSSM.DescribeParameters"}},
			handler: func(rw http.ResponseWriter, r *http.Request) {
				signed := strings.Contains(r.Header.Get("Authorization"), "SignedHeaders=content-length;content-type;host;x-amz-content-sha256;x-amz-date;x-amz-security-token;x-amz-target,")
				fmt.Fprintf(rw, "%s %s %v", r.Header.Get("Content-Type"), r.Header.Get("X-Amz-Target"), signed)
			},
			want: Observation{Outcome: OK, Status: 200, Body: "application/x-amz-json-1.1 AmazonSSM.DescribeParameters true"},
		},
		"POST of a form": {
			call: policy,
			handler: func(rw http.ResponseWriter, r *http.Request) {
				body, _ := io.ReadAll(r.Body)
				fmt.Fprintf(rw, "%s %s %s %s", r.Method, r.RequestURI, r.Header.Get("Content-Type"), body)
			},
			want: Observation{Outcome: OK, Status: 200,
				Body: "POST / application/x-www-form-urlencoded; charset=utf-8 Action=GetStackPolicy&Version=2010-05-15&StackName=S"},
		},
		"denied": {
			call: list, handler: deny,
			want: Observation{Outcome: OK, Status: 403, Code: "AccessDenied", Detail: "not authorized because no VPC endpoint policy allows it",
				Body: "<?xml version=\"1.0\"?>\n<Error><Code>AccessDenied</Code><Message>not authorized because no VPC endpoint policy allows it</Message></Error>"},
		},
		"other credentials than the service knows": {
			call: list, handler: deny,
			network: func(n *Network) {
				n.Credentials = provider(func() (aws.Credentials, error) {
					return aws.Credentials{AccessKeyID: "AKIDEXAMPLE", SecretAccessKey: "other", SessionToken: testCredentials.SessionToken}, nil
				})
			},
			want: Observation{Outcome: OK, Status: 403, Code: "SignatureDoesNotMatch",
				Body: "<ErrorResponse><Error><Code>SignatureDoesNotMatch</Code></Error></ErrorResponse>"},
		},
		"another Region": {
			call: list, handler: deny, network: func(n *Network) { n.Region = "eu-central-1" },
			want: Observation{Outcome: OK, Status: 403, Code: "SignatureDoesNotMatch",
				Body: "<ErrorResponse><Error><Code>SignatureDoesNotMatch</Code></Error></ErrorResponse>"},
		},
		"the signature is of the clock's time": {
			call: list, handler: deny, network: func(n *Network) { n.Clock = behind{} },
			want: Observation{Outcome: OK, Status: 403, Code: "RequestTimeTooSkewed",
				Body: "<ErrorResponse><Error><Code>RequestTimeTooSkewed</Code></Error></ErrorResponse>"},
		},
		"no credentials": {
			call: list, handler: deny, network: func(n *Network) { n.Credentials = nil },
			want: Observation{Outcome: Broken, Detail: "there are no credentials to sign the call with"},
		},
		"credentials that fail": {
			call: list, handler: deny,
			network: func(n *Network) {
				n.Credentials = provider(func() (aws.Credentials, error) { return aws.Credentials{}, errors.New("no role") })
			},
			want: Observation{Outcome: Broken, Detail: "there are no credentials to sign the call with: no role"},
		},
		"credentials that panic": {
			call: list, handler: deny,
			network: func(n *Network) { n.Credentials = provider(func() (aws.Credentials, error) { panic("oh") }) },
			want:    Observation{Outcome: Broken, Detail: "the probe panicked: oh"},
		},
		"no Region": {
			call: list, handler: deny, network: func(n *Network) { n.Region = "" },
			want: Observation{Outcome: Broken, Detail: "there is no Region to sign the call for"},
		},
	}
	for name, test := range tests {
		for _, kind := range []Kind{Allowed, Denied} {
			t.Run(name+" "+string(kind), func(t *testing.T) {
				t.Parallel()
				test := test // the kinds share it
				w := newWorld(t)
				certificate := issue(t, &w.ca, "vpce-1-x.s3.ap-northeast-2.vpce.amazonaws.com")
				w.name("vpce-1-x.s3.ap-northeast-2.vpce.amazonaws.com. 60 IN A 10.0.0.5")
				w.stand("10.0.0.5:443", web(t, &certificate, verifying(test.call.Service, test.handler)))
				network := w.network()
				network.Credentials = provider(credentials)
				if test.network != nil {
					test.network(&network)
				}
				if test.want.Outcome == OK {
					test.want.Addresses = addrs("10.0.0.5")
					test.want.Certificate = "CN=vpce-1-x.s3.ap-northeast-2.vpce.amazonaws.com"
				}
				got := one(t, network, Probe{Kind: kind, Host: "vpce-1-x.s3.ap-northeast-2.vpce.amazonaws.com", Port: 443, Call: test.call})
				if diff := cmp.Diff(test.want, got, equal, cmpopts.IgnoreFields(Observation{}, "Claim", "Took")); diff != "" {
					t.Error(diff)
				}
			})
		}
	}
}

// behind is a clock that is an hour late.
type behind struct{ systemClock }

func (behind) Now() time.Time { return time.Now().Add(-time.Hour) }

// hurried is a clock whose pauses are a hundredth as long.
type hurried struct{ systemClock }

func (c hurried) Sleep(ctx context.Context, d time.Duration) error {
	return c.systemClock.Sleep(ctx, d/100)
}

// A call that is throttled is made again, signed anew, a few times; another answer stands.
func TestCallThrottled(t *testing.T) {
	t.Parallel()
	busy := func(status int, code string) func(http.ResponseWriter) {
		return func(rw http.ResponseWriter) {
			rw.WriteHeader(status)
			fmt.Fprintf(rw, "<Error><Code>%s</Code></Error>", code)
		}
	}
	for name, test := range map[string]struct {
		answer func(http.ResponseWriter)
		times  int
		want   Observation
		calls  int64
	}{
		"not":                      {nil, 0, Observation{Status: 200}, 1},
		"twice, by the code":       {busy(503, "SlowDown"), 2, Observation{Status: 200}, 3},
		"once, by the status":      {busy(429, "Busy"), 1, Observation{Status: 200}, 2},
		"always":                   {busy(400, "ThrottlingException"), 9, Observation{Status: 400, Code: "ThrottlingException"}, 3},
		"denied is no throttle":    {busy(403, "AccessDenied"), 1, Observation{Status: 403, Code: "AccessDenied"}, 1},
		"a failure is no throttle": {busy(500, "InternalError"), 1, Observation{Status: 500, Code: "InternalError"}, 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			certificate := issue(t, &w.ca, "s3.example")
			w.name("s3.example. 60 IN A 10.0.0.5")
			var calls atomic.Int64
			w.stand("10.0.0.5:443", web(t, &certificate, verifying("s3", func(rw http.ResponseWriter, _ *http.Request) {
				if calls.Add(1) <= int64(test.times) {
					test.answer(rw)
				}
			})))
			network := w.network()
			network.Credentials, network.Clock = provider(credentials), hurried{}
			got := one(t, network, Probe{Kind: Allowed, Host: "s3.example", Port: 443, Call: &Call{Service: "s3", Action: "s3:ListBucket"}})
			if got.Outcome != OK || got.Status != test.want.Status || got.Code != test.want.Code || calls.Load() != test.calls {
				t.Errorf("got %+v by %d calls, want %+v by %d", got, calls.Load(), test.want, test.calls)
			}
		})
	}
}

// TestCallNeedsCertificate: credentials, even signed ones, go to nobody who
// cannot show a certificate for the name.
func TestCallNeedsCertificate(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	certificate := issue(t, &w.ca, "other.example")
	reached := false
	w.name("a.example. 60 IN A 10.0.0.5")
	w.stand("10.0.0.5:443", web(t, &certificate, func(http.ResponseWriter, *http.Request) { reached = true }))
	network := w.network()
	network.Credentials = provider(credentials)
	got := one(t, network, Probe{Kind: Allowed, Host: "a.example", Port: 443, Call: &Call{Service: "s3", Action: "s3:ListBucket"}})
	if got.Outcome != BadTLS || reached {
		t.Errorf("got %+v, request sent: %t", got, reached)
	}
}

func TestAWSError(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		header        string
		body          string
		code, message string
	}{
		"S3":                                   {body: `<?xml version="1.0" encoding="UTF-8"?><Error><Code>AccessDenied</Code><Message>Access &lt;Denied&gt;</Message><RequestId>1</RequestId></Error>`, code: "AccessDenied", message: "Access <Denied>"},
		"Query":                                {body: `<ErrorResponse xmlns="http://x/"><Error><Type>Sender</Type><Code>AccessDenied</Code><Message>no</Message></Error><RequestId>1</RequestId></ErrorResponse>`, code: "AccessDenied", message: "no"},
		"EC2":                                  {body: `<Response><Errors><Error><Code>UnauthorizedOperation</Code><Message>no</Message></Error></Errors></Response>`, code: "UnauthorizedOperation", message: "no"},
		"only the first error counts":          {body: `<E><Error><Code>A</Code></Error><Error><Code>B</Code></Error></E>`, code: "A"},
		"a code that is nobody's error":        {body: `<Result><Code>AccessDenied</Code></Result>`},
		"a page of a proxy":                    {body: `<html><head><title>403</title></head><body>Error <br> Code</body></html>`},
		"XML cut off":                          {body: `<Error><Code>AccessDenied</Code><Mess`, code: "AccessDenied"},
		"XML out of order":                     {body: `</Error></x><Error>`},
		"JSON with __type":                     {body: `{"__type":"AccessDeniedException","message":"no"}`, code: "AccessDeniedException", message: "no"},
		"JSON with a namespace and other case": {body: `{"__type":"com.amazon.coral.service#AccessDeniedException","Message":"no"}`, code: "AccessDeniedException", message: "no"},
		"JSON with a code":                     {body: ` {"code":"AccessDenied"} `, code: "AccessDenied"},
		"a header":                             {header: "AccessDeniedException:http://internal.amazon.com/coral/", body: `{"message":"no"}`, code: "AccessDeniedException", message: "no"},
		"a header alone":                       {header: "AccessDenied", body: "", code: "AccessDenied"},
		"JSON of other types":                  {body: `{"code":"AccessDenied","message":3}`},
		"JSON broken off":                      {body: `{"code":"AccessDenied","message":"x`},
		"a header does not overrule the body":  {header: "Other", body: `{"__type":"AccessDeniedException"}`, code: "AccessDeniedException"},
		"neither":                              {body: `Forbidden`},
		"nothing":                              {},
		"JSON of another shape":                {body: `[1]`},
		"JSON whose code is a number":          {body: `{"code":403}`},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			header := http.Header{}
			if test.header != "" {
				header.Set("x-amzn-errortype", test.header)
			}
			code, message := awsError(header, test.body)
			if code != test.code || message != test.message {
				t.Errorf("got %q, %q, want %q, %q", code, message, test.code, test.message)
			}
		})
	}
}
