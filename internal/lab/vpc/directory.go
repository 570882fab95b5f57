package vpc

import (
	"net/netip"
	"strings"
	"sync"

	"provenendpoints/internal/lab/awsid"
	"provenendpoints/internal/lab/dns"
)

// directory holds the names that can be asked for: the public ones, and those of each
// VPC's private zones. It has a lock of its own, so that the resolver can
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

// WithdrawName takes a public DNS name away.
func (n *Network) WithdrawName(name string) { n.directory.root.Remove(name) }

// hostedZones are the ids of the hosted zones in which the names of VPC
// endpoints lie, as EC2's DnsEntries has them.
var hostedZones = map[string]string{
	"ap-northeast-1": "Z2E726K9Y6RL4W",
	"ap-northeast-2": "Z27UANNT0PRK1T",
	"us-east-1":      "Z7HUB22UULQXV",
}

func (n *Network) hostedZone() string {
	if id, ok := hostedZones[n.region]; ok {
		return id
	}
	return "Z" + strings.ToUpper(awsid.Lower(13, "hosted zone", n.region))
}

// endpointNames returns the names of an interface endpoint: the regional one,
// those of its zones, and the private ones if private DNS is on
// (docs.aws.amazon.com/vpc/latest/privatelink/privatelink-access-aws-services.html
// and …/privatelink-share-your-services.html, "DNS hostnames").
func (n *Network) endpointNames(e *endpoint, zones []string) []DNSEntry {
	first, rest := e.ID+"-"+awsid.Lower(8, e.ID), n.endpointSuffix(e)
	wild := ""
	for _, name := range e.privateNames() {
		if strings.HasPrefix(name, "*.") {
			// The certificate of such a service, S3's for one, is for names below
			// the endpoint's name.
			wild = "*."
		}
	}
	hosted := n.hostedZone()
	entries := []DNSEntry{{Name: wild + first + "." + rest, HostedZone: hosted}}
	for _, zone := range zones {
		entries = append(entries, DNSEntry{Name: wild + first + "-" + zone + "." + rest, HostedZone: hosted})
	}
	if e.PrivateDNS {
		for _, name := range e.privateNames() {
			entries = append(entries, DNSEntry{Name: name, HostedZone: "Z" + strings.ToUpper(awsid.Lower(20, e.ID, name))})
		}
	}
	return entries
}

// endpointSuffix is the part of an endpoint's names that tells the service:
// com.amazonaws.REGION.ecr.dkr becomes dkr.ecr.REGION.vpce.amazonaws.com.
func (n *Network) endpointSuffix(e *endpoint) string {
	name := strings.TrimPrefix(e.Service, "com.amazonaws.")
	name = strings.TrimPrefix(name, "vpce.")
	name = strings.TrimPrefix(name, n.region+".")
	labels := strings.Split(name, ".")
	for i, j := 0, len(labels)-1; i < j; i, j = i+1, j-1 {
		labels[i], labels[j] = labels[j], labels[i]
	}
	return strings.Join(labels, ".") + "." + n.region + ".vpce.amazonaws.com"
}
