package s3

import (
	"crypto/md5"
	"encoding/hex"
	"net/http"
	"time"

	"provenendpoints/internal/lab/api"
	"provenendpoints/internal/lab/awserr"
)

type object struct {
	data        []byte
	etag        string
	contentType string
	modified    time.Time
}

func etag(data []byte) string {
	sum := md5.Sum(data) // an S3 ETag is an MD5 sum
	return `"` + hex.EncodeToString(sum[:]) + `"`
}

// The SDKs name the operation in x-id; S3 takes no notice of it.
var xID = []string{"x-id"}

func init() {
	register(operation{name: "GetObject", action: "GetObject", methods: []string{http.MethodGet, http.MethodHead}, level: onObject, parameters: xID, run: getObject})
	register(operation{name: "PutObject", action: "PutObject", methods: []string{http.MethodPut}, level: onObject, parameters: xID, run: putObject})
	register(operation{name: "DeleteObject", action: "DeleteObject", methods: []string{http.MethodDelete}, level: onObject, parameters: xID, run: deleteObject})
}

// getObject also answers HeadObject, which needs the same permission.
func getObject(_ *Store, b *bucket, t target, _ *api.Request) (*api.Reply, error) {
	o, ok := b.objects[t.key]
	if !ok {
		return nil, awserr.WithStatus(http.StatusNotFound, "NoSuchKey", "The specified key does not exist.")
	}
	return &api.Reply{Body: o.data, Header: http.Header{
		"Etag": {o.etag}, "Content-Type": {o.contentType}, "Last-Modified": {o.modified.UTC().Format(http.TimeFormat)},
	}}, nil
}

func putObject(s *Store, b *bucket, t target, r *api.Request) (*api.Reply, error) {
	contentType := r.Header.Get("Content-Type")
	if contentType == "" {
		contentType = "binary/octet-stream"
	}
	o := object{r.Body, etag(r.Body), contentType, s.Clock.Now()}
	b.objects[t.key] = o
	return &api.Reply{Header: http.Header{"Etag": {o.etag}}}, nil
}

func deleteObject(_ *Store, b *bucket, t target, _ *api.Request) (*api.Reply, error) {
	delete(b.objects, t.key)
	return &api.Reply{Status: http.StatusNoContent}, nil
}
