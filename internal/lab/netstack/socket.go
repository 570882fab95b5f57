package netstack

import (
	"errors"
	"io"
	"net"
	"os"
	"sync"
	"syscall"
	"time"

	"gvisor.dev/gvisor/pkg/tcpip"
	"gvisor.dev/gvisor/pkg/waiter"

	"provenendpoints/internal/lab/clock"
)

// socket is an endpoint of a host's stack: what connections, listeners and pings
// have in common.
type socket struct {
	host        *Host
	network     string // tcp, udp or ip
	ep          tcpip.Endpoint
	queue       *waiter.Queue
	read, write deadline
	// local and remote are kept because the endpoint forgets them when the
	// connection is reset.
	local, remote net.Addr

	once   sync.Once
	closed chan struct{}
}

// socket opens an endpoint of a transport protocol. One of IPv6 takes IPv4 too.
func (h *Host) socket(network string, protocol tcpip.TransportProtocolNumber, ip tcpip.NetworkProtocolNumber) (*socket, error) {
	queue := new(waiter.Queue)
	ep, err := h.stack.NewEndpoint(protocol, ip, queue)
	if err != nil {
		return nil, sysError("socket", err)
	}
	return h.wrap(network, ep, queue), nil
}

func (h *Host) wrap(network string, ep tcpip.Endpoint, queue *waiter.Queue) *socket {
	c := h.clock
	return &socket{
		host: h, network: network, ep: ep, queue: queue, closed: make(chan struct{}),
		read:  deadline{clock: c, passed: make(chan struct{})},
		write: deadline{clock: c, passed: make(chan struct{})},
	}
}

// Close closes the socket. What waits on it gets net.ErrClosed.
func (s *socket) Close() error {
	s.once.Do(func() {
		close(s.closed)
		s.read.set(time.Time{})
		s.write.set(time.Time{})
		s.ep.Close()
	})
	return nil
}

// await calls try until it has an outcome, the deadline passes, or the socket
// is closed.
func (s *socket) await(call string, events waiter.EventMask, d *deadline, try func() tcpip.Error) error {
	passed := d.channel()
	select {
	case <-passed:
		return os.ErrDeadlineExceeded
	case <-s.closed:
		return net.ErrClosed
	default:
	}
	err := try()
	if !wouldBlock(err) {
		return s.outcome(call, err)
	}
	entry, ready := waiter.NewChannelEntry(events)
	s.queue.EventRegister(&entry)
	defer s.queue.EventUnregister(&entry)
	for {
		// Try again after registering: an event in between would be missed.
		if err := try(); !wouldBlock(err) {
			return s.outcome(call, err)
		}
		select {
		case <-ready:
		case <-passed:
			return os.ErrDeadlineExceeded
		case <-s.closed:
			return net.ErrClosed
		}
	}
}

// outcome turns the result of a call on the endpoint into an error of net.
func (s *socket) outcome(call string, err tcpip.Error) error {
	if err == nil {
		return nil
	}
	select {
	case <-s.closed: // whatever the endpoint returns while it closes
		return net.ErrClosed
	default:
		return sysError(call, err)
	}
}

// opError wraps an error as package net does; nil and io.EOF stay as they are.
func (s *socket) opError(op string, err error) error {
	if err == nil || err == io.EOF {
		return err
	}
	return &net.OpError{Op: op, Net: s.network, Source: s.LocalAddr(), Addr: s.RemoteAddr(), Err: err}
}

// LocalAddr implements net.Conn.
func (s *socket) LocalAddr() net.Addr {
	if s.local != nil {
		return s.local
	}
	a, err := s.ep.GetLocalAddress()
	if err != nil {
		return s.netAddr(tcpip.FullAddress{})
	}
	return s.netAddr(a)
}

// RemoteAddr implements net.Conn. It is nil where the socket is not connected.
func (s *socket) RemoteAddr() net.Addr { return s.remote }

func (s *socket) netAddr(a tcpip.FullAddress) net.Addr {
	ip := net.IP(a.Addr.AsSlice())
	if len(ip) == 0 || ip.IsUnspecified() {
		ip = net.IPv4zero
	}
	switch s.network {
	case "tcp":
		return &net.TCPAddr{IP: ip, Port: int(a.Port)}
	case "udp":
		return &net.UDPAddr{IP: ip, Port: int(a.Port)}
	}
	return &net.IPAddr{IP: ip}
}

// SetDeadline implements net.Conn. As everywhere in Go, t is compared with
// time.Now(); the time until then passes on the host's clock.
func (s *socket) SetDeadline(t time.Time) error {
	s.read.set(t)
	s.write.set(t)
	return nil
}

// SetReadDeadline implements net.Conn; see SetDeadline.
func (s *socket) SetReadDeadline(t time.Time) error {
	s.read.set(t)
	return nil
}

// SetWriteDeadline implements net.Conn; see SetDeadline.
func (s *socket) SetWriteDeadline(t time.Time) error {
	s.write.set(t)
	return nil
}

// deadline ends waits at a time that can be changed.
type deadline struct {
	clock *clock.Clock

	mu     sync.Mutex
	timer  tcpip.Timer
	passed chan struct{}
}

// channel is closed once the deadline has passed.
func (d *deadline) channel() <-chan struct{} {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.passed
}

// set moves the deadline; the zero time takes it away.
func (d *deadline) set(t time.Time) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.timer != nil {
		if !d.timer.Stop() {
			d.passed = make(chan struct{}) // the timer has closed the old one, or is about to
		}
		d.timer = nil
	}
	select {
	case <-d.passed:
		d.passed = make(chan struct{})
	default:
	}
	if t.IsZero() {
		return
	}
	passed := d.passed
	if wait := time.Until(t); wait > 0 {
		d.timer = d.clock.AfterFunc(wait, func() { close(passed) })
		return
	}
	close(passed)
}

func wouldBlock(err tcpip.Error) bool {
	_, yes := err.(*tcpip.ErrWouldBlock)
	return yes
}

// sysError turns an error of the stack into the one that an operating system
// gives, so that callers can look for it with errors.Is.
func sysError(call string, err tcpip.Error) error {
	var number syscall.Errno
	switch err.(type) {
	case *tcpip.ErrClosedForReceive:
		return io.EOF
	case *tcpip.ErrConnectionRefused:
		number = syscall.ECONNREFUSED
	case *tcpip.ErrConnectionReset:
		number = syscall.ECONNRESET
	case *tcpip.ErrConnectionAborted:
		number = syscall.ECONNABORTED
	case *tcpip.ErrClosedForSend:
		number = syscall.EPIPE
	case *tcpip.ErrTimeout:
		number = syscall.ETIMEDOUT
	case *tcpip.ErrHostUnreachable, *tcpip.ErrHostDown:
		number = syscall.EHOSTUNREACH
	case *tcpip.ErrNetworkUnreachable:
		number = syscall.ENETUNREACH
	case *tcpip.ErrPortInUse:
		number = syscall.EADDRINUSE
	case *tcpip.ErrBadLocalAddress:
		number = syscall.EADDRNOTAVAIL
	case *tcpip.ErrMessageTooLong:
		number = syscall.EMSGSIZE
	case *tcpip.ErrNotConnected:
		number = syscall.ENOTCONN
	default:
		return os.NewSyscallError(call, errors.New(err.String()))
	}
	return os.NewSyscallError(call, number)
}
