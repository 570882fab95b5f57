package proof

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"net/netip"
	"regexp"
	"slices"
	"strings"
	"time"

	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
)

// maxAnswerBody is how much of an AWS answer is read: enough for any error.
const maxAnswerBody = 64 << 10

// How often a call is made that is throttled, with a pause that doubles. Without, a service that
// throttles some calls would keep a claim from holding several rounds running.
const (
	callTries = 3
	callPause = 500 * time.Millisecond
)

// measureCall makes the probe's AWS call, again where it was throttled: its answer says nothing
// about permission then.
func (n Network) measureCall(ctx context.Context, probe Probe, targets []netip.AddrPort) Observation {
	for try, pause := 1, callPause; ; try, pause = try+1, 2*pause {
		seen := n.measureOneCall(ctx, probe, targets)
		if !seen.throttled() || try == callTries || n.Clock.Sleep(ctx, pause) != nil {
			return seen
		}
	}
}

// measureOneCall signs the probe's AWS call with the network's own credentials, sends
// it over HTTPS to the probe's host, and notes status and error code. The host may
// be an endpoint's own name: AWS accepts it as the signed Host header.
func (n Network) measureOneCall(ctx context.Context, probe Probe, targets []netip.AddrPort) Observation {
	var seen Observation
	request, failed := n.sign(ctx, probe)
	if failed != nil {
		seen.failed(failed)
		return seen
	}
	conn := n.open(ctx, probe.Host, "https", targets, &seen)
	if conn == nil {
		return seen
	}
	defer conn.Close()
	body, header := exchangeHTTP(ctx, conn, request, maxAnswerBody, &seen)
	seen.Body = shorten(body, maxBody)
	if seen.Status >= 300 {
		code, message := awsError(header, body)
		seen.Code, seen.Detail = printable(shorten(code, 80)), printable(shorten(message, maxDetail))
	}
	return seen
}

// ownHeaders are set by signing, or would break the request.
var ownHeaders = []string{
	"Authorization", "Connection", "Content-Length", "Host", "Transfer-Encoding", "User-Agent",
	"X-Amz-Content-Sha256", "X-Amz-Date", "X-Amz-Security-Token",
}

var headerName = regexp.MustCompile(`^[A-Za-z0-9-]+$`)

// splitHeader splits "Name: value" and refuses what a call may not set.
func splitHeader(header string) (name, value string, err error) {
	name, value, _ = strings.Cut(header, ":")
	name, value = http.CanonicalHeaderKey(name), strings.TrimSpace(value)
	switch {
	case !headerName.MatchString(name) || value == "" || value != printable(value):
		return "", "", fmt.Errorf("want headers such as \"X-Amz-Target: Name\", got %q", shorten(header, 80))
	case slices.Contains(ownHeaders, name):
		return "", "", fmt.Errorf("want headers that signing does not set itself, got %q", shorten(header, 80))
	}
	return name, value, nil
}

// sign makes the signed request (Signature Version 4,
// docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv.html). S3 wants the
// hash of the body in a header and the path encoded once, all others twice; other
// services ignore the header.
func (n Network) sign(ctx context.Context, probe Probe) (*http.Request, *failure) {
	call := probe.Call
	request, failed := newRequest(ctx, probe, "https", call.Method, call.Path, call.Body)
	if failed != nil {
		return nil, failed
	}
	if n.Credentials == nil {
		return nil, fail(Broken, "there are no credentials to sign the call with")
	}
	credentials, err := n.Credentials.Retrieve(ctx)
	if err != nil {
		return nil, fail(Broken, "there are no credentials to sign the call with: %v", err)
	}
	if n.Region == "" {
		return nil, fail(Broken, "there is no Region to sign the call for")
	}
	if call.Method == http.MethodPost {
		request.Header.Set("Content-Type", "application/x-www-form-urlencoded; charset=utf-8")
	}
	for _, header := range call.Headers {
		name, value, err := splitHeader(header)
		if err != nil {
			return nil, fail(Broken, "Call.Headers: %v", err)
		}
		request.Header.Set(name, value)
	}
	sum := sha256.Sum256([]byte(call.Body))
	hash := hex.EncodeToString(sum[:])
	request.Header.Set("X-Amz-Content-Sha256", hash)
	signer := v4.NewSigner(func(o *v4.SignerOptions) { o.DisableURIPathEscaping = call.Service == "s3" })
	if err := signer.SignHTTP(ctx, credentials, request, hash, call.Service, n.Region, n.Clock.Now()); err != nil {
		return nil, fail(Broken, "the call could not be signed: %v", err)
	}
	return request, nil
}
