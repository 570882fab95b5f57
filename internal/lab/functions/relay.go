package functions

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"provenendpoints/internal/lab/clock"
	"provenendpoints/internal/lab/dns"
	"provenendpoints/internal/lab/sandbox"
)

// relay carries the traffic of an external function's process into the lab. Every
// connection starts from the function's own interface there.
//
// The runtimes' bootstraps send each connection to an address of 127.0.0.0/8 of its
// own and say on the control pipe what it is for: "ADDRESS tcp HOST PORT" or "ADDRESS
// resolve NAME". So TLS, HTTP and all else of the process stay as they are. What comes
// to 127.0.0.1 is for the relay itself: an HTTP proxy, for programs that use neither
// bootstrap, and the stand-in for the SDKs.
type relay struct {
	e       Environment
	process *sandbox.Process
	server  *http.Server
	direct  chan net.Conn // connections for the server
	ctx     context.Context
	cancel  context.CancelFunc

	mu    sync.Mutex
	held  *hold
	known *sync.Cond        // of destined
	to    map[string]string // what the next connection to an address is for
	open  map[net.Conn]bool
	ended bool
}

func newRelay(e Environment, p *sandbox.Process, held *hold) *relay {
	r := &relay{e: e, process: p, held: held, direct: make(chan net.Conn), to: map[string]string{}, open: map[net.Conn]bool{}}
	r.known = sync.NewCond(&r.mu)
	r.ctx, r.cancel = context.WithCancel(context.Background())
	r.server = &http.Server{Handler: http.HandlerFunc(r.serve), ErrorLog: log.New(io.Discard, "", 0)}
	go r.listen()
	go r.accept()
	go func() { _ = r.server.Serve(directListener{r}) }() // ends with close
	return r
}

// use sets the hold of the current invocation.
func (r *relay) use(h *hold) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.held = h
}

// wait runs something of the lab that the process waits for.
func (r *relay) wait(do func()) {
	r.mu.Lock()
	h := r.held
	r.mu.Unlock()
	h.wait(do)
}

func (r *relay) close() {
	r.cancel()
	_ = r.server.Close()
	r.mu.Lock()
	r.ended = true
	for c := range r.open {
		_ = c.Close()
	}
	r.known.Broadcast()
	r.mu.Unlock()
}

// listen reads what connections are for, until the process closes the pipe.
func (r *relay) listen() {
	lines := bufio.NewScanner(clock.Pipe{File: r.process.Control})
	for lines.Scan() {
		address, what, _ := strings.Cut(lines.Text(), " ")
		r.mu.Lock()
		r.to[address] = what
		r.known.Broadcast()
		r.mu.Unlock()
	}
	r.mu.Lock()
	r.ended = true
	r.known.Broadcast()
	r.mu.Unlock()
}

// accept takes connections until the process has ended.
func (r *relay) accept() {
	for {
		conn, err := r.process.Relay.Accept()
		if err != nil {
			return
		}
		host, _, _ := net.SplitHostPort(conn.LocalAddr().String())
		if host == "127.0.0.1" {
			select {
			case r.direct <- conn:
			case <-r.ctx.Done():
				_ = conn.Close()
			}
			continue
		}
		go r.carry(conn, host)
	}
}

// destination is what a connection to an address is for. The process says so before it connects.
func (r *relay) destination(address string) (string, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for !r.ended {
		if what, ok := r.to[address]; ok {
			delete(r.to, address)
			return what, true
		}
		r.known.Wait()
	}
	return "", false
}

// carry connects one connection to what it is for.
func (r *relay) carry(conn net.Conn, address string) {
	defer conn.Close()
	what, ok := r.destination(address)
	if !ok {
		return
	}
	words := strings.Fields(what)
	switch {
	case len(words) == 2 && words[0] == "resolve":
		_, _ = io.WriteString(conn, r.resolve(words[1])) // a process that is gone needs no answer
	case len(words) == 3 && words[0] == "tcp":
		var out net.Conn
		var err error
		r.wait(func() { out, err = r.e.dial(r.ctx, "tcp4", net.JoinHostPort(words[1], words[2])) })
		if err != nil {
			r.e.Log.Warn("connection failed", "to", net.JoinHostPort(words[1], words[2]), "error", err.Error())
			reset(conn)
			return
		}
		r.join(conn, out)
	}
}

// reset ends a connection so that the process sees an error and not an end of data.
func reset(conn net.Conn) {
	if tcp, ok := conn.(*net.TCPConn); ok {
		_ = tcp.SetLinger(0)
	}
}

