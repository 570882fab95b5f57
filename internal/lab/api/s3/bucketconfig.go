package s3

import (
	"encoding/xml"
	"net/http"

	"provenendpoints/internal/lab/api"
	"provenendpoints/internal/lab/awserr"
)

// What buckets are and how they are configured. Objects are encrypted with S3's own keys,
// as every bucket's are by default.
func init() {
	register(operation{name: "CreateBucket", action: "CreateBucket", methods: []string{http.MethodPut}, level: onBucket, makes: true, run: createBucket})
	register(operation{name: "DeleteBucket", action: "DeleteBucket", methods: []string{http.MethodDelete}, level: onBucket, run: deleteBucket})
	register(operation{name: "GetBucketLocation", action: "GetBucketLocation", methods: []string{http.MethodGet}, level: onBucket, marker: "location", parameters: []string{"location"}, run: getLocation})
	register(operation{name: "GetBucketEncryption", action: "GetEncryptionConfiguration", methods: []string{http.MethodGet}, level: onBucket, marker: "encryption", parameters: []string{"encryption"}, run: getEncryption})
	register(operation{name: "GetBucketVersioning", action: "GetBucketVersioning", methods: []string{http.MethodGet}, level: onBucket, marker: "versioning", parameters: []string{"versioning"}, run: getVersioning})
	register(operation{name: "GetBucketPolicy", action: "GetBucketPolicy", methods: []string{http.MethodGet}, level: onBucket, marker: "policy", parameters: []string{"policy"}, run: getPolicy})
	register(operation{name: "DeleteObjects", action: "DeleteObject", methods: []string{http.MethodPost}, level: onBucket, marker: "delete", parameters: []string{"delete"}, objects: true, run: deleteObjects})
}

// createBucket makes a bucket in this Region, whatever the request says of another.
func createBucket(s *Store, _ *bucket, t target, r *api.Request) (*api.Reply, error) {
	var wanted struct{ LocationConstraint string }
	if len(r.Body) > 0 && xml.Unmarshal(r.Body, &wanted) != nil {
		return nil, awserr.New("MalformedXML", "The XML you provided was not well-formed or did not validate against our published schema")
	}
	if c := wanted.LocationConstraint; c != "" && c != s.Scope.Region {
		return nil, awserr.New("IllegalLocationConstraintException", "The %s location constraint is incompatible for the region specific endpoint this request was sent to.", c)
	}
	if err := validName(t.bucket); err != nil {
		return nil, err
	}
	if err := s.createBucket(t.bucket); err != nil {
		return nil, err
	}
	return &api.Reply{Header: http.Header{"Location": {"/" + t.bucket}}}, nil
}

func deleteBucket(s *Store, b *bucket, t target, _ *api.Request) (*api.Reply, error) {
	return &api.Reply{Status: http.StatusNoContent}, s.deleteBucket(t.bucket, b)
}

// getLocation says nothing for us-east-1
// (docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketLocation.html).
func getLocation(s *Store, _ *bucket, _ target, _ *api.Request) (*api.Reply, error) {
	region := s.Scope.Region
	if region == "us-east-1" {
		region = ""
	}
	return api.ReplyXML(struct {
		XMLName xml.Name `xml:"http://s3.amazonaws.com/doc/2006-03-01/ LocationConstraint"`
		Region  string   `xml:",chardata"`
	}{Region: region})
}

func getEncryption(*Store, *bucket, target, *api.Request) (*api.Reply, error) {
	type byDefault struct{ SSEAlgorithm string }
	type rule struct {
		ApplyServerSideEncryptionByDefault byDefault
		BucketKeyEnabled                   bool
	}
	return api.ReplyXML(struct {
		XMLName xml.Name `xml:"http://s3.amazonaws.com/doc/2006-03-01/ ServerSideEncryptionConfiguration"`
		Rule    []rule
	}{Rule: []rule{{ApplyServerSideEncryptionByDefault: byDefault{"AES256"}}}})
}

// getVersioning says that there never was any: the lab keeps one version.
func getVersioning(*Store, *bucket, target, *api.Request) (*api.Reply, error) {
	return api.ReplyXML(struct {
		XMLName xml.Name `xml:"http://s3.amazonaws.com/doc/2006-03-01/ VersioningConfiguration"`
	}{})
}

func getPolicy(_ *Store, b *bucket, _ target, _ *api.Request) (*api.Reply, error) {
	last := b.policy.Last()
	if last == nil {
		return nil, awserr.WithStatus(http.StatusNotFound, "NoSuchBucketPolicy", "The bucket policy does not exist")
	}
	return &api.Reply{Header: http.Header{"Content-Type": {"application/json"}}, Body: []byte(last.Text())}, nil
}

// deleteObjects deletes many. S3 authorises each object and reports those that may not be
// deleted; the lab wants the permission for all of the bucket's.
func deleteObjects(_ *Store, b *bucket, _ target, r *api.Request) (*api.Reply, error) {
	type key struct{ Key string }
	var wanted struct {
		Object []key
		Quiet  bool
	}
	if err := checkBody(r); err != nil {
		return nil, err
	}
	if xml.Unmarshal(r.Body, &wanted) != nil || len(wanted.Object) == 0 {
		return nil, awserr.New("MalformedXML", "The XML you provided was not well-formed or did not validate against our published schema")
	}
	answer := struct {
		XMLName xml.Name `xml:"http://s3.amazonaws.com/doc/2006-03-01/ DeleteResult"`
		Deleted []key
	}{}
	for _, o := range wanted.Object {
		delete(b.objects, o.Key)
		if !wanted.Quiet {
			answer.Deleted = append(answer.Deleted, o)
		}
	}
	return api.ReplyXML(answer)
}
