package region

import (
	"fmt"
	"time"

	"provenendpoints/internal/lab/cfn"
	"provenendpoints/internal/lab/latency"
)

// pace is how long CloudFormation takes with each step. In the first course, that of seed 0,
// nothing begins rarely late: it is the day on which templates are known to deploy. What
// lacks a dependency, and deploys on most days, fails in another course.
func pace(late *latency.Late, seed uint64) func(cfn.Step) time.Duration {
	return func(s cfn.Step) time.Duration {
		what, of := latency.Call, late.Of
		switch s.Action {
		case cfn.Begin:
			what = latency.Begin
			if s.Awaited || seed == 0 {
				// Nor must a rare delay that nothing documents be what a limit of the
				// template's is too short for.
				of = late.Usual
			}
		case cfn.Cancelling:
			what = latency.Cancel
		}
		return of(what, s.Stack, s.LogicalID, string(s.Action), fmt.Sprint(s.Count))
	}
}
