package s3

import (
	"bytes"
	"crypto/md5"
	"encoding/hex"
	"encoding/xml"
	"fmt"
	"net/http"
	"strconv"

	"provenendpoints/internal/lab/api"
	"provenendpoints/internal/lab/awserr"
	"provenendpoints/internal/lab/awsid"
)

// upload is an object that is uploaded in parts
// (docs.aws.amazon.com/AmazonS3/latest/userguide/mpuoverview.html).
type upload struct {
	key   string
	first *api.Request // what began it
	parts map[int]part
}

type part struct {
	data []byte
	etag string
}

// maxPart is the greatest number of a part.
const maxPart = 10000

func init() {
	register(operation{name: "CreateMultipartUpload", action: "PutObject", methods: []string{http.MethodPost}, level: onObject, marker: "uploads", parameters: []string{"uploads"}, run: createUpload})
	register(operation{name: "UploadPart", action: "PutObject", methods: []string{http.MethodPut}, level: onObject, marker: "partNumber", parameters: []string{"partNumber", "uploadId"}, run: uploadPart})
	register(operation{name: "CompleteMultipartUpload", action: "PutObject", methods: []string{http.MethodPost}, level: onObject, marker: "uploadId", parameters: []string{"uploadId"}, run: completeUpload})
	register(operation{name: "AbortMultipartUpload", action: "AbortMultipartUpload", methods: []string{http.MethodDelete}, level: onObject, marker: "uploadId", parameters: []string{"uploadId"}, run: abortUpload})
}

func createUpload(s *Store, b *bucket, t target, r *api.Request) (*api.Reply, error) {
	id := awsid.Hex(64, "upload", t.bucket, t.key, s.Clock.Now().String(), r.ID)
	b.uploads[id] = &upload{key: t.key, first: r, parts: map[int]part{}}
	reply, err := api.ReplyXML(struct {
		XMLName     xml.Name `xml:"http://s3.amazonaws.com/doc/2006-03-01/ InitiateMultipartUploadResult"`
		Bucket, Key string
		UploadID    string `xml:"UploadId"`
	}{Bucket: t.bucket, Key: t.key, UploadID: id})
	if algorithm := r.Header.Get("X-Amz-Checksum-Algorithm"); err == nil && algorithm != "" {
		reply.Header.Set("X-Amz-Checksum-Algorithm", algorithm)
	}
	return reply, err
}

// upload finds the upload that a request is about.
func (b *bucket) upload(t target, r *api.Request) (*upload, error) {
	u := b.uploads[r.URL.Query().Get("uploadId")]
	if u == nil || u.key != t.key {
		return nil, awserr.WithStatus(http.StatusNotFound, "NoSuchUpload", "The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted or completed.")
	}
	return u, nil
}

func uploadPart(_ *Store, b *bucket, t target, r *api.Request) (*api.Reply, error) {
	u, err := b.upload(t, r)
	if err != nil {
		return nil, err
	}
	n, err := strconv.Atoi(r.URL.Query().Get("partNumber"))
	if err != nil || n < 1 || n > maxPart {
		return nil, awserr.New("InvalidArgument", "Part number must be an integer between 1 and %d, inclusive", maxPart)
	}
	if err := checkBody(r); err != nil {
		return nil, err
	}
	u.parts[n] = part{r.Body, etag(r.Body)}
	reply := http.Header{"Etag": {u.parts[n].etag}}
	for name, value := range checksums(r) {
		reply.Set(name, value)
	}
	return &api.Reply{Header: reply}, nil
}

func completeUpload(s *Store, b *bucket, t target, r *api.Request) (*api.Reply, error) {
	u, err := b.upload(t, r)
	if err != nil {
		return nil, err
	}
	var listed struct {
		Part []struct {
			PartNumber int
			ETag       string
		}
	}
	if err := xml.Unmarshal(r.Body, &listed); err != nil || len(listed.Part) == 0 {
		return nil, awserr.New("MalformedXML", "The XML you provided was not well-formed or did not validate against our published schema")
	}
	var data bytes.Buffer
	var sums []byte
	last := 0
	for _, p := range listed.Part {
		have, ok := u.parts[p.PartNumber]
		switch {
		case !ok || !matches(p.ETag, have.etag):
			return nil, awserr.New("InvalidPart", "One or more of the specified parts could not be found.  The part may not have been uploaded, or the specified entity tag may not match the part's entity tag.")
		case p.PartNumber <= last:
			return nil, awserr.New("InvalidPartOrder", "The list of parts was not in ascending order. Parts must be ordered by part number.")
		}
		last = p.PartNumber
		sum := md5.Sum(have.data)
		sums = append(sums, sum[:]...)
		data.Write(have.data)
	}
	sum := md5.Sum(sums)
	tag := fmt.Sprintf(`"%s-%d"`, hex.EncodeToString(sum[:]), len(listed.Part))
	b.objects[t.key] = s.newObject(u.first, data.Bytes(), tag)
	delete(b.uploads, r.URL.Query().Get("uploadId"))
	return api.ReplyXML(struct {
		XMLName               xml.Name `xml:"http://s3.amazonaws.com/doc/2006-03-01/ CompleteMultipartUploadResult"`
		Location, Bucket, Key string
		ETag                  string
	}{Location: "https://" + r.Host + r.URL.Path, Bucket: t.bucket, Key: t.key, ETag: tag})
}

func abortUpload(_ *Store, b *bucket, t target, r *api.Request) (*api.Reply, error) {
	if _, err := b.upload(t, r); err != nil {
		return nil, err
	}
	delete(b.uploads, r.URL.Query().Get("uploadId"))
	return &api.Reply{Status: http.StatusNoContent}, nil
}
