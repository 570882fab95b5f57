package cloud

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"sync"
	"time"

	"provenendpoints/internal/lab/awsid"
	"provenendpoints/internal/lab/vpc"
	"provenendpoints/proof"
)

// Options describe an account in a Region.
type Options struct {
	// Network is where the services are reached. Required.
	Network *vpc.Network
	// Account is the account's id. Default: 123456789012.
	Account string
	// Partition is the first part of an ARN. Default: aws.
	Partition string
	// Clock passes the time. Default: the network's.
	Clock proof.Clock
	// Faults disturb the services. The zero value disturbs nothing.
	Faults Faults
}

// Faults are what goes wrong on purpose.
type Faults struct {
	// Call is asked before each call is authorised. Default: nothing is wrong.
	Call func(Call) Fault
	// PolicyDelay is how long after a policy was put it takes effect; until
	// then the one before does, or none. Default: at once.
	PolicyDelay time.Duration
}

// Fault is what goes wrong with one call. The zero value is nothing.
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

// Cloud is one account in one Region. It is safe for concurrent use.
type Cloud struct {
	network *vpc.Network
	scope   awsid.Scope
	clock   proof.Clock
	faults  Faults

	authority *authority
	servers   []*http.Server
	serving   sync.WaitGroup

	identities identities
	endpoints  endpointPolicies
	buckets    buckets
	mailboxes  mailboxes
	calls      recorder

	mu        sync.Mutex
	stacks    StackSource
	functions Functions
	requests  uint64
}

// New puts the services on the network and serves them until Close.
func New(o Options) (*Cloud, error) {
	if o.Network == nil {
		return nil, errors.New("cloud: no network given")
	}
	c := &Cloud{
		network: o.Network, scope: awsid.Scope{Partition: o.Partition, Region: o.Network.Region(), Account: o.Account},
		clock: o.Clock, faults: o.Faults,
	}
	if c.scope.Account == "" {
		c.scope.Account = "123456789012"
	}
	if c.clock == nil {
		c.clock = o.Network.Clock()
	}
	var err error
	if c.authority, err = newAuthority(c.clock.Now()); err != nil {
		return nil, fmt.Errorf("cloud: %w", err)
	}
	c.identities.init()
	c.endpoints.init()
	c.buckets.init()
	c.mailboxes.init()
	if err := c.serveAll(); err != nil {
		return nil, errors.Join(fmt.Errorf("cloud: %w", err), c.Close())
	}
	return c, nil
}

// Close stops serving. The network stays: it is its maker's.
func (c *Cloud) Close() error {
	var failures []error
	for _, s := range c.servers {
		failures = append(failures, s.Close())
	}
	c.serving.Wait()
	return errors.Join(failures...)
}

// Roots are the certificate authorities to trust: the lab's own.
func (c *Cloud) Roots() *x509.CertPool { return c.authority.roots }

// Region returns the Region's name.
func (c *Cloud) Region() string { return c.scope.Region }

// Account returns the account's id.
func (c *Cloud) Account() string { return c.scope.Account }

// SetStacks says who answers for CloudFormation's stacks. Default: there are none.
func (c *Cloud) SetStacks(s StackSource) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.stacks = s
}

// SetFunctions says who runs Lambda's functions. Default: there are none.
func (c *Cloud) SetFunctions(f Functions) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.functions = f
}

func (c *Cloud) getStacks() StackSource {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.stacks
}

func (c *Cloud) getFunctions() Functions {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.functions
}

// requestID makes the id that AWS gives each request.
func (c *Cloud) requestID() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.requests++
	return awsid.UUID("request", strconv.FormatUint(c.requests, 10))
}

// wait passes time, unless the caller goes away.
func (c *Cloud) wait(ctx context.Context, d time.Duration) {
	if d > 0 {
		_ = c.clock.Sleep(ctx, d) // an error means ctx is done, which its owner sees
	}
}
