package region_test

import (
	"context"
	"testing"
	"time"

	"provenendpoints/lab/cfn"
	"provenendpoints/lab/region"
)

// newRegion makes a Region that ends with the test. What went on in it is
// printed if the test fails.
func newRegion(t *testing.T, o region.Options) *region.Region {
	t.Helper()
	r, err := region.New(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if t.Failed() {
			for _, l := range r.Logs("GatewayEndpoint") {
				t.Logf("log %s\n%s", l.Name, l.Text)
			}
		}
		if err := r.Close(); err != nil {
			t.Error(err)
		}
	})
	return r
}

func deploy(t *testing.T, r *region.Region, s cfn.Stack) cfn.Outcome {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	out, err := r.Deploy(ctx, s)
	if err != nil {
		for _, e := range r.Events(out.ID) {
			t.Log(e)
		}
		t.Fatalf("deploy %s: %v", s.ID, err)
	}
	return out
}

func TestGatewayEndpoint(t *testing.T) {
	t.Parallel()
	r := newRegion(t, region.Options{})
	s := scenario(t, "GatewayEndpoint")
	started := time.Now()
	out := deploy(t, r, s)
	t.Logf("deployed in %v", time.Since(started))
	for _, o := range out.Outputs {
		t.Logf("%s = %s", o.Key, o.Value)
	}
	if _, err := r.Delete(t.Context(), s.Name); err != nil {
		t.Fatal(err)
	}
	if err := r.Left(); err != nil {
		t.Error(err)
	}
	t.Logf("all in %v", time.Since(started))
}
