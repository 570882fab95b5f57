package s3

import (
	"crypto/md5"
	"encoding/hex"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"provenendpoints/internal/lab/api"
	"provenendpoints/internal/lab/awserr"
)

type object struct {
	data     []byte
	path     string // of a file that holds it and has not been read; empty: data has it
	etag     string
	modified time.Time
	// header is what the client sent about it and gets back: its type, its metadata,
	// its checksum.
	header http.Header
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
func getObject(_ *Store, b *bucket, t target, r *api.Request) (*api.Reply, error) {
	o, ok, err := b.object(t.key)
	if err != nil {
		return nil, err
	}
	if !ok {
		return nil, awserr.WithStatus(http.StatusNotFound, "NoSuchKey", "The specified key does not exist.")
	}
	header := http.Header{"Etag": {o.etag}, "Last-Modified": {o.modified.UTC().Format(http.TimeFormat)}, "Accept-Ranges": {"bytes"}}
	partial := r.Header.Get("Range")
	for name, values := range o.header {
		if strings.HasPrefix(name, checksumHeader) && (r.Header.Get("X-Amz-Checksum-Mode") == "" || partial != "") {
			continue // only on request, and of the whole object
		}
		header[name] = values
	}
	switch {
	case r.Header.Get("If-Match") != "" && !matches(r.Header.Get("If-Match"), o.etag):
		return nil, awserr.WithStatus(http.StatusPreconditionFailed, "PreconditionFailed", "At least one of the pre-conditions you specified did not hold")
	case matches(r.Header.Get("If-None-Match"), o.etag):
		return &api.Reply{Status: http.StatusNotModified, Header: header}, nil
	case partial == "":
		return &api.Reply{Body: o.data, Header: header}, nil
	}
	from, to, ok := span(partial, len(o.data))
	if !ok {
		return nil, awserr.WithStatus(http.StatusRequestedRangeNotSatisfiable, "InvalidRange", "The requested range is not satisfiable")
	}
	header.Set("Content-Range", fmt.Sprintf("bytes %d-%d/%d", from, to-1, len(o.data)))
	return &api.Reply{Status: http.StatusPartialContent, Body: o.data[from:to], Header: header}, nil
}

// matches reports whether an If-Match or If-None-Match names an ETag.
func matches(condition, etag string) bool {
	for part := range strings.SplitSeq(condition, ",") {
		if part = strings.TrimSpace(part); part == "*" || part != "" && strings.Trim(part, `"`) == strings.Trim(etag, `"`) {
			return true
		}
	}
	return false
}

// span is the one range of a Range header (RFC 9110, 14.1.2), of size bytes.
func span(text string, size int) (from, to int, ok bool) {
	first, last, ok := strings.Cut(strings.TrimPrefix(text, "bytes="), "-")
	if !ok || strings.Contains(text, ",") || !strings.HasPrefix(text, "bytes=") {
		return 0, 0, false
	}
	if first == "" {
		n, err := strconv.Atoi(last)
		return max(size-n, 0), size, err == nil && n > 0 && size > 0
	}
	from, err := strconv.Atoi(first)
	if err != nil || from < 0 || from >= size {
		return 0, 0, false
	}
	if last == "" {
		return from, size, true
	}
	to, err = strconv.Atoi(last)
	return from, min(to+1, size), err == nil && to >= from
}

// kept reports whether a header of PutObject belongs to the object
// (docs.aws.amazon.com/AmazonS3/latest/userguide/UsingMetadata.html).
func kept(name string) bool {
	switch name {
	case "Content-Type", "Cache-Control", "Content-Disposition", "Content-Language", "Expires":
		return true
	}
	return strings.HasPrefix(name, "X-Amz-Meta-")
}

// newObject is an object as a request makes it, with the data.
func (s *Store) newObject(r *api.Request, data []byte, etag string) object {
	o := object{data: data, etag: etag, modified: s.Clock.Now(), header: http.Header{}}
	for name, values := range r.Header {
		if kept(name) {
			o.header[name] = values
		}
	}
	if encoding := strings.Trim(strings.ReplaceAll(r.Header.Get("Content-Encoding"), "aws-chunked", ""), ", "); encoding != "" {
		o.header.Set("Content-Encoding", encoding)
	}
	if o.header.Get("Content-Type") == "" {
		o.header.Set("Content-Type", "binary/octet-stream")
	}
	return o
}

func putObject(s *Store, b *bucket, t target, r *api.Request) (*api.Reply, error) {
	for _, name := range []string{"X-Amz-Copy-Source", "X-Amz-Server-Side-Encryption-Customer-Algorithm"} {
		if r.Header.Get(name) != "" {
			return nil, awserr.WithStatus(http.StatusNotImplemented, "NotImplemented", "the lab does not know the header %s of PutObject", strings.ToLower(name))
		}
	}
	if err := checkBody(r); err != nil {
		return nil, err
	}
	if _, exists := b.objects[t.key]; exists && r.Header.Get("If-None-Match") == "*" {
		return nil, awserr.WithStatus(http.StatusPreconditionFailed, "PreconditionFailed", "At least one of the pre-conditions you specified did not hold")
	}
	o := s.newObject(r, r.Body, etag(r.Body))
	reply := http.Header{"Etag": {o.etag}}
	for name, value := range checksums(r) {
		o.header.Set(name, value)
		reply.Set(name, value)
	}
	b.objects[t.key] = o
	return &api.Reply{Header: reply}, nil
}

func deleteObject(_ *Store, b *bucket, t target, _ *api.Request) (*api.Reply, error) {
	delete(b.objects, t.key)
	return &api.Reply{Status: http.StatusNoContent}, nil
}
