package machine

import (
	"context"
	"crypto/x509"
	"fmt"
	"net"
	"strings"
	"sync"

	"provenendpoints/internal/lab/clock"
	"provenendpoints/internal/lab/machine/commands"
	"provenendpoints/internal/lab/machine/logbuffer"
	"provenendpoints/internal/lab/machine/memfs"
	"provenendpoints/internal/lab/machine/metadata"
	"provenendpoints/internal/lab/machine/shell"
	"provenendpoints/internal/lab/machine/systemd"
	"provenendpoints/proof"
)

// Host is the instance's network interface with its TCP/IP stack.
type Host = commands.Host

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
	// Metadata is its metadata service. Default: one that is off.
	Metadata *metadata.Service
}

// Machine is a running instance.
type Machine struct {
	system   *commands.System
	services *systemd.Manager
	console  logbuffer.Buffer

	running   context.Context // until Stop
	cancel    context.CancelFunc
	installed chan struct{} // closed when the commands are there
	booted    chan struct{} // closed when the user data has ended
	failure   error         // of the user data; valid once booted is closed

	// logins are the commands that run for people. None begins once it is stopped.
	mu      sync.Mutex
	stopped bool
	logins  sync.WaitGroup
}

// Run starts an instance and returns while it boots, as RunInstances does. The
// instance lives until [Machine.Stop] or until ctx is done.
func Run(ctx context.Context, host Host, config Config) *Machine {
	m := &Machine{booted: make(chan struct{}), installed: make(chan struct{})}
	m.system = &commands.System{
		Hostname: config.Name, Clock: config.Clock, Roots: config.Roots, Packages: new(commands.Packages), Metadata: config.Metadata,
		Console: &m.console, Shell: shell.RunChild,
	}
	if m.system.Clock == nil {
		m.system.Clock = clock.New(1)
	}
	if m.system.Roots == nil {
		m.system.Roots = x509.NewCertPool()
	}
	if m.system.Hostname == "" {
		m.system.Hostname = "ip-" + strings.ReplaceAll(host.Addr().String(), ".", "-")
	}
	if m.system.Metadata == nil {
		m.system.Metadata = metadata.New(metadata.Instance{}, metadata.Options{Off: true}, m.system.Clock)
	}
	m.system.Host = connected{host, m.system.Metadata}
	m.system.Files = memfs.New(m.system.Clock.Now, &m.console)
	ctx, m.cancel = context.WithCancel(ctx)
	m.running = ctx
	m.services = systemd.New(ctx, m.system)
	m.system.Services = m.services
	go func() {
		defer close(m.booted)
		m.failure = m.boot(ctx, config.UserData)
	}()
	return m
}

// connected is a host with its metadata service.
type connected struct {
	Host
	metadata *metadata.Service
}

// Dial opens a connection, to the metadata service or over the network.
func (c connected) Dial(ctx context.Context, network, address string) (net.Conn, error) {
	return c.metadata.Dial(ctx, c.Host, network, address)
}

// boot installs the commands, runs the user data and reports a failure on the
// console.
func (m *Machine) boot(ctx context.Context, userData string) error {
	err := commands.Install(m.system.Files)
	close(m.installed)
	if err == nil && strings.TrimSpace(userData) != "" {
		err = m.runUserData(ctx, userData)
	}
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
	}
	select {
	case <-m.booted: // before ctx, or with it
		return m.failure
	default:
		return ctx.Err()
	}
}

// Console returns the console log so far, like ec2:GetConsoleOutput.
func (m *Machine) Console() string { return m.console.String() }

// Stop ends the script and the services and waits for them.
func (m *Machine) Stop() {
	m.cancel()
	m.mu.Lock()
	m.stopped = true
	m.mu.Unlock()
	<-m.booted
	m.logins.Wait()
	m.services.Wait()
}
