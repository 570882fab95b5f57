package s3

import (
	"encoding/xml"
	"maps"
	"net/http"
	"slices"

	"provenendpoints/internal/lab/api"
)

func init() {
	register(operation{
		name: "ListBuckets", action: "ListAllMyBuckets", methods: []string{http.MethodGet, http.MethodHead}, level: onAccount,
		run: listBuckets,
	})
}

// listBuckets answers ListBuckets (docs.aws.amazon.com/AmazonS3/latest/API/API_ListBuckets.html).
func listBuckets(s *Store, _ *bucket, _ target, _ *api.Request) (*api.Reply, error) {
	type item struct{ Name, CreationDate string }
	var answer struct {
		XMLName xml.Name `xml:"http://s3.amazonaws.com/doc/2006-03-01/ ListAllMyBucketsResult"`
		Buckets []item   `xml:"Buckets>Bucket"`
	}
	s.buckets.mu.Lock()
	defer s.buckets.mu.Unlock()
	for _, name := range slices.Sorted(maps.Keys(s.buckets.byName)) {
		answer.Buckets = append(answer.Buckets, item{name, api.Timestamp(s.buckets.byName[name].created)})
	}
	return api.ReplyXML(answer)
}
