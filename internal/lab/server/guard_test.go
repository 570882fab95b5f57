package server_test

import (
	"io"
	"net/http"
	"strings"
	"testing"

	"provenendpoints/internal/lab/server"
)

// Other machines cannot be listened to, and pages of other sites in a browser on this
// machine cannot reach the server.
func TestThisMachineAlone(t *testing.T) {
	t.Parallel()
	for address, want := range map[string]string{
		"0.0.0.0:0":     `host "0.0.0.0" is not this machine's loopback`,
		":0":            `host "" is not this machine's loopback`,
		"example.com:1": `host "example.com" is not this machine's loopback`,
		"127.0.0.1":     "is not HOST:PORT",
	} {
		if s, err := server.Start(server.Options{Listen: address}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %s", address, err, want)
			if err == nil {
				_ = s.Close()
			}
		}
	}
	s := start(t, server.Options{})
	own := strings.TrimPrefix(s.URL(), "http://")
	for what, test := range map[string]struct {
		method string
		host   string
		header http.Header
		want   int
	}{
		"a program":             {want: http.StatusOK},
		"by a name":             {host: "localhost:80", want: http.StatusOK},
		"a bucket's name":       {host: "bucket.s3.localhost:80", want: http.StatusForbidden}, // S3's: AccessDenied
		"another host":          {host: "attacker.example:80", want: http.StatusForbidden},
		"a host like ours":      {host: "localhost.attacker.example", want: http.StatusForbidden},
		"an own page":           {header: http.Header{"Origin": {s.URL()}, "Sec-Fetch-Site": {"same-origin"}}, want: http.StatusOK},
		"another site's page":   {header: http.Header{"Origin": {"https://attacker.example"}}, want: http.StatusForbidden},
		"another port's page":   {header: http.Header{"Origin": {"http://127.0.0.1:1"}}, want: http.StatusForbidden},
		"a page without origin": {header: http.Header{"Origin": {"null"}}, want: http.StatusForbidden},
		"another site's image":  {header: http.Header{"Sec-Fetch-Site": {"cross-site"}, "Sec-Fetch-Mode": {"no-cors"}, "Sec-Fetch-Dest": {"image"}}, want: http.StatusForbidden},
		"another site's link":   {header: http.Header{"Sec-Fetch-Site": {"cross-site"}, "Sec-Fetch-Mode": {"navigate"}, "Sec-Fetch-Dest": {"document"}}, want: http.StatusOK},
		"another site's frame":  {header: http.Header{"Sec-Fetch-Site": {"cross-site"}, "Sec-Fetch-Mode": {"navigate"}, "Sec-Fetch-Dest": {"iframe"}}, want: http.StatusForbidden},
		"another site's form":   {method: http.MethodPost, header: http.Header{"Sec-Fetch-Site": {"cross-site"}, "Sec-Fetch-Mode": {"navigate"}, "Sec-Fetch-Dest": {"document"}}, want: http.StatusForbidden},
	} {
		r, err := http.NewRequestWithContext(t.Context(), test.method, s.URL()+"/env", nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Header, r.Host = test.header, test.host
		if r.Header == nil {
			r.Header = http.Header{}
		}
		if test.host == "" {
			r.Host = own
		}
		answer, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		text, _ := io.ReadAll(answer.Body)
		answer.Body.Close()
		if answer.StatusCode != test.want {
			t.Errorf("%s: status %d, want %d: %s", what, answer.StatusCode, test.want, text)
		}
	}
}

// A shell takes the lines as they are.
func TestEnvironment(t *testing.T) {
	t.Parallel()
	s := start(t, server.Options{Region: "eu-west-1"})
	for line := range strings.SplitSeq(strings.TrimSpace(s.Environment()), "\n") {
		if !strings.HasPrefix(line, "unset ") && !strings.HasPrefix(line, "export AWS_") || strings.Count(line, "'")%2 != 0 {
			t.Errorf("%q", line)
		}
	}
	for _, want := range []string{"export AWS_ENDPOINT_URL='" + s.URL() + "'\n", "export AWS_REGION='eu-west-1'\n"} {
		if !strings.Contains(s.Environment(), want) {
			t.Errorf("no %q", want)
		}
	}
}
