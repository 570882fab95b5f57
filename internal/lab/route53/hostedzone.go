package route53

import (
	"net/netip"
	"slices"
	"strconv"
	"strings"

	miekg "github.com/miekg/dns"

	"provenendpoints/internal/lab/awserr"
	"provenendpoints/internal/lab/dns"
	"provenendpoints/internal/lab/store"
)

// HostedZone is a zone of names. A private one holds in its VPCs, if they have both DNS
// attributes; a public one is delegated to by nobody here, so that its names mean
// nothing to anybody
// (docs.aws.amazon.com/Route53/latest/DeveloperGuide/hosted-zones-working-with.html).
type HostedZone struct {
	// ID is Z…, Name the domain name. Required.
	ID, Name string
	// VPCs are the ids of the VPCs of a private zone. Default: the zone is public.
	VPCs []string
	// Comment is for people.
	Comment string
}

type hostedZone struct {
	HostedZone
	zone    *dns.Zone
	records map[recordKey]*routedSets // nil: simple routing
}

type recordKey struct {
	name   string
	rrtype uint16
}

// CreateZone creates a hosted zone.
func (n *Names) CreateZone(c HostedZone) error {
	n.mu.Lock()
	defer n.mu.Unlock()
	if err := n.zones.CheckFree(c.ID); err != nil {
		return err
	}
	name, ok := domainName(c.Name)
	if !ok || name == "." {
		return awserr.New("InvalidDomainName", "%s is not a valid domain name", c.Name)
	}
	c.Name = name
	z := &hostedZone{HostedZone: c, zone: dns.NewZone(name), records: map[recordKey]*routedSets{}}
	z.VPCs = nil
	for _, id := range c.VPCs {
		if err := n.associate(z, id); err != nil {
			for _, done := range z.VPCs {
				n.privateZones(done, func(zones *dns.Zones) { zones.Remove(name) })
			}
			return err
		}
	}
	n.zones.ByID[c.ID] = z
	return nil
}

// associate makes a zone hold in a VPC. A VPC has one zone of a name, those of endpoints
// with private DNS among them
// (docs.aws.amazon.com/Route53/latest/APIReference/API_AssociateVPCWithHostedZone.html,
// ConflictingDomainExists).
func (n *Names) associate(z *hostedZone, vpcID string) error {
	if err := n.checkVPC(vpcID); err != nil {
		return err
	}
	added := false
	n.privateZones(vpcID, func(zones *dns.Zones) { added = zones.Add(z.zone) })
	if !added {
		return awserr.New("ConflictingDomainExists", "The VPC %s in region %s has already been associated with the hosted zone with the same domain name %s", vpcID, n.network.Region(), z.Name)
	}
	z.VPCs = append(z.VPCs, vpcID)
	return nil
}

// disassociate ends what associate began.
func (n *Names) disassociate(z *hostedZone, vpcID string) {
	n.privateZones(vpcID, func(zones *dns.Zones) { zones.Remove(z.Name) })
	z.VPCs = slices.DeleteFunc(z.VPCs, func(id string) bool { return id == vpcID })
}

// privateZones changes the private zones of a VPC, if it is still there.
func (n *Names) privateZones(vpcID string, do func(*dns.Zones)) {
	l := n.network.Lock()
	defer l.Unlock()
	if _, err := l.VPC(vpcID); err == nil {
		do(l.PrivateZones(vpcID))
	}
}

// SetZoneVPCs replaces the VPCs of a private zone, of which one must be left.
func (n *Names) SetZoneVPCs(id string, vpcs []string) error {
	n.mu.Lock()
	defer n.mu.Unlock()
	z, err := n.zones.Get(id)
	switch {
	case err != nil:
		return err
	case len(z.VPCs) == 0 && len(vpcs) > 0:
		return awserr.New("PublicZoneVPCAssociation", "You're trying to associate a VPC with a public hosted zone. Amazon Route 53 doesn't support associating a VPC with a public hosted zone.")
	case len(z.VPCs) > 0 && len(vpcs) == 0:
		return awserr.New("LastVPCAssociation", "The VPC that you're trying to disassociate from the private hosted zone is the last VPC that is associated with the hosted zone.")
	}
	for _, vpcID := range vpcs {
		if !slices.Contains(z.VPCs, vpcID) {
			if err := n.associate(z, vpcID); err != nil {
				return err
			}
		}
	}
	for _, vpcID := range slices.Clone(z.VPCs) {
		if !slices.Contains(vpcs, vpcID) {
			n.disassociate(z, vpcID)
		}
	}
	return nil
}

