package region_test

import (
	"runtime"
	"testing"
	"time"

	"provenendpoints/internal/lab/cfn"
	"provenendpoints/internal/lab/clock"
	"provenendpoints/internal/lab/region"
	"provenendpoints/internal/test/assembled"
)

// BenchmarkRegion is what an empty Region costs.
func BenchmarkRegion(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		r, err := region.New(region.Options{})
		if err != nil {
			b.Fatal(err)
		}
		if err := r.Close(); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkScenario is what a Region with one scenario costs: deployed,
// verified, deleted.
func BenchmarkScenario(b *testing.B) {
	for _, id := range assembled.Scenarios {
		b.Run(id, func(b *testing.B) {
			s := assembled.Stack(b, id)
			b.ReportAllocs()
			for b.Loop() {
				r, err := region.New(region.Options{})
				if err != nil {
					b.Fatal(err)
				}
				if _, err := r.Deploy(b.Context(), s); err != nil {
					b.Fatal(err)
				}
				if _, err := r.Delete(b.Context(), s.Name); err != nil {
					b.Fatal(err)
				}
				if err := r.Close(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// TestCloseEndsEverything: a Region that is closed in the middle of its work
// leaves no goroutine behind. It does not run beside other tests.
func TestCloseEndsEverything(t *testing.T) {
	// Before there is a clock: it would skip while the application is compiled.
	stacks := []cfn.Stack{scenario(t, "GatewayEndpoint"), scenario(t, "EndpointService")}
	c := clock.NewSkipping()
	defer c.Stop()
	before := runtime.NumGoroutine()
	for _, s := range stacks {
		r, err := region.New(region.Options{Clock: c})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := r.Deploy(within(t), s); err != nil {
			t.Fatal(err)
		}
		if err := r.Close(); err != nil {
			t.Error(err)
		}
	}
	// The clock skips this second once nothing in the process has work to do.
	if err := c.Sleep(t.Context(), time.Second); err != nil {
		t.Fatal(err)
	}
	if now := runtime.NumGoroutine(); now > before+2 { // the clock's own
		text := make([]byte, 1<<20)
		t.Errorf("%d goroutines before, %d after:\n%s", before, now, text[:runtime.Stack(text, true)])
	}
}
