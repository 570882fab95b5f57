package proof

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/netip"
	"strconv"
	"strings"
)

const (
	// maxAnswer is how much of an answer is read, headers and all.
	maxAnswer = 256 << 10
	// maxBody is how much of a body an observation keeps, in bytes.
	maxBody = 256
	// maxInterim is how many 1xx answers may come before the real one.
	maxInterim = 8
)

// measureHTTP sends one GET request to one of the targets.
func (n Network) measureHTTP(ctx context.Context, probe Probe, targets []netip.AddrPort) Observation {
	var seen Observation
	request, failed := newRequest(ctx, probe, probe.Scheme, http.MethodGet, probe.Path, "")
	if failed != nil {
		seen.failed(failed)
		return seen
	}
	conn := n.open(ctx, probe.Host, probe.Scheme, targets, &seen)
	if conn == nil {
		return seen
	}
	defer conn.Close()
	seen.Body, _ = exchangeHTTP(ctx, conn, request, maxBody, &seen)
	return seen
}

// newRequest makes a request for the probe's host; without a method it is a GET.
// Nothing of the environment goes into it: no proxy, no cookies.
func newRequest(ctx context.Context, probe Probe, scheme, method, path, body string) (*http.Request, *failure) {
	host := probe.Host
	if address, _ := netip.ParseAddr(host); address.Is6() {
		host = "[" + host + "]"
	}
	if probe.Port != (Claim{Scheme: scheme}).port() {
		host = net.JoinHostPort(probe.Host, strconv.Itoa(probe.Port))
	}
	request, err := http.NewRequestWithContext(ctx, method, scheme+"://"+host+path, strings.NewReader(body))
	if err != nil {
		return nil, fail(Broken, "no request can be made: %v", err)
	}
	request.Close = true
	request.Header.Set("User-Agent", "provenendpoints")
	return request, nil
}

// exchangeHTTP sends the request over the connection, reads the answer, notes
// its status, and returns the first bytes of the body, at most limit, and the
// headers. The connection serves this one request; redirects are answers, not
// followed. It writes HTTP/1.1 itself rather than through http.Transport, whose
// connections outlive a request and its context.
func exchangeHTTP(ctx context.Context, conn net.Conn, request *http.Request, limit int64, seen *Observation) (string, http.Header) {
	broke := func(what string, err error) (string, http.Header) {
		if isOver(ctx) {
			seen.failed(fail(TimedOut, "%s accepted the connection, but did not answer the request", seen.Addresses[0]))
		} else {
			seen.failed(fail(BadResponse, "%s %s: %v", seen.Addresses[0], what, err))
		}
		return "", nil
	}
	if err := request.Write(conn); err != nil {
		return broke("did not take the request", err)
	}
	reader := bufio.NewReader(io.LimitReader(conn, maxAnswer))
	for range maxInterim {
		response, err := http.ReadResponse(reader, request)
		if err != nil {
			return broke("did not answer with HTTP", err)
		}
		if response.StatusCode < 200 {
			continue
		}
		body, err := io.ReadAll(io.LimitReader(response.Body, limit))
		if err != nil {
			return broke("broke off its answer", err)
		}
		seen.Status = response.StatusCode
		return strings.ToValidUTF8(string(body), "?"), response.Header
	}
	return broke("did not answer with HTTP", errors.New("nothing but interim answers"))
}
