package cloud

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"provenendpoints/internal/lab/roles"
)

// TestCertificates shows that each service has a certificate for its own names
// and no others.
func TestCertificates(t *testing.T) {
	t.Parallel()
	b := newFixture(t, Faults{})
	endpoint := b.endpoint.DNSNames[0].Name
	for _, test := range []struct {
		dial, name string
		valid      bool
	}{
		{"s3.ap-northeast-2.amazonaws.com", "s3.ap-northeast-2.amazonaws.com", true},
		{"s3.ap-northeast-2.amazonaws.com", "bucket.s3.ap-northeast-2.amazonaws.com", true},
		{"s3.ap-northeast-2.amazonaws.com", "cloudformation.ap-northeast-2.amazonaws.com", false},
		{"cloudformation.ap-northeast-2.amazonaws.com", "cloudformation.ap-northeast-2.amazonaws.com", true},
		{"cloudformation.ap-northeast-2.amazonaws.com", endpoint, true},
		{"cloudformation.ap-northeast-2.amazonaws.com", "vpce-1.s3.ap-northeast-2.vpce.amazonaws.com", false},
		{"www.example.com", "www.example.com", true},
		{"www.example.com", "www.example.org", false},
	} {
		addrs, err := (&net.Resolver{PreferGo: true, Dial: func(ctx context.Context, network, _ string) (net.Conn, error) {
			return b.outside.Dial(ctx, network, b.outside.Nameservers()[0].String())
		}}).LookupHost(t.Context(), test.dial+".")
		b.must(err)
		conn, err := b.outside.Dial(t.Context(), "tcp", net.JoinHostPort(addrs[0], "443"))
		b.must(err)
		err = tls.Client(conn, &tls.Config{RootCAs: b.Roots(), ServerName: test.name}).Handshake()
		conn.Close()
		var mismatch x509.HostnameError
		if test.valid != (err == nil) || !test.valid && !errors.As(err, &mismatch) {
			t.Errorf("%s at %s: %v", test.name, test.dial, err)
		}
	}
}

// TestInterfaceEndpoint calls CloudFormation by the endpoint's own name.
func TestInterfaceEndpoint(t *testing.T) {
	t.Parallel()
	b := newFixture(t, Faults{})
	b.handleStacks(demo())
	role := b.role("prober", `{"Effect":"Allow","Action":"cloudformation:GetStackPolicy","Resource":"*","Condition":{"StringEquals":{"aws:SourceVpce":"vpce-cfn"}}}`)
	const form = "Action=GetStackPolicy&Version=2010-05-15&StackName=Demo"
	sign := b.signed(role, "cloudformation", "ap-northeast-2", form)
	if status, body := b.do(b.inside, "POST", "https://"+b.endpoint.DNSNames[0].Name+"/", form, sign); status != 200 {
		t.Errorf("by the endpoint's name: %d %s", status, body)
	}
	if status, body := b.do(b.outside, "POST", "https://cloudformation.ap-northeast-2.amazonaws.com/", form, sign); status != 403 || !strings.Contains(body, "<Code>AccessDenied</Code>") {
		t.Errorf("from outside: %d %s", status, body)
	}
	if c := b.Calls()[0]; c.Endpoint != "vpce-cfn" || c.Resource != "arn:aws:cloudformation:ap-northeast-2:123456789012:stack/Demo/*" {
		t.Errorf("recorded: %+v", c)
	}
}

