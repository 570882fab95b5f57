package deployment

import (
	"fmt"
	"os"
	"runtime"
	"testing"

	"provenendpoints/internal/lab/cfn"
	"provenendpoints/internal/test/assembled"
)

func TestMain(m *testing.M) { os.Exit(assembled.Main(m)) }

// copies are so many stacks of one template, in one Region.
func copies(s cfn.Stack, n int) []cfn.Stack {
	stacks := make([]cfn.Stack, n)
	for i := range stacks {
		stacks[i] = s
		stacks[i].ID, stacks[i].Name = fmt.Sprint(s.ID, i), fmt.Sprint(s.Name, i)
	}
	return stacks
}

// BenchmarkStacks deploys, verifies and deletes copies of the largest scenario at once,
// in one Region. What one stack costs must not depend on how many there are.
func BenchmarkStacks(b *testing.B) {
	s := assembled.Stack(b, assembled.EndpointService)
	for _, n := range []int{1, 10, 20, 50, 200} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			b.ReportAllocs()
			before := cpu(b)
			for b.Loop() {
				if result := Run(b.Context(), copies(s, n), Options{}); !result.OK() {
					b.Fatalf("%d of %d stacks failed: %s", result.Failed(), n, result.Stacks[0].Reason())
				}
				var memory runtime.MemStats
				runtime.ReadMemStats(&memory)
				b.ReportMetric(float64(memory.Sys)/1e6, "MB")
			}
			// Of the processors: other programs do not lengthen it.
			b.ReportMetric((cpu(b)-before).Seconds()*1e3/float64(b.N)/float64(n), "cpu-ms/stack")
		})
	}
}
