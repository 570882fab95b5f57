package cloud

import (
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"strings"
	"testing"
	"time"

	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"

	"provenendpoints/internal/lab/iam"
	"provenendpoints/internal/lab/roles"
	"provenendpoints/internal/lab/vpc"
)

// signed makes a change that signs a request with a role for a service, as the
// prober does.
func (b *fixture) signed(role, service, region, body string) func(*http.Request) {
	return func(r *http.Request) {
		credentials, err := b.Roles.Credentials(role, roles.SessionOptions{Name: "test"}).Retrieve(b.t.Context())
		b.must(err)
		sum := sha256.Sum256([]byte(body))
		hash := hex.EncodeToString(sum[:])
		r.Header.Set("X-Amz-Content-Sha256", hash)
		if body != "" {
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		}
		signer := v4.NewSigner(func(o *v4.SignerOptions) { o.DisableURIPathEscaping = service == "s3" })
		b.must(signer.SignHTTP(b.t.Context(), credentials, r, hash, service, region, time.Now()))
	}
}

const listURL = "https://bucket.s3.ap-northeast-2.amazonaws.com/?list-type=2&max-keys=1"

// conditional is the grant of a verification: only through one endpoint.
const conditional = `{"Effect":"Allow","Action":"s3:ListBucket","Resource":"` + bucketARN + `","Condition":{"StringEquals":{"aws:SourceVpce":"vpce-s3"}}}`

// TestPathDecides makes the same signed call with the same credentials from
// inside, through the endpoint, and from outside.
func TestPathDecides(t *testing.T) {
	t.Parallel()
	b := newFixture(t, Faults{})
	b.must(b.buckets.CreateBucket("bucket"))
	role := b.role("prober", conditional)
	sign := b.signed(role, "s3", "ap-northeast-2", "")
	if status, body := b.do(b.inside, "GET", listURL, "", sign); status != 200 || !strings.Contains(body, "<Name>bucket</Name>") {
		t.Errorf("inside: %d %s", status, body)
	}
	status, body := b.do(b.outside, "GET", listURL, "", sign)
	if status != 403 || !strings.Contains(body, "<Code>AccessDenied</Code>") || !strings.Contains(body, "because no identity-based policy allows the s3:ListBucket action") {
		t.Errorf("outside: %d %s", status, body)
	}
	// What a client says about its path counts for nothing.
	status, _ = b.do(b.outside, "GET", listURL, "", func(r *http.Request) {
		r.Header.Set("X-Forwarded-For", "10.0.1.109")
		r.Header.Set("X-Amz-Source-Vpce", "vpce-s3")
		sign(r)
	})
	if status != 403 {
		t.Errorf("outside with headers: %d", status)
	}
	calls := b.Calls()
	if len(calls) != 3 || !calls[0].Allowed || calls[0].Endpoint != "vpce-s3" || calls[0].VPC != "vpc-1" || calls[0].Source.String() != "10.0.1.109" || calls[0].Role != role {
		t.Errorf("recorded: %+v", calls)
	}
	if c := calls[1]; c.Allowed || c.Endpoint != "" || c.Source.String() != "3.35.0.9" || c.Action != "s3:ListBucket" || c.Resource != bucketARN || c.Code != "AccessDenied" {
		t.Errorf("recorded: %+v", c)
	}
}

