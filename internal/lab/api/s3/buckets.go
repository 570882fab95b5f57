package s3

import (
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"provenendpoints/internal/lab/awserr"
	"provenendpoints/internal/lab/iam"
)

// buckets are the account's buckets.
type buckets struct {
	mu     sync.Mutex
	byName map[string]*bucket
}

type bucket struct {
	policy  *iam.History
	objects map[string]object
	created time.Time
}

// CreateBucket makes a bucket in the Region.
func (s *Store) CreateBucket(name string) error {
	if len(name) < 3 || len(name) > 63 || strings.Trim(name, "abcdefghijklmnopqrstuvwxyz0123456789.-") != "" {
		return awserr.New("InvalidBucketName", "The specified bucket is not valid: %q", name)
	}
	s.buckets.mu.Lock()
	defer s.buckets.mu.Unlock()
	if s.buckets.byName[name] != nil {
		return awserr.WithStatus(http.StatusConflict, "BucketAlreadyOwnedByYou", "Your previous request to create the named bucket succeeded and you already own it: %s", name)
	}
	if name == s.waitBucket() || name == s.responseBucket() {
		return awserr.WithStatus(http.StatusConflict, "BucketAlreadyExists", "The requested bucket name is not available: %s", name)
	}
	s.buckets.byName[name] = &bucket{policy: new(iam.History), objects: map[string]object{}, created: s.Clock.Now()}
	return nil
}

// DeleteBucket deletes an empty bucket.
func (s *Store) DeleteBucket(name string) error {
	return s.withBucket(name, func(b *bucket) error {
		if len(b.objects) > 0 {
			return awserr.WithStatus(http.StatusConflict, "BucketNotEmpty", "The bucket you tried to delete is not empty: %s", name)
		}
		delete(s.buckets.byName, name)
		return nil
	})
}

// Buckets returns the names of the buckets, sorted.
func (s *Store) Buckets() []string {
	s.buckets.mu.Lock()
	defer s.buckets.mu.Unlock()
	return slices.Sorted(maps.Keys(s.buckets.byName))
}

// PutBucketPolicy sets a bucket's policy; nil removes it. It takes effect after
// [Options.PolicyDelay].
func (s *Store) PutBucketPolicy(name string, p *iam.Policy) error {
	if p != nil {
		if err := p.ValidateFor(iam.ResourcePolicy); err != nil {
			return awserr.New("MalformedPolicy", "%v", err)
		}
	}
	return s.withBucket(name, func(b *bucket) error {
		b.policy.Put(p, s.Clock.Now().Add(s.PolicyDelay))
		return nil
	})
}

// policy is a bucket's policy that is in effect; nil for none.
func (s *Store) policy(name string) *iam.Policy {
	s.buckets.mu.Lock()
	defer s.buckets.mu.Unlock()
	b := s.buckets.byName[name]
	if b == nil {
		return nil
	}
	return b.policy.At(s.Clock.Now())
}

// withBucket runs do on a bucket under the lock.
func (s *Store) withBucket(name string, do func(*bucket) error) error {
	s.buckets.mu.Lock()
	defer s.buckets.mu.Unlock()
	b := s.buckets.byName[name]
	if b == nil {
		return awserr.WithStatus(http.StatusNotFound, "NoSuchBucket", "The specified bucket does not exist: %s", name)
	}
	return do(b)
}
