package proof

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/miekg/dns"
)

// raw serves bytes as they are to whoever sends a request.
func raw(text string) func(net.Conn) {
	return func(conn net.Conn) {
		_, _ = conn.Read(make([]byte, 4096))
		_, _ = conn.Write([]byte(text))
	}
}

func TestTLS(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.name("a.example. 60 IN A 10.0.0.5")
	foreign := issue(t, nil, "foreign CA")
	expired := issueUntil(t, &w.ca, time.Now().Add(-time.Hour), "a.example")
	good, other, self := issue(t, &w.ca, "a.example"), issue(t, &w.ca, "b.example"), issue(t, &foreign, "a.example")
	nothing := func(http.ResponseWriter, *http.Request) {}
	old := listen(t, func(conn net.Conn) {
		_ = tls.Server(conn, &tls.Config{Certificates: []tls.Certificate{good}, MaxVersion: tls.VersionTLS11, MinVersion: tls.VersionTLS10}).Handshake()
	})
	tests := map[string]struct {
		at   string
		want Observation
	}{
		"valid": {
			at:   web(t, &good, nothing),
			want: Observation{Outcome: OK, Certificate: "CN=a.example", Addresses: addrs("10.0.0.5")},
		},
		"for another name": {
			at: web(t, &other, nothing),
			want: Observation{Outcome: BadTLS, Certificate: "CN=b.example", Addresses: addrs("10.0.0.5"),
				Detail: "the TLS handshake with 10.0.0.5:443 failed: tls: failed to verify certificate: x509: certificate is valid for b.example, not a.example"},
		},
		"of an authority that nobody trusts": {
			at: web(t, &self, nothing),
			want: Observation{Outcome: BadTLS, Certificate: "CN=a.example", Addresses: addrs("10.0.0.5"),
				Detail: "the TLS handshake with 10.0.0.5:443 failed: tls: failed to verify certificate: x509: certificate signed by unknown authority"},
		},
		"expired": {
			at:   web(t, &expired, nothing),
			want: Observation{Outcome: BadTLS, Certificate: "CN=a.example", Addresses: addrs("10.0.0.5"), Detail: "x509: certificate has expired"},
		},
		"TLS of another age": {
			at:   old,
			want: Observation{Outcome: BadTLS, Addresses: addrs("10.0.0.5"), Detail: "protocol version"},
		},
		"no TLS": {
			at:   listen(t, raw("SSH-2.0-OpenSSH\r\n")),
			want: Observation{Outcome: BadTLS, Addresses: addrs("10.0.0.5"), Detail: "first record does not look like a TLS handshake"},
		},
		"closed at once": {
			at:   listen(t, func(net.Conn) {}),
			want: Observation{Outcome: BadTLS, Addresses: addrs("10.0.0.5"), Detail: "the TLS handshake with 10.0.0.5:443 failed"},
		},
		"silent": {
			at: listen(t, hang),
			want: Observation{Outcome: TimedOut, Addresses: addrs("10.0.0.5"),
				Detail: "10.0.0.5:443 accepted the connection, but did not finish the TLS handshake"},
		},
	}
	for name, test := range tests {
		// Whatever the handshake fails on, no request is sent: all probes over
		// TLS verify the certificate.
		for _, kind := range []Kind{Secures, Answers} {
			t.Run(name+" "+string(kind), func(t *testing.T) {
				t.Parallel()
				w := &world{t: t, at: map[string]string{testResolver: w.at[testResolver], "10.0.0.5:443": test.at}, dialled: map[string]int{}, roots: w.roots}
				probe := Probe{Kind: kind, Host: "a.example", Port: 443, Scheme: "https"}
				if test.want.Outcome == TimedOut {
					probe.Timeout = 200 * time.Millisecond
				}
				got := one(t, w.network(), probe)
				if strings.Contains(got.Detail, test.want.Detail) {
					got.Detail = test.want.Detail // Go's own words may be longer
				}
				ignored := cmpopts.IgnoreFields(Observation{}, "Claim", "Took", "Status")
				if diff := cmp.Diff(test.want, got, equal, ignored); diff != "" {
					t.Error(diff)
				}
				if (got.Status == 200) != (kind == Answers && test.want.Outcome == OK) {
					t.Errorf("got status %d", got.Status)
				}
			})
		}
	}
	t.Run("the time is the clock's", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t)
		certificate := issue(t, &w.ca, "a.example")
		w.name("a.example. 60 IN A 10.0.0.5")
		w.stand("10.0.0.5:443", web(t, &certificate, nothing))
		network := w.network()
		network.Clock = later{}
		if got := one(t, network, Probe{Kind: Secures, Host: "a.example", Port: 443}); got.Outcome != BadTLS {
			t.Errorf("got %+v, want an expired certificate", got)
		}
	})
}

