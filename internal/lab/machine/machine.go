package machine

import (
	"bytes"
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"strings"
	"sync"
	"time"

	"provenendpoints/proof"
)

// Host is the instance's network interface with its TCP/IP stack.
type Host interface {
	// Dial opens a connection to an IP:port; network is tcp or udp.
	Dial(ctx context.Context, network, address string) (net.Conn, error)
	// Listen accepts TCP connections on every address of the host.
	Listen(port int) (net.Listener, error)
	// Ping sends one ICMP echo request and waits for the reply.
	Ping(ctx context.Context, to netip.Addr) (time.Duration, error)
	// Nameservers are the resolvers of the host's network.
	Nameservers() []netip.AddrPort
	// Addr is the host's own (private) address.
	Addr() netip.Addr
}

// Config describes an instance. The zero value boots a machine that does nothing.
type Config struct {
	// UserData is the decoded user data. Default: none.
	UserData string
	// Name is the host name. Default: AWS's name for the address, such as
	// ip-10-0-1-109.
	Name string
	// Clock passes the time. Default: the wall's.
	Clock proof.Clock
	// Roots are the certificate authorities that the machine trusts. Default: none.
	Roots *x509.CertPool
}

// Machine is a running instance.
type Machine struct {
	host  Host
	name  string
	clock proof.Clock
	roots *x509.CertPool
	files *files
	units *units

	ctx    context.Context
	cancel context.CancelFunc
	// work counts the goroutines of the script and of the services.
	work sync.WaitGroup

	console lockedBuffer
	booted  chan struct{} // closed when the user data has ended
	failure error         // of the user data; valid once booted is closed
}

// Run starts an instance and returns while it boots, as RunInstances does. The
// instance lives until [Machine.Stop] or until ctx is done.
func Run(ctx context.Context, host Host, config Config) *Machine {
	m := &Machine{
		host: host, name: config.Name, clock: config.Clock, roots: config.Roots,
		booted: make(chan struct{}),
	}
	if m.clock == nil {
		m.clock = wallClock{}
	}
	if m.roots == nil {
		m.roots = x509.NewCertPool()
	}
	if m.name == "" {
		m.name = "ip-" + strings.ReplaceAll(host.Addr().String(), ".", "-")
	}
	m.files = newFiles(m.clock.Now, &m.console)
	m.units = newUnits(m)
	m.ctx, m.cancel = context.WithCancel(ctx)
	m.work.Add(1)
	go func() {
		defer m.work.Done()
		defer close(m.booted)
		m.failure = m.boot(config.UserData)
	}()
	return m
}

// boot runs the user data and says on the console how it ended.
func (m *Machine) boot(userData string) error {
	if strings.TrimSpace(userData) == "" {
		return nil
	}
	err := m.runUserData(userData)
	if err != nil {
		fmt.Fprintf(&m.console, "cloud-init: failed to run the user data: %v\n", err)
	}
	return err
}

// Wait waits until the user data has ended and returns its failure: an exit
// status other than zero, or what could not be run at all.
func (m *Machine) Wait(ctx context.Context) error {
	select {
	case <-m.booted:
		return m.failure
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Console returns the console log so far, like ec2:GetConsoleOutput.
func (m *Machine) Console() string { return m.console.String() }

// Stop ends the script and the services and waits for them.
func (m *Machine) Stop() {
	m.cancel()
	m.work.Wait()
}

// ReadFile returns the content of a file of the machine, for evidence.
func (m *Machine) ReadFile(path string) ([]byte, error) { return m.files.read(path) }

// lockedBuffer is a console: many write, anybody reads at any time.
type lockedBuffer struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

// Write appends; it never fails.
func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.Write(p)
}

// String returns everything so far.
func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.String()
}

// wallClock is the default clock.
type wallClock struct{}

// Now returns the wall's time.
func (wallClock) Now() time.Time { return time.Now() }

// Sleep waits on the wall's clock.
func (wallClock) Sleep(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// WithTimeout is the standard library's.
func (wallClock) WithTimeout(ctx context.Context, d time.Duration) (context.Context, context.CancelFunc) {
	return context.WithTimeoutCause(ctx, d, context.DeadlineExceeded)
}

// timedOut tells whether ctx ended because its own time was over.
func timedOut(ctx context.Context) bool {
	return ctx.Err() != nil && errors.Is(context.Cause(ctx), context.DeadlineExceeded)
}
