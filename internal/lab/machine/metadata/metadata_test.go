package metadata

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/credentials"

	"provenendpoints/internal/lab/clock"
)

// nowhere is a network without anything on it.
type nowhere struct{}

func (nowhere) Dial(context.Context, string, string) (net.Conn, error) {
	return nil, errors.New("it went to the network")
}

func TestService(t *testing.T) {
	t.Parallel()
	c := clock.New(1)
	t.Cleanup(c.Stop)
	s := New(Instance{
		ID: "i-1", Region: "eu-west-1", Private: netip.MustParseAddr("10.0.0.5"), MAC: "02:00:0a:00:00:05", Role: "web", Profile: "arn:aws:iam::1:instance-profile/p",
		Credentials: credentials.NewStaticCredentialsProvider("AKID", "secret", "session"),
		Public:      func() netip.Addr { return netip.MustParseAddr("192.0.2.9") },
	}, Options{}, c)
	client := &http.Client{Transport: &http.Transport{DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
		return s.Dial(ctx, nowhere{}, network, address)
	}}}
	ask := func(method, path, name, value string) (int, string) {
		t.Helper()
		q, err := http.NewRequestWithContext(t.Context(), method, "http://169.254.169.254"+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		q.Header.Set(name, value)
		answer, err := client.Do(q)
		if err != nil {
			return 0, err.Error()
		}
		defer answer.Body.Close()
		text, err := io.ReadAll(answer.Body)
		if err != nil {
			t.Fatal(err)
		}
		return answer.StatusCode, string(text)
	}
	status, made := ask("PUT", "/latest/api/token", tokenTTL, "60")
	if status != 200 || made == "" {
		t.Fatal(status, made)
	}
	for _, test := range []struct {
		method, path, name, value string
		status                    int
		want                      string
	}{
		{"GET", "/latest/meta-data/instance-id", token, made, 200, "i-1"},
		{"GET", "/2021-07-15/meta-data/public-ipv4", token, made, 200, "192.0.2.9"},
		{"GET", "/latest/meta-data/placement/", token, made, 200, "region"},
		{"GET", "/latest/meta-data/iam/security-credentials/", token, made, 200, "web"},
		{"GET", "/latest/meta-data/iam/security-credentials/web", token, made, 200, `"AccessKeyId": "AKID"`},
		{"GET", "/latest/dynamic/instance-identity/document", token, made, 200, `"instanceId": "i-1"`},
		{"GET", "/latest/meta-data/nothing", token, made, 404, ""},
		{"GET", "/latest/meta-data/instance-id", "X", "", 401, ""},
		{"GET", "/latest/meta-data/instance-id", token, "another", 401, ""},
		{"PUT", "/latest/api/token", tokenTTL, "0", 400, ""},
		{"GET", "/latest/api/token", tokenTTL, "60", 405, ""},
	} {
		if status, text := ask(test.method, test.path, test.name, test.value); status != test.status || !strings.Contains(text, test.want) {
			t.Errorf("%s %s: %d %q, want %d %q", test.method, test.path, status, text, test.status, test.want)
		}
	}
	s.Set(Options{TokenOptional: true})
	if status, text := ask("GET", "/latest/meta-data/instance-id", "X", ""); status != 200 || text != "i-1" {
		t.Error(status, text)
	}
	client.CloseIdleConnections()
	s.Set(Options{Off: true})
	if _, text := ask("GET", "/latest/meta-data/instance-id", "X", ""); !strings.Contains(text, "refused") {
		t.Error(text)
	}
	if _, err := s.Dial(t.Context(), nowhere{}, "tcp", "10.0.0.1:80"); err == nil || err.Error() != "it went to the network" {
		t.Error(err)
	}
}

func TestTokensEnd(t *testing.T) {
	t.Parallel()
	c := clock.NewSkipping()
	t.Cleanup(c.Stop)
	s := New(Instance{ID: "i-1"}, Options{}, c)
	s.tokens["t"] = c.Now().Add(time.Minute)
	if !s.admits("t") {
		t.Error("it is not admitted")
	}
	if err := c.Sleep(t.Context(), 2*time.Minute); err != nil {
		t.Fatal(err)
	}
	if s.admits("t") {
		t.Error("it is admitted after its end")
	}
}
