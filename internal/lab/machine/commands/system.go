package commands

import (
	"context"
	"crypto/x509"
	"io"
	"net"
	"net/netip"
	"time"

	"provenendpoints/internal/lab/machine/memfs"
	"provenendpoints/internal/lab/machine/metadata"
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
	// SetForwarding has the host pass on packets that are for others,
	// SetMasquerading under its own address.
	SetForwarding(on bool)
	SetMasquerading(on bool)
}

// System is the machine that commands run on. All fields are required.
type System struct {
	// Hostname is what the command hostname prints.
	Hostname string
	// Host is the network interface.
	Host Host
	// Clock passes the time.
	Clock proof.Clock
	// Roots are the certificate authorities that the machine trusts.
	Roots *x509.CertPool
	// Files is the file system.
	Files *memfs.FS
	// Console is the console log.
	Console io.Writer
	// Shell runs scripts.
	Shell Shell
	// Services is the service manager.
	Services Services
	// Metadata is the metadata service.
	Metadata *metadata.Service
	// Packages are those that are taken as installed.
	Packages *Packages
}

// Shell runs a script as a child of a process, to its end, and returns its exit
// status.
type Shell func(ctx context.Context, p *Process, script Script) int

// Script is a text for the shell.
type Script struct {
	// Text is the source; Name stands for it in messages.
	Name, Text string
	// Options are the shell's, such as -e.
	Options []string
	// Args are $1 and following.
	Args []string
}

// Services is systemd as systemctl and journalctl see it. Names of units are
// complete, such as web.service.
type Services interface {
	// Has reports whether there is a unit file.
	Has(name string) bool
	// Load reads a unit file. Its error names what is missing or not supported.
	Load(name string) error
	// Start starts a unit; it waits for the end of a oneshot service only.
	Start(ctx context.Context, name string) error
	// Stop stops a unit and waits for its end. One that is not running is no error.
	Stop(ctx context.Context, name string) error
	// State is such as active or failed; inactive for a unit that never ran.
	State(name string) string
	// Journal is what a unit has printed; ok reports whether it was ever started.
	Journal(name string) (text string, ok bool)
}

// LoginEnvironment is root's. Nothing of the real process's environment shows.
func (s *System) LoginEnvironment() []string {
	return []string{
		"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
		"HOME=/root", "USER=root", "LOGNAME=root", "SHELL=/bin/bash", "LANG=C.UTF-8",
		"HOSTNAME=" + s.Hostname, "UID=0", "EUID=0", "GID=0",
	}
}
