package privatelink

import (
	"slices"
	"strings"

	miekg "github.com/miekg/dns"

	"provenendpoints/internal/lab/awserr"
	"provenendpoints/internal/lab/awsid"
	"provenendpoints/internal/lab/dns"
)

// Domain is the proof to AWS that the domain of a service's private name is the owner's: a
// TXT record with the value, of the name below the domain, or below one above it
// (docs.aws.amazon.com/vpc/latest/privatelink/manage-dns-names.html). Consumers cannot use
// the private name before it is verified.
type Domain struct {
	Name, Value string
	// State is pendingVerification, verified or failed; empty without a private name.
	State string
}

// The states of a domain's verification
// (docs.aws.amazon.com/AWSEC2/latest/APIReference/API_PrivateDnsNameConfiguration.html).
const (
	domainPending  = "pendingVerification"
	domainVerified = "verified"
	domainFailed   = "failed"
)

// newDomain is what has to be proved of a service's private name. Another name has to be
// proved anew.
func newDomain(service, name string) Domain {
	if name == "" {
		return Domain{}
	}
	return Domain{Name: "_" + awsid.Lower(20, service, name), Value: "vpce:" + awsid.Lower(20, "value", service, name), State: domainPending}
}

// VerifyDomain looks for the record of a service's private name. AWS goes on looking for
// ten minutes; here what is not there yet has failed, and can be looked for again.
func (pl *PrivateLink) VerifyDomain(id string) error {
	asked, err := pl.EndpointService(id)
	if err != nil {
		return err
	}
	if asked.PrivateDNSName == "" {
		return awserr.New("InvalidParameter", "The endpoint service %s has no private DNS name", id)
	}
	// Not under the network's lock: who is asked may hold its own while it takes that one.
	state := domainFailed
	for domain := asked.PrivateDNSName; domain != "" && state == domainFailed; _, domain, _ = strings.Cut(domain, ".") {
		if pl.hasText(asked.Domain.Name+"."+domain, asked.Domain.Value) {
			state = domainVerified
		}
	}
	locked := pl.network.Lock()
	defer locked.Unlock()
	s, err := pl.offers.Get(id)
	if err == nil && s.Domain.Value == asked.Domain.Value {
		s.Domain.State = state
	}
	return err
}

// hasText reports whether a public name has a TXT record with the value, in the DNS or in
// a public zone of the owner's.
func (pl *PrivateLink) hasText(name, value string) bool {
	if pl.texts != nil && slices.Contains(pl.texts(name), value) {
		return true
	}
	query := new(miekg.Msg).SetQuestion(miekg.Fqdn(name), miekg.TypeTXT)
	public := new(dns.Zones)
	public.Add(pl.network.PublicZone())
	for _, record := range (dns.View{public}).Answer(query).Answer {
		if text, ok := record.(*miekg.TXT); ok && slices.Contains(text.Txt, value) {
			return true
		}
	}
	return false
}