// DeleteZone deletes a hosted zone without records.
func (n *Names) DeleteZone(id string) error {
	n.mu.Lock()
	defer n.mu.Unlock()
	z, err := n.zones.Get(id)
	if err != nil {
		return err
	}
	if len(z.records) > 0 {
		return awserr.New("HostedZoneNotEmpty", "The specified hosted zone contains non-required resource record sets and so cannot be deleted.")
	}
	for _, vpcID := range slices.Clone(z.VPCs) {
		n.disassociate(z, vpcID)
	}
	delete(n.zones.ByID, id)
	return nil
}

// Zones describes all hosted zones in the order of their ids.
func (n *Names) Zones() []HostedZone {
	n.mu.RLock()
	defer n.mu.RUnlock()
	return store.Describe(n.zones, func(z *hostedZone) HostedZone {
		c := z.HostedZone
		c.VPCs = slices.Clone(c.VPCs)
		return c
	})
}

// ZoneNamed returns the id of the one hosted zone with a name, as a record set that names
// its zone needs it.
func (n *Names) ZoneNamed(name string) (string, error) {
	n.mu.RLock()
	defer n.mu.RUnlock()
	want, _ := domainName(name)
	found := ""
	for id, z := range n.zones.ByID {
		if z.Name == want {
			if found != "" {
				return "", awserr.New("InvalidInput", "Found multiple hosted zones with name %s; HostedZoneId is needed", name)
			}
			found = id
		}
	}
	if found == "" {
		return "", awserr.New("NoSuchHostedZone", "No hosted zone found with name: %s", name)
	}
	return found, nil
}

// RecordSet are the records of one name and type.
type RecordSet struct {
	// Zone is the id of the hosted zone, Name the name within it, Type such as A.
	// Required.
	Zone, Name, Type string
	// TTL is the time to live in seconds.
	TTL int
	// Records are the values, Alias instead of them the name whose addresses the record
	// has: that of a load balancer or an endpoint, or one of the same zone.
	Records []string
	Alias   string
	// Routing chooses among several record sets of the name and type. Default: there is one.
	Routing Routing
}

// PutRecords creates a record set, or changes it with replace
// (docs.aws.amazon.com/Route53/latest/APIReference/API_ChangeResourceRecordSets.html).
func (n *Names) PutRecords(c RecordSet, replace bool) error {
	n.mu.Lock()
	defer n.mu.Unlock()
	z, err := n.zones.Get(c.Zone)
	if err != nil {
		return err
	}
	name, ok := domainName(c.Name)
	rrtype, known := miekg.StringToType[c.Type]
	key := recordKey{name, rrtype}
	before, exists := z.records[key]
	simple := c.Routing.SetIdentifier == ""
	switch {
	case simple && c.Routing.kind() != "simple":
		return awserr.New("InvalidInput", "Invalid request: SetIdentifier is needed for the %s routing of %s", c.Routing.kind(), c.Name)
	case !ok || !miekg.IsSubDomain(z.Name, name):
		return badChange("RRSet with DNS name %s is not permitted in zone %s", c.Name, z.Name)
	case !known:
		return badChange("%s is no type of a record", c.Type)
	case simple && exists && (!replace || before != nil), !simple && exists && before == nil:
		return badChange("Tried to create resource record set [name='%s', type='%s'] but it already exists", name, c.Type)
	case rrtype == miekg.TypeCNAME && name == z.Name:
		return badChange("RRSet of type CNAME with DNS name %s is not permitted at apex in zone %s", name, z.Name)
	case (len(c.Records) == 0) == (c.Alias == ""):
		return badChange("exactly one of ResourceRecords and AliasTarget is needed for %s", name)
	}
	for other := range z.records {
		if other.name == name && other.rrtype != rrtype && (other.rrtype == miekg.TypeCNAME || rrtype == miekg.TypeCNAME) {
			return badChange("RRSet of type %s with DNS name %s is not permitted because a conflicting RRSet of type %s with the same DNS name already exists in zone %s", c.Type, name, miekg.Type(other.rrtype), z.Name)
		}
	}
	var texts []string
	var fixed []miekg.RR
	for _, value := range c.Records {
		text := name + " " + ttl(c.TTL) + " IN " + c.Type + " " + value
		rr, err := miekg.NewRR(text)
		if err != nil {
			return badChange("Invalid Resource Record: '%s' in %s %s", value, c.Type, name)
		}
		texts, fixed = append(texts, text), append(fixed, rr)
	}
	var addresses func() []netip.Addr // of an alias of type A
	if c.Alias != "" {
		target, ok := domainName(c.Alias)
		switch {
		case !ok || !miekg.IsSubDomain(z.Name, target) && !strings.HasSuffix(target, ".amazonaws.com."):
			return badChange("Tried to create an alias that targets %s, type %s, but the alias target name does not lie within the target zone", c.Alias, c.Type)
		case rrtype != miekg.TypeA && rrtype != miekg.TypeAAAA:
			return badChange("an alias of type %s is not supported, only A and AAAA are", c.Type)
		case rrtype == miekg.TypeA:
			addresses = n.addressesOf(z, target)
		}
	}
	if !simple {
		return n.putRouted(z, key, c, answering(name, fixed, addresses), replace)
	}
	z.zone.RemoveType(name, rrtype)
	for _, text := range texts {
		if err := z.zone.AddRecord(text); err != nil {
			return badChange("%v", err)
		}
	}
	if addresses != nil {
		if err := z.zone.SetAddressFunc(name, addresses); err != nil {
			return badChange("%v", err)
		}
	}
	z.records[key] = nil
	return nil
}

