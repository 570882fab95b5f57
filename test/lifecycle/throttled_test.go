package lifecycle

import (
	"fmt"
	"net/http"
	"slices"
	"sync/atomic"
	"testing"

	"provenendpoints/internal/lab/cloud"
	"provenendpoints/internal/lab/functions"
	"provenendpoints/internal/lab/region"
	"provenendpoints/internal/test/assembled"
	"provenendpoints/internal/test/deployed"
)

// throttledServices are those that the verifier calls.
var throttledServices = []string{"cloudformation", "ec2", "elasticloadbalancing", "iam", "lambda", "ssm"}

// In a busy account each third call of AWS's APIs is throttled, and each third invocation of a
// function, of which ten may run. The stacks deploy all the same, on any day, and are
// deleted. What the engine itself calls is not throttled here: on AWS it tries again, and things
// take longer, which the seeds say.
func TestThrottledDeployments(t *testing.T) {
	t.Parallel()
	for _, id := range assembled.Scenarios {
		for seed := range uint64(2) {
			t.Run(fmt.Sprint(id, seed), func(t *testing.T) {
				t.Parallel()
				stack := assembled.Stack(t, id) // before the Region, whose clock runs
				var calls, refused, invocations, throttled atomic.Int64
				w := deployed.New(t, id, region.Options{Seed: seed, Concurrency: 10, Faults: region.Faults{
					Cloud: cloud.Faults{Call: func(c cloud.Call) cloud.Fault {
						if !slices.Contains(throttledServices, c.Service) || calls.Add(1)%3 != 0 {
							return cloud.Fault{}
						}
						refused.Add(1)
						return cloud.Fault{Status: http.StatusServiceUnavailable, Code: "RequestLimitExceeded", Message: "Request limit exceeded."}
					}},
					Function: func(functions.Invocation) functions.Fault {
						throttle := invocations.Add(1)%3 == 0
						if throttle {
							throttled.Add(1)
						}
						return functions.Fault{Throttle: throttle}
					},
				}})
				if err := w.Deploy(stack); err != nil {
					t.Error(deployed.Reason(err))
				}
				w.Remove(id)
				if refused.Load() == 0 || throttled.Load() == 0 {
					t.Errorf("%d calls of %d were throttled, and %d invocations of %d: the test shows nothing", refused.Load(), calls.Load(), throttled.Load(), invocations.Load())
				}
			})
		}
	}
}
