package topology

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	miekg "github.com/miekg/dns"

	"provenendpoints/internal/contract"
	"provenendpoints/internal/lab/picture"
	"provenendpoints/internal/lab/privatelink"
	"provenendpoints/internal/lab/verdict"
	"provenendpoints/internal/lab/vpc"
	"provenendpoints/proof"
)

// prober is a function that measures.
type prober struct{ vantage string }

// proven is a resource that proves, with its claims as they were deployed.
type proven struct {
	resource string
	given    contract.Properties
}

// proofs finds the proofs of the stack and their probers.
func (b *builder) proofs(stack string, reports []verdict.Report) {
	b.probers, b.verifiers = map[string]prober{}, map[string]bool{}
	for _, id := range b.region.WithNested(stack) {
		for _, r := range b.region.Resources(id) {
			if r.Type != contract.ResourceType {
				continue
			}
			given, err := contract.Decode(r.Properties)
			if err != nil {
				continue // it was refused, and says so itself
			}
			b.proven = append(b.proven, proven{r.LogicalID, given})
			b.verifiers[lastOf(fmt.Sprint(r.Properties["ServiceToken"]), ":")] = true
			for vantage, arn := range given.VantagePoints {
				name := lastOf(arn, ":")
				b.probers[name] = prober{vantage}
			}
		}
	}
}

// vantage is the vantage point that a function is.
func (b *builder) vantage(function string) (string, bool) {
	p, ok := b.probers[function]
	return p.vantage, ok
}

// asksNames reports whether a claim resolves a name in a VPC.
func (b *builder) asksNames(vpcID string) bool {
	for _, p := range b.proven {
		for _, c := range p.given.All() {
			if c.Kind != proof.Resolves && c.Kind != proof.Nonexistent {
				continue
			}
			if i, ok := b.from(p.given, c.From); ok && i.VPC == vpcID {
				return true
			}
		}
	}
	return false
}

// from is the interface of a prober in a VPC.
func (b *builder) from(given contract.Properties, vantage string) (vpc.Interface, bool) {
	arn := given.VantagePoints[vantage]
	return find(b.interfaces, func(i vpc.Interface) bool {
		o := b.ownerOf(i)
		return o.kind == ofFunction && arn != "" && o.id == lastOf(arn, ":")
	})
}

// claims adds the claims of the last proofs, each with its way or with what it is about.
func (b *builder) claims(reports []verdict.Report) {
	for _, report := range reports {
		p, _ := find(b.proven, func(p proven) bool { return p.resource == report.Resource })
		all := p.given.All()
		for _, v := range report.Verdicts {
			c := picture.Claim{ID: ClaimID(report.Resource, v.Claim), Name: v.Claim, State: picture.State(v.State), Text: words(v)}
			if b.options.ClaimLink != nil {
				c.URL = b.options.ClaimLink(b.stackID, c.ID)
			}
			if claim, ok := find(all, func(c proof.Claim) bool { return c.ID == v.Claim }); ok {
				b.derive(&c, claim, p.given, v)
			}
			b.model.Claims = append(b.model.Claims, c)
		}
	}
}

// ClaimID is the id of a claim in a picture, by the logical id of the resource that proves it.
func ClaimID(resource, claim string) string { return resource + "-" + claim }

// words are why a claim does not hold.
func words(v verdict.Verdict) string {
	if v.State == proof.Holds {
		return ""
	}
	return v.What + ": expected to " + v.Expected + ", but " + v.Seen
}

// derive finds the way of a claim's packets, or what it is about.
func (b *builder) derive(c *picture.Claim, claim proof.Claim, given contract.Properties, v verdict.Verdict) {
	if !claim.Kind.Measured() {
		c.About = b.about(claim, given)
		return
	}
	host := b.hostOf(claim)
	t := trail{}
	i, in := b.from(given, claim.From)
	if in {
		t.add(i.ID, "", "prober "+claim.From)
	} else if arn := given.VantagePoints[claim.From]; arn != "" {
		t.add(b.addFunction(lastOf(arn, ":")), "", "prober "+claim.From)
	}
	if claim.Kind == proof.Resolves || claim.Kind == proof.Nonexistent {
		name := "DNS resolver: " + host
		for i, a := range b.resolve(i.VPC, host) {
			name += map[bool]string{true: " is ", false: ", "}[i == 0] + a.String()
		}
		t.add(resolverOf(i.VPC), "", name)
		c.Paths = [][]picture.Hop{t.hops}
		return
	}
	port := int(claim.Port)
	if port == 0 && claim.Scheme == "http" {
		port = 80
	} else if port == 0 {
		port = 443
	}
	var trails []trail
	switch addrs := b.resolve(i.VPC, host); {
	case !in:
		t.add(b.somewhere(host), "", host)
		trails = []trail{t}
	case len(addrs) == 0:
		t.add(resolverOf(i.VPC), "", "DNS resolver: "+host)
		trails = t.stop("the name has no address")
	default:
		for _, a := range addrs {
			trails = append(trails, b.walk(t.fork(), i, traffic{a, port}, host)...)
		}
	}
	b.conclude(c, claim, v, trails)
}

