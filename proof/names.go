package proof

import (
	"fmt"
	"strings"
)

// RegionalName picks the endpoint's own name for the whole Region from its
// Names, by its form, not by its place:
//
//	vpce-0123456789abcdef0-abcdefgh.SERVICE.REGION.vpce.amazonaws.com
//
// (docs.aws.amazon.com/vpc/latest/privatelink/privatelink-access-aws-services.html,
// "DNS names"). A service with virtual hosts, such as S3, has the name with a
// leading "*."; it stands for a host there, and "bucket" is one that S3 serves
// (docs.aws.amazon.com/AmazonS3/latest/userguide/privatelink-interface-endpoints.html).
func (e Endpoint) RegionalName() (string, error) { return e.name("") }

// ZonalName picks the endpoint's own name for one Availability Zone:
//
//	vpce-0123456789abcdef0-abcdefgh-ZONE.SERVICE.REGION.vpce.amazonaws.com
func (e Endpoint) ZonalName(zone string) (string, error) { return e.name(zone) }

// virtualHost takes the place of the "*" in a name.
const virtualHost = "bucket"

func (e Endpoint) name(zone string) (string, error) {
	for _, name := range e.Names {
		name = strings.ToLower(strings.TrimSuffix(name, "."))
		bare, wild := strings.CutPrefix(name, "*.")
		label, _, more := strings.Cut(bare, ".")
		random, own := strings.CutPrefix(label, strings.ToLower(e.ID)+"-")
		if !own || !more {
			continue
		}
		_, suffix, _ := strings.Cut(random, "-")
		if suffix != strings.ToLower(zone) {
			continue
		}
		if wild {
			return virtualHost + "." + bare, nil
		}
		return bare, nil
	}
	what := "no regional DNS name"
	if zone != "" {
		what = "no DNS name for the zone " + zone
	}
	if len(e.Names) == 0 {
		return "", fmt.Errorf("the endpoint %s has %s, nor any other", e.ID, what)
	}
	return "", fmt.Errorf("the endpoint %s has %s among its names %s", e.ID, what, printable(shorten(list(e.Names), 400)))
}

// in returns the endpoint's interfaces in the zone, all if it is empty.
func (e Endpoint) in(zone string) []Interface {
	var found []Interface
	for _, i := range e.Interfaces {
		if zone == "" || i.Zone == zone {
			found = append(found, i)
		}
	}
	return found
}

// Probe makes the measurement for the claim: the endpoint's name is replaced by
// a literal from the facts, and defaults are filled in. The error says that the
// endpoint has no such name, or that the claim is not measured at all.
func (c Claim) Probe(f Facts) (Probe, error) {
	if !c.Kind.Measured() {
		return Probe{}, fmt.Errorf("claim %s: %s is judged by facts alone", c.name(), c.Kind)
	}
	probe := Probe{
		Claim: c.ID, Kind: c.Kind, Host: strings.TrimSuffix(c.Host, "."), Port: c.port(),
		Path: c.Path, Call: c.Call, Timeout: defaultTimeout,
	}
	if c.Host == "" {
		name, err := f.Endpoint.name(c.Zone)
		if err != nil {
			return Probe{}, err
		}
		probe.Host = name
	}
	switch c.Kind {
	case Spreads:
		probe.Requests, probe.Timeout = c.requests(), defaultSpreadTimeout
		probe.Scheme = c.scheme()
	case Answers:
		probe.Scheme = c.scheme()
	case Resolves:
		probe.Port = 0
	}
	return probe, nil
}

// scheme is the claim's Scheme or its default.
func (c Claim) scheme() string {
	if c.Scheme == "" {
		return "https"
	}
	return c.Scheme
}

// port is the claim's Port or its default.
func (c Claim) port() int {
	switch {
	case c.Port != 0:
		return int(c.Port)
	case c.Scheme == "http":
		return 80
	}
	return 443
}
