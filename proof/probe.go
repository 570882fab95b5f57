package proof

import (
	"context"
	"crypto/x509"
	"net"
	"net/netip"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
)

// Network is what probes run on. It comes from outside: on AWS it is the Lambda
// function's own interface, in the lab a TCP/IP stack of its own.
type Network struct {
	// Dial opens a connection; network is tcp or udp, address is IP:port.
	// Default: a net.Dialer.
	Dial func(ctx context.Context, network, address string) (net.Conn, error)
	// Nameservers are the resolvers to ask, in order.
	// Default: those of /etc/resolv.conf.
	Nameservers []netip.AddrPort
	// Roots are the certificate authorities to trust. Default: the system's.
	Roots *x509.CertPool
	// Credentials sign AWS calls. Without them a signed call is an error.
	Credentials aws.CredentialsProvider
	// Region is the Region that calls are signed for.
	Region string
	// Clock measures time and waits. Default: [SystemClock].
	Clock Clock
	// Local lets probes connect to loopback, link-local and other addresses of the
	// machine itself, for tests. Otherwise such a probe is [Broken].
	Local bool

	// slots bound the connections of all probes together.
	slots *slots
}

// Clock measures time and waits. A lab may have one that runs faster than the wall's.
type Clock interface {
	Now() time.Time
	// Sleep waits for d or until ctx is done, and then returns ctx's error.
	Sleep(ctx context.Context, d time.Duration) error
	// WithTimeout ends the context after d of this clock's time, with
	// context.DeadlineExceeded as its cause.
	WithTimeout(ctx context.Context, d time.Duration) (context.Context, context.CancelFunc)
}

// Probe is one measurement to take, with every name already a literal. It
// travels as JSON in the request to a prober.
type Probe struct {
	// Claim is the id of the claim that the measurement is for.
	Claim string
	// Kind is the claim's kind; it decides what is measured.
	Kind Kind
	// Host is a DNS name or address, Port a TCP port.
	Host string
	Port int
	// Scheme and Path make the URL of an HTTP request.
	Scheme, Path string `json:",omitempty"`
	// Requests is how many fresh connections to make. Default: 1.
	Requests int `json:",omitempty"`
	// Hosts is how many hosts a Spreads probe should meet. It ends early where one of
	// them is missing.
	Hosts int `json:",omitempty"`
	// Call is the AWS call to sign and send.
	Call *Call `json:",omitempty"`
	// Timeout limits the resolving of the name, and again each connection. A slow
	// resolver therefore never shortens the time in which a connection could have
	// opened. Default: 3 s, and 5 s where many connections are made, of which none
	// may fail: TCP then tries three times to open each, after 0, 1 and 3 s
	// (RFC 6298).
	Timeout time.Duration `json:",omitempty"`
}

// Outcome is how a measurement ended, as far as the network is concerned.
type Outcome string

// The outcomes. Anything but OK leaves a text in [Observation.Detail].
const (
	OK          Outcome = "ok"           // it went all the way; see the other fields
	NoName      Outcome = "no-name"      // the name did not resolve: no answer, NXDOMAIN, or the resolver failed
	TimedOut    Outcome = "timed-out"    // no answer within the time
	Refused     Outcome = "refused"      // the target answered and refused: it was reached
	NoRoute     Outcome = "no-route"     // the network reported that there is no route
	BadTLS      Outcome = "bad-tls"      // connected, but the handshake or the certificate failed
	BadResponse Outcome = "bad-response" // connected, but what came back was not a response
	Broken      Outcome = "broken"       // the prober could not measure at all (no credentials, bad request)
)

// Missing says what the resolver said of a name without addresses (RFC 2308). It is
// empty where nobody answered, or the resolver failed.
type Missing string

// What a resolver says of a name without addresses.
const (
	NXDomain Missing = "NXDOMAIN" // there is no such name
	NoData   Missing = "NODATA"   // the name exists and has no addresses
)

// Observation is what a probe saw. It travels as JSON in the prober's answer.
type Observation struct {
	Claim   string
	Outcome Outcome
	// Detail says in words what went wrong, for an AWS error its message.
	Detail string `json:",omitempty"`
	// Missing is what the resolver said of a name without addresses, where the
	// outcome is NoName.
	Missing Missing `json:",omitempty"`
	// Addresses are the DNS answers, or the one address that was connected to; those that
	// were tried where none answered.
	Addresses []netip.Addr `json:",omitempty"`
	// Certificate is the subject of the certificate that was presented.
	Certificate string `json:",omitempty"`
	// Status is the HTTP status, Code the error code of an AWS answer
	// (AccessDenied), Body the first 256 bytes of the body.
	Status int    `json:",omitempty"`
	Code   string `json:",omitempty"`
	Body   string `json:",omitempty"`
	// Connections are how many fresh connections were made where many were asked
	// for, and Failed how many of them failed. None is begun after one has failed.
	// Counts are the answers per host of a Spreads probe.
	Connections int            `json:",omitempty"`
	Failed      int            `json:",omitempty"`
	Counts      map[string]int `json:",omitempty"`
	// Took is how long the measurement lasted.
	Took time.Duration
}

// Request is what the verifier sends to a prober.
type Request struct{ Probes []Probe }

// Response is what a prober answers: one observation for each probe, in the
// same order.
type Response struct{ Observations []Observation }