func TestPresignedURLs(t *testing.T) {
	t.Parallel()
	b := newFixture(t, Faults{})
	response, bodies, cancel, err := b.buckets.PresignResponse(stackID, "Proof", "request-1")
	b.must(err)
	defer cancel()
	if !strings.HasPrefix(response, "https://cloudformation-custom-resource-response-apnortheast2.s3.ap-northeast-2.amazonaws.com/arn%3Aaws%3Acloudformation%3A") {
		t.Errorf("url %s", response)
	}
	wait, signals, cancelWait, err := b.buckets.PresignWait(stackID, "Handle")
	b.must(err)
	defer cancelWait()
	if !strings.HasPrefix(wait, "https://cloudformation-waitcondition-ap-northeast-2.s3.ap-northeast-2.amazonaws.com/arn%3A") {
		t.Errorf("url %s", wait)
	}
	if status, body := b.do(b.outside, "PUT", response, `{"Status":"SUCCESS"}`, nil); status != 200 || string(<-bodies) != `{"Status":"SUCCESS"}` {
		t.Errorf("response: %d %s", status, body)
	}
	// A wait condition takes several signals, none of which is lost.
	for range 3 {
		if status, body := b.do(b.inside, "PUT", wait, `{}`, nil); status != 200 {
			t.Errorf("signal: %d %s", status, body)
		}
	}
	for range 3 {
		<-signals
	}
	for name, test := range map[string]struct {
		method, url, want string
		change            func(*http.Request)
	}{
		"other method": {"GET", wait, "SignatureDoesNotMatch", nil},
		"other key":    {"PUT", strings.Replace(wait, "Handle", "Other", 1), "InvalidAccessKeyId", nil},
		"longer valid": {"PUT", strings.Replace(wait, "X-Amz-Expires=46800", "X-Amz-Expires=99999", 1), "SignatureDoesNotMatch", nil},
		"other signer": {"PUT", strings.Replace(wait, "AKIA", "AKIB", 1), "InvalidAccessKeyId", nil},
		"extra query":  {"PUT", wait + "&acl=", "SignatureDoesNotMatch", nil},
		"content type": {"PUT", wait, "SignatureDoesNotMatch", func(r *http.Request) { r.Header.Set("Content-Type", "application/json") }},
		"no signature": {"PUT", wait[:strings.Index(wait, "?")], "AccessDenied", nil},
	} {
		if status, body := b.do(b.outside, test.method, test.url, "{}", test.change); status != 403 || test.method != "GET" && !strings.Contains(body, test.want) {
			t.Errorf("%s: %d %s", name, status, body)
		}
	}
	// The endpoint's policy holds for presigned URLs too, whoever signed them.
	b.setEndpointPolicy(`{"Effect":"Allow","Principal":"*","Action":"s3:ListBucket","Resource":"*"}`)
	if status, _ := b.do(b.inside, "PUT", wait, "{}", nil); status != 403 {
		t.Errorf("through an endpoint whose policy does not allow it: %d", status)
	}
	b.setEndpointPolicy(`{"Effect":"Allow","Principal":"*","Action":"s3:PutObject","Resource":"arn:aws:s3:::cloudformation-waitcondition-ap-northeast-2/*"}`)
	if status, _ := b.do(b.inside, "PUT", wait, "{}", nil); status != 200 {
		t.Errorf("through an endpoint whose policy allows it: %d", status)
	}
	cancelWait()
	if status, _ := b.do(b.outside, "PUT", wait, "{}", nil); status != 403 {
		t.Errorf("after cancel: %d", status)
	}
	_ = b.clock.Sleep(t.Context(), 2*time.Hour+time.Second)
	if status, body := b.do(b.outside, "PUT", response, "{}", nil); status != 403 || !strings.Contains(body, "Request has expired") {
		t.Errorf("after two hours: %d %s", status, body)
	}
}

// TestFaults throttles, fails, delays and cuts.
func TestFaults(t *testing.T) {
	t.Parallel()
	var mu sync.Mutex
	var next Fault
	b := newFixture(t, Faults{Call: func(c Call) Fault {
		mu.Lock()
		defer mu.Unlock()
		if c.Service != "s3" || c.Action != "s3:ListBucket" {
			t.Errorf("asked about %+v", c)
		}
		return next
	}})
	b.must(b.buckets.CreateBucket("bucket"))
	sign := b.signed(b.role("r", allowAll), "s3", "ap-northeast-2", "")
	for _, test := range []struct {
		fault  Fault
		status int
		want   string
	}{
		{Fault{}, 200, "<ListBucketResult"},
		{Fault{Status: 503, Code: "SlowDown", Message: "Please reduce your request rate."}, 503, "<Code>SlowDown"},
		{Fault{Code: "Throttling"}, 400, "<Code>Throttling"},
	} {
		mu.Lock()
		next = test.fault
		mu.Unlock()
		if status, body := b.do(b.outside, "GET", listURL, "", sign); status != test.status || !strings.Contains(body, test.want) {
			t.Errorf("%+v: %d %s", test.fault, status, body)
		}
	}
	mu.Lock()
	next = Fault{Delay: 30 * time.Second}
	mu.Unlock()
	start := b.clock.Now()
	client := b.client(b.outside)
	client.Timeout = 0
	request, err := http.NewRequest(http.MethodGet, listURL, nil)
	b.must(err)
	sign(request)
	response, err := client.Do(request)
	b.must(err)
	response.Body.Close()
	if took := b.clock.Now().Sub(start); took < 30*time.Second {
		t.Errorf("the delay of 30 s took %v", took)
	}
	mu.Lock()
	next = Fault{Cut: true}
	mu.Unlock()
	if response, err := client.Do(request); err == nil {
		response.Body.Close()
		t.Errorf("cut: got %s", response.Status)
	}
	if calls := b.Calls(); len(calls) != 5 || calls[1].Code != "SlowDown" || calls[1].Reason != "fault" || calls[4].Allowed {
		t.Errorf("recorded: %+v", calls)
	}
}

