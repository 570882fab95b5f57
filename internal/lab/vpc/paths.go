package vpc

import (
	"net"
	"net/netip"
	"sync"
)

// Path is how a packet reached a service.
type Path struct {
	// Endpoint is the id of the VPC endpoint; empty if it came over the internet.
	Endpoint string
	// VPC is the id of the endpoint's VPC (for the resolver: the asking VPC).
	VPC string
	// Source is the sender's private address in VPC, and the public address
	// that a packet from the internet came from.
	Source netip.Addr
}

// paths gives an address of its own to every sender that reaches a service
// privately. Private addresses repeat from VPC to VPC, so the service sees the
// unique address as the source and sends its answers to it. The block is class
// E, which can be neither a VPC's nor the internet's.
type paths struct {
	mu      *sync.RWMutex
	next    netip.Addr
	byAddr  map[netip.Addr]*path
	byOwner map[string]map[pathKey]*path
}

// pathKey identifies a path of an owner.
type pathKey struct {
	at     *ENI // the endpoint's interface; for gateways the sender's
	sender netip.Addr
	asked  netip.Addr
}

// path is a private connection between a sender and a service.
type path struct {
	Path
	pathKey
	addr   netip.Addr // by which the service knows the sender
	served netip.Addr // the service's address
	vpc    *vpc
}

var pathBlock = netip.MustParsePrefix("240.0.0.0/4")

func insidePaths(a netip.Addr) bool { return pathBlock.Contains(a) }

func newPaths() paths {
	return paths{mu: new(sync.RWMutex), next: pathBlock.Addr().Next(), byAddr: map[netip.Addr]*path{}, byOwner: map[string]map[pathKey]*path{}}
}

// find returns the path of a packet, a new one if it is the first.
func (t *paths) find(owner string, key pathKey, is Path, v *vpc, served netip.Addr) *path {
	t.mu.RLock()
	found := t.byOwner[owner][key]
	t.mu.RUnlock()
	if found != nil && found.served == served {
		return found
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if found := t.byOwner[owner][key]; found != nil && found.served == served {
		return found
	}
	made := &path{Path: is, pathKey: key, addr: t.next, served: served, vpc: v}
	t.next = t.next.Next()
	if t.byOwner[owner] == nil {
		t.byOwner[owner] = map[pathKey]*path{}
	}
	t.byOwner[owner][key], t.byAddr[made.addr] = made, made
	return made
}

// get returns the path with this address, or nil.
func (t *paths) get(a netip.Addr) *path {
	t.mu.RLock()
	defer t.mu.RUnlock()
	return t.byAddr[a]
}

// forget cuts all paths of an owner.
func (t *paths) forget(owner string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for addr, p := range t.byAddr {
		if t.byOwner[owner][p.pathKey] == p {
			delete(t.byAddr, addr)
		}
	}
	delete(t.byOwner, owner)
}

// Path returns how a connection reached a service: remote is the
// connection's RemoteAddr as the service's host sees it. The network alone
// decides it; nothing that a client sends has any influence.
func (n *Network) Path(remote net.Addr) Path {
	var a netip.Addr
	switch r := remote.(type) {
	case *net.TCPAddr:
		a = r.AddrPort().Addr().Unmap()
	case *net.UDPAddr:
		a = r.AddrPort().Addr().Unmap()
	}
	if way := n.paths.get(a); way != nil {
		return way.Path
	}
	return Path{Source: a}
}
