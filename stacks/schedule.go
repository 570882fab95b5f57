package stacks

import (
	"fmt"
	"time"

	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"provenendpoints/constructs/verification"
)

// ScheduleContext is the context key that has the scenarios' proofs go on after the
// deployment, with the time between two runs, as in `cdk deploy -c schedule=15m`.
const ScheduleContext = "schedule"

// scheduleOf is the schedule that the context asks for; nil if it asks for none. It
// panics with an error if it asks for what is no time.
func scheduleOf(scope constructs.Construct) *verification.Schedule {
	given := scope.Node().TryGetContext(jsii.String(ScheduleContext))
	if given == nil {
		return nil
	}
	every, err := time.ParseDuration(fmt.Sprint(given))
	if err != nil {
		panic(fmt.Errorf("context %s: must be a time such as 15m or 1h, got %q", ScheduleContext, given))
	}
	return &verification.Schedule{Every: every, OnChange: true}
}
