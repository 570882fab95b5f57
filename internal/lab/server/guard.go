package server

import (
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
)

// guard lets pass what this machine's programs and the server's own pages ask for. A page
// of another site that is open in a browser on this machine reaches the port, too: by a name
// that its owner points here (DNS rebinding), which the Host header shows, or from its own
// name, which Origin and Sec-Fetch-Site show
// (fetch.spec.whatwg.org/#origin-header, w3c.github.io/webappsec-fetch-metadata).
func (s *Server) guard(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case !isLocal(r.Host):
			http.Error(w, "the host "+r.Host+" is not this machine", http.StatusForbidden)
		case !s.isOwn(r):
			http.Error(w, "requests of other sites are refused", http.StatusForbidden)
		default:
			next.ServeHTTP(w, r)
		}
	})
}

// isLocal reports whether a host, with or without a port, is this machine: a loopback
// address, localhost, or a name below that.
func isLocal(host string) bool {
	if h, _, err := net.SplitHostPort(host); err == nil {
		host = h
	}
	host = strings.ToLower(strings.TrimSuffix(host, "."))
	if addr, err := netip.ParseAddr(strings.Trim(host, "[]")); err == nil {
		return addr.IsLoopback()
	}
	return host == "localhost" || strings.HasSuffix(host, ".localhost")
}

// isOwn reports whether a request comes from no page, or from one of the server's own. A
// link on another site may lead here: to look changes nothing.
func (s *Server) isOwn(r *http.Request) bool {
	if origin := r.Header.Get("Origin"); origin != "" {
		u, err := url.Parse(origin)
		return err == nil && u.Host == r.Host
	}
	switch r.Header.Get("Sec-Fetch-Site") {
	case "", "none", "same-origin":
		return true
	}
	return r.Method == http.MethodGet && r.Header.Get("Sec-Fetch-Mode") == "navigate" && r.Header.Get("Sec-Fetch-Dest") == "document"
}
