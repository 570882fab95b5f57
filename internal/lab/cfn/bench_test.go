package cfn

import (
	"context"
	"fmt"
	"testing"
)

// BenchmarkDeploy creates and deletes stacks of n resources; the resources
// themselves cost next to nothing. The growth should be linear.
func BenchmarkDeploy(b *testing.B) {
	for _, n := range []int{20, 200} {
		independent, chain := make([]string, n), make([]string, n)
		for i := range n {
			independent[i] = aThing(fmt.Sprintf("A%d", i), `{"V":{"Fn::Sub":"${AWS::StackName}-x"}}`)
			chain[i] = aThing(fmt.Sprintf("A%d", i), `{}`)
			if i > 0 {
				chain[i] = aThing(fmt.Sprintf("A%d", i), fmt.Sprintf(`{"V":{"Fn::GetAtt":["A%d","Name"]}}`, i-1))
			}
		}
		for name, template := range map[string]string{"independent": things(independent...), "chain": things(chain...)} {
			b.Run(fmt.Sprintf("%s-%d", name, n), func(b *testing.B) {
				harness := newHarness(b)
				harness.world.lax = true
				for b.Loop() {
					harness.must(template)
					if _, err := harness.Delete(context.Background(), "S"); err != nil {
						b.Fatal(err)
					}
					harness.emitted, harness.world.calls, harness.deleted = nil, nil, nil
				}
			})
		}
	}
}
