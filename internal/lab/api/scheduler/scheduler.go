// Package scheduler is the API of EventBridge Scheduler. The lab's package eventbridge
// has the schedules.
package scheduler

import (
	"context"
	"net/http"
	"strings"

	"provenendpoints/internal/lab/api"
	"provenendpoints/internal/lab/awserr"
	"provenendpoints/internal/lab/awsid"
	"provenendpoints/internal/lab/eventbridge"
)

// Service is the scheduler of an account.
func Service(schedules *eventbridge.Schedules, scope awsid.Scope) api.Service {
	return api.Service{Name: "scheduler", Protocol: api.JSON, Route: func(r *api.Request) (*api.Operation, error) {
		name, ok := strings.CutPrefix(r.URL.Path, "/schedules/")
		if group := r.URL.Query().Get("groupName"); !ok || r.Method != http.MethodGet || group != "" && group != "default" {
			return nil, awserr.New("UnknownOperationException", "the lab has no call %s %s of the scheduler", r.Method, r.URL.Path)
		}
		// docs.aws.amazon.com/scheduler/latest/APIReference/API_GetSchedule.html
		arn := scope.ARN("scheduler", "schedule/default/"+name)
		return &api.Operation{Action: "scheduler:GetSchedule", Resource: arn, Run: func(context.Context) (*api.Reply, error) {
			s, err := schedules.Get(name)
			if err != nil {
				return nil, err
			}
			return api.ReplyJSON(map[string]any{
				"Arn": arn, "Name": s.Name, "GroupName": "default", "ScheduleExpression": s.Expression, "State": "ENABLED",
				"FlexibleTimeWindow": map[string]string{"Mode": "OFF"},
				"Target":             map[string]string{"Arn": s.Target, "RoleArn": s.Role, "Input": s.Input},
			})
		}}, nil
	}}
}
