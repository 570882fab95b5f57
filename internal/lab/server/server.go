// Package server is an account in the lab for people and programs outside of it: AWS's APIs
// on loopback, for the CDK CLI, the AWS CLI and the SDKs.
//
//	client ──HTTP──▶ guard: only this machine ─┬─ signed ─▶ Region of the signature's scope ─▶ package cloud
//	                                           ├─ /env ───▶ what a shell needs to be a client
//	                                           └─ else ───▶ pages (package console)
//
// A Region begins with the first request for it. All have one clock, which runs with the
// wall and skips what only the lab waits for ([clock.NewAttended]), and the same roles: IAM is
// global. State lives as long as the server.
//
// Requests need not be encrypted: they do not leave the machine. The package prints nothing.
package server

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/netip"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"provenendpoints/internal/lab/awsid"
	"provenendpoints/internal/lab/cfn"
	"provenendpoints/internal/lab/clock"
	"provenendpoints/internal/lab/console"
	"provenendpoints/internal/lab/roles"
	"provenendpoints/internal/lab/topology"
)

// Options describe a server. The zero value is useful.
type Options struct {
	// Listen is the address to listen on, which must be a loopback one. Default: a free
	// port of 127.0.0.1.
	Listen string
	// Region and Account are those of clients that say none.
	// Defaults: ap-northeast-2, 123456789012.
	Region, Account string
	// Seed chooses how long everything takes; see [region.Options].
	Seed uint64
	// Stubs are the answers of custom resources whose functions cannot run here.
	Stubs map[string]cfn.Stub
	// Accept are resource types that the lab does not have and takes as inert.
	Accept []string
	// Errors receives what goes wrong in the server itself. Default: nobody.
	Errors *log.Logger
	// OnEvent receives every event of the stacks, one at a time for each Region. Optional.
	OnEvent func(cfn.Event)
}

// administrator is the user that clients are. He may do everything.
const administrator = "administrator"

// Server is a running server. Close it.
type Server struct {
	options     Options
	clock       *clock.Clock
	roles       *roles.Store
	credentials aws.Credentials
	regions     regions
	changes     changes
	snapshots   topology.Snapshots // of what failed
	listener    net.Listener
	http        *http.Server
	ended       chan error
}

// Start begins to serve.
func Start(o Options) (*Server, error) {
	if o.Region == "" {
		o.Region = "ap-northeast-2"
	}
	if o.Account == "" {
		o.Account = "123456789012"
	}
	if o.Errors == nil {
		o.Errors = log.New(io.Discard, "", 0)
	}
	if o.Listen == "" {
		o.Listen = "127.0.0.1:0"
	}
	if err := cfn.CheckEnvironment(o.Account, o.Region); err != nil {
		return nil, err
	}
	if err := checkLoopback(o.Listen); err != nil {
		return nil, err
	}
	s := &Server{options: o, clock: clock.NewAttended(), ended: make(chan error, 1)}
	s.snapshots.Options = console.Pictures()
	scope := awsid.Scope{Account: o.Account, Region: o.Region}
	s.roles = roles.New(roles.Options{Scope: scope, Clock: s.clock, PolicyDelay: policyDelay(o.Seed)})
	var err error
	if s.credentials, err = s.roles.CreateUser(administrator, scope.ManagedPolicy("AdministratorAccess")); err != nil {
		return nil, err
	}
	s.regions.server = s
	if _, err := s.regions.of(o.Region); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	if s.listener, err = net.Listen("tcp", o.Listen); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	s.http = &http.Server{
		Handler: s.guard(s.handler()), ReadHeaderTimeout: 10 * time.Second, IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 64 << 10,
		ErrorLog: o.Errors,
	}
	go func() { s.ended <- s.http.Serve(s.listener) }()
	return s, nil
}

// checkLoopback refuses an address that other machines could reach.
func checkLoopback(address string) error {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return fmt.Errorf("listen address %q is not HOST:PORT: %w", address, err)
	}
	if addr, err := netip.ParseAddr(host); host != "localhost" && (err != nil || !addr.IsLoopback()) {
		return fmt.Errorf("listen address %q: host %q is not this machine's loopback, such as 127.0.0.1", address, host)
	}
	return nil
}

// URL is the address of the APIs and of the console. It is an IP address: SDKs then write the
// names of buckets into the path.
func (s *Server) URL() string { return "http://" + s.listener.Addr().String() }

// Wait returns when ctx is done, or with an error when the server has ended by itself.
func (s *Server) Wait(ctx context.Context) error {
	select {
	case <-ctx.Done():
		return nil
	case err := <-s.ended:
		return err
	}
}

// Close ends the server and everything in it.
func (s *Server) Close() error {
	var err error
	if s.http != nil {
		err = s.http.Close()
	}
	err = errors.Join(err, s.regions.close())
	s.clock.Stop()
	return err
}

// Config is what an SDK for Go needs to be a client.
func (s *Server) Config() aws.Config {
	return aws.Config{
		Region: s.options.Region, BaseEndpoint: aws.String(s.URL()),
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) { return s.credentials, nil }),
	}
}
