package proof

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"math/big"
	"net"
	"net/http"
	"net/netip"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/miekg/dns"
)

// world is a network for tests: real servers on loopback that stand at the
// addresses of a VPC. Nothing answers at an address where none stands.
type world struct {
	t     testing.TB
	lock  sync.Mutex
	at    map[string]string // 10.0.0.1:443 → 127.0.0.1:12345
	names map[string][]dns.RR
	roots *x509.CertPool
	ca    tls.Certificate
	asked atomic.Int64
	// dialled counts connections by address.
	dialled map[string]int
	// open are the connections that nobody has closed yet.
	open sync.WaitGroup
}

const testResolver = "10.0.0.2:53"

func newWorld(t testing.TB) *world {
	t.Helper()
	w := &world{t: t, at: map[string]string{}, names: map[string][]dns.RR{}, dialled: map[string]int{}}
	w.ca = issue(t, nil, "lab CA")
	w.roots = x509.NewCertPool()
	w.roots.AddCert(w.ca.Leaf)
	w.stand(testResolver, serveDNS(t, w.answer))
	t.Cleanup(w.allClosed)
	return w
}

// network is the world as a prober sees it.
func (w *world) network() Network {
	return Network{
		Dial: w.dial, Roots: w.roots, Region: "ap-northeast-2",
		Nameservers: []netip.AddrPort{netip.MustParseAddrPort(testResolver)},
	}
}

func (w *world) stand(address, loopback string) {
	w.lock.Lock()
	defer w.lock.Unlock()
	w.at[address] = loopback
}

// dial leads to the server at the address, or into a black hole.
func (w *world) dial(ctx context.Context, network, address string) (net.Conn, error) {
	w.lock.Lock()
	loopback, stands := w.at[address]
	w.dialled[address]++
	w.lock.Unlock()
	if !stands {
		<-ctx.Done()
		return nil, ctx.Err()
	}
	var dialer net.Dialer
	conn, err := dialer.DialContext(ctx, network, loopback)
	if err != nil {
		return nil, err
	}
	w.open.Add(1)
	return &counted{Conn: conn, closed: sync.OnceFunc(w.open.Done)}, nil
}

// allClosed waits until every connection has been closed: a probe leaves none
// behind, though it may come back before the last is.
func (w *world) allClosed() {
	done := make(chan struct{})
	go func() { w.open.Wait(); close(done) }()
	select {
	case <-done:
	case <-time.After(10 * time.Second):
		w.t.Error("a connection was left open")
	}
}

// counted is a connection that counts when it is closed.
type counted struct {
	net.Conn
	closed func()
}

func (c *counted) Close() error {
	defer c.closed()
	return c.Conn.Close()
}

// name publishes records such as "a.example. 60 IN A 10.0.0.1".
func (w *world) name(records ...string) {
	w.t.Helper()
	w.lock.Lock()
	defer w.lock.Unlock()
	for _, text := range records {
		record, err := dns.NewRR(text)
		if err != nil {
			w.t.Fatal(err)
		}
		w.names[record.Header().Name] = append(w.names[record.Header().Name], record)
	}
}

// answer is the world's resolver: what is published, or NXDOMAIN.
func (w *world) answer(rw dns.ResponseWriter, question *dns.Msg) {
	w.asked.Add(1)
	reply := new(dns.Msg).SetReply(question)
	w.lock.Lock()
	records, known := w.names[question.Question[0].Name]
	w.lock.Unlock()
	if !known {
		reply.Rcode = dns.RcodeNameError
	}
	for _, record := range records {
		if kind := record.Header().Rrtype; kind == question.Question[0].Qtype || kind == dns.TypeCNAME {
			reply.Answer = append(reply.Answer, record)
		}
	}
	_ = rw.WriteMsg(reply)
}

