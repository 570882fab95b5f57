package resources

import (
	"fmt"
	"strings"
	"time"

	"provenendpoints/internal/lab/cfn"
	"provenendpoints/internal/lab/eventbridge"
)

// A schedule of the default group whose target is a function is followed.
func init() {
	partials["AWS::Scheduler::Schedule"] = partial{
		lacks: func(_ *Resources, p map[string]any) string {
			if name := only(p, "Name", "Description", "ScheduleExpression", "ScheduleExpressionTimezone", "FlexibleTimeWindow", "Target", "State"); name != "" {
				return "the lab has no schedules with " + name
			}
			if _, err := scheduleOf(p); err != nil {
				return err.Error()
			}
			return ""
		},
		put: func(r *Resources, q cfn.Request, out cfn.Result) error {
			s, err := scheduleOf(q.Properties)
			if err != nil {
				return err
			}
			if err := r.Roles.MayAssumeFor(eventbridge.Scheduler, eventbridge.GroupARN(r.Scope), s.Role); err != nil {
				return fmt.Errorf("ValidationException: The execution role you provide must allow AWS EventBridge Scheduler to assume the role: %w", err)
			}
			s.Name = out.PhysicalID
			out.Attributes["Arn"] = r.Scope.ARN("scheduler", "schedule/default/"+s.Name)
			return r.Observation.Schedules.Put(s)
		},
		remove: func(r *Resources, q cfn.Request) { r.Observation.Schedules.Delete(q.PhysicalID) },
	}
}

func scheduleOf(p map[string]any) (eventbridge.Schedule, error) {
	s := eventbridge.Schedule{Expression: textOf(p["ScheduleExpression"]), Disabled: textOf(p["State"]) == "DISABLED"}
	if _, err := eventbridge.ParseExpression(s.Expression); s.Expression != "" && err != nil {
		return s, err
	}
	if zone := textOf(p["ScheduleExpressionTimezone"]); zone != "" {
		var err error
		if s.Zone, err = time.LoadLocation(zone); err != nil {
			return s, fmt.Errorf("the lab has no time zone %s: %w", zone, err)
		}
	}
	target, _ := p["Target"].(map[string]any)
	if name := only(target, "Arn", "RoleArn", "Input", "RetryPolicy"); name != "" {
		return s, fmt.Errorf("the lab has no targets with %s", name)
	}
	s.Target, s.Role, s.Input = textOf(target["Arn"]), textOf(target["RoleArn"]), textOf(target["Input"])
	if s.Target != "" && !strings.Contains(s.Target, ":lambda:") {
		return s, fmt.Errorf("the lab invokes functions alone, not %s", s.Target)
	}
	return s, nil
}