// conclude chooses among the ways: all that arrive, or the first that is stopped.
func (b *builder) conclude(c *picture.Claim, claim proof.Claim, v verdict.Verdict, trails []trail) {
	// A claim that packets must not arrive is about where they are stopped; where one of
	// several ways leads on, that is the one to see, and so the other way round.
	arrives := func(t trail) bool { return t.stopped == "" }
	wanted := trails
	if stopped := slices.IndexFunc(trails, func(t trail) bool { return !arrives(t) }); stopped >= 0 {
		open := slices.IndexFunc(trails, arrives)
		show := stopped
		if claim.Kind.Negative() && open >= 0 {
			show = open
		}
		wanted = trails[show : show+1]
	}
	seen := map[string]bool{}
	for _, t := range wanted {
		c.Stopped = t.stopped
		key := ""
		for _, h := range t.hops {
			key += h.ID + "|" + h.Route + " "
		}
		if !seen[key] {
			seen[key] = true
			c.Paths = append(c.Paths, t.hops)
		}
	}
	// Where the packets arrive and the call is refused, the policy is what stops it.
	if c.Stopped == "" && (v.State == proof.Holds) == claim.Kind.Negative() {
		c.Stopped = v.Seen
	}
}

// hostOf is the name that a claim's target has.
func (b *builder) hostOf(c proof.Claim) string {
	if c.Host != "" {
		return c.Host
	}
	e, ok := b.endpoint(c.Endpoint)
	if !ok {
		return c.Endpoint
	}
	if c.Named == proof.NamedPrivate {
		if s, ok := find(b.offered, func(s privatelink.EndpointService) bool { return s.Name == e.Service }); ok {
			return s.PrivateDNSName
		}
		_, host, _ := b.serviceHost(e.Service)
		return host
	}
	for _, n := range e.DNSNames {
		if c.Zone == "" || strings.Contains(n.Name, "-"+c.Zone+".") {
			return strings.TrimPrefix(n.Name, "*.")
		}
	}
	return c.Endpoint
}

// resolve looks a name up as a VPC's resolver would answer, without forwarding. An address
// stands for itself.
func (b *builder) resolve(vpcID, host string) []netip.Addr {
	if a, err := netip.ParseAddr(host); err == nil {
		return []netip.Addr{a}
	}
	query := new(miekg.Msg)
	query.SetQuestion(miekg.Fqdn(host), miekg.TypeA)
	answer := b.region.Network.Names(vpcID).View(netip.Addr{}).Answer(query)
	if answer == nil {
		return nil
	}
	var out []netip.Addr
	for _, r := range answer.Answer {
		if a, ok := r.(*miekg.A); ok {
			if addr, ok := netip.AddrFromSlice(a.A.To4()); ok {
				out = append(out, addr)
			}
		}
	}
	slices.SortFunc(out, netip.Addr.Compare)
	return out
}

// about are the things that a claim which facts alone decide is about.
func (b *builder) about(c proof.Claim, given contract.Properties) []string {
	var out []string
	switch {
	case c.From != "":
		if i, ok := b.from(given, c.From); ok {
			return []string{i.ID}
		}
		if arn := given.VantagePoints[c.From]; arn != "" {
			return []string{b.addFunction(lastOf(arn, ":"))}
		}
	case c.Kind == proof.Enclosed, c.Kind == proof.Unrouted && len(c.Subnets) > 0, c.Kind == proof.Routed:
		for _, id := range c.Subnets {
			if s, ok := b.subnet(id); ok {
				out = append(out, s.ID)
			}
		}
	case len(c.Hosts) > 0 && c.Kind != proof.Healthy:
		for _, i := range b.interfaces {
			if slices.Contains(c.Hosts, i.Instance) && i.Device == 0 {
				out = append(out, i.ID)
			}
		}
	case c.Kind == proof.Healthy:
		for _, l := range b.balancers {
			if slices.Contains(b.targetGroupsOf(l.ID), c.TargetGroup) {
				out = append(out, l.ID)
			}
		}
	case c.Service != "":
		out = []string{c.Service}
	case c.Balancer != "":
		out = []string{c.Balancer}
	case c.Endpoint != "" && c.Kind != proof.Granted:
		out = []string{c.Endpoint}
	case len(c.Subnets) > 0:
		for _, id := range c.Subnets {
			if s, ok := b.subnet(id); ok && !slices.Contains(out, s.VPC) {
				out = append(out, s.VPC)
			}
		}
	}
	return out
}
