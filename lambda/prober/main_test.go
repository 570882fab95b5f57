package main

import (
	"encoding/json"
	"encoding/pem"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"provenendpoints/internal/lambda/lambdatest"
	"provenendpoints/proof"
)

// maxSize is how large the function may be, in bytes, as Lambda unpacks it.
const maxSize = 8 << 20

func probe(claim string, kind proof.Kind, at net.Addr) proof.Probe {
	to := netip.MustParseAddrPort(at.String())
	return proof.Probe{Claim: claim, Kind: kind, Host: to.Addr().String(), Port: int(to.Port())}
}

func request(t testing.TB, probes ...proof.Probe) []byte {
	t.Helper()
	payload, err := json.Marshal(proof.Request{Probes: probes})
	if err != nil {
		t.Fatal(err)
	}
	return payload
}

// TestMeasures runs the compiled function as Lambda runs it, against real
// servers: an open port, a closed one, TLS, HTTP, and a call that it signs with
// the credentials of its environment.
func TestMeasures(t *testing.T) {
	t.Parallel()
	server := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/bucket" {
			return
		}
		if authorization := r.Header.Get("Authorization"); !strings.Contains(authorization, "AKIAEXAMPLE") || !strings.Contains(authorization, "/"+lambdatest.Region+"/s3/") ||
			r.Header.Get("X-Amz-Security-Token") != "token" {
			lambdatest.Fail(w, http.StatusForbidden, "SignatureDoesNotMatch", fmt.Sprint(r.Header))
			return
		}
		lambdatest.Fail(w, http.StatusForbidden, "AccessDenied", "Access Denied")
	}))
	defer server.Close()
	roots := filepath.Join(t.TempDir(), "roots.pem")
	if err := os.WriteFile(roots, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw}), 0o600); err != nil {
		t.Fatal(err)
	}
	closed, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	closedAt := closed.Addr()
	_ = closed.Close()

	at := server.Listener.Addr()
	answers, signed := probe("Answers", proof.Answers, at), probe("Denied", proof.Denied, at)
	answers.Scheme, answers.Path = "https", "/"
	signed.Call = &proof.Call{Service: "s3", Action: "s3:ListBucket", Method: "GET", Path: "/bucket"}
	f := lambdatest.Start(t, lambdatest.Build(t, ".", ""), "SSL_CERT_FILE="+roots)
	result := f.Invoke(request(t, probe("Opens", proof.Connects, at), probe("Closed", proof.Connects, closedAt), probe("Secure", proof.Secures, at), answers, signed), 30*time.Second)
	var response proof.Response
	if result.Error != nil || json.Unmarshal(result.Body, &response) != nil {
		t.Fatalf("result %s, error %s", result.Body, result.Error)
	}
	want := []struct {
		claim   string
		outcome proof.Outcome
		code    string
	}{{"Opens", proof.OK, ""}, {"Closed", proof.Refused, ""}, {"Secure", proof.OK, ""}, {"Answers", proof.OK, ""}, {"Denied", proof.OK, "AccessDenied"}}
	for i, want := range want {
		if got := response.Observations[i]; got.Claim != want.claim || got.Outcome != want.outcome || got.Code != want.code {
			t.Errorf("%+v, want %+v", got, want)
		}
	}
	if result := f.Invoke([]byte(`{"Probes":[{"Claim":"A"}]}`), 30*time.Second); !strings.Contains(string(result.Error), `Kind: want one that is measured`) {
		t.Errorf("result %s, error %s", result.Body, result.Error)
	}
	output, peak := f.Stop()
	if lines := strings.Count(output, `"msg":"observation"`); lines != 5 {
		t.Errorf("%d observations in the log, want 5:\n%s", lines, output)
	}
	t.Logf("first request after %v, peak memory %.1f MB", f.Started, float64(peak)/1e6)
}

// TestSize compiles for Lambda's processor.
func TestSize(t *testing.T) {
	t.Parallel()
	lambdatest.CheckSize(t, maxSize)
}

// BenchmarkStart measures a cold start: from the process to its first request
// for an invocation, the peak memory over one request, and the sizes.
func BenchmarkStart(b *testing.B) {
	lambdatest.BenchmarkStart(b, func(f *lambdatest.Function, base string) {
		at, err := net.ResolveTCPAddr("tcp", strings.TrimPrefix(base, "http://"))
		if err != nil {
			b.Fatal(err)
		}
		f.Invoke(request(b, probe("Opens", proof.Connects, at), probe("Secure", proof.Secures, at)), 30*time.Second)
	}, http.NotFoundHandler())
}
