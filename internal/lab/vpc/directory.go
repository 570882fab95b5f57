package vpc

import (
	"net/netip"
	"sync"

	"provenendpoints/internal/lab/dns"
)

// directory holds the DNS names: the public ones and each VPC's private zones. It has a lock of its own, so that the resolver can
// compute answers from the configuration.
type directory struct {
	root   *dns.Zone
	public *dns.Zones

	mu      sync.Mutex
	private map[string]*dns.Zones // by VPC
}

func newDirectory() *directory {
	s := &directory{root: dns.NewZone("."), public: new(dns.Zones), private: map[string]*dns.Zones{}}
	s.public.Add(s.root)
	return s
}

// of returns the private zones of a VPC.
func (s *directory) of(vpc string) *dns.Zones {
	s.mu.Lock()
	defer s.mu.Unlock()
	zones := s.private[vpc]
	if zones == nil {
		zones = new(dns.Zones)
		s.private[vpc] = zones
	}
	return zones
}

// forget drops the private zones of a VPC.
func (s *directory) forget(vpc string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.private, vpc)
}

// PublishName gives a public DNS name its addresses, in place of those it had.
// The first label may be * for every name below that has no addresses itself.
func (n *Network) PublishName(name string, addrs ...netip.Addr) error {
	if err := n.directory.root.SetAddresses(name, addrs...); err != nil {
		return refuse("InvalidParameterValue", "%s cannot be a DNS name", name)
	}
	return nil
}

// PublicZone returns the zone of all public names.
func (n *Network) PublicZone() *dns.Zone { return n.directory.root }
