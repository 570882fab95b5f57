package verifier

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"provenendpoints/internal/lambda/verifier/api"
)

func TestServersOf(t *testing.T) {
	t.Parallel()
	option := func(key string, values ...string) api.DhcpConfiguration {
		result := api.DhcpConfiguration{Key: key}
		for _, value := range values {
			result.Values = append(result.Values, api.AttributeValue{Value: value})
		}
		return result
	}
	got, err := serversOf(api.DhcpOptions{DhcpConfigurations: []api.DhcpConfiguration{option("ntp-servers", "10.0.0.8"), option("domain-name-servers", "10.0.0.9", "AmazonProvidedDNS")}})
	if diff := cmp.Diff([]string{"10.0.0.9", "AmazonProvidedDNS"}, got); err != nil || diff != "" {
		t.Errorf("error %v, %s", err, diff)
	}
	if _, err := serversOf(api.DhcpOptions{}); err == nil {
		t.Error("options that could not be read count as none")
	}
}
