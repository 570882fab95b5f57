package verifier

import (
	"testing"

	"provenendpoints/internal/lambda/verifier/api"
)

func TestEndpointOf(t *testing.T) {
	t.Parallel()
	for want, options := range map[string]api.DnsOptions{"": {}, "dualstack": {DnsRecordIpType: "dualstack"}} {
		if got := endpointOf(api.VpcEndpoint{DnsOptions: options}); got.RecordIPType != want {
			t.Errorf("got %q, want %q", got.RecordIPType, want)
		}
	}
}
