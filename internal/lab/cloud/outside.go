package cloud

import (
	"crypto/tls"
	"net/http"
	"net/netip"
	"strings"

	"provenendpoints/internal/lab/api"
	"provenendpoints/internal/lab/vpc"
)

// Outside answers the requests of clients outside of the lab to a service of the Region,
// as if they had come to its public endpoint from the internet. The caller has seen to it
// that nobody between the client and this process can read them: they count as sent over
// TLS. What they do is work for the lab's clock.
func (c *Cloud) Outside(service string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, hr *http.Request) {
		s, known := c.routes.get(service)
		if !known {
			s = api.Unimplemented(service, protocolOf(hr))
		}
		hr = hr.WithContext(hr.Context())
		if hr.TLS == nil {
			hr.TLS = &tls.ConnectionState{}
		}
		x := &exchange{Request: &api.Request{Request: hr, ID: c.calls.requestID()}, service: s, outside: true}
		if from, err := netip.ParseAddrPort(hr.RemoteAddr); err == nil {
			x.path = vpc.Path{Source: from.Addr()}
		}
		c.serveExchange(w, x)
	})
}

// Global reports whether a service has one endpoint for all Regions, whose requests are
// signed for us-east-1.
func (c *Cloud) Global(service string) bool {
	return signingRegion(service, "") != ""
}

// protocolOf guesses the protocol of a service that the lab does not know from a request
// (smithy.io/2.0/aws/protocols/index.html): the error must be in its form.
func protocolOf(r *http.Request) api.Protocol {
	switch content := r.Header.Get("Content-Type"); {
	case strings.HasPrefix(content, "application/x-www-form-urlencoded"), r.URL.Query().Has("Action"):
		return api.Query
	case strings.Contains(content, "xml"):
		return api.RESTXML
	}
	return api.JSON
}
