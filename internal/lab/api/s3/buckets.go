package s3

import (
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"provenendpoints/internal/lab/api"
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
	uploads map[string]*upload // in parts, by id
	tags    map[string]string
	// notification is its configuration as it was put; empty: none.
	notification string
	// bootstrapped buckets are the account's own: no stack has made them.
	bootstrapped bool
}

// CreateBucket makes a bucket in the Region.
func (s *Store) CreateBucket(name string) error {
	if err := validName(name); err != nil {
		return err
	}
	s.buckets.mu.Lock()
	defer s.buckets.mu.Unlock()
	return s.createBucket(name)
}

func validName(name string) error {
	if len(name) < 3 || len(name) > 63 || strings.Trim(name, "abcdefghijklmnopqrstuvwxyz0123456789.-") != "" {
		return awserr.New("InvalidBucketName", "The specified bucket is not valid: %q", name)
	}
	return nil
}

// createBucket makes a bucket whose name is valid. The caller holds the lock.
func (s *Store) createBucket(name string) error {
	if s.buckets.byName[name] != nil {
		return awserr.WithStatus(http.StatusConflict, "BucketAlreadyOwnedByYou", "Your previous request to create the named bucket succeeded and you already own it: %s", name)
	}
	if name == s.waitBucket() || name == s.responseBucket() {
		return awserr.WithStatus(http.StatusConflict, "BucketAlreadyExists", "The requested bucket name is not available: %s", name)
	}
	s.buckets.byName[name] = &bucket{policy: new(iam.History), objects: map[string]object{}, uploads: map[string]*upload{}, created: s.Clock.Now()}
	return nil
}

// DeleteBucket deletes an empty bucket.
func (s *Store) DeleteBucket(name string) error {
	return s.withBucket(name, func(b *bucket) error { return s.deleteBucket(name, b) })
}

// deleteBucket is DeleteBucket for a caller that holds the lock.
func (s *Store) deleteBucket(name string, b *bucket) error {
	if len(b.objects) > 0 {
		return awserr.WithStatus(http.StatusConflict, "BucketNotEmpty", "The bucket you tried to delete is not empty: %s", name)
	}
	delete(s.buckets.byName, name)
	return nil
}

// Object returns what is in an object.
func (s *Store) Object(bucketName, key string) (data []byte, err error) {
	err = s.withBucket(bucketName, func(b *bucket) error {
		o, ok, err := b.object(key)
		if err != nil {
			return err
		}
		if !ok {
			return awserr.WithStatus(http.StatusNotFound, "NoSuchKey", "The specified key does not exist: %s in %s", key, bucketName)
		}
		data = o.data // objects are replaced and never changed
		return nil
	})
	return data, err
}

// PutObject puts an object into a bucket, as an upload without headers does.
func (s *Store) PutObject(bucketName, key string, data []byte) error {
	return s.withBucket(bucketName, func(b *bucket) error {
		b.objects[key] = s.newObject(&api.Request{Request: &http.Request{}}, data, etag(data))
		return nil
	})
}

// Buckets returns the names of the buckets, sorted, but for those of a bootstrapped account.
func (s *Store) Buckets() []string {
	s.buckets.mu.Lock()
	defer s.buckets.mu.Unlock()
	names := maps.Clone(s.buckets.byName)
	maps.DeleteFunc(names, func(_ string, b *bucket) bool { return b.bootstrapped })
	return slices.Sorted(maps.Keys(names))
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
