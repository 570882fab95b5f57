package netstack

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"net/netip"
	"time"

	"gvisor.dev/gvisor/pkg/tcpip"
	"gvisor.dev/gvisor/pkg/tcpip/header"
	"gvisor.dev/gvisor/pkg/tcpip/transport/icmp"
	"gvisor.dev/gvisor/pkg/waiter"
)

// pingPayload is how many bytes of data an echo request carries, as ping's does.
const pingPayload = 56

// Ping sends one ICMP echo request and waits for its answer. It returns the
// round-trip time on the host's clock, or ctx's error if no answer comes.
func (h *Host) Ping(ctx context.Context, to netip.Addr) (time.Duration, error) {
	rtt, err := h.echo(ctx, to.Unmap())
	if err != nil {
		return 0, &net.OpError{Op: "ping", Net: "ip4:icmp", Addr: &net.IPAddr{IP: to.AsSlice()}, Err: err}
	}
	return rtt, nil
}

func (h *Host) echo(ctx context.Context, to netip.Addr) (time.Duration, error) {
	if !to.Is4() {
		return 0, fmt.Errorf("%s is not an IPv4 address", to)
	}
	// Connecting gives the socket an identifier of its own, and it gets the
	// answers that carry that.
	s, err := h.connect(ctx, "ip", icmp.ProtocolNumber4, netip.AddrPortFrom(to, 0))
	if err != nil {
		return 0, err
	}
	defer s.Close()
	request := header.ICMPv4(make([]byte, header.ICMPv4MinimumSize+pingPayload))
	request.SetType(header.ICMPv4Echo)
	request.SetSequence(1)
	start := h.clock.Now()
	if _, err := s.ep.Write(bytes.NewReader(request), tcpip.WriteOptions{}); err != nil {
		return 0, sysError("sendto", err)
	}
	stop := context.AfterFunc(ctx, func() { s.read.set(time.Unix(1, 0)) })
	defer stop()
	answer := make([]byte, len(request))
	for {
		w := tcpip.SliceWriter(answer)
		err := s.await("recvfrom", waiter.ReadableEvents, &s.read, func() tcpip.Error {
			_, err := s.ep.Read(&w, tcpip.ReadOptions{})
			return err
		})
		if ctx.Err() != nil {
			return 0, ctx.Err()
		}
		if err != nil {
			return 0, err
		}
		if header.ICMPv4(answer).Type() == header.ICMPv4EchoReply {
			return h.clock.Since(start), nil
		}
	}
}