// TestSignatures shows who is not believed.
func TestSignatures(t *testing.T) {
	t.Parallel()
	b := newFixture(t, Faults{})
	b.must(b.buckets.CreateBucket("bucket"))
	role := b.role("prober", allowAll)
	sign := b.signed(role, "s3", "ap-northeast-2", "")
	after := func(change func(*http.Request)) func(*http.Request) {
		return func(r *http.Request) { sign(r); change(r) }
	}
	const form = "Action=GetStackPolicy&Version=2010-05-15&StackName=Demo"
	for _, test := range []struct {
		name, method, url, body string
		change                  func(*http.Request)
		want                    string
	}{
		{"signed", "GET", listURL, "", sign, "<ListBucketResult"},
		{"path style", "GET", "https://s3.ap-northeast-2.amazonaws.com/bucket?list-type=2", "", sign, "<ListBucketResult"},
		{"odd characters", "GET", listURL + "&prefix=a%2Fb%20c%2B%3D", "", sign, "<Prefix>a/b c+="},
		{"plain HTTP", "GET", strings.Replace(listURL, "https", "http", 1), "", sign, "<ListBucketResult"},
		{"not signed", "GET", listURL, "", nil, "<Code>AccessDenied"},
		{"query changed", "GET", listURL, "", after(func(r *http.Request) { r.URL.RawQuery = "list-type=2&max-keys=2" }), "<Code>SignatureDoesNotMatch"},
		{"signed header changed", "GET", listURL, "", after(func(r *http.Request) { r.Header.Set("X-Amz-Date", "20200101T000000Z") }), "<Code>IncompleteSignature"},
		{"token missing", "GET", listURL, "", after(func(r *http.Request) { r.Header.Del("X-Amz-Security-Token") }), "<Code>InvalidAccessKeyId"},
		{"other host", "GET", strings.Replace(listURL, "bucket.", "other.", 1), "", after(func(r *http.Request) { r.Host = "bucket.s3.ap-northeast-2.amazonaws.com"; r.URL.Path = "/x" }), "<Code>SignatureDoesNotMatch"},
		{"other region", "GET", listURL, "", b.signed(role, "s3", "us-east-1", ""), "<Code>SignatureDoesNotMatch"},
		{"other service", "GET", listURL, "", b.signed(role, "ec2", "ap-northeast-2", ""), "<Code>SignatureDoesNotMatch"},
		{"body changed", "PUT", "https://bucket.s3.ap-northeast-2.amazonaws.com/k", "b", b.signed(role, "s3", "ap-northeast-2", "a"), "<Code>XAmzContentSHA256Mismatch"},
		{"no such bucket", "GET", strings.Replace(listURL, "bucket.", "other.", 1), "", sign, "<Code>NoSuchBucket"},
		{"another S3 call", "GET", "https://bucket.s3.ap-northeast-2.amazonaws.com/?acl", "", sign, "<Code>NotImplemented"},
		{"form", "POST", "https://cloudformation.ap-northeast-2.amazonaws.com/", form, b.signed(role, "cloudformation", "ap-northeast-2", form), "<GetStackPolicyResult>"},
		{"form not signed", "POST", "https://cloudformation.ap-northeast-2.amazonaws.com/", form, func(r *http.Request) { r.Header.Set("Content-Type", "application/x-www-form-urlencoded") }, "<Code>MissingAuthenticationToken"},
		{"ec2 not signed", "GET", "https://ec2.ap-northeast-2.amazonaws.com/?Action=DescribeVpcs&Version=2016-11-15", "", nil, "<Code>AuthFailure"},
		{"a service without calls", "POST", "https://dynamodb.ap-northeast-2.amazonaws.com/", "", b.signed(role, "dynamodb", "ap-northeast-2", ""), "NotImplemented"},
		{"a service without calls, not signed", "POST", "https://dynamodb.ap-northeast-2.amazonaws.com/", "", nil, "MissingAuthenticationTokenException"},
	} {
		t.Run(test.name, func(t *testing.T) {
			b := *b
			b.t = t
			b.handleStacks(demo())
			if _, body := b.do(b.outside, test.method, test.url, test.body, test.change); !strings.Contains(body, test.want) {
				t.Errorf("got %s, want %s", body, test.want)
			}
		})
	}
	b.must(b.Roles.DeleteRolePolicy("prober", "p"))
	b.must(b.Roles.DeleteRole("prober"))
	if _, err := b.Roles.Credentials(role, roles.SessionOptions{}).Retrieve(t.Context()); err == nil {
		t.Error("a deleted role still has credentials")
	}
}

