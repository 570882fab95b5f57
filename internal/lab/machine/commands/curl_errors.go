package commands

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"syscall"
)

// lookupError is the failure of a name that did not resolve.
type lookupError struct {
	host string
	err  error
}

// Error is curl's message.
func (e *lookupError) Error() string { return "Could not resolve host: " + e.host }

// Unwrap returns the resolver's error.
func (e *lookupError) Unwrap() error { return e.err }

// connectError is the failure of all attempts to connect.
type connectError struct {
	host, port string
	timedOut   bool
	err        error
}

// Error is curl's message.
func (e *connectError) Error() string {
	why := "Could not connect to server"
	if errors.Is(e.err, syscall.ECONNREFUSED) {
		why = "Connection refused"
	}
	return fmt.Sprintf("Failed to connect to %s port %s: %s", e.host, e.port, why)
}

// Unwrap returns the network's error.
func (e *connectError) Unwrap() error { return e.err }

// diagnose returns the exit code of a failure and sets the message.
func (t *transfer) diagnose(ctx context.Context, err error) int {
	var (
		lookup   *lookupError
		connect  *connectError
		hostname x509.HostnameError
		unknown  x509.UnknownAuthorityError
		invalid  x509.CertificateInvalidError
		record   tls.RecordHeaderError
		alert    tls.AlertError
		network  *net.OpError
	)
	elapsed := t.Clock.Now().Sub(t.started).Milliseconds()
	t.message = err.Error()
	switch {
	case timedOut(ctx):
		t.message = fmt.Sprintf("Operation timed out after %d milliseconds with 0 bytes received", elapsed)
		return curlTimeout
	case errors.As(err, &lookup):
		t.message = lookup.Error()
		return curlNoHost
	case errors.As(err, &connect) && connect.timedOut:
		t.message = fmt.Sprintf("Connection timed out after %d milliseconds", elapsed)
		return curlTimeout
	case errors.As(err, &connect):
		t.message, t.refused = connect.Error(), errors.Is(err, syscall.ECONNREFUSED)
		return curlNoConnection
	case errors.As(err, &hostname):
		t.message = fmt.Sprintf("SSL: no alternative certificate subject name matches target hostname '%s'", hostname.Host)
		return curlBadCert
	case errors.As(err, &unknown), errors.As(err, &invalid):
		t.message = "SSL certificate problem: unable to get local issuer certificate"
		return curlBadCert
	case errors.As(err, &record), errors.As(err, &alert):
		t.message = "TLS connect error: " + err.Error()
		return curlTLS
	case errors.Is(err, io.EOF):
		t.message = "Empty reply from server"
		return curlEmptyReply
	case errors.Is(err, syscall.ECONNRESET), errors.As(err, &network):
		t.message = "Recv failure: Connection reset by peer"
		return curlReceive
	case errors.Is(err, errTooManyRedirects):
		t.message = errTooManyRedirects.Error()
		return curlTooManyRedirects
	}
	return curlReceive
}
