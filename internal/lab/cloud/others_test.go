package cloud

import (
	"io"
	"net/http"
	"strings"
	"testing"

	"provenendpoints/internal/lab/privatelink"
	"provenendpoints/internal/lab/registry"
)

// A service that the lab has no calls of has its name, its certificate and a clear answer,
// on the internet and through an endpoint.
func TestServicesWithoutCalls(t *testing.T) {
	t.Parallel()
	b := newFixture(t, Faults{})
	ask := func(client *http.Client, url string) {
		t.Helper()
		response, err := client.Post(url, "application/json", strings.NewReader("{}"))
		if err != nil {
			t.Errorf("%s: %v", url, err)
			return
		}
		defer response.Body.Close()
		text, _ := io.ReadAll(response.Body)
		host, _, _ := strings.Cut(strings.TrimPrefix(url, "https://"), "/")
		if response.StatusCode != http.StatusNotImplemented || !strings.Contains(string(text), "the lab has no calls of the service at "+host) {
			t.Errorf("%s: %s %s", url, response.Status, text)
		}
	}
	ask(b.client(b.outside), "https://athena.ap-northeast-2.amazonaws.com/")
	ask(b.client(b.outside), "https://metadata.geo.ap-northeast-2.amazonaws.com/")
	ask(b.client(b.outside), "https://notebook.ap-northeast-2.sagemaker.aws/")
	made, err := b.privateLink.CreateEndpoint(privatelink.Endpoint{
		ID: "vpce-athena", VPC: "vpc-1", Service: "com.amazonaws.ap-northeast-2.athena", Type: privatelink.InterfaceType,
		Subnets: []string{"subnet-1"}, Groups: []string{"sg-open"}, PrivateDNS: true,
	})
	b.must(err)
	ask(b.client(b.inside), "https://athena.ap-northeast-2.amazonaws.com/")
	ask(b.client(b.inside), "https://"+made.DNSNames[0].Name+"/")
}

// Every service that the CDK library names takes endpoints, and each has a name of its own.
func TestEveryServiceHasNames(t *testing.T) {
	t.Parallel()
	owners := map[string]string{}
	for _, s := range registry.EndpointServices() {
		for _, name := range namesOf(s, "eu-west-1") {
			if other, twice := owners[name]; twice {
				t.Errorf("%s is the name of %s and of %s", name, other, s.Name)
			}
			owners[name] = s.Name
		}
	}
	for name, service := range map[string]string{"dkr.ecr.eu-west-1.amazonaws.com": "ecr.dkr", "runtime.sagemaker.eu-west-1.amazonaws.com": "sagemaker.runtime", "firehose.eu-west-1.amazonaws.com": "kinesis-firehose"} {
		if owners[name] != service {
			t.Errorf("%s is the name of %q, want %s", name, owners[name], service)
		}
	}
}
