package s3

import (
	"encoding/xml"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"provenendpoints/internal/lab/api"
	"provenendpoints/internal/lab/awserr"
)

func init() {
	register(operation{
		name: "HeadBucket", action: "ListBucket", methods: []string{http.MethodHead}, level: onBucket,
		run: func(s *Store, _ *bucket, _ target, _ *api.Request) (*api.Reply, error) {
			return &api.Reply{Header: http.Header{"X-Amz-Bucket-Region": {s.Scope.Region}}}, nil
		},
	})
	register(operation{
		name: "ListObjectsV2", action: "ListBucket", methods: []string{http.MethodGet}, level: onBucket, marker: "list-type=2",
		parameters: []string{"list-type", "prefix", "delimiter", "max-keys", "start-after", "continuation-token", "encoding-type", "fetch-owner", "x-id"},
		keys:       []string{"prefix", "delimiter", "max-keys"},
		run:        listObjects,
	})
}

// listObjects answers ListObjectsV2 (docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html).
func listObjects(_ *Store, b *bucket, t target, r *api.Request) (*api.Reply, error) {
	get := r.URL.Query().Get
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
	}{Name: t.bucket, Prefix: get("prefix"), Delimiter: get("delimiter"), MaxKeys: most}
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
		answer.Contents = append(answer.Contents, item{key, api.Timestamp(o.modified), o.etag, len(o.data), "STANDARD"})
		answer.NextContinuationToken = key
	}
	if !answer.IsTruncated {
		answer.NextContinuationToken = ""
	}
	return api.ReplyXML(answer)
}
