// Package states is the API of Step Functions. The lab's package states runs the machines.
package states

import (
	"context"

	"provenendpoints/internal/lab/api"
	"provenendpoints/internal/lab/states"
)

var service = api.TargetAPI[*states.Machines]{Name: "states", Target: "AWSStepFunctions"}

// Service is Step Functions of an account.
func Service(machines *states.Machines) api.Service { return service.Service(machines) }

type startExecution struct {
	StateMachineArn string `json:"stateMachineArn"`
	Name            string `json:"name"`
	Input           string `json:"input"`
	TraceHeader     string `json:"traceHeader"`
}

type ofExecution struct {
	ExecutionArn string `json:"executionArn"`
	IncludedData string `json:"includedData"`
	Error        string `json:"error"`
	Cause        string `json:"cause"`
}

func init() {
	// docs.aws.amazon.com/step-functions/latest/apireference/API_StartExecution.html
	api.RegisterTarget(&service, api.TargetOperation[*states.Machines, startExecution]{
		Name: "StartExecution", Resource: func(_ *states.Machines, q startExecution) string { return q.StateMachineArn },
		Run: func(_ context.Context, m *states.Machines, q startExecution) (any, error) {
			e, err := m.Start(q.StateMachineArn, q.Name, q.Input)
			if err != nil {
				return nil, err
			}
			return map[string]any{"executionArn": e.ARN, "startDate": float64(e.Started.Unix())}, nil
		},
	})
	arn := func(_ *states.Machines, q ofExecution) string { return q.ExecutionArn }
	// docs.aws.amazon.com/step-functions/latest/apireference/API_DescribeExecution.html
	api.RegisterTarget(&service, api.TargetOperation[*states.Machines, ofExecution]{
		Name: "DescribeExecution", Resource: arn,
		Run: func(_ context.Context, m *states.Machines, q ofExecution) (any, error) {
			e, err := m.Execution(q.ExecutionArn)
			if err != nil {
				return nil, err
			}
			out := map[string]any{
				"executionArn": e.ARN, "stateMachineArn": e.Machine, "name": e.Name, "status": e.Status, "input": e.Input,
				"startDate": float64(e.Started.Unix()),
			}
			for name, value := range map[string]string{"output": e.Output, "error": e.Error, "cause": e.Cause} {
				if value != "" {
					out[name] = value
				}
			}
			if !e.Stopped.IsZero() {
				out["stopDate"] = float64(e.Stopped.Unix())
			}
			return out, nil
		},
	})
	// docs.aws.amazon.com/step-functions/latest/apireference/API_StopExecution.html
	api.RegisterTarget(&service, api.TargetOperation[*states.Machines, ofExecution]{
		Name: "StopExecution", Resource: arn,
		Run: func(_ context.Context, m *states.Machines, q ofExecution) (any, error) {
			if err := m.Stop(q.ExecutionArn); err != nil {
				return nil, err
			}
			return map[string]any{"stopDate": float64(m.Clock.Now().Unix())}, nil
		},
	})
}
