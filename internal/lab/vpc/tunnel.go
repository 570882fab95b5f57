package vpc

import (
	"cmp"
	"net/netip"
)

// Tunnel passes the packet privately from interface at to a service's host. The
// service sees the path's address as the source and answers there; the answers
// return to the sender from the address that it asked. Cutting the paths of
// owner ends it.
//
// For an interface endpoint at is the endpoint's interface: answers leave it
// as any packet does. Otherwise at is the sender's own.
func (p *Transit) Tunnel(is Path, owner string, at *ENI, to *Host, served netip.Addr) *Host {
	key := pathKey{at: at, sender: p.Flow.Src.Addr(), asked: p.Flow.Dst.Addr()}
	way := p.network.paths.find(owner, key, is, at.vpc(), served)
	f := p.Flow
	f.Src = netip.AddrPortFrom(way.addr, f.Src.Port())
	f.Dst = netip.AddrPortFrom(served, f.Dst.Port())
	p.Translate(f)
	p.TellForwarded(is.teller(), to.Name())
	return to
}

// teller is the id of what passes packets on by the path: the endpoint, or the VPC with
// its resolver.
func (p Path) teller() string { return cmp.Or(p.Endpoint, p.VPC) }

// untunnel returns a service's answer to the sender.
func (p *Transit) untunnel() *Host {
	way := p.network.paths.get(p.Destination())
	if way == nil || way.served != p.Flow.Src.Addr() {
		return p.Drop("internet", "no such path")
	}
	f := p.Flow
	f.Src = netip.AddrPortFrom(way.asked, f.Src.Port())
	f.Dst = netip.AddrPortFrom(way.sender, f.Dst.Port())
	p.Translate(f)
	p.TellForwarded(way.teller(), way.at.ID)
	if way.at.PrivateAddr != way.sender {
		return p.Output(way.at)
	}
	if way.vpc.resolves(way.asked) {
		return p.toDevice(way.at) // security groups do not see the resolver
	}
	return p.Input(way.at)
}
