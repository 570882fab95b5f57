// Package s3 is S3: the account's buckets with their objects and policies, the
// API on them, and the buckets of CloudFormation's own to which presigned
// URLs lead.
//
// Each operation is one entry: the method and the kind of resource that it is
// for, its IAM action, its parameters and condition keys, and what it does.
//
// Why not gofakes3 or another S3 server made for tests: they evaluate no policies,
// and the verification is about these.
package s3

import (
	"sync"
	"time"

	"provenendpoints/internal/lab/api"
	"provenendpoints/internal/lab/awsid"
	"provenendpoints/proof"
)

// Options describe an account's S3.
type Options struct {
	// Scope is the Region and account that the buckets belong to. Required.
	Scope awsid.Scope
	// Clock passes the time. Required.
	Clock proof.Clock
	// PolicyDelay is how long after a bucket policy was put it takes effect.
	// Default: at once.
	PolicyDelay time.Duration
}

// Store holds the buckets of an account in a Region. It is safe for concurrent
// use.
type Store struct {
	Options
	buckets   buckets
	responses responses
	// delivering counts the deliveries of presigned URLs.
	delivering sync.WaitGroup
}

// New returns a store without buckets.
func New(o Options) *Store {
	return &Store{
		Options: o, buckets: buckets{byName: map[string]*bucket{}}, responses: responses{open: map[string]*response{}},
	}
}

// Close waits for the deliveries of presigned URLs to end. Cancel the URLs before.
func (s *Store) Close() { s.delivering.Wait() }

// Service is the API. Requests without a signature are for the policies to
// refuse: a bucket may be public.
func (s *Store) Service() api.Service {
	return api.Service{Name: "s3", Protocol: api.RESTXML, Anonymous: true, Route: s.route, Presigned: s.authenticatePresigned}
}