// TestPoliciesTakeEffectLate delays every policy.
func TestPoliciesTakeEffectLate(t *testing.T) {
	t.Parallel()
	const late = 90 * time.Second
	b := newFixture(t, Faults{PolicyDelay: late})
	b.must(b.buckets.CreateBucket("bucket"))
	role := b.role("r", allowAll)
	try := func(when string, want int) {
		t.Helper()
		if status, body := b.do(b.inside, "GET", listURL, "", b.signed(role, "s3", "ap-northeast-2", "")); status != want {
			t.Errorf("%s: %d %s, want %d", when, status, body, want)
		}
	}
	wait := func() { _ = b.clock.Sleep(t.Context(), late) }
	try("policies just put", 403)
	wait()
	try("policies in effect", 200)
	b.setEndpointPolicy(`{"Effect":"Deny","Principal":"*","Action":"*","Resource":"*"}`)
	try("endpoint's new policy just put", 200)
	wait()
	try("endpoint's new policy in effect", 403)
	b.setEndpointPolicy(`{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"}`)
	try("endpoint's last policy just put", 403)
	wait()
	try("endpoint's last policy in effect", 200)
	b.must(b.Roles.DeleteRolePolicy("r", "p"))
	try("role's policy just deleted", 200)
	wait()
	try("role's policy gone", 403)
}

func TestIdentities(t *testing.T) {
	t.Parallel()
	b := newFixture(t, Faults{})
	role := b.role("r", "")
	const basic = "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"
	b.must(b.Roles.AttachRolePolicy("r", basic))
	arn, err := b.Roles.CreatePolicy("", "own", *b.policy(allowAll))
	b.must(err)
	if d := b.Authorize(role, "logs:PutLogEvents", "*", nil); !d.Allowed {
		t.Errorf("managed policy: %+v", d)
	}
	if d := b.Authorize(role, "ec2:CreateNetworkInterface", "*", nil); d.Allowed {
		t.Error("managed policy allows too much")
	}
	b.must(b.Roles.AttachRolePolicy("r", arn))
	if d := b.Authorize(role, "ec2:CreateNetworkInterface", "*", nil); !d.Allowed {
		t.Errorf("own managed policy: %+v", d)
	}
	// The session's own keys are in its calls only.
	b.must(b.Roles.PutRolePolicy("r", "deny", *b.policy(`{"Effect":"Deny","Action":"ec2:*","Resource":"*","Condition":{"ArnLike":{"lambda:SourceFunctionArn":"arn:aws:lambda:*:*:function:*"}}}`)))
	if d := b.Authorize(role, "ec2:DescribeVpcs", "*", nil); !d.Allowed {
		t.Errorf("by the service: %+v", d)
	}
	if d := b.Authorize(role, "ec2:DescribeVpcs", "*", map[string]string{"lambda:SourceFunctionArn": "arn:aws:lambda:r:1:function:f"}); d.Allowed {
		t.Error("by the code: allowed")
	}
	if calls := b.Calls(); len(calls) != 5 || calls[0].Action != "logs:PutLogEvents" || calls[4].Allowed {
		t.Errorf("recorded: %+v", calls)
	}
	b.must(b.Roles.MayAssume("lambda.amazonaws.com", role))
	if _, err := b.Roles.Credentials(role, roles.SessionOptions{Service: "ec2.amazonaws.com"}).Retrieve(t.Context()); err == nil || !strings.Contains(err.Error(), "ec2.amazonaws.com is not authorized to perform: sts:AssumeRole") {
		t.Errorf("untrusted: %v", err)
	}
	for name, err := range map[string]error{
		"EntityAlreadyExists":     second(b.Roles.CreateRole(roles.Role{Name: "r", Trust: *b.policy(`{"Effect":"Allow","Principal":"*","Action":"sts:AssumeRole"}`)})),
		"MalformedPolicyDocument": second(b.Roles.CreateRole(roles.Role{Name: "s", Trust: *b.policy(allowAll)})),
		"ValidationError":         second(b.Roles.CreateRole(roles.Role{Name: "a b"})),
		"NoSuchEntity":            b.Roles.AttachRolePolicy("r", "arn:aws:iam::123456789012:policy/NoSuch"),
		"DeleteConflict":          b.Roles.DeleteRole("r"),
	} {
		if err == nil || !strings.HasPrefix(err.Error(), name) {
			t.Errorf("got %v, want %s", err, name)
		}
	}
	if err := b.Roles.DeletePolicy(arn); err == nil || !strings.HasPrefix(err.Error(), "DeleteConflict") {
		t.Errorf("delete of an attached policy: %v", err)
	}
	b.must(b.Roles.DeleteRolePolicy("r", "deny"))
	b.must(b.Roles.DetachRolePolicy("r", basic))
	b.must(b.Roles.DetachRolePolicy("r", arn))
	b.must(b.Roles.DeletePolicy(arn))
	b.must(b.Roles.DeleteRole("r"))
	if left := b.Roles.Names(); len(left) != 0 {
		t.Errorf("left: %v", left)
	}
}

func second(_ roles.Role, err error) error { return err }
