package route53

import (
	"net/http"
	"slices"
	"strings"
	"sync"

	miekg "github.com/miekg/dns"

	"provenendpoints/internal/lab/awserr"
	"provenendpoints/internal/lab/dns"
	"provenendpoints/internal/lab/store"
	"provenendpoints/internal/lab/vpc"
)

// Names are the hosted zones, resolver rules and firewalls of an account. Methods may be
// called concurrently; objects are created, described and deleted by id.
type Names struct {
	network *vpc.Network

	// mu guards all that follows. It is taken before the network's lock.
	mu           sync.RWMutex
	zones        store.Store[*hostedZone]
	endpoints    store.Store[*endpoint]
	rules        store.Store[*rule]
	associations store.Store[*RuleAssociation]
	domainLists  store.Store[*DomainList]
	ruleGroups   store.Store[*RuleGroup]
	firewalls    store.Store[*Firewall]
	profiles     store.Store[*Profile]
	profiled     store.Store[*ProfileAssociation]
}

// New returns the names of a network, of which VPCs ask its resolvers.
func New(network *vpc.Network) *Names {
	const missing = "ResourceNotFoundException" // status 400 here
	n := &Names{
		network:      network,
		zones:        store.New[*hostedZone]("hosted zone", "NoSuchHostedZone"),
		endpoints:    store.New[*endpoint]("resolver endpoint", missing),
		rules:        store.New[*rule]("resolver rule", missing),
		associations: store.New[*RuleAssociation]("resolver rule association", missing),
		domainLists:  store.New[*DomainList]("firewall domain list", missing),
		ruleGroups:   store.New[*RuleGroup]("firewall rule group", missing),
		firewalls:    store.New[*Firewall]("firewall rule group association", missing),
		profiles:     store.New[*Profile]("profile", missing),
		profiled:     store.New[*ProfileAssociation]("profile association", missing),
	}
	network.RedirectNames(n.redirect)
	return n
}

// redirect implements [vpc.Redirect]. The firewall decides first. Of a resolver rule and
// a private hosted zone the more specific one wins, and the rule if they are equal
// (docs.aws.amazon.com/Route53/latest/DeveloperGuide/hosted-zone-private-considerations.html,
// "Private hosted zones and Route 53 VPC Resolver rules").
func (n *Names) redirect(vpcID, name, zone string) dns.Exchange {
	n.mu.RLock()
	defer n.mu.RUnlock()
	if blocked := n.blocked(vpcID, name); blocked != nil {
		return blocked
	}
	if r := n.forwarding(vpcID, name, zone); r != nil {
		return r.forward
	}
	return nil
}

// forwarding is the rule that forwards a name; nil if none does.
func (n *Names) forwarding(vpcID, name, zone string) *rule {
	r := n.ruleFor(vpcID, name)
	if r == nil || r.Type == System || zone != "" && miekg.CountLabel(zone) > miekg.CountLabel(r.Domain) {
		return nil
	}
	return r
}

// Answers returns the id of what answers the queries of a VPC for a name, or decides that
// nobody does, and what of it: the association of a firewall's rules, a resolver rule, or
// a private hosted zone. The id is empty where none of these does, and what is the origin
// of a private zone of something else, such as an endpoint's; empty where the public names
// answer.
func (n *Names) Answers(vpcID, name string) (id, what string) {
	name = miekg.CanonicalName(name)
	origin := n.network.PrivateZone(vpcID, name)
	n.mu.RLock()
	defer n.mu.RUnlock()
	if association, r := n.blocking(vpcID, name); r != nil {
		return association, strings.ToLower(r.Action) + " " + r.List
	}
	if r := n.forwarding(vpcID, name, origin); r != nil {
		return r.ID, "forward " + r.Domain
	}
	for id, z := range n.zones.ByID {
		if origin != "" && miekg.CanonicalName(z.Name) == origin && slices.Contains(z.VPCs, vpcID) {
			return id, origin
		}
	}
	return "", origin
}

// checkVPC returns the service's error for a VPC that does not exist.
func (n *Names) checkVPC(id string) error {
	if _, err := n.network.VPCs().Get(id); err != nil {
		return awserr.New("InvalidVPCId", "The VPC: %s you provided does not exist.", id)
	}
	return nil
}

func inUse(format string, args ...any) error {
	return awserr.New("ResourceInUseException", format, args...)
}

func invalid(format string, args ...any) error {
	return awserr.New("InvalidParameterException", format, args...)
}

func notFound(format string, args ...any) error {
	return awserr.WithStatus(http.StatusNotFound, "ResourceNotFoundException", format, args...)
}

// domainName is a name in lower case with a final dot.
func domainName(name string) (string, bool) {
	_, ok := miekg.IsDomainName(name)
	return miekg.CanonicalName(name), ok && !strings.Contains(name, "..") && name != ""
}

// VPCs returns the ids of the VPCs whose names these are.
func (n *Names) VPCs() []string {
	var ids []string
	for _, v := range n.network.VPCs().All() {
		ids = append(ids, v.ID)
	}
	return ids
}
