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
		what := latency.Call
		switch s.Action {
		case cfn.Begin:
			what = latency.Begin
		case cfn.Cancelling:
			what = latency.Cancel
		}
		return late.Of(what, s.Stack, s.LogicalID, string(s.Action), fmt.Sprint(s.Count))
	}
}