// serveDNS serves on the same port of loopback over UDP and TCP.
func serveDNS(t testing.TB, handler dns.HandlerFunc) string {
	t.Helper()
	packets, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := packets.LocalAddr().String()
	listener, err := net.Listen("tcp", address)
	if err != nil {
		packets.Close()
		return serveDNS(t, handler) // another process has the TCP port
	}
	for _, server := range []*dns.Server{{PacketConn: packets, Handler: handler}, {Listener: listener, Handler: handler}} {
		started := make(chan struct{})
		server.NotifyStartedFunc = func() { close(started) }
		go func() { _ = server.ActivateAndServe() }()
		<-started
		t.Cleanup(func() { _ = server.Shutdown() })
	}
	return address
}

// listen accepts connections on loopback and hands them to serve.
func listen(t testing.TB, serve func(net.Conn)) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var open sync.WaitGroup
	t.Cleanup(func() { listener.Close(); open.Wait() })
	open.Go(func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			open.Go(func() { defer conn.Close(); serve(conn) })
		}
	})
	return listener.Addr().String()
}

// nobody is a loopback address at which nothing listens: it refuses.
func nobody(t testing.TB) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	return listener.Addr().String()
}

// web serves HTTP on loopback, over TLS if there is a certificate.
func web(t testing.TB, certificate *tls.Certificate, handler http.HandlerFunc) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	if certificate != nil {
		listener = tls.NewListener(listener, &tls.Config{Certificates: []tls.Certificate{*certificate}})
	}
	server := &http.Server{Handler: handler, ErrorLog: quiet}
	go func() { _ = server.Serve(listener) }()
	t.Cleanup(func() { server.Close() })
	return listener.Addr().String()
}

// issue makes a certificate for the names: the CA's own where there is no CA.
func issue(t testing.TB, ca *tls.Certificate, names ...string) tls.Certificate {
	t.Helper()
	return issueUntil(t, ca, time.Now().Add(24*time.Hour), names...)
}

func issueUntil(t testing.TB, ca *tls.Certificate, end time.Time, names ...string) tls.Certificate {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	serial, _ := rand.Int(rand.Reader, big.NewInt(1<<62))
	template := &x509.Certificate{
		SerialNumber: serial, Subject: pkix.Name{CommonName: names[0]},
		NotBefore: end.Add(-48 * time.Hour), NotAfter: end,
		DNSNames: names, BasicConstraintsValid: true,
	}
	parent, signer := template, any(key)
	if ca == nil {
		template.IsCA, template.DNSNames = true, nil
	} else {
		parent, signer = ca.Leaf, ca.PrivateKey
	}
	raw, err := x509.CreateCertificate(rand.Reader, template, parent, &key.PublicKey, signer)
	if err != nil {
		t.Fatal(err)
	}
	leaf, err := x509.ParseCertificate(raw)
	if err != nil {
		t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{raw}, PrivateKey: key, Leaf: leaf}
}

// fast is a clock that runs as many times faster than the wall.
type fast int

var clockStart = time.Now()

func (f fast) Now() time.Time { return clockStart.Add(time.Since(clockStart) * time.Duration(f)) }

func (f fast) Sleep(ctx context.Context, d time.Duration) error {
	return systemClock{}.Sleep(ctx, d/time.Duration(f))
}

func (f fast) WithTimeout(ctx context.Context, d time.Duration) (context.Context, context.CancelFunc) {
	return context.WithTimeoutCause(ctx, d/time.Duration(f), context.DeadlineExceeded)
}

// one measures one probe.
func one(t testing.TB, network Network, probe Probe) Observation {
	t.Helper()
	probe.Claim = "C"
	seen := Measure(t.Context(), network, []Probe{probe})
	if len(seen) != 1 || seen[0].Claim != "C" {
		t.Fatalf("got %+v", seen)
	}
	return seen[0]
}

func addrs(texts ...string) []netip.Addr {
	var result []netip.Addr
	for _, text := range texts {
		result = append(result, netip.MustParseAddr(text))
	}
	return result
}

func prefixes(texts ...string) []netip.Prefix {
	var result []netip.Prefix
	for _, text := range texts {
		result = append(result, netip.MustParsePrefix(text))
	}
	return result
}
