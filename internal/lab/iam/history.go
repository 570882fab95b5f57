package iam

import (
	"sync"
	"time"
)

// History is a policy with its past: a new version takes effect some time after
// it is put. The zero value is no policy. A nil History is none either. It is
// safe for concurrent use.
type History struct {
	mu       sync.Mutex
	versions []version
}

type version struct {
	policy *Policy // nil: deleted
	from   time.Time
}

// Put adds a version that takes effect at a time; nil deletes the policy then.
func (h *History) Put(p *Policy, from time.Time) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.versions = append(h.versions, version{p, from})
}

// At returns the policy in effect at a time; nil for none.
func (h *History) At(now time.Time) *Policy {
	if h == nil {
		return nil
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	for i := len(h.versions) - 1; i >= 0; i-- {
		if !h.versions[i].from.After(now) {
			return h.versions[i].policy
		}
	}
	return nil
}

// Last returns the policy that was put last, in effect or not; nil for none.
func (h *History) Last() *Policy {
	if h == nil {
		return nil
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if len(h.versions) == 0 {
		return nil
	}
	return h.versions[len(h.versions)-1].policy
}

// IsNew reports whether nothing was ever put.
func (h *History) IsNew() bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return len(h.versions) == 0
}
