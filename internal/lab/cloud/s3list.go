package cloud

import (
	"context"
	"crypto/md5"
	"encoding/hex"
	"encoding/xml"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"provenendpoints/internal/lab/awserr"
)

// planListBuckets reads a request for no bucket.
func (c *Cloud) planListBuckets(r *request) (*operation, error) {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		return nil, awserr.WithStatus(http.StatusMethodNotAllowed, "MethodNotAllowed", "The specified method is not allowed against this resource.")
	}
	if r.caller.session == nil {
		// Without credentials S3 leads to its product page.
		return &operation{run: func(context.Context) (*reply, error) {
			return &reply{status: http.StatusTemporaryRedirect, header: http.Header{"Location": {"https://aws.amazon.com/s3/"}}}, nil
		}}, nil
	}
	return &operation{action: "s3:ListAllMyBuckets", resource: "*", run: func(context.Context) (*reply, error) {
		type item struct {
			Name         string
			CreationDate string
		}
		var answer struct {
			XMLName xml.Name `xml:"http://s3.amazonaws.com/doc/2006-03-01/ ListAllMyBucketsResult"`
			Buckets []item   `xml:"Buckets>Bucket"`
		}
		c.buckets.mu.Lock()
		defer c.buckets.mu.Unlock()
		for _, name := range slices.Sorted(maps.Keys(c.buckets.byName)) {
			answer.Buckets = append(answer.Buckets, item{name, stamp(c.buckets.byName[name].created)})
		}
		return replyXML(answer)
	}}, nil
}

// list answers ListObjectsV2 (docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html).
func list(name string, b *bucket, query map[string][]string) (*reply, error) {
	get := func(parameter string) string {
		if v := query[parameter]; len(v) > 0 {
			return v[0]
		}
		return ""
	}
	most := 1000
	if text := get("max-keys"); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil || n < 0 {
			return nil, awserr.New("InvalidArgument", "Provided max-keys not an integer or within integer range")
		}
		most = min(n, most)
	}
	type item struct {
		Key, LastModified, ETag string
		Size                    int
		StorageClass            string
	}
	type prefix struct{ Prefix string }
	answer := struct {
		XMLName               xml.Name `xml:"http://s3.amazonaws.com/doc/2006-03-01/ ListBucketResult"`
		Name, Prefix          string
		Delimiter             string `xml:",omitempty"`
		MaxKeys, KeyCount     int
		IsTruncated           bool
		NextContinuationToken string `xml:",omitempty"`
		Contents              []item
		CommonPrefixes        []prefix
	}{Name: name, Prefix: get("prefix"), Delimiter: get("delimiter"), MaxKeys: most}
	after := max(get("start-after"), get("continuation-token"))
	seen := map[string]bool{}
	for _, key := range slices.Sorted(maps.Keys(b.objects)) {
		rest, ok := strings.CutPrefix(key, answer.Prefix)
		if !ok || key <= after {
			continue
		}
		common := ""
		if before, _, found := strings.Cut(rest, answer.Delimiter); found && answer.Delimiter != "" {
			common = answer.Prefix + before + answer.Delimiter
		}
		if common != "" && (seen[common] || common == after) {
			continue
		}
		if answer.KeyCount == most {
			answer.IsTruncated = true
			break
		}
		answer.KeyCount++
		if common != "" {
			seen[common] = true
			answer.CommonPrefixes = append(answer.CommonPrefixes, prefix{common})
			answer.NextContinuationToken = common + "\U0010ffff"
			continue
		}
		o := b.objects[key]
		answer.Contents = append(answer.Contents, item{key, stamp(o.modified), o.etag, len(o.data), "STANDARD"})
		answer.NextContinuationToken = key
	}
	if !answer.IsTruncated {
		answer.NextContinuationToken = ""
	}
	return replyXML(answer)
}

func etag(data []byte) string {
	sum := md5.Sum(data) // an S3 ETag is an MD5 sum
	return `"` + hex.EncodeToString(sum[:]) + `"`
}

// stamp is a time as AWS's XML has it.
func stamp(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000Z") }
