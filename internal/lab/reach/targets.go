package reach

import (
	"cmp"
	"context"
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"provenendpoints/internal/lab/dns"
	"provenendpoints/internal/lab/privatelink"
	"provenendpoints/internal/lab/vpc"
)

// Target is what packets are sent to.
type Target struct {
	// Name is such as "instance Web", or the name or address that was given.
	Name string
	kind string
	id   string // physical id; for what is no resource: a DNS name or an address
}

// The kinds of targets that are no resources.
const (
	kindService = "service" // an AWS service by its default name
	kindHost    = "host"    // a DNS name or an address
)

// someHost stands for everybody on the internet.
const someHost = "example.com"

// Targets returns what the stacks have that takes packets, the AWS services that their
// endpoints lead to, and a host on the internet, in the order of their names.
func (s *Survey) Targets() []Target {
	r := s.Region
	var out []Target
	add := func(kind, id string) {
		t := Target{Name: kind + " " + s.Named(id), kind: kind, id: id}
		if s.Knows(id) && !slices.Contains(out, t) {
			out = append(out, t)
		}
	}
	for _, sub := range r.Network.Subnets().All() {
		add(KindSubnet, sub.ID)
	}
	for _, i := range r.Network.Interfaces().All() {
		if o := s.owner(i); o.kind == KindInstance || o.kind == KindFunction {
			add(o.kind, o.id)
		}
	}
	for _, b := range r.LoadBalancing.LoadBalancers() {
		add(KindBalancer, b.ID)
	}
	services := map[string]bool{}
	for _, e := range r.PrivateLink.Endpoints() {
		if !s.Knows(e.ID) {
			continue
		}
		if e.Type == privatelink.InterfaceType {
			add(KindEndpoint, e.ID)
		}
		if name, ok := s.serviceHost(e.Service); ok && !services[name] {
			services[name] = true
			out = append(out, Target{Name: kindService + " " + name, kind: kindService, id: name})
		}
	}
	slices.SortFunc(out, func(a, b Target) int { return cmp.Compare(a.Name, b.Name) })
	return append(out, Target{Name: internetName, kind: kindHost, id: someHost})
}

// serviceHost is the default DNS name of an AWS service by the name that its
// endpoints have: com.amazonaws.REGION.s3 is at s3.REGION.amazonaws.com.
func (s *Survey) serviceHost(service string) (string, bool) {
	labels, ok := strings.CutPrefix(service, "com.amazonaws."+s.Region.Network.Region()+".")
	if !ok {
		return "", false
	}
	words := strings.Split(labels, ".")
	slices.Reverse(words) // ecr.dkr is dkr.ecr
	return strings.Join(words, ".") + "." + s.Region.Network.Region() + ".amazonaws.com", true
}

// At returns the target that a DNS name or an address is.
func At(host string) Target { return Target{Name: host, kind: kindHost, id: host} }

// Lookup resolves a name as a place does, with the resolvers that it has.
func (s *Survey) Lookup(ctx context.Context, from Place, name string) ([]netip.Addr, error) {
	client := dns.Client{Dial: from.Host.Dial, WithTimeout: s.Region.Network.Clock().WithTimeout, Attempts: 1}
	return client.Lookup(ctx, from.Host.Nameservers(), name)
}

// unaddressed is why a target has no address for a place.
type unaddressed string

func (e unaddressed) Error() string { return string(e) }

// Addresses returns the addresses by which a place finds a target: from inside of a
// VPC its private ones, from outside its public ones, and what a DNS name resolves to
// there. The error is an unaddressed or says why a name does not resolve.
func (s *Survey) Addresses(ctx context.Context, from Place, t Target) ([]netip.Addr, error) {
	switch t.kind {
	case KindSubnet:
		p, err := s.Subnet(t.id)
		if err != nil {
			return nil, err
		}
		i, err := s.Region.Network.Interfaces().Get(p.Host.Name())
		if err != nil {
			return nil, err
		}
		return visible(from, t, []vpc.Interface{i})
	case KindInstance, KindFunction:
		return visible(from, t, s.interfaces(t.kind, t.id))
	case KindBalancer:
		for _, b := range s.Region.LoadBalancing.LoadBalancers() {
			if b.ID == t.id {
				return s.resolved(ctx, from, b.DNSName)
			}
		}
	case KindEndpoint:
		e, err := s.Region.PrivateLink.Endpoint(t.id)
		if err != nil {
			return nil, err
		}
		if len(e.DNSNames) > 0 {
			name, wild := strings.CutPrefix(e.DNSNames[0].Name, "*.")
			if wild {
				name = "any." + name
			}
			return s.resolved(ctx, from, name)
		}
	default:
		return s.resolved(ctx, from, t.id)
	}
	return nil, unaddressed(t.Name + " has no address")
}

// visible are the addresses of interfaces that a place can send packets to.
func visible(from Place, t Target, all []vpc.Interface) ([]netip.Addr, error) {
	var out []netip.Addr
	for _, i := range all {
		switch {
		case !from.Outside():
			out = append(out, i.PrivateAddr)
		case i.PublicAddr.IsValid():
			out = append(out, i.PublicAddr)
		}
	}
	switch {
	case len(all) == 0:
		return nil, unaddressed(t.Name + " has no address in a VPC")
	case len(out) == 0:
		return nil, unaddressed(t.Name + " has no public address")
	}
	return out, nil
}

// resolved resolves a name that stands for a target.
func (s *Survey) resolved(ctx context.Context, from Place, name string) ([]netip.Addr, error) {
	addrs, err := s.Lookup(ctx, from, name)
	if err != nil {
		return nil, unaddressed(fmt.Sprintf("%s does not resolve from %s: %v", name, from.Name, err))
	}
	return addrs, nil
}
