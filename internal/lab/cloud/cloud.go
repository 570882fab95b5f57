package cloud

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"time"

	"provenendpoints/internal/lab/awsid"
	"provenendpoints/internal/lab/privatelink"
	"provenendpoints/internal/lab/roles"
	"provenendpoints/internal/lab/vpc"
	"provenendpoints/proof"
)

// Options describe an account in a Region.
type Options struct {
	// Network is where the services are reached. Required.
	Network *vpc.Network
	// PrivateLink holds the VPC endpoints, with their policies. Required.
	PrivateLink *privatelink.PrivateLink
	// Account is the account's id. Default: 123456789012.
	Account string
	// Partition is the first part of an ARN. Default: aws.
	Partition string
	// Roles are the account's roles, where other Regions have them, too: IAM is global.
	// Default: the Region's own.
	Roles *roles.Store
	// Work is called around the calls of clients outside of the lab ([Cloud.Outside]):
	// see [clock.Clock.Work]. Default: nothing.
	Work func() (done func())
	// Told is called with each call that changed something and was made from outside of the
	// lab. Default: nobody is told.
	Told func(Call)
	// Clock passes the time. Default: the network's.
	Clock proof.Clock
	// Faults disturb the services. The zero value disturbs nothing.
	Faults Faults
}

// Faults are deliberate failures, for tests.
type Faults struct {
	// Call returns the fault of a call, before the call is authorised. Default:
	// none.
	Call func(Call) Fault
	// PolicyDelay is how long after a policy was put it takes effect; until
	// then the one before does, or none. Default: at once.
	PolicyDelay time.Duration
}

// Fault is the failure of one call. The zero value is none.
type Fault struct {
	// Delay comes before anything else.
	Delay time.Duration
	// Code and Message are the error instead of an answer, with this HTTP
	// status (default 400): Throttling, InternalFailure, ….
	Status        int
	Code, Message string
	// Cut ends the connection without an answer.
	Cut bool
}

// Cloud is the front of one account's services in one Region. It is safe for
// concurrent use.
type Cloud struct {
	// Roles are the account's roles, by whose sessions callers are known.
	Roles *roles.Store

	network     *vpc.Network
	privateLink *privatelink.PrivateLink
	scope       awsid.Scope
	clock       proof.Clock
	faults      Faults
	work        func() (done func())
	told        func(Call)

	certificates  *certificateAuthority
	issued        sync.Mutex
	issuedByNames map[string]*tls.Certificate // by their names
	servers       []*http.Server
	serving       sync.WaitGroup
	routes        routes
	reached       int // other Regions whose services are on the internet here

	endpoints  endpointPolicies
	identities identities
	calls      recorder
}

// New puts the services' names on the network and answers there until Close.
// [Cloud.Handle] adds what the services do.
func New(o Options) (*Cloud, error) {
	if o.Network == nil || o.PrivateLink == nil {
		return nil, errors.New("cloud: Network and PrivateLink are required")
	}
	c := &Cloud{
		network: o.Network, privateLink: o.PrivateLink,
		scope: awsid.Scope{Partition: o.Partition, Region: o.Network.Region(), Account: o.Account},
		Roles: o.Roles, clock: o.Clock, faults: o.Faults, work: o.Work, told: o.Told,
	}
	if c.work == nil {
		c.work = func() func() { return func() {} }
	}
	if c.scope.Account == "" {
		c.scope.Account = "123456789012"
	}
	if c.clock == nil {
		c.clock = o.Network.Clock()
	}
	if c.Roles == nil {
		c.Roles = roles.New(roles.Options{Scope: c.scope, Clock: c.clock, PolicyDelay: o.Faults.PolicyDelay})
	}
	c.endpoints.byID = map[string]*endpointPolicy{}
	var err error
	if c.certificates, err = newCertificateAuthority(c.clock.Now()); err != nil {
		return nil, fmt.Errorf("cloud: %w", err)
	}
	if err := c.serveAll(); err != nil {
		return nil, errors.Join(fmt.Errorf("cloud: %w", err), c.Close())
	}
	return c, nil
}

// Close stops serving. The caller closes the network.
func (c *Cloud) Close() error {
	var failures []error
	for _, s := range c.servers {
		failures = append(failures, s.Close())
	}
	c.serving.Wait()
	return errors.Join(failures...)
}

// Roots are the certificate authorities to trust: the lab's own.
func (c *Cloud) Roots() *x509.CertPool { return c.certificates.roots }

// RootsPEM are Roots as text.
func (c *Cloud) RootsPEM() []byte { return c.certificates.pem() }

// Scope is the account and the Region, with their defaults.
func (c *Cloud) Scope() awsid.Scope { return c.scope }

// wait sleeps on the lab's clock, or until ctx is done.
func (c *Cloud) wait(ctx context.Context, d time.Duration) {
	if d > 0 {
		_ = c.clock.Sleep(ctx, d) // an error means ctx is done, which its owner sees
	}
}
