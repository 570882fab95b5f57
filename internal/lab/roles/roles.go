// Package roles holds the roles of an account, their policies, and the sessions
// in which they are used: IAM's and STS's state.
//
// Package iam evaluates the policies, package cloud authenticates the callers.
package roles

import (
	"sync"
	"time"

	"provenendpoints/internal/lab/awsid"
	"provenendpoints/internal/lab/iam"
	"provenendpoints/proof"
)

// Options describe an account's roles.
type Options struct {
	// Scope is the account that the roles belong to. Required.
	Scope awsid.Scope
	// Clock tells when policies take effect. Required.
	Clock proof.Clock
	// PolicyDelay is how long after a policy was put it takes effect. Default:
	// at once.
	PolicyDelay time.Duration
}

// Store holds the roles, the users, the customer managed policies and the sessions of an
// account. It is safe for concurrent use.
type Store struct {
	scope       awsid.Scope
	clock       proof.Clock
	policyDelay time.Duration

	mu       sync.Mutex
	roles    map[string]*role        // by name
	policies map[string]*iam.History // customer managed, by ARN
	sessions map[string]*Session     // by access key
	users    map[string][]string     // the ARNs of their managed policies, by their own
	made     uint64                  // roles so far
}

// New returns a store without roles.
func New(o Options) *Store {
	return &Store{
		scope: o.Scope, clock: o.Clock, policyDelay: o.PolicyDelay,
		roles: map[string]*role{}, policies: map[string]*iam.History{}, sessions: map[string]*Session{}, users: map[string][]string{},
	}
}
