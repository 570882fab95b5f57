package region

import (
	"fmt"
	"time"

	"provenendpoints/internal/lab/cfn"
	"provenendpoints/internal/lab/latency"
)

// pace is how long CloudFormation takes with each step.
func pace(late *latency.Late) func(cfn.Step) time.Duration {
	return func(s cfn.Step) time.Duration {
		what, of := latency.Call, late.Of
		switch s.Action {
		case cfn.Begin:
			what = latency.Begin
			if s.Awaited {
				// A rare delay that nothing documents must not be what a limit of the
				// template's is too short for.
				of = late.Usual
			}
		case cfn.Cancelling:
			what = latency.Cancel
		}
		return of(what, s.Stack, s.LogicalID, string(s.Action), fmt.Sprint(s.Count))
	}
}
