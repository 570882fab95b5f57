package proof

import (
	"context"
	"fmt"
	"net/netip"
	"strings"
)

// measurement is what a prober measures for a kind of claim, after it has
// resolved the target's name.
type measurement struct {
	// probe adds to a probe what the claim says besides the target. Optional.
	probe func(c Claim, p *Probe)
	// validate is what a prober checks besides the target. Optional.
	validate func(p Probe) error
	// fresh: it makes many connections, of which none may fail, and more in each
	// look (see connections).
	fresh bool
	// run measures at one target at least. Unset where resolving is all.
	run func(n Network, ctx context.Context, p Probe, targets []netip.AddrPort) Observation
}

// targetFields are the fields that name what is measured.
func targetFields(more ...string) []string {
	return append([]string{"Host", "Endpoint", "Zone"}, more...)
}

// targetFacts are the facts of the kinds that need no more than the target's name.
type targetFacts struct{ endpoint Endpoint }

// target is the endpoint whose name the target is.
func (f targetFacts) target() Endpoint { return f.endpoint }

// targetLookups are the look-ups of gatherTarget.
func targetLookups(c Claim) []source {
	if c.Endpoint == "" {
		return nil
	}
	return []source{EndpointLookup}
}

// gatherTarget looks up the endpoint whose name the target is, if it is one.
func gatherTarget(g *gatherer, c Claim) (f targetFacts) {
	if c.Endpoint != "" {
		f.endpoint = g.endpoint(c.Endpoint)
	}
	return f
}

// Probe makes the measurement for the claim: the endpoint's name is replaced by
// a literal from the facts, and defaults are filled in. The error says that the
// endpoint has no such name, or that the claim is not measured at all.
func (c Claim) Probe(f Facts) (Probe, error) {
	measurement := c.Kind.measurement()
	if measurement == nil {
		return Probe{}, fmt.Errorf("claim %s: %s is judged by facts alone", c.name(), c.Kind)
	}
	probe := Probe{
		Claim: c.ID, Kind: c.Kind, Host: strings.TrimSuffix(c.Host, "."), Port: c.port(),
		Path: c.Path, Call: c.Call, Timeout: Probe{Kind: c.Kind}.timeout(),
	}
	if c.Host == "" {
		var endpoint Endpoint
		if facts, named := f.known.(interface{ target() Endpoint }); named {
			endpoint = facts.target()
		}
		name, err := c.nameOf(endpoint)
		if err != nil {
			return Probe{}, err
		}
		probe.Host = name
	}
	if measurement.probe != nil {
		measurement.probe(c, &probe)
	}
	if measurement.fresh {
		probe.Requests = c.requests(1)
	}
	return probe, nil
}

// nameOf is the name of the endpoint that the claim means.
func (c Claim) nameOf(endpoint Endpoint) (string, error) {
	if c.Named == NamedPrivate {
		return endpoint.PrivateName()
	}
	return endpoint.name(c.Zone)
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

// path is the claim's Path or its default.
func (c Claim) path() string {
	if c.Path == "" {
		return "/"
	}
	return c.Path
}

// hostOrEndpoint is the claim's host, its endpoint, or the endpoint's zonal name.
func (c Claim) hostOrEndpoint() string {
	switch {
	case c.Host != "":
		return c.Host
	case c.Named == NamedPrivate:
		return c.Endpoint + " (its private name)"
	case c.Zone != "" && c.Kind.Measured():
		return fmt.Sprintf("%s (its name in %s)", c.Endpoint, c.Zone)
	}
	return c.Endpoint
}

// hostOrEndpointSubject is the same as the subject of a sentence.
func (c Claim) hostOrEndpointSubject() string {
	switch {
	case c.Host == "" && c.Named == NamedPrivate:
		return "the endpoint " + c.Endpoint + " by its private name"
	case c.Host == "" && c.Zone == "":
		return "the endpoint " + c.target()
	case c.Host == "":
		return "the endpoint " + c.Endpoint + " by its name in " + c.Zone
	}
	return c.target()
}

// certificateName is the name that a certificate must be valid for.
func (c Claim) certificateName() string {
	if c.Host == "" {
		return "the name of the endpoint"
	}
	return c.Host
}

// hintAfter says what to look at first where the target was not reached, or not
// in the way it should be.
func (c Claim) hintAfter(outcome Outcome) string {
	switch outcome {
	case NoName:
		if c.Endpoint != "" {
			return fmt.Sprintf("the DNS attributes of the VPC (enableDnsSupport, enableDnsHostnames) and the state of %s", c.Endpoint)
		}
		return "the DNS attributes of the VPC (enableDnsSupport, enableDnsHostnames)"
	case TimedOut:
		if c.Endpoint != "" {
			return fmt.Sprintf("the security group of %s, which must admit TCP %d from %s, then the network ACLs", c.Endpoint, c.port(), c.From)
		}
		return fmt.Sprintf("the route table of the subnet of %s, then the security group of the target and the network ACLs", c.From)
	case NoRoute:
		return fmt.Sprintf("the route table of the subnet of %s", c.From)
	case BadTLS:
		return fmt.Sprintf("the certificate: it must be valid for %s", c.certificateName())
	case Refused, BadResponse:
		return fmt.Sprintf("what listens at %s on TCP %d", c.target(), c.port())
	}
	return ""
}
