package s3

import (
	"archive/zip"
	"bytes"
	"os"
)

// Publish puts a file of this machine, or a folder as a zip file, into a bucket of the
// account that no stack has made: that of a bootstrapped account's assets
// (docs.aws.amazon.com/cdk/v2/guide/bootstrapping-env.html). It is read when somebody asks
// for it.
func (s *Store) Publish(bucketName, key, path string) error {
	if err := validName(bucketName); err != nil {
		return err
	}
	s.buckets.mu.Lock()
	defer s.buckets.mu.Unlock()
	if s.buckets.byName[bucketName] == nil {
		if err := s.createBucket(bucketName); err != nil {
			return err
		}
		s.buckets.byName[bucketName].bootstrapped = true
	}
	b := s.buckets.byName[bucketName]
	if _, there := b.objects[key]; !there {
		b.objects[key] = object{path: path, modified: s.Clock.Now(), header: map[string][]string{"Content-Type": {"application/octet-stream"}}}
	}
	return nil
}

// object finds an object; one that was published is read now. The caller holds the lock.
func (b *bucket) object(key string) (object, bool, error) {
	o, ok := b.objects[key]
	if !ok || o.path == "" {
		return o, ok, nil
	}
	data, err := packed(o.path)
	if err != nil {
		return o, true, err
	}
	o.data, o.etag, o.path = data, etag(data), ""
	b.objects[key] = o
	return o, true, nil
}

// packed is a file's content, or a folder's as a zip file.
func packed(path string) ([]byte, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if !info.IsDir() {
		return os.ReadFile(path)
	}
	var out bytes.Buffer
	archive := zip.NewWriter(&out)
	if err := archive.AddFS(os.DirFS(path)); err != nil {
		return nil, err
	}
	err = archive.Close()
	return out.Bytes(), err
}
