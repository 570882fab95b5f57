package cloud

import (
	"bytes"
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
)

const (
	amzDate         = "20060102T150405Z"
	algorithm       = "AWS4-HMAC-SHA256"
	unsignedPayload = "UNSIGNED-PAYLOAD"
)

// signature is what a signed request says about its signature
// (docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-signing-elements.html).
type signature struct {
	key, region, service string
	date                 string // of the scope
	headers              []string
	value                string
}

// authenticate finds out who makes a request, by signing it again with the
// caller's secret. The signature's time is only checked for its form: callers
// sign by the wall's clock, and the lab's may run faster.
func (c *Cloud) authenticate(r *request) (caller, error) {
	if r.URL.Query().Has("X-Amz-Signature") {
		m, err := c.authenticatePresigned(r)
		return caller{presigned: m}, err
	}
	header := r.Header.Get("Authorization")
	if header == "" {
		return caller{}, nil
	}
	s, ok := parseAuthorization(header)
	if !ok {
		return caller{}, r.service.style.authFailure(badAuthorization)
	}
	c.identities.mu.Lock()
	session := c.identities.sessions[s.key]
	c.identities.mu.Unlock()
	if session == nil || subtle.ConstantTimeCompare([]byte(r.Header.Get("X-Amz-Security-Token")), []byte(session.credentials.SessionToken)) != 1 {
		return caller{}, r.service.style.authFailure(unknownKey)
	}
	at, err := time.Parse(amzDate, r.Header.Get("X-Amz-Date"))
	if err != nil || !strings.HasPrefix(r.Header.Get("X-Amz-Date"), s.date) {
		return caller{}, r.service.style.authFailure(badAuthorization)
	}
	if s.region != c.scope.Region || s.service != r.service.signing {
		return caller{}, r.service.style.authFailure(wrongScope)
	}
	sum := sha256.Sum256(r.body)
	hash := hex.EncodeToString(sum[:])
	if claimed := r.Header.Get("X-Amz-Content-Sha256"); claimed == unsignedPayload && r.service.style == s3Style {
		hash = claimed
	} else if claimed != "" && claimed != hash {
		return caller{}, r.service.style.authFailure(wrongBody)
	}
	again, err := http.NewRequest(r.Method, r.url().String(), nil)
	if err != nil {
		return caller{}, r.service.style.authFailure(badAuthorization)
	}
	again.Host = r.Host
	for _, name := range s.headers {
		if values := r.Header.Values(name); len(values) > 0 {
			again.Header[http.CanonicalHeaderKey(name)] = values
		}
	}
	if slices.Contains(s.headers, "content-length") {
		again.ContentLength = r.ContentLength
		again.Body = io.NopCloser(bytes.NewReader(r.body))
	}
	signer := v4.NewSigner(func(o *v4.SignerOptions) { o.DisableURIPathEscaping = r.service.style == s3Style })
	if err := signer.SignHTTP(context.Background(), session.credentials, again, hash, s.service, s.region, at); err != nil {
		return caller{}, r.service.style.authFailure(badAuthorization)
	}
	want, ok := parseAuthorization(again.Header.Get("Authorization"))
	if !ok || !slices.Equal(want.headers, s.headers) || subtle.ConstantTimeCompare([]byte(want.value), []byte(s.value)) != 1 {
		return caller{}, r.service.style.authFailure(wrongSignature)
	}
	return caller{session: session}, nil
}

// url is the URL as the client wrote it, with the host that it asked for.
func (r *request) url() *url.URL {
	u := *r.URL
	u.Scheme, u.Host = "https", r.Host
	return &u
}

// parseAuthorization reads the Authorization header.
func parseAuthorization(header string) (s signature, ok bool) {
	rest, ok := strings.CutPrefix(header, algorithm+" ")
	if !ok {
		return s, false
	}
	for _, part := range strings.Split(rest, ",") {
		name, value, _ := strings.Cut(strings.TrimSpace(part), "=")
		switch name {
		case "Credential":
			scope := strings.Split(value, "/")
			if len(scope) != 5 || scope[4] != "aws4_request" {
				return s, false
			}
			s.key, s.date, s.region, s.service = scope[0], scope[1], scope[2], scope[3]
		case "SignedHeaders":
			s.headers = strings.Split(value, ";")
		case "Signature":
			s.value = value
		}
	}
	return s, s.key != "" && s.value != "" && slices.Contains(s.headers, "host")
}

// presign makes a URL that lets whoever has it make one request until it expires.
func presign(credentials aws.Credentials, method, target, region string, at time.Time, valid string) (string, error) {
	request, err := http.NewRequest(method, target, nil)
	if err != nil {
		return "", err
	}
	query := request.URL.Query()
	query.Set("X-Amz-Expires", valid)
	request.URL.RawQuery = query.Encode()
	signer := v4.NewSigner(func(o *v4.SignerOptions) { o.DisableURIPathEscaping = true })
	signed, _, err := signer.PresignHTTP(context.Background(), credentials, request, unsignedPayload, "s3", region, at)
	return signed, err
}
