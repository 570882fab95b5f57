package cloud

import (
	"crypto/tls"
	"slices"
	"strings"
	"sync"
	"time"
)

// virtualHosts issues certificates for names below the names of endpoints, such as
// bucket.vpce-….s3.REGION.vpce.amazonaws.com. A star stands for one label, so that a
// service with virtual hosts has a certificate for each endpoint
// (docs.aws.amazon.com/AmazonS3/latest/userguide/privatelink-interface-endpoints.html).
type virtualHosts struct {
	authority *certificateAuthority
	now       func() time.Time
	// names are those of the service. One that begins with "*." and has a service's own
	// name behind it makes it one with virtual hosts.
	names []string

	mu   sync.Mutex
	made map[string]*tls.Certificate // by the endpoint's name
}

// certificate implements [tls.Config.GetCertificate]: nil for the service's one
// certificate.
func (v *virtualHosts) certificate(hello *tls.ClientHelloInfo) (*tls.Certificate, error) {
	_, endpoint, _ := strings.Cut(strings.ToLower(hello.ServerName), ".")
	label, rest, _ := strings.Cut(endpoint, ".")
	if !strings.HasPrefix(label, "vpce-") || !slices.Contains(v.names, "*."+rest) || !v.hosts() {
		return nil, nil
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.made[endpoint] == nil {
		made, err := v.authority.issue(v.now(), "*."+endpoint)
		if err != nil {
			return nil, err
		}
		v.made[endpoint] = made
	}
	return v.made[endpoint], nil
}

// hosts reports whether the service has virtual hosts at its public name.
func (v *virtualHosts) hosts() bool {
	return slices.ContainsFunc(v.names, func(name string) bool {
		public, wild := strings.CutPrefix(name, "*.")
		return wild && slices.Contains(v.names, public)
	})
}
