package metadata

import (
	"context"
	"io"
	"log"
	"net"
	"net/http"
	"sync"
	"syscall"
)

// Address is where the service answers, on TCP 80.
const Address = "169.254.169.254"

// Dialer opens connections.
type Dialer interface {
	Dial(ctx context.Context, network, address string) (net.Conn, error)
}

// Dial opens a connection of the machine: to the service if that is what it asks for,
// otherwise by next. A service that is off refuses.
func (s *Service) Dial(ctx context.Context, next Dialer, network, address string) (net.Conn, error) {
	host, port, err := net.SplitHostPort(address)
	if err != nil || host != Address || network != "tcp" && network != "tcp4" {
		return next.Dial(ctx, network, address)
	}
	if port != "80" || s.off() {
		return nil, &net.OpError{Op: "dial", Net: network, Err: syscall.ECONNREFUSED}
	}
	near, far := net.Pipe()
	go s.serve(far)
	return near, nil
}

// serve answers the requests of one connection.
func (s *Service) serve(conn net.Conn) {
	l := &once{conn: conn, done: make(chan struct{})}
	server := &http.Server{Handler: s, ErrorLog: log.New(io.Discard, "", 0), ConnState: func(_ net.Conn, state http.ConnState) {
		if state == http.StateClosed || state == http.StateHijacked {
			l.end()
		}
	}}
	_ = server.Serve(l) // it ends with the connection
}

// once is a listener of one connection.
type once struct {
	conn net.Conn
	mu   sync.Mutex
	out  bool
	done chan struct{}
	ends sync.Once
}

// Accept returns the connection once, and then waits for its end.
func (l *once) Accept() (net.Conn, error) {
	l.mu.Lock()
	first := !l.out
	l.out = true
	l.mu.Unlock()
	if first {
		return l.conn, nil
	}
	<-l.done
	return nil, net.ErrClosed
}

func (l *once) end() { l.ends.Do(func() { close(l.done) }) }

// Close ends the listener.
func (l *once) Close() error { l.end(); return nil }

// Addr is the service's.
func (l *once) Addr() net.Addr { return &net.TCPAddr{IP: net.ParseIP(Address), Port: 80} }