// later is a clock that is a year ahead.
type later struct{ systemClock }

func (later) Now() time.Time { return time.Now().AddDate(1, 0, 0) }

// TestSubject: many certificates of today have names and no subject.
func TestSubject(t *testing.T) {
	t.Parallel()
	for want, certificate := range map[string]x509.Certificate{
		"CN=a.example": {Subject: pkix.Name{CommonName: "a.example"}, DNSNames: []string{"b.example"}},
		"b.example":    {DNSNames: []string{"b.example", "c.example"}},
		"c.example":    {DNSNames: []string{"c.example"}},
		"":             {},
	} {
		if got := subject(&certificate); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
	for want, err := range map[string]error{
		"CN=a.example": &tls.CertificateVerificationError{UnverifiedCertificates: []*x509.Certificate{{Subject: pkix.Name{CommonName: "a.example"}}}},
		"":             &tls.CertificateVerificationError{},
	} {
		if got := presented(fmt.Errorf("handshake: %w", err)); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
	if got := presented(errors.New("handshake: closed")); got != "" {
		t.Errorf("got %q, want nothing", got)
	}
}

func TestHTTP(t *testing.T) {
	t.Parallel()
	const ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
	tests := map[string]struct {
		serve func(net.Conn)
		want  Observation
	}{
		"answered":             {raw(ok), Observation{Outcome: OK, Status: 200, Body: "ok"}},
		"HTTP/1.0":             {raw("HTTP/1.0 200 OK\r\n\r\nok"), Observation{Outcome: OK, Status: 200, Body: "ok"}},
		"chunked":              {raw("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n"), Observation{Outcome: OK, Status: 200, Body: "ok"}},
		"an interim answer":    {raw("HTTP/1.1 100 Continue\r\n\r\n" + ok), Observation{Outcome: OK, Status: 200, Body: "ok"}},
		"redirect":             {raw("HTTP/1.1 307 Temporary Redirect\r\nLocation: http://10.9.9.9/\r\nContent-Length: 0\r\n\r\n"), Observation{Outcome: OK, Status: 307}},
		"failing":              {raw("HTTP/1.1 503 Slow Down\r\nContent-Length: 0\r\n\r\n"), Observation{Outcome: OK, Status: 503}},
		"a long body":          {raw("HTTP/1.1 200 OK\r\n\r\n" + strings.Repeat("x", 1<<20)), Observation{Outcome: OK, Status: 200, Body: strings.Repeat("x", 256)}},
		"a body of rubbish":    {raw("HTTP/1.1 200 OK\r\n\r\na\xff\xfeb"), Observation{Outcome: OK, Status: 200, Body: "a?b"}},
		"many interim answers": {raw(strings.Repeat("HTTP/1.1 100 Continue\r\n\r\n", 7) + ok), Observation{Outcome: OK, Status: 200, Body: "ok"}},
		"too many":             {raw(strings.Repeat("HTTP/1.1 100 Continue\r\n\r\n", 8) + ok), Observation{Outcome: BadResponse, Detail: "10.0.0.5 did not answer with HTTP: nothing but interim answers"}},
		"only interim answers": {raw(strings.Repeat("HTTP/1.1 100 Continue\r\n\r\n", 9)), Observation{Outcome: BadResponse, Detail: "10.0.0.5 did not answer with HTTP: nothing but interim answers"}},
		"no HTTP":              {raw("SSH-2.0-OpenSSH\r\n"), Observation{Outcome: BadResponse, Detail: `10.0.0.5 did not answer with HTTP: malformed HTTP response "SSH-2.0-OpenSSH"`}},
		"closed at once":       {raw(""), Observation{Outcome: BadResponse, Detail: "10.0.0.5 did not answer with HTTP: unexpected EOF"}},
		"broken off":           {raw("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nok"), Observation{Outcome: BadResponse, Detail: "10.0.0.5 broke off its answer: unexpected EOF"}},
		"endless headers":      {raw("HTTP/1.1 200 OK\r\n" + strings.Repeat("A: b\r\n", 1<<17)), Observation{Outcome: BadResponse, Detail: "10.0.0.5 did not answer with HTTP: malformed MIME header line: \"A: b\\r\""}},
		"silent":               {hang, Observation{Outcome: TimedOut, Detail: "10.0.0.5 accepted the connection, but did not answer the request"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.stand("10.0.0.5:80", listen(t, test.serve))
			test.want.Addresses = addrs("10.0.0.5")
			probe := Probe{Kind: Answers, Host: "10.0.0.5", Port: 80, Scheme: "http"}
			if test.want.Outcome == TimedOut {
				probe.Timeout = 200 * time.Millisecond
			}
			got := one(t, w.network(), probe)
			if diff := cmp.Diff(test.want, got, equal, cmpopts.IgnoreFields(Observation{}, "Claim", "Took")); diff != "" {
				t.Error(diff)
			}
			if w.dialled["10.0.0.5:80"] != 1 {
				t.Errorf("%d connections, want 1", w.dialled["10.0.0.5:80"])
			}
		})
	}
}

// TestHTTPRequest checks what the server gets to see, whatever the environment
// of the prober says.
func TestHTTPRequest(t *testing.T) {
	t.Setenv("HTTP_PROXY", "http://127.0.0.1:1")
	t.Setenv("HTTPS_PROXY", "http://127.0.0.1:1")
	for _, test := range []struct {
		port int
		path string
		want string
	}{
		{80, "", "GET / HTTP/1.1 a.example agent=provenendpoints close=true"},
		{80, "/who?a=1&b=%20", "GET /who?a=1&b=%20 HTTP/1.1 a.example agent=provenendpoints close=true"},
		{8080, "/", "GET / HTTP/1.1 a.example:8080 agent=provenendpoints close=true"},
		{443, "/", "GET / HTTP/1.1 a.example:443 agent=provenendpoints close=true"},
	} {
		w := newWorld(t)
		w.name("a.example. 60 IN A 10.0.0.5")
		w.stand(fmt.Sprintf("10.0.0.5:%d", test.port), web(t, nil, func(rw http.ResponseWriter, r *http.Request) {
			fmt.Fprintf(rw, "%s %s %s %s agent=%s close=%t", r.Method, r.RequestURI, r.Proto, r.Host, r.UserAgent(), r.Close)
		}))
		got := one(t, w.network(), Probe{Kind: Answers, Host: "a.example", Port: test.port, Scheme: "http", Path: test.path})
		if got.Body != test.want {
			t.Errorf("got %q (%s), want %q", got.Body, got.Detail, test.want)
		}
	}
}

func TestHTTPOverIPv6(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.stand("[2001:db8::5]:80", web(t, nil, func(rw http.ResponseWriter, r *http.Request) { fmt.Fprint(rw, r.Host) }))
	w.stand("[2001:db8::5]:8080", web(t, nil, func(rw http.ResponseWriter, r *http.Request) { fmt.Fprint(rw, r.Host) }))
	for port, want := range map[int]string{80: "[2001:db8::5]", 8080: "[2001:db8::5]:8080"} {
		if got := one(t, w.network(), Probe{Kind: Answers, Host: "2001:db8::5", Port: port, Scheme: "http"}); got.Body != want {
			t.Errorf("got %+v, want %q", got, want)
		}
	}
}

// TestNoRequest: a name that is good for DNS and not for a URL.
func TestNoRequest(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.stand(testResolver, serveDNS(t, func(rw dns.ResponseWriter, question *dns.Msg) {
		reply(t, rw, question, question.Question[0].Name+" 60 IN A 10.0.0.5")
	}))
	w.stand("10.0.0.5:80", listen(t, hang))
	for _, probe := range []Probe{
		{Kind: Answers, Host: "a%zz.example", Port: 80, Scheme: "http"},
		{Kind: Allowed, Host: "a%zz.example", Port: 80, Call: &Call{Service: "s3", Action: "s3:ListBucket"}},
	} {
		got := one(t, w.network(), probe)
		if got.Outcome != Broken || !strings.HasPrefix(got.Detail, "no request can be made: ") {
			t.Errorf("%s: got %+v", probe.Kind, got)
		}
	}
}

// TestClosedConnection: what cannot be sent is reported as such, at once.
func TestClosedConnection(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	network := w.network()
	network.Dial = func(context.Context, string, string) (net.Conn, error) {
		here, there := net.Pipe()
		there.Close()
		return here, nil
	}
	for kind, want := range map[Kind]string{
		Answers:  "10.0.0.5 did not take the request: io: read/write on closed pipe",
		Resolves: "the resolver 10.0.0.2 did not answer: io: read/write on closed pipe",
	} {
		probe := Probe{Kind: kind, Host: "10.0.0.5", Port: 80, Scheme: "http", Timeout: maxTimeout}
		if kind == Resolves {
			probe.Host, probe.Port, probe.Scheme = "a.example", 0, ""
		}
		if got := one(t, network, probe); got.Detail != want {
			t.Errorf("%s: got %s: %q, want %q", kind, got.Outcome, got.Detail, want)
		}
	}
}
