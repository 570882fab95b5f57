package commands

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"path"
	"strings"
	"time"
)

func init() { register(runCurl, "curl") }

// runCurl is curl for one URL, with the flags in curlFlags. Its exit codes are
// curl's (curl.se/docs/manpage.html#EXIT).
func runCurl(ctx context.Context, p *Process) int {
	o, problem := parseCurl(p)
	if problem != "" {
		return p.Fail(2, "curl: %s", problem)
	}
	start := p.Clock.Now()
	delay := time.Second
	for try := 0; ; try++ {
		t := &transfer{Process: p, curlOptions: o, started: p.Clock.Now()}
		status := t.run(ctx)
		again := try < o.retries && t.transient(status) && ctx.Err() == nil
		wait := delay
		if o.retryDelay > 0 {
			wait = o.retryDelay
		}
		if o.retryMaxTime > 0 && p.Clock.Now().Add(wait).Sub(start) > o.retryMaxTime {
			again = false
		}
		if !again {
			return t.finish(status)
		}
		t.printError(status)
		delay = min(2*delay, 10*time.Minute)
		if p.Clock.Sleep(ctx, wait) != nil {
			return statusInterrupted
		}
	}
}

// transfer is one attempt.
type transfer struct {
	*Process
	curlOptions
	started time.Time

	message  string // of the error
	refused  bool
	response *http.Response
	body     []byte
	remote   net.Addr
	local    net.Addr
	// Since the start:
	lookupTime  time.Duration
	connectTime time.Duration
}

// errTooManyRedirects is curl's message at its limit of redirects.
var errTooManyRedirects = errors.New("maximum (50) redirects followed")

// The exit codes in use.
const (
	curlOK               = 0
	curlMalformedURL     = 3
	curlNoHost           = 6
	curlNoConnection     = 7
	curlHTTPError        = 22
	curlWriteError       = 23
	curlReadError        = 26
	curlTimeout          = 28
	curlTLS              = 35
	curlTooManyRedirects = 47
	curlEmptyReply       = 52
	curlReceive          = 56
	curlBadCert          = 60
	curlProtocolError    = 1
)

func (t *transfer) run(ctx context.Context) int {
	if t.maxTime > 0 {
		var cancel context.CancelFunc
		ctx, cancel = t.Clock.WithTimeout(ctx, t.maxTime)
		defer cancel()
	}
	request, status := t.request(ctx)
	if status != curlOK {
		return status
	}
	transport := &http.Transport{
		DialContext: t.dial,
		// InsecureSkipVerify is what curl -k asks for.
		TLSClientConfig:    &tls.Config{RootCAs: t.Roots, InsecureSkipVerify: t.insecure},
		DisableKeepAlives:  true,
		DisableCompression: true,
	}
	client := &http.Client{Transport: transport, CheckRedirect: func(_ *http.Request, via []*http.Request) error {
		switch {
		case !t.follow:
			return http.ErrUseLastResponse
		case len(via) > 50:
			return errTooManyRedirects
		}
		return nil
	}}
	response, err := client.Do(request)
	if err != nil {
		return t.diagnose(ctx, err)
	}
	defer response.Body.Close()
	t.response = response
	if t.body, err = io.ReadAll(response.Body); err != nil {
		return t.diagnose(ctx, err)
	}
	if t.failOnError && response.StatusCode >= 400 {
		t.message = fmt.Sprintf("The requested URL returned error: %d", response.StatusCode)
		if !t.failWithBody {
			t.body = nil
		}
		return curlHTTPError
	}
	return curlOK
}

func (t *transfer) request(ctx context.Context) (*http.Request, int) {
	target := t.url
	if !strings.Contains(target, "://") {
		target = "http://" + target
	}
	u, err := url.Parse(target)
	if err != nil || u.Host == "" {
		t.message = "URL using bad/illegal format or missing URL"
		return nil, curlMalformedURL
	}
	if u.Scheme != "http" && u.Scheme != "https" {
		t.message = fmt.Sprintf("Protocol \"%s\" not supported", u.Scheme)
		return nil, curlProtocolError
	}
	method, body := http.MethodGet, []byte(nil)
	switch {
	case t.upload != "":
		method = http.MethodPut
		if body, err = t.readInput(t.upload); err != nil {
			t.message = fmt.Sprintf("Can't open '%s'!", t.upload)
			return nil, curlReadError
		}
		if strings.HasSuffix(u.Path, "/") && t.upload != "-" {
			u = u.JoinPath(path.Base(t.upload))
		}
	case t.data != nil:
		method, body = http.MethodPost, t.data
	case t.headOnly:
		method = http.MethodHead
	}
	if t.method != "" {
		method = t.method
	}
	request, err := http.NewRequestWithContext(ctx, method, u.String(), bytes.NewReader(body))
	if err != nil {
		t.message = err.Error()
		return nil, curlMalformedURL
	}
	if body == nil {
		request.Body, request.ContentLength = nil, 0
	}
	request.Header.Set("User-Agent", "curl/8.11.1")
	request.Header.Set("Accept", "*/*")
	if t.data != nil && t.upload == "" {
		request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	for _, h := range t.headers {
		name, value, _ := strings.Cut(h, ":")
		// "Name:" removes a header, "Name;" sends it empty.
		switch value = strings.TrimSpace(value); {
		case strings.HasSuffix(name, ";"):
			request.Header.Set(strings.TrimSuffix(name, ";"), "")
		case value == "":
			request.Header.Del(name)
		case strings.EqualFold(name, "Host"):
			request.Host = value
		default:
			request.Header.Set(name, value)
		}
	}
	return request, curlOK
}

// readInput reads a file, or standard input for "-".
func (t *transfer) readInput(name string) ([]byte, error) {
	if name == "-" {
		return io.ReadAll(t.In)
	}
	return t.Files.ReadFile(t.path(name))
}

// dial resolves the name and tries its addresses in turn.
func (t *transfer) dial(ctx context.Context, network, address string) (net.Conn, error) {
	if t.connectTimeout > 0 {
		var cancel context.CancelFunc
		ctx, cancel = t.Clock.WithTimeout(ctx, t.connectTimeout)
		defer cancel()
	}
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return nil, err
	}
	addrs, err := t.resolve(ctx, host)
	if err != nil {
		return nil, &lookupError{host, err}
	}
	t.lookupTime = t.Clock.Now().Sub(t.started)
	for _, addr := range addrs {
		var conn net.Conn
		if conn, err = t.Host.Dial(ctx, "tcp", net.JoinHostPort(addr.String(), port)); err == nil {
			t.remote, t.local = conn.RemoteAddr(), conn.LocalAddr()
			t.connectTime = t.Clock.Now().Sub(t.started)
			return conn, nil
		}
	}
	return nil, &connectError{host, port, timedOut(ctx), err}
}
