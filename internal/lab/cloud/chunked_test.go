package cloud

import (
	"bytes"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"provenendpoints/internal/lab/api"
)

// The examples of docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming.html and
// …/sigv4-streaming-trailers.html: 65 KB of the letter a, in chunks of 64 KB.
func TestChunks(t *testing.T) {
	t.Parallel()
	data := bytes.Repeat([]byte("a"), 65<<10)
	body := func(signatures ...string) string {
		var b strings.Builder
		rest := data
		for _, s := range signatures[:3] {
			n := min(len(rest), 64<<10)
			fmt.Fprintf(&b, "%x", n)
			if s != "" {
				b.WriteString(";chunk-signature=" + s)
			}
			b.WriteString("\r\n" + string(rest[:n]))
			if n > 0 {
				b.WriteString("\r\n")
			}
			rest = rest[n:]
		}
		for _, line := range signatures[3:] {
			b.WriteString(line + "\r\n")
		}
		return b.String() + "\r\n"
	}
	signer := func(seed string) *chunkSigner {
		s := signature{date: "20130524", region: "us-east-1", service: "s3", value: seed}
		return newChunkSigner("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", s, "20130524T000000Z")
	}
	const plainSeed = "4f232c4386841ef735655705268965c44a0e4690baa4adea153f7db9fa80a0a9"
	const trailerSeed = "106e2a8a18243abcf37539882f36619c00e2dfc72633413f02d3b74544bfeb8e"
	plain := body("ad80c730a21e5b8d04586a2213dd63b9a0e99e0e2307b0ade35a65485a288648", "0055627c9e194cb4542bae2aa5492e3c1575bbb81b612b7d234b86a503ef5497", "b6c6ea8a5354eaf15b3cb7646744f4275b71ea724fed81ceb9323e279d449df9")
	trailer := body("b474d8862b1487a5145d686f57f013e54db672cee1c953b3010fb58501ef5aa2", "1c1344b170168f8e65b41376b44b20fe354e373826ccbbe2c1d40a8cae51e5c7", "2ca2aba2005185cf7159c6277faf83795951dd77a3a99e6e65d5c9f85863f992",
		"x-amz-checksum-crc32c:sOO8/Q==", "x-amz-trailer-signature:d81f82fc3505edab99d459891051a732e8730629a2e4a59689829ca17fe2e435")
	unsigned := body("", "", "", "x-amz-checksum-crc32c:sOO8/Q==")
	for name, test := range map[string]struct {
		body   string
		signer *chunkSigner
		want   string // error
	}{
		"signed":             {body: plain, signer: signer(plainSeed)},
		"another chunk":      {body: strings.Replace(plain, "aaaa", "aaab", 1), signer: signer(plainSeed), want: "SignatureDoesNotMatch"},
		"another seed":       {body: plain, signer: signer(trailerSeed), want: "SignatureDoesNotMatch"},
		"unsigned":           {body: unsigned},
		"signed trailer":     {body: trailer, signer: signer(trailerSeed)},
		"another trailer":    {body: strings.Replace(trailer, "sOO8", "sOO9", 1), signer: signer(trailerSeed), want: "SignatureDoesNotMatch"},
		"not announced":      {body: strings.Replace(unsigned, "crc32c", "sha1", 1), want: "MalformedTrailerError"},
		"cut off":            {body: unsigned[:1000], want: "IncompleteBody"},
		"cut between chunks": {body: unsigned[:64<<10+9], want: "IncompleteBody"},
		"nothing":            {want: "IncompleteBody"},
		"no size":            {body: "x\r\n\r\n", want: "IncompleteBody"},
		"a huge size":        {body: "ffffffffffffffff\r\n\r\n", want: "IncompleteBody"},
	} {
		r := &api.Request{Request: &http.Request{Header: http.Header{"X-Amz-Trailer": {"x-amz-checksum-crc32c"}}}, Body: []byte(test.body)}
		err := readChunks(r, test.signer)
		switch {
		case test.want != "" && (err == nil || !strings.Contains(err.Error(), test.want)):
			t.Errorf("%s: %v, want %s", name, err, test.want)
		case test.want == "" && (err != nil || !bytes.Equal(r.Body, data)):
			t.Errorf("%s: %d bytes, %v", name, len(r.Body), err)
		}
	}
}
