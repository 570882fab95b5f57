package cloud

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"net/http"
	"strconv"
	"strings"

	"provenendpoints/internal/lab/api"
	"provenendpoints/internal/lab/awserr"
)

// Bodies in chunks (aws-chunked), as the SDKs send objects to S3
// (docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming.html,
// …/sigv4-streaming-trailers.html):
//
//	SIZE[;chunk-signature=SIGNATURE] CRLF DATA CRLF … 0[;chunk-signature=…] CRLF
//	[NAME:VALUE CRLF …] [x-amz-trailer-signature:SIGNATURE CRLF] CRLF

// streaming is how the values of x-amz-content-sha256 begin that announce chunks.
const streaming = "STREAMING-"

// The kinds of chunked bodies.
const (
	chunksSigned        = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD"
	chunksSignedTrailer = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER"
	chunksTrailer       = "STREAMING-UNSIGNED-PAYLOAD-TRAILER"
)

// chunkSigner continues the signature of a request over its chunks.
type chunkSigner struct {
	key         []byte
	date, scope string
	previous    string
}

func newChunkSigner(secret string, s signature, date string) *chunkSigner {
	key := []byte("AWS4" + secret)
	for _, part := range []string{s.date, s.region, s.service, "aws4_request"} {
		key = sign(key, part)
	}
	return &chunkSigner{key: key, date: date, scope: strings.Join([]string{s.date, s.region, s.service, "aws4_request"}, "/"), previous: s.value}
}

func sign(key []byte, text string) []byte {
	h := hmac.New(sha256.New, key)
	h.Write([]byte(text)) // never fails
	return h.Sum(nil)
}

// next reports whether a signature is that of the next chunk, or of the trailer.
func (c *chunkSigner) next(algorithm, given string, hashes ...string) bool {
	text := strings.Join(append([]string{algorithm, c.date, c.scope, c.previous}, hashes...), "\n")
	c.previous = hex.EncodeToString(sign(c.key, text))
	return subtle.ConstantTimeCompare([]byte(c.previous), []byte(given)) == 1
}

func hashOf(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

// readChunks takes the chunks of a body apart. The trailing headers become headers of the
// request. A nil signer means that chunks are not signed.
func readChunks(r *api.Request, signer *chunkSigner) error {
	broken := awserr.New("IncompleteBody", "The request body terminated unexpectedly")
	rest, body := r.Body, []byte{}
	for {
		head, after, ok := bytes.Cut(rest, []byte("\r\n"))
		text, extension, _ := strings.Cut(string(head), ";")
		size, err := strconv.ParseUint(text, 16, 31)
		if !ok || err != nil || size > uint64(len(after)) {
			return broken
		}
		data := after[:size]
		if signer != nil && !signer.next(algorithm+"-PAYLOAD", strings.TrimPrefix(extension, "chunk-signature="), hashOf(nil), hashOf(data)) {
			return api.RESTXML.AuthError(api.WrongSignature)
		}
		if rest = after[size:]; size == 0 {
			break
		}
		if rest, ok = bytes.CutPrefix(rest, []byte("\r\n")); !ok {
			return broken
		}
		body = append(body, data...)
	}
	if err := readTrailer(r.Header, rest, signer); err != nil {
		return err
	}
	if declared := r.Header.Get("X-Amz-Decoded-Content-Length"); declared != "" && declared != strconv.Itoa(len(body)) {
		return broken
	}
	r.Body = body
	return nil
}

// readTrailer adds the headers behind the last chunk, those that x-amz-trailer announces.
func readTrailer(header http.Header, text []byte, signer *chunkSigner) error {
	var signed strings.Builder
	var given string
	for line := range strings.SplitSeq(strings.TrimRight(string(text), "\r\n"), "\n") {
		name, value, ok := strings.Cut(strings.TrimRight(line, "\r"), ":")
		if !ok {
			continue
		}
		if name = strings.ToLower(strings.TrimSpace(name)); name == "x-amz-trailer-signature" {
			given = strings.TrimSpace(value)
			continue
		}
		if !strings.Contains(strings.ToLower(header.Get("X-Amz-Trailer")), name) {
			return awserr.New("MalformedTrailerError", "The request contained trailing data that was not well-formed or did not conform to our published schema.")
		}
		header.Set(name, strings.TrimSpace(value))
		signed.WriteString(name + ":" + strings.TrimSpace(value) + "\n")
	}
	if signer != nil && signed.Len() > 0 && !signer.next(algorithm+"-TRAILER", given, hashOf([]byte(signed.String()))) {
		return api.RESTXML.AuthError(api.WrongSignature)
	}
	return nil
}
