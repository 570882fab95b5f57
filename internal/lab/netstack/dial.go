package netstack

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"os"
	"syscall"

	"gvisor.dev/gvisor/pkg/tcpip"
	"gvisor.dev/gvisor/pkg/tcpip/transport/tcp"
	"gvisor.dev/gvisor/pkg/tcpip/transport/udp"
	"gvisor.dev/gvisor/pkg/waiter"
)

// Dial opens a connection from the host. network is tcp or udp, address is
// IP:port. Errors are ordinary net errors: ECONNREFUSED where the other side
// refuses, ETIMEDOUT where nobody answers for as long as TCP tries, or ctx's.
func (h *Host) Dial(ctx context.Context, network, address string) (net.Conn, error) {
	to, err := netip.ParseAddrPort(address)
	if err != nil || to.Addr().Zone() != "" {
		return nil, &net.OpError{Op: "dial", Net: network, Err: &net.AddrError{Err: "not an IP address with a port", Addr: address}}
	}
	to = netip.AddrPortFrom(to.Addr().Unmap(), to.Port())
	switch network {
	case "tcp", "tcp4":
		s, err := h.connect(ctx, "tcp", tcp.ProtocolNumber, to)
		if err != nil {
			return nil, &net.OpError{Op: "dial", Net: network, Addr: net.TCPAddrFromAddrPort(to), Err: err}
		}
		return &tcpConn{socket: s}, nil
	case "udp", "udp4":
		s, err := h.connect(ctx, "udp", udp.ProtocolNumber, to)
		if err != nil {
			return nil, &net.OpError{Op: "dial", Net: network, Addr: net.UDPAddrFromAddrPort(to), Err: err}
		}
		return udpConn{s}, nil
	}
	return nil, &net.OpError{Op: "dial", Net: network, Err: net.UnknownNetworkError(network)}
}

// connect opens a socket and connects it. The error is a bare one.
func (h *Host) connect(ctx context.Context, network string, protocol tcpip.TransportProtocolNumber, to netip.AddrPort) (*socket, error) {
	if network != "tcp" {
		return h.connectFrom(ctx, network, protocol, 0, to)
	}
	for range h.ports.count() {
		s, err := h.connectFrom(ctx, network, protocol, h.ports.take(), to)
		if !errors.Is(err, syscall.EADDRINUSE) {
			return s, err
		}
	}
	return nil, os.NewSyscallError("connect", syscall.EADDRNOTAVAIL)
}

// connectFrom is connect from a port; 0 leaves the choice to the stack.
func (h *Host) connectFrom(ctx context.Context, network string, protocol tcpip.TransportProtocolNumber, port uint16, to netip.AddrPort) (*socket, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	s, err := h.socket(network, protocol, networkOf(to.Addr()))
	if err != nil {
		return nil, err
	}
	if port != 0 {
		// Other connections may have the same port, to other destinations.
		s.ep.SocketOptions().SetReuseAddress(true)
		if failed := s.ep.Bind(tcpip.FullAddress{Port: port}); failed != nil {
			s.Close()
			return nil, sysError("bind", failed)
		}
	}
	entry, ready := waiter.NewChannelEntry(waiter.WritableEvents | waiter.EventHUp | waiter.EventErr)
	s.queue.EventRegister(&entry)
	defer s.queue.EventUnregister(&entry)
	failed := s.ep.Connect(tcpip.FullAddress{NIC: nic, Addr: tcpipAddr(to.Addr()), Port: to.Port()})
	if _, started := failed.(*tcpip.ErrConnectStarted); started {
		select {
		case <-ready:
			failed = s.ep.LastError()
		case <-ctx.Done():
			s.Close()
			return nil, ctx.Err()
		}
	}
	if failed != nil {
		s.Close()
		return nil, sysError("connect", failed)
	}
	s.remote = s.netAddr(tcpip.FullAddress{Addr: tcpipAddr(to.Addr()), Port: to.Port()})
	s.local = s.LocalAddr()
	return s, nil
}
