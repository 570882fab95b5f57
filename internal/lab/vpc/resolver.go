package vpc

import (
	"context"
	"net"
	"net/netip"
	"time"

	"provenendpoints/internal/lab/dns"
)

// publicResolver is the address of the internet's resolver, from a block that
// is reserved for documentation.
var publicResolver = netip.AddrFrom4([4]byte{198, 51, 100, 53})

// Query describes a DNS query to a fault.
type Query struct {
	// VPC is the id of the VPC that asks its resolver; empty for the internet.
	VPC string
	// Source is the address that asks, private if VPC is set.
	Source netip.Addr
	// Name is asked for, in lower case with a final dot; Type is such as A.
	Name, Type string
}

// startResolver starts the one host that answers as the internet's resolver
// and, by routing, as that of each VPC. Its answers depend on the path of the
// question: public names for all, a VPC's private zones for that VPC
// (docs.aws.amazon.com/vpc/latest/userguide/AmazonDNS-concepts.html).
func (n *Network) startResolver() error {
	h, err := n.PublicHost("resolver", publicResolver)
	if err != nil {
		return err
	}
	packets, err := h.ListenPacket(53)
	if err != nil {
		return err
	}
	stream, err := h.Listen(53)
	if err != nil {
		return err
	}
	o := dns.Options{
		View:     func(from netip.Addr) dns.View { return n.namesOf(n.pathOf(from).VPC) },
		Redirect: func(from netip.Addr, name string) dns.Exchange { return n.redirected(n.pathOf(from).VPC, name) },
		Packets:  []net.PacketConn{packets},
		Streams:  []net.Listener{stream},
		Sleep:    func(ctx context.Context, d time.Duration) error { return n.clock.Sleep(ctx, d) },
	}
	if fault := n.faults.DNS; fault != nil {
		o.Fault = func(q dns.Question) dns.Effect {
			by := n.pathOf(q.From)
			return fault(Query{VPC: by.VPC, Source: by.Source, Name: q.Name, Type: q.Type})
		}
	}
	server, err := dns.Serve(o)
	if err != nil {
		return err
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	n.resolver, n.dnsServer = h, server
	n.nameserver = n.PublicResolver()
	return nil
}

// PublicResolver is where the resolver of the internet is asked.
func (n *Network) PublicResolver() netip.AddrPort { return netip.AddrPortFrom(publicResolver, 53) }

// namesOf returns the names that the resolver of a VPC knows; of the internet's if id
// is empty. Private zones need both DNS attributes of the VPC
// (docs.aws.amazon.com/vpc/latest/userguide/AmazonDNS-concepts.html).
func (n *Network) namesOf(id string) dns.View {
	if n.hasPrivateNames(id) {
		return dns.View{n.directory.of(id), n.directory.public}
	}
	return dns.View{n.directory.public}
}

func (n *Network) hasPrivateNames(id string) bool {
	n.mu.RLock()
	defer n.mu.RUnlock()
	v := n.vpcs.ByID[id]
	return v != nil && v.DNSSupport && v.DNSHostnames
}

// PrivateZone returns the origin of the private zone of a VPC that has a name; empty if
// none has, or the VPC does not use them.
func (n *Network) PrivateZone(vpc, name string) string {
	if !n.hasPrivateNames(vpc) {
		return ""
	}
	return n.directory.of(vpc).Match(name)
}

// Redirect returns what answers the queries of a VPC for a name, in place of its
// resolver; nil if the resolver does. zone is the origin of the private zone of the
// VPC that has the name; empty if none has.
type Redirect func(vpc, name, zone string) dns.Exchange

// RedirectNames has f decide who answers the queries of VPCs. It is called for every
// query, concurrently, and may call the network.
func (n *Network) RedirectNames(f Redirect) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.redirect = f
}

func (n *Network) redirected(id, name string) dns.Exchange {
	n.mu.RLock()
	f := n.redirect
	n.mu.RUnlock()
	if f == nil || id == "" {
		return nil
	}
	return f(id, name, n.PrivateZone(id, name))
}

// Names configures a server that answers everybody as the resolver of a VPC answers
// there. Where it listens is up to the caller.
func (n *Network) Names(vpc string) dns.Options {
	return dns.Options{
		View:     func(netip.Addr) dns.View { return n.namesOf(vpc) },
		Redirect: func(_ netip.Addr, name string) dns.Exchange { return n.redirected(vpc, name) },
		Sleep:    func(ctx context.Context, d time.Duration) error { return n.clock.Sleep(ctx, d) },
	}
}

// pathOf returns how packets from an address reach a service.
func (n *Network) pathOf(from netip.Addr) Path {
	return n.Path(&net.UDPAddr{IP: from.AsSlice()})
}

// toResolver passes a packet to the resolver of the interface's VPC. Security
// groups do not see it
// (docs.aws.amazon.com/AWSEC2/latest/UserGuide/security-group-connection-tracking.html).
func (p *Transit) toResolver(e *ENI) *Host {
	v, resolver := e.vpc(), p.network.resolver
	if !v.DNSSupport || resolver == nil {
		return p.Drop(v.ID, "no resolver")
	}
	return p.Tunnel(Path{VPC: v.ID, Source: p.Flow.Src.Addr()}, v.ID, e, resolver, resolver.Addr())
}
