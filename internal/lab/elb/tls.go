package elb

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/netip"
	"slices"
	"sync"

	"provenendpoints/internal/lab/packet"
	"provenendpoints/internal/lab/vpc"
)

// A TLS listener of a Network Load Balancer ends TLS: the node's host takes the connections
// itself, with the listener's certificates, and makes one of its own to a target for each
// (docs.aws.amazon.com/elasticloadbalancing/latest/network/create-tls-listener.html). Targets
// see the node's address, although AWS's could see the client's.

// manyClients is the address by which the nodes' hosts know clients that come through endpoints,
// which can have any address.
var manyClients = netip.AddrFrom4([4]byte{169, 254, 42, 1})

// prober returns the host of a node, which is started if it does not run yet.
func (lb *LoadBalancing) prober(locked vpc.Locked, b *Balancer, node *vpc.ENI) (*vpc.Host, error) {
	if h := b.probers[node]; h != nil {
		return h, nil
	}
	h, err := locked.StartHost("elb/"+b.Name+"/"+node.Zone, node)
	if err == nil {
		err = h.SetPortRange(firstProberPort, lastProberPort)
	}
	if err != nil {
		return nil, err
	}
	b.probers[node] = h
	return h, nil
}

// tlsConfig has connections to a listener end with its certificates.
func (lb *LoadBalancing) tlsConfig(l *boundListener, protocols ...string) *tls.Config {
	return &tls.Config{MinVersion: tls.VersionTLS12, NextProtos: protocols, GetCertificate: func(hello *tls.ClientHelloInfo) (*tls.Certificate, error) {
		unlock := lb.network.RLock()
		arns := slices.Clone(l.Certificates)
		unlock.Unlock()
		if lb.Certificates == nil {
			return nil, errors.New("there are no certificates")
		}
		return lb.Certificates(arns, hello.ServerName)
	}}
}

// terminator is what takes the connections to a TLS listener at a node.
type terminator struct {
	net.Listener
	lb   *LoadBalancing
	b    *Balancer
	l    *boundListener
	node *vpc.ENI
	from *vpc.Host
}

// serveTLS has a node take the connections of a TLS listener.
func (lb *LoadBalancing) serveTLS(locked vpc.Locked, b *Balancer, l *boundListener, node *vpc.ENI) error {
	h, err := lb.prober(locked, b, node)
	if err != nil {
		return err
	}
	listener, err := h.Listen(l.Port)
	if err != nil {
		return err
	}
	t := terminator{tls.NewListener(listener, lb.tlsConfig(l)), lb, b, l, node, h}
	l.servers[node] = t
	locked.ReturnThrough(node, []*vpc.Translations{b.table})
	locked.Go(func(ctx context.Context) {
		defer context.AfterFunc(ctx, func() { _ = t.Close() })()
		for {
			c, err := t.Accept()
			if err != nil {
				return // it was closed
			}
			go t.pass(ctx, c.(*tls.Conn))
		}
	})
	return nil
}

// pass passes a connection on to a target, until one side ends it.
func (t terminator) pass(ctx context.Context, c *tls.Conn) {
	defer c.Close()
	defer context.AfterFunc(ctx, func() { _ = c.Close() })()
	within, cancel := t.b.clock.WithTimeout(ctx, idleBalanced)
	defer cancel()
	if c.HandshakeContext(within) != nil {
		return
	}
	address, encrypted, ok := t.target()
	if !ok {
		return
	}
	far, err := t.from.Dial(within, "tcp", address.String())
	if err != nil {
		return
	}
	defer far.Close()
	defer context.AfterFunc(ctx, func() { _ = far.Close() })()
	if encrypted {
		// Load balancers do not verify targets' certificates
		// (docs.aws.amazon.com/elasticloadbalancing/latest/network/load-balancer-target-groups.html).
		far = tls.Client(far, &tls.Config{InsecureSkipVerify: true})
	}
	var both sync.WaitGroup
	both.Go(func() { _, _ = io.Copy(far, c); closeWrite(far) })
	both.Go(func() { _, _ = io.Copy(c, far); closeWrite(c) })
	both.Wait()
}

// closeWrite says that nothing more comes.
func closeWrite(c net.Conn) {
	if half, ok := c.(interface{ CloseWrite() error }); ok {
		_ = half.CloseWrite()
		return
	}
	_ = c.Close()
}

// target chooses the target of a new connection, in turn.
func (t terminator) target() (address netip.AddrPort, encrypted, ok bool) {
	defer t.lb.network.RLock().Unlock()
	g := t.l.group()
	if g == nil {
		return address, false, false
	}
	chosen := choose(t.b.usable(g, t.node), t.b.turn.Add(1))
	if chosen == nil {
		return address, false, false
	}
	return netip.AddrPortFrom(chosen.addr, uint16(chosen.Port)), g.Protocol == protocolTLS, true
}

// terminates reports whether a packet is for a TLS listener.
func (b *Balancer) terminates(p *vpc.Transit) bool {
	if p.Flow.Protocol != packet.TCP {
		return false
	}
	l := b.on(p.Flow.Protocol, p.Flow.Dst.Port())
	return l != nil && l.Protocol == protocolTLS
}

// terminate takes a packet to the node's host. One that has come through an endpoint is from an
// address that the node's VPC need not know: the host knows it by another.
func (b *Balancer) terminate(at, node *vpc.ENI, p *vpc.Transit) *vpc.Host {
	if at == node {
		return b.probers[node]
	}
	in := vpc.Arrival{At: at, Flow: p.Flow}
	to, _, ok := b.table.Lookup(in)
	if !ok {
		switch {
		case !p.Starts():
			return b.stray(at, node, p)
		case !b.IgnoreRulesOnPrivateLink && !node.AdmitsNew(p):
			return p.Drop(b.ID, "security group, ingress through PrivateLink")
		}
		to = packet.Flow{Protocol: packet.TCP, Src: netip.AddrPortFrom(manyClients, p.Flow.Src.Port()), Dst: netip.AddrPortFrom(node.PrivateAddr, p.Flow.Dst.Port())}
		if to, ok = b.table.Add(in, to, node, true); !ok {
			return p.Drop(b.ID, "no free port")
		}
	}
	p.Translate(to)
	p.TellTranslated(b.ID)
	return b.probers[node]
}
