package main

import (
	"crypto/tls"
	"encoding/json"
	"fmt"
	"io"
	"log"
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

// hostAddress is an address of this machine that a prober may connect to: it refuses
// loopback.
func hostAddress(t testing.TB) string {
	t.Helper()
	addresses, err := net.InterfaceAddrs()
	if err != nil {
		t.Fatal(err)
	}
	for _, address := range addresses {
		if network, ok := address.(*net.IPNet); ok && network.IP.To4() != nil && network.IP.IsGlobalUnicast() {
			return network.IP.String()
		}
	}
	t.Skip("this machine has no IPv4 address but loopback, which the prober refuses")
	return ""
}

// serve serves TLS at an address of this machine, and returns a file with the
// authority of its certificate.
func serve(t testing.TB, handler http.Handler) (server *httptest.Server, roots string) {
	t.Helper()
	listener, err := net.Listen("tcp", hostAddress(t)+":0")
	if err != nil {
		t.Fatal(err)
	}
	host, _, _ := net.SplitHostPort(listener.Addr().String())
	certificate, authority := lambdatest.Issue(t, host)
	server = httptest.NewUnstartedServer(handler)
	_ = server.Listener.Close()
	server.Listener, server.TLS = listener, &tls.Config{Certificates: []tls.Certificate{certificate}}
	server.Config.ErrorLog = log.New(io.Discard, "", 0) // of connections that are cut short
	server.StartTLS()
	t.Cleanup(server.Close)
	roots = filepath.Join(t.TempDir(), "roots.pem")
	if err := os.WriteFile(roots, authority, 0o600); err != nil {
		t.Fatal(err)
	}
	return server, roots
}

// TestBounds asks the compiled function for as much as it can be asked for: it stays
// within its memory, and answers in time. Then it is asked for its own runtime.
func TestBounds(t *testing.T) {
	t.Parallel()
	const most = 128e6
	server, roots := serve(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write(make([]byte, 1<<20)) // more than is read
	}))
	f := lambdatest.Start(t, lambdatest.Build(t, ".", ""), "SSL_CERT_FILE="+roots)
	probes := make([]proof.Probe, 200)
	for i := range probes {
		probes[i] = probe(fmt.Sprint("C", i), []proof.Kind{proof.Answers, proof.Spreads, proof.Secures}[i%3], server.Listener.Addr())
		probes[i].Scheme, probes[i].Path, probes[i].Requests = "https", "/", 20000
	}
	began := time.Now()
	result := f.Invoke(request(t, probes...), 8*time.Second)
	var response proof.Response
	if result.Error != nil || json.Unmarshal(result.Body, &response) != nil || len(response.Observations) != len(probes) {
		t.Fatalf("result %s, error %s", result.Body, result.Error)
	}
	for _, seen := range response.Observations {
		if seen.Outcome == proof.OK && seen.Failed == 0 {
			t.Errorf("what could not be done in time passes: %+v", seen)
			break
		}
	}
	t.Logf("answered after %v", time.Since(began))
	own := proof.Probe{Claim: "Own", Kind: proof.Unreachable, Host: "::ffff:127.0.0.1", Port: 9001}
	if result := f.Invoke(request(t, own), 8*time.Second); !strings.Contains(string(result.Body), "the prober refuses to connect to 127.0.0.1: it is a loopback address") {
		t.Errorf("result %s, error %s", result.Body, result.Error)
	}
	_, peak := f.Stop()
	if peak == 0 {
		t.Skip("this system does not tell the peak of a process's memory")
	}
	t.Logf("peak memory %.1f MB", float64(peak)/1e6)
	if peak > most {
		t.Errorf("peak memory %.1f MB, want at most %.0f MB", float64(peak)/1e6, most/1e6)
	}
}

// TestMeasures runs the compiled function as Lambda runs it, against real
// servers: an open port, a closed one, TLS, HTTP, and a call that it signs with
// the credentials of its environment.
func TestMeasures(t *testing.T) {
	t.Parallel()
	server, roots := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
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
	closed, err := net.Listen("tcp", hostAddress(t)+":0")
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
