package functions

import (
	"context"
	"crypto/tls"
	"net"
	"net/http"

	"provenendpoints/internal/lab/dns"
)

// Client is an HTTP client that resolves names and connects from the function's
// network and trusts what the function trusts. Its time-outs are the caller's
// contexts alone.
func (e Environment) Client() *http.Client {
	return &http.Client{Transport: &http.Transport{
		DialContext:     e.dial,
		TLSClientConfig: &tls.Config{RootCAs: e.Roots, MinVersion: tls.VersionTLS12},
		// Idle connections end with the function's host.
		MaxIdleConnsPerHost: 4,
	}}
}

// dial connects to the first address of a host that accepts.
func (e Environment) dial(ctx context.Context, network, address string) (net.Conn, error) {
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return nil, err
	}
	resolver := dns.Client{Dial: e.Network.Dial, WithTimeout: e.Clock.WithTimeout}
	addresses, err := resolver.Lookup(ctx, e.Network.Nameservers(), host)
	if err != nil {
		return nil, &net.DNSError{Err: err.Error(), Name: host}
	}
	for _, a := range addresses {
		var conn net.Conn
		if conn, err = e.Network.Dial(ctx, network, net.JoinHostPort(a.String(), port)); err == nil {
			return conn, nil
		}
	}
	return nil, err
}