// TestPolicies combines the policies of role, endpoint and bucket.
func TestPolicies(t *testing.T) {
	t.Parallel()
	b := newFixture(t, Faults{})
	b.must(b.buckets.CreateBucket("bucket"))
	granted, bare := b.role("granted", allowAll), b.role("bare", "")
	policy := func(statement string) *iam.Policy { return b.policy(statement) }
	through := func(statement string) string { return `{"Version":"2012-10-17","Statement":[` + statement + `]}` }
	const (
		toRole   = `{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::123456789012:role/bare"},"Action":"s3:ListBucket","Resource":"` + bucketARN + `"}`
		noVPC    = `{"Effect":"Deny","Principal":"*","Action":"s3:*","Resource":"*","Condition":{"StringNotEquals":{"aws:SourceVpc":"vpc-1"}}}`
		plain    = `{"Effect":"Deny","Principal":"*","Action":"s3:*","Resource":"*","Condition":{"Bool":{"aws:SecureTransport":"false"}}}`
		onlyGet  = `{"Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"*"}`
		fromHost = `{"Effect":"Allow","Principal":"*","Action":"s3:*","Resource":"*","Condition":{"IpAddress":{"aws:VpcSourceIp":"10.0.1.109"}}}`
		noVPCE   = `{"Effect":"Deny","Principal":"*","Action":"s3:*","Resource":"*","Condition":{"Null":{"aws:SourceVpce":"false"}}}`
		publicly = `{"Effect":"Deny","Principal":"*","Action":"s3:*","Resource":"*","Condition":{"NotIpAddress":{"aws:SourceIp":"3.35.0.0/16"}}}`
		prefix   = `{"Effect":"Allow","Principal":"*","Action":"s3:*","Resource":"*","Condition":{"NumericLessThanEquals":{"s3:max-keys":1}}}`
	)
	for _, test := range []struct {
		name      string
		from      *vpc.Host
		role, url string
		endpoint  string
		bucket    *iam.Policy
		want      string
	}{
		{"role", b.inside, granted, listURL, "", nil, ""},
		{"neither", b.inside, bare, listURL, "", nil, "no identity-based policy allows"},
		{"bucket policy", b.inside, bare, listURL, "", policy(toRole), ""},
		{"bucket denies outside", b.outside, granted, listURL, "", policy(noVPC), "with an explicit deny in a resource-based policy"},
		{"bucket denies outside, from inside", b.inside, granted, listURL, "", policy(noVPC), ""},
		{"no endpoint on the path", b.outside, granted, listURL, "", policy(noVPCE), ""},
		{"an endpoint on the path", b.inside, granted, listURL, "", policy(noVPCE), "explicit deny"},
		{"public address", b.outside, granted, listURL, "", policy(publicly), ""},
		{"no public address", b.inside, granted, listURL, "", policy(publicly), "explicit deny"},
		{"bucket wants TLS", b.inside, granted, strings.Replace(listURL, "https", "http", 1), "", policy(plain), "explicit deny"},
		{"endpoint lets less through", b.inside, granted, listURL, through(onlyGet), nil, "because no VPC endpoint policy allows the s3:ListBucket action"},
		{"endpoint policy is only on the endpoint's path", b.outside, granted, listURL, through(onlyGet), nil, ""},
		{"endpoint by address", b.inside, granted, listURL, through(fromHost), nil, ""},
		{"endpoint by parameter", b.inside, granted, listURL, through(prefix), nil, ""},
		{"endpoint by parameter, other value", b.inside, granted, strings.Replace(listURL, "max-keys=1", "max-keys=2", 1), through(prefix), nil, "VPC endpoint policy"},
	} {
		t.Run(test.name, func(t *testing.T) {
			b := *b
			b.t = t
			b.must(b.privateLink.ModifyGatewayEndpoint("vpce-s3", test.endpoint, []string{"rtb-private"}))
			b.must(b.buckets.PutBucketPolicy("bucket", test.bucket))
			status, body := b.do(test.from, "GET", test.url, "", b.signed(test.role, "s3", "ap-northeast-2", ""))
			if (test.want == "") != (status == 200) || !strings.Contains(body, test.want) {
				t.Errorf("got %d %s, want %q", status, body, test.want)
			}
		})
	}
}

