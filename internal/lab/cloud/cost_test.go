package cloud

import (
	"testing"

	"provenendpoints/internal/lab/clock"
	"provenendpoints/internal/lab/elb"
	"provenendpoints/internal/lab/privatelink"
	"provenendpoints/internal/lab/vpc"
)

// BenchmarkNew is the cost of a whole Region's services.
func BenchmarkNew(b *testing.B) {
	skipping := clock.NewSkipping()
	defer skipping.Stop()
	b.ReportAllocs()
	for b.Loop() {
		n := vpc.New(vpc.Options{Clock: skipping})
		c, err := New(Options{Network: n, PrivateLink: privatelink.New(privatelink.Options{Network: n, LoadBalancing: elb.New(n)})})
		if err != nil {
			b.Fatal(err)
		}
		if err := c.Close(); err != nil {
			b.Fatal(err)
		}
		n.Close()
	}
}
