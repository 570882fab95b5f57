package region

import (
	"fmt"
	"net/url"
	"strings"
)

// fetch reads a template from a bucket of the account, as CloudFormation does
// (docs.aws.amazon.com/AmazonS3/latest/userguide/VirtualHosting.html for the forms of the
// address). The bucket's part of a virtual-hosted address ends before ".s3".
func (r *Region) fetch(address string) ([]byte, error) {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" {
		return nil, fmt.Errorf("%q is not the address of an S3 object", address)
	}
	path := strings.TrimPrefix(u.Path, "/")
	bucket, key, _ := strings.Cut(path, "/")
	host := "." + strings.TrimSuffix(u.Hostname(), ".")
	for _, service := range []string{".s3.", ".s3-"} {
		if i := strings.LastIndex(host, service); i > 0 {
			bucket, key = host[1:i], path
		}
	}
	return r.Buckets.Object(bucket, key)
}