// TestObjects puts, lists, gets and deletes.
func TestObjects(t *testing.T) {
	t.Parallel()
	b := newFixture(t, Faults{})
	b.must(b.buckets.CreateBucket("bucket"))
	role := b.role("r", allowAll)
	const base = "https://bucket.s3.ap-northeast-2.amazonaws.com/"
	for _, key := range []string{"a/1", "a/2", "b"} {
		if status, body := b.do(b.inside, "PUT", base+key, "data", b.signed(role, "s3", "ap-northeast-2", "data")); status != 200 {
			t.Fatalf("put %s: %d %s", key, status, body)
		}
	}
	sign := b.signed(role, "s3", "ap-northeast-2", "")
	for _, test := range []struct {
		method, path string
		status       int
		want         []string
	}{
		{"GET", "a/1", 200, []string{"data"}},
		{"HEAD", "", 200, nil},
		{"GET", "none", 404, []string{"<Code>NoSuchKey"}},
		{"GET", "?list-type=2", 200, []string{"<Key>a/1</Key>", "<Key>b</Key>", "<KeyCount>3</KeyCount>", "<IsTruncated>false"}},
		{"GET", "?list-type=2&delimiter=%2F", 200, []string{"<CommonPrefixes><Prefix>a/</Prefix>", "<Key>b</Key>", "<KeyCount>2</KeyCount>"}},
		{"GET", "?list-type=2&max-keys=1", 200, []string{"<IsTruncated>true", "<NextContinuationToken>a/1<"}},
		{"GET", "?list-type=2&max-keys=1&continuation-token=a%2F1", 200, []string{"<Key>a/2</Key>"}},
		{"GET", "?list-type=2&max-keys=x", 400, []string{"<Code>InvalidArgument"}},
		{"POST", "b", 405, []string{"<Code>MethodNotAllowed"}},
		{"DELETE", "b", 204, nil},
	} {
		status, body := b.do(b.inside, test.method, base+test.path, "", sign)
		for _, want := range test.want {
			if !strings.Contains(body, want) {
				t.Errorf("%s %s: %s lacks %s", test.method, test.path, body, want)
			}
		}
		if status != test.status {
			t.Errorf("%s %s: status %d, want %d", test.method, test.path, status, test.status)
		}
	}
	if status, body := b.do(b.inside, "GET", "https://s3.ap-northeast-2.amazonaws.com/", "", sign); status != 200 || !strings.Contains(body, "<Bucket><Name>bucket</Name>") {
		t.Errorf("list of buckets: %d %s", status, body)
	}
	if status, _ := b.do(b.inside, "GET", "https://s3.ap-northeast-2.amazonaws.com/", "", nil); status != 307 {
		t.Errorf("anonymous: %d, want a redirect", status)
	}
}

func TestBuckets(t *testing.T) {
	t.Parallel()
	b := newFixture(t, Faults{})
	b.must(b.buckets.CreateBucket("bucket"))
	role := b.role("r", allowAll)
	b.do(b.inside, "PUT", "https://bucket.s3.ap-northeast-2.amazonaws.com/k", "", b.signed(role, "s3", "ap-northeast-2", ""))
	for want, err := range map[string]error{
		"BucketAlreadyOwnedByYou": b.buckets.CreateBucket("bucket"),
		"BucketAlreadyExists":     b.buckets.CreateBucket("cloudformation-waitcondition-ap-northeast-2"),
		"InvalidBucketName":       b.buckets.CreateBucket("Bucket"),
		"NoSuchBucket":            b.buckets.DeleteBucket("none"),
		"BucketNotEmpty":          b.buckets.DeleteBucket("bucket"),
		"MalformedPolicy":         b.buckets.PutBucketPolicy("bucket", b.policy(allowAll)),
	} {
		if err == nil || !strings.HasPrefix(err.Error(), want+":") {
			t.Errorf("got %v, want %s", err, want)
		}
	}
	if got := b.buckets.Buckets(); len(got) != 1 || got[0] != "bucket" {
		t.Errorf("buckets: %v", got)
	}
}
