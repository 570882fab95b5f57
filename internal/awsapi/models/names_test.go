package models

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// readNames reads the names out of the folder botocore/data; the newest version of each
// service is the last in order.
func readNames(t *testing.T) []byte {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(*botocore, "*", "*", "service-2.json"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no models in %q: %v", *botocore, err)
	}
	slices.Sort(files)
	lines := map[string]string{}
	for _, file := range files {
		var s struct {
			Metadata   struct{ ServiceID string }
			Operations map[string]json.RawMessage
		}
		text, err := os.ReadFile(file)
		if err == nil {
			err = json.Unmarshal(text, &s)
		}
		if err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		service := filepath.Base(filepath.Dir(filepath.Dir(file)))
		lines[service] = fmt.Sprintf("%s\t%s\t%s\n", service, s.Metadata.ServiceID, strings.Join(slices.Sorted(maps.Keys(s.Operations)), ","))
	}
	var out bytes.Buffer
	for _, service := range slices.Sorted(maps.Keys(lines)) {
		out.WriteString(lines[service])
	}
	return out.Bytes()
}

func TestNames(t *testing.T) {
	if *update {
		var packed bytes.Buffer
		w, _ := gzip.NewWriterLevel(&packed, gzip.BestCompression)
		_, _ = w.Write(readNames(t))
		_ = w.Close()
		if err := os.WriteFile("names.txt.gz", packed.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
		t.Skip("written; run again without -update")
	}
	byService := map[string]Named{}
	for _, n := range Names() {
		byService[n.Service] = n
		if n.ID == "" || len(n.Operations) == 0 {
			t.Errorf("%+v", n)
		}
	}
	if len(byService) < 400 {
		t.Errorf("%d services", len(byService))
	}
	for service, want := range map[string][2]string{
		"cognito-idp": {"cognito-identity-provider", "CognitoIdentityProvider"}, "events": {"eventbridge", "EventBridge"}, "logs": {"cloudwatch-logs", "CloudWatchLogs"},
		"stepfunctions": {"sfn", "SFN"}, "elbv2": {"elastic-load-balancing-v2", "ElasticLoadBalancingV2"}, "es": {"elasticsearch-service", "ElasticsearchService"},
	} {
		if n := byService[service]; n.Package() != want[0] || n.Client() != want[1] {
			t.Errorf("%s: %s, %s", service, n.Package(), n.Client())
		}
	}
	// The models are of the same version.
	for service := range Versions {
		if want := slices.Sorted(maps.Keys(Of(service)[service].Operations)); !slices.Equal(byService[service].Operations, want) {
			t.Errorf("%s: the operations are not those of the model", service)
		}
	}
}
