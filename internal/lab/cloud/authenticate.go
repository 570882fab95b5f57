package cloud

import (
	"bytes"
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"io"
	"net/http"
	"slices"
	"strings"
	"time"

	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"

	"provenendpoints/internal/lab/api"
	"provenendpoints/internal/lab/awserr"
)

const (
	amzDate         = "20060102T150405Z"
	algorithm       = "AWS4-HMAC-SHA256"
	unsignedPayload = "UNSIGNED-PAYLOAD"
)

// signature holds the parts of a request's Authorization header
// (docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-signing-elements.html).
type signature struct {
	key, region, service string
	date                 string // of the scope
	headers              []string
	value                string
}

// authenticate finds out who makes a request: it signs the request again with the
// caller's secret, by the SDK's own signer, and compares. The SDK has no verifier.
// The signature's time is only checked for its form: callers sign by the wall
// clock, and the lab's may run faster.
func (c *Cloud) authenticate(x *exchange) error {
	if x.service.Presigned != nil && x.URL.Query().Has("X-Amz-Signature") {
		x.Caller.Presigned = true
		return x.service.Presigned(x.Request)
	}
	header := x.Header.Get("Authorization")
	if header == "" {
		if !x.service.Anonymous {
			return x.failure(api.MissingSignature)
		}
		return nil
	}
	if strings.HasPrefix(header, byIdentity) {
		return c.identify(x, header)
	}
	s, ok := parseAuthorization(header)
	if !ok {
		return x.failure(api.MalformedAuthorization)
	}
	session := c.Roles.Session(s.key)
	if session == nil || subtle.ConstantTimeCompare([]byte(x.Header.Get("X-Amz-Security-Token")), []byte(session.Credentials.SessionToken)) != 1 {
		return x.failure(api.UnknownKey)
	}
	at, err := time.Parse(amzDate, x.Header.Get("X-Amz-Date"))
	if err != nil || !strings.HasPrefix(x.Header.Get("X-Amz-Date"), s.date) {
		return x.failure(api.MalformedAuthorization)
	}
	if !c.signedFor(x, s.region) || s.service != x.service.Name {
		return x.failure(api.WrongScope)
	}
	sum := sha256.Sum256(x.Body)
	hash := hex.EncodeToString(sum[:])
	claimed := x.Header.Get("X-Amz-Content-Sha256")
	chunked := strings.HasPrefix(claimed, streaming) && x.service.Protocol == api.RESTXML
	if chunked || claimed == unsignedPayload && x.service.Protocol == api.RESTXML {
		hash = claimed
	} else if claimed != "" && claimed != hash {
		return x.failure(api.WrongBody)
	}
	again, err := http.NewRequest(x.Method, x.SignedURL().String(), nil)
	if err != nil {
		return x.failure(api.MalformedAuthorization)
	}
	again.Host = x.Host
	for _, name := range s.headers {
		if values := x.Header.Values(name); len(values) > 0 {
			again.Header[http.CanonicalHeaderKey(name)] = values
		}
	}
	if slices.Contains(s.headers, "content-length") {
		again.ContentLength = x.ContentLength
		again.Body = io.NopCloser(bytes.NewReader(x.Body))
	}
	signer := v4.NewSigner(func(o *v4.SignerOptions) { o.DisableURIPathEscaping = x.service.Protocol == api.RESTXML })
	if err := signer.SignHTTP(context.Background(), session.Credentials, again, hash, s.service, s.region, at); err != nil {
		return x.failure(api.MalformedAuthorization)
	}
	want, ok := parseAuthorization(again.Header.Get("Authorization"))
	if !ok || !slices.Equal(want.headers, s.headers) || subtle.ConstantTimeCompare([]byte(want.value), []byte(s.value)) != 1 {
		return x.failure(api.WrongSignature)
	}
	if chunked {
		if err := x.unchunk(claimed, session.Credentials.SecretAccessKey, s); err != nil {
			return err
		}
	}
	x.session = session
	x.Caller.ARN, x.Caller.UserID = session.ARN, session.UserID()
	x.Caller.Outside = x.outside
	return nil
}

// signedFor reports whether a request to a service is signed for the right Region. A
// client that was told an endpoint signs for its own Region there, for global services
// too (docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html).
func (c *Cloud) signedFor(x *exchange, region string) bool {
	return region == signingRegion(x.service.Name, c.scope.Region) || x.outside && region == c.scope.Region
}

// unchunk takes a body apart that is sent in chunks.
func (x *exchange) unchunk(kind, secret string, s signature) error {
	switch kind {
	case chunksTrailer:
		return readChunks(x.Request, nil)
	case chunksSigned, chunksSignedTrailer:
		return readChunks(x.Request, newChunkSigner(secret, s, x.Header.Get("X-Amz-Date")))
	}
	return awserr.WithStatus(http.StatusNotImplemented, "NotImplemented", "the lab does not know the x-amz-content-sha256 %s", kind)
}

// failure is the error of the service for a caller who cannot be authenticated.
func (x *exchange) failure(f api.AuthFailure) error { return x.service.Protocol.AuthError(f) }

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