// resolve answers with an error's line, which is empty if there is none, and the addresses.
func (r *relay) resolve(name string) string {
	resolver := dns.Client{Dial: r.e.Network.Dial, WithTimeout: r.e.Clock.WithTimeout}
	var text strings.Builder
	r.wait(func() {
		addresses, err := resolver.Lookup(r.ctx, r.e.Network.Nameservers(), name)
		if err != nil {
			text.WriteString(strings.ReplaceAll(err.Error(), "\n", " "))
		}
		text.WriteString("\n")
		for _, a := range addresses {
			text.WriteString(a.String() + "\n")
		}
	})
	return text.String()
}

// join copies both ways until both ends are closed.
func (r *relay) join(a, b net.Conn) {
	r.mu.Lock()
	if r.ended {
		r.mu.Unlock()
		_ = b.Close()
		return
	}
	r.open[a], r.open[b] = true, true
	r.mu.Unlock()
	defer func() {
		_, _ = a.Close(), b.Close()
		r.mu.Lock()
		delete(r.open, a)
		delete(r.open, b)
		r.mu.Unlock()
	}()
	done := make(chan struct{}, 2)
	half := func(to, from net.Conn) {
		_, _ = io.Copy(to, from) // an error ends the connection
		if w, ok := to.(interface{ CloseWrite() error }); ok {
			_ = w.CloseWrite()
		} else {
			_ = to.Close()
		}
		done <- struct{}{}
	}
	go half(a, b)
	go half(b, a)
	<-done
	<-done
}

// serve is what the relay itself answers: the stand-in for the SDKs, and a proxy.
func (r *relay) serve(w http.ResponseWriter, q *http.Request) {
	switch {
	case q.Method == http.MethodConnect:
		r.tunnel(w, q)
	case q.URL.IsAbs():
		r.forward(w, q)
	case strings.HasPrefix(q.URL.Path, "/sdk/"):
		r.sdk(w, q)
	case q.URL.Path == "/sleep":
		r.sleep(w, q)
	default:
		http.NotFound(w, q)
	}
}

// sleep answers when so many seconds have passed on the lab's clock, by which a process that
// waits for something of the lab waits.
func (r *relay) sleep(w http.ResponseWriter, q *http.Request) {
	seconds, err := strconv.ParseFloat(q.URL.Query().Get("seconds"), 64)
	if err != nil || seconds < 0 || seconds > maxSleep {
		http.Error(w, fmt.Sprintf("seconds: must be 0 to %d, got %q", maxSleep, q.URL.Query().Get("seconds")), http.StatusBadRequest)
		return
	}
	// An error means that the function is gone, and its process with it.
	r.wait(func() { _ = r.e.Clock.Sleep(r.ctx, time.Duration(seconds*float64(time.Second))) })
}

// maxSleep is more, in seconds, than an invocation can last.
const maxSleep = 3600

// tunnel answers CONNECT.
func (r *relay) tunnel(w http.ResponseWriter, q *http.Request) {
	var out net.Conn
	var err error
	r.wait(func() { out, err = r.e.dial(r.ctx, "tcp4", q.Host) })
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadGateway)
		return
	}
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		_ = out.Close()
		return
	}
	if _, err := io.WriteString(conn, "HTTP/1.1 200 Connection established\r\n\r\n"); err != nil {
		_, _ = conn.Close(), out.Close()
		return
	}
	r.join(conn, out)
}

// forward answers a request for plain HTTP.
func (r *relay) forward(w http.ResponseWriter, q *http.Request) {
	out := q.Clone(r.ctx)
	out.RequestURI = ""
	var answer *http.Response
	var err error
	r.wait(func() { answer, err = r.e.Client().Transport.RoundTrip(out) })
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadGateway)
		return
	}
	defer answer.Body.Close()
	for name, values := range answer.Header {
		w.Header()[name] = values
	}
	w.WriteHeader(answer.StatusCode)
	_, _ = io.Copy(w, answer.Body) // a process that is gone needs no answer
}

// directListener hands the server the connections that are for the relay itself.
type directListener struct{ r *relay }

func (l directListener) Accept() (net.Conn, error) {
	select {
	case c := <-l.r.direct:
		return c, nil
	case <-l.r.ctx.Done():
		return nil, net.ErrClosed
	}
}

func (l directListener) Close() error   { return nil }
func (l directListener) Addr() net.Addr { return l.r.process.Relay.Addr() }
