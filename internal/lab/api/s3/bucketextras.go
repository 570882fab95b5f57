package s3

import (
	"bytes"
	"cmp"
	"encoding/json"
	"encoding/xml"
	"maps"
	"net/http"
	"slices"
	"strings"

	"provenendpoints/internal/lab/api"
	"provenendpoints/internal/lab/awserr"
	"provenendpoints/internal/lab/iam"
)

// What CDK's own functions ask of buckets: tags, the versions of objects (of which the lab
// keeps one each), and notifications, which are kept and never sent.
func init() {
	register(operation{name: "GetBucketTagging", action: "GetBucketTagging", methods: []string{http.MethodGet}, level: onBucket, marker: "tagging", parameters: []string{"tagging"}, run: getTagging})
	register(operation{name: "ListObjectVersions", action: "ListBucketVersions", methods: []string{http.MethodGet}, level: onBucket, marker: "versions", parameters: []string{"versions", "prefix", "max-keys", "key-marker", "version-id-marker", "encoding-type"}, run: listVersions})
	register(operation{name: "GetBucketNotificationConfiguration", action: "GetBucketNotification", methods: []string{http.MethodGet}, level: onBucket, marker: "notification", parameters: []string{"notification"}, run: getNotification})
	register(operation{name: "PutBucketNotificationConfiguration", action: "PutBucketNotification", methods: []string{http.MethodPut}, level: onBucket, marker: "notification", parameters: []string{"notification"}, run: putNotification})
	register(operation{name: "PutBucketPolicy", action: "PutBucketPolicy", methods: []string{http.MethodPut}, level: onBucket, marker: "policy", parameters: []string{"policy"}, run: putPolicy})
}

// SetTags sets the tags of a bucket.
func (s *Store) SetTags(name string, tags map[string]string) error {
	return s.withBucket(name, func(b *bucket) error {
		b.tags = maps.Clone(tags)
		return nil
	})
}

// getTagging answers GetBucketTagging
// (docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketTagging.html).
func getTagging(_ *Store, b *bucket, _ target, _ *api.Request) (*api.Reply, error) {
	if len(b.tags) == 0 {
		return nil, awserr.WithStatus(http.StatusNotFound, "NoSuchTagSet", "The TagSet does not exist")
	}
	type tag struct{ Key, Value string }
	out := struct {
		XMLName xml.Name `xml:"http://s3.amazonaws.com/doc/2006-03-01/ Tagging"`
		Tags    []tag    `xml:"TagSet>Tag"`
	}{}
	for _, key := range slices.Sorted(maps.Keys(b.tags)) {
		out.Tags = append(out.Tags, tag{key, b.tags[key]})
	}
	return api.ReplyXML(out)
}

// maxVersions is how many versions a page holds.
const maxVersions = 1000

// listVersions answers ListObjectVersions: without versioning each object has the one
// version null (docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectVersions.html).
func listVersions(_ *Store, b *bucket, t target, r *api.Request) (*api.Reply, error) {
	type version struct {
		Key                string
		VersionID          string `xml:"VersionId"`
		IsLatest           bool
		LastModified, ETag string
		Size               int
		StorageClass       string
	}
	get := r.URL.Query().Get
	out := struct {
		XMLName             xml.Name `xml:"http://s3.amazonaws.com/doc/2006-03-01/ ListVersionsResult"`
		Name, Prefix        string
		MaxKeys             int
		IsTruncated         bool
		NextKeyMarker       string    `xml:",omitempty"`
		NextVersionIDMarker string    `xml:"NextVersionIdMarker,omitempty"`
		Versions            []version `xml:"Version"`
	}{Name: t.bucket, Prefix: get("prefix"), MaxKeys: maxVersions}
	for _, key := range slices.Sorted(maps.Keys(b.objects)) {
		if !strings.HasPrefix(key, out.Prefix) || key <= get("key-marker") {
			continue
		}
		if len(out.Versions) == maxVersions {
			out.IsTruncated = true
			last := out.Versions[maxVersions-1]
			out.NextKeyMarker, out.NextVersionIDMarker = last.Key, last.VersionID
			break
		}
		o := b.objects[key]
		out.Versions = append(out.Versions, version{key, "null", true, api.Timestamp(o.modified), o.etag, len(o.data), "STANDARD"})
	}
	return api.ReplyXML(out)
}

// emptyNotification is the configuration of a bucket that has none.
const emptyNotification = `<NotificationConfiguration xmlns="http://s3.amazonaws.com/doc/2006-03-01/"></NotificationConfiguration>`

func getNotification(_ *Store, b *bucket, _ target, _ *api.Request) (*api.Reply, error) {
	return &api.Reply{Header: http.Header{"Content-Type": {"application/xml"}}, Body: []byte(cmp.Or(b.notification, emptyNotification))}, nil
}

func putNotification(_ *Store, b *bucket, _ target, r *api.Request) (*api.Reply, error) {
	var document struct {
		XMLName xml.Name `xml:"NotificationConfiguration"`
	}
	if xml.Unmarshal(r.Body, &document) != nil {
		return nil, awserr.New("MalformedXML", "The XML you provided was not well-formed or did not validate against our published schema")
	}
	b.notification = string(r.Body)
	return &api.Reply{}, nil
}

// putPolicy answers PutBucketPolicy
// (docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketPolicy.html).
func putPolicy(s *Store, b *bucket, _ target, r *api.Request) (*api.Reply, error) {
	var document any
	decoder := json.NewDecoder(bytes.NewReader(r.Body))
	decoder.UseNumber()
	err := decoder.Decode(&document)
	var p iam.Policy
	if err == nil {
		p, err = iam.Parse(document)
	}
	if err == nil {
		err = p.ValidateFor(iam.ResourcePolicy)
	}
	if err != nil {
		return nil, awserr.New("MalformedPolicy", "%v", err)
	}
	b.policy.Put(&p, s.Clock.Now().Add(s.PolicyDelay))
	return &api.Reply{Status: http.StatusNoContent}, nil
}
