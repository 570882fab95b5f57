package netstack

import (
	"bytes"
	"net"
	"net/netip"
	"sync"

	"gvisor.dev/gvisor/pkg/tcpip"
	"gvisor.dev/gvisor/pkg/tcpip/network/ipv6"
	"gvisor.dev/gvisor/pkg/tcpip/transport/tcp"
	"gvisor.dev/gvisor/pkg/tcpip/transport/udp"
	"gvisor.dev/gvisor/pkg/waiter"
)

// tcpConn is a TCP connection. It implements net.Conn.
type tcpConn struct {
	*socket
	reading sync.Mutex
}

// Read implements net.Conn.
func (c *tcpConn) Read(b []byte) (int, error) {
	c.reading.Lock()
	defer c.reading.Unlock()
	if len(b) == 0 {
		return 0, nil
	}
	w := tcpip.SliceWriter(b)
	var n int
	err := c.await("read", waiter.ReadableEvents, &c.read, func() tcpip.Error {
		res, err := c.ep.Read(&w, tcpip.ReadOptions{})
		n = res.Count
		return err
	})
	if n > 0 {
		c.ep.ModerateRecvBuf(n)
	}
	return n, c.opError("read", err)
}

// Write implements net.Conn.
func (c *tcpConn) Write(b []byte) (int, error) {
	var written int
	for {
		err := c.await("write", waiter.WritableEvents, &c.write, func() tcpip.Error {
			n, err := c.ep.Write(bytes.NewReader(b[written:]), tcpip.WriteOptions{})
			written += int(n)
			return err
		})
		if err != nil || written == len(b) {
			return written, c.opError("write", err)
		}
	}
}

// CloseWrite ends the sending side of the connection.
func (c *tcpConn) CloseWrite() error {
	return c.opError("close", c.outcome("shutdown", c.ep.Shutdown(tcpip.ShutdownWrite)))
}

// listener implements net.Listener.
type listener struct{ *socket }

// Accept implements net.Listener.
func (l listener) Accept() (net.Conn, error) {
	var ep tcpip.Endpoint
	var queue *waiter.Queue
	var peer tcpip.FullAddress
	err := l.await("accept", waiter.ReadableEvents, &l.read, func() (err tcpip.Error) {
		ep, queue, err = l.ep.Accept(&peer)
		return err
	})
	if err != nil {
		return nil, &net.OpError{Op: "accept", Net: "tcp", Addr: l.LocalAddr(), Err: err}
	}
	s := l.host.wrap("tcp", ep, queue)
	s.remote, s.local = s.netAddr(peer), s.LocalAddr()
	return &tcpConn{socket: s}, nil
}

// Addr implements net.Listener.
func (l listener) Addr() net.Addr { return l.LocalAddr() }

// backlog is how many connections may wait to be accepted.
const backlog = 4096

// Listen accepts TCP connections on a port of all the host's addresses; 0 takes
// a free port.
func (h *Host) Listen(port int) (net.Listener, error) {
	s, err := h.bound("tcp", tcp.ProtocolNumber, netip.Addr{}, port)
	if err != nil {
		return nil, err
	}
	if err := s.ep.Listen(backlog); err != nil {
		s.Close()
		return nil, &net.OpError{Op: "listen", Net: "tcp", Err: sysError("listen", err)}
	}
	return listener{s}, nil
}

// bound opens a socket on one of the host's addresses, or on all of them if
// addr is not set.
func (h *Host) bound(network string, protocol tcpip.TransportProtocolNumber, addr netip.Addr, port int) (*socket, error) {
	ip := ipv6.ProtocolNumber // which takes both
	if addr.IsValid() {
		ip = networkOf(addr)
	}
	s, err := h.socket(network, protocol, ip)
	if err != nil {
		return nil, &net.OpError{Op: "listen", Net: network, Err: err}
	}
	// As servers do on Linux: open connections of an earlier server do not keep the
	// port from its successor.
	s.ep.SocketOptions().SetReuseAddress(network == "tcp")
	at := tcpip.FullAddress{Port: uint16(port)}
	if addr.IsValid() {
		at.Addr = tcpipAddr(addr)
	}
	if err := s.ep.Bind(at); err != nil {
		s.Close()
		return nil, &net.OpError{Op: "listen", Net: network, Err: sysError("bind", err)}
	}
	return s, nil
}

// udpConn is a UDP socket. It implements net.Conn where it is connected, and
// net.PacketConn.
type udpConn struct{ *socket }

// ReadFrom implements net.PacketConn.
func (c udpConn) ReadFrom(b []byte) (int, net.Addr, error) {
	w := tcpip.SliceWriter(b)
	var res tcpip.ReadResult
	err := c.await("recvfrom", waiter.ReadableEvents, &c.read, func() (err tcpip.Error) {
		res, err = c.ep.Read(&w, tcpip.ReadOptions{NeedRemoteAddr: true})
		return err
	})
	if err != nil {
		return 0, nil, c.opError("read", err)
	}
	return res.Count, c.netAddr(res.RemoteAddr), nil
}

// Read implements net.Conn.
func (c udpConn) Read(b []byte) (int, error) {
	n, _, err := c.ReadFrom(b)
	return n, err
}

// WriteTo implements net.PacketConn; addr is a *net.UDPAddr.
func (c udpConn) WriteTo(b []byte, addr net.Addr) (int, error) {
	var o tcpip.WriteOptions
	if addr != nil {
		to, ok := addr.(*net.UDPAddr)
		if !ok || !to.AddrPort().Addr().IsValid() {
			return 0, c.opError("write", &net.AddrError{Err: "not a UDP address", Addr: addr.String()})
		}
		o.To = &tcpip.FullAddress{Addr: tcpipAddr(to.AddrPort().Addr().Unmap()), Port: uint16(to.Port)}
	}
	var written int64
	err := c.await("sendto", waiter.WritableEvents, &c.write, func() (err tcpip.Error) {
		written, err = c.ep.Write(bytes.NewReader(b), o)
		return err
	})
	return int(written), c.opError("write", err)
}

// Write implements net.Conn.
func (c udpConn) Write(b []byte) (int, error) { return c.WriteTo(b, nil) }

// ListenPacket takes UDP packets on a port of all the host's addresses; 0 takes
// a free port.
func (h *Host) ListenPacket(port int) (net.PacketConn, error) {
	s, err := h.bound("udp", udp.ProtocolNumber, netip.Addr{}, port)
	if err != nil {
		return nil, err
	}
	return udpConn{s}, nil
}