// addressesOf looks an alias's target up, at each query: in its own zone, and among the
// public names, where those of load balancers and endpoints are.
func (n *Names) addressesOf(z *hostedZone, target string) func() []netip.Addr {
	own, public := new(dns.Zones), new(dns.Zones)
	own.Add(z.zone)
	public.Add(n.network.PublicZone())
	view := dns.View{own, public}
	return func() []netip.Addr {
		var out []netip.Addr
		for _, rr := range view.Answer(new(miekg.Msg).SetQuestion(target, miekg.TypeA)).Answer {
			if a, ok := rr.(*miekg.A); ok {
				if addr, ok := netip.AddrFromSlice(a.A.To4()); ok {
					out = append(out, addr)
				}
			}
		}
		return out
	}
}

// DeleteRecords deletes a record set: the one with an identifier, or that of simple routing.
func (n *Names) DeleteRecords(zone, name, rrtype, identifier string) error {
	n.mu.Lock()
	defer n.mu.Unlock()
	z, err := n.zones.Get(zone)
	if err != nil {
		return err
	}
	at, _ := domainName(name)
	key := recordKey{at, miekg.StringToType[rrtype]}
	s, exists := z.records[key]
	if !exists || (s == nil) != (identifier == "") || s != nil && len(s.without(identifier)) == len(s.sets) {
		return awserr.New("NoSuchRecordSet", "Tried to delete resource record set [name='%s', type='%s'] but it was not found", at, rrtype)
	}
	if s != nil {
		if s.sets = s.without(identifier); len(s.sets) > 0 {
			return n.publishRouted(z, key, s)
		}
	}
	z.zone.RemoveType(at, key.rrtype)
	delete(z.records, key)
	return nil
}

func badChange(format string, args ...any) error {
	return awserr.New("InvalidChangeBatch", format, args...)
}

// ttl is a time to live as a zone file writes it; 300 seconds by default, as in Route 53's
// console.
func ttl(seconds int) string {
	if seconds == 0 {
		seconds = 300
	}
	return strconv.Itoa(seconds)
}

// PublicTexts are the texts of the TXT records of a name in public zones. Who verifies a
// domain sees them: their owner is taken to have the domain delegated to the zone.
func (n *Names) PublicTexts(name string) []string {
	n.mu.RLock()
	defer n.mu.RUnlock()
	asked, _ := domainName(name)
	var texts []string
	for _, z := range n.zones.ByID {
		if len(z.VPCs) > 0 || !miekg.IsSubDomain(z.Name, asked) {
			continue
		}
		own := new(dns.Zones)
		own.Add(z.zone)
		for _, record := range (dns.View{own}).Answer(new(miekg.Msg).SetQuestion(asked, miekg.TypeTXT)).Answer {
			if text, ok := record.(*miekg.TXT); ok {
				texts = append(texts, text.Txt...)
			}
		}
	}
	return texts
}
