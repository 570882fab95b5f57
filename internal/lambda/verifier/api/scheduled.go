package api

import "provenendpoints/internal/awsapi"

// The operations of a proof that goes on: those of Systems Manager, of EventBridge and of
// its scheduler (docs.aws.amazon.com/systems-manager/latest/APIReference,
// docs.aws.amazon.com/eventbridge/latest/APIReference,
// docs.aws.amazon.com/scheduler/latest/APIReference).
var (
	GetParameter = awsapi.Call[GetParameterInput, struct{ Parameter Parameter }]{Service: "ssm", Operation: "GetParameter"}
	PutParameter = awsapi.Call[PutParameterInput, struct{ Version int }]{Service: "ssm", Operation: "PutParameter"}
	PutEvents    = awsapi.Call[PutEventsInput, PutEventsOutput]{Service: "events", Operation: "PutEvents"}
	GetSchedule  = awsapi.Call[GetScheduleInput, struct{ Target Target }]{Service: "scheduler", Operation: "GetSchedule"}
)

// GetParameterInput asks for a parameter, NAME or NAME:VERSION.
type GetParameterInput struct{ Name string }

// Parameter is a parameter.
type Parameter struct {
	Value   string
	Version int
}

// PutParameterInput makes a version of a parameter.
type PutParameterInput struct {
	Name, Value string
	Overwrite   bool
}

// PutEventsInput puts events.
type PutEventsInput struct{ Entries []PutEventsRequestEntry }

// PutEventsRequestEntry is an event.
type PutEventsRequestEntry struct {
	Source, DetailType, Detail string
	Resources                  []string
}

// PutEventsOutput says what became of each.
type PutEventsOutput struct{ Entries []PutEventsResultEntry }

// PutEventsResultEntry is what became of an event.
type PutEventsResultEntry struct{ ErrorCode, ErrorMessage string }

// GetScheduleInput asks for a schedule of the default group.
type GetScheduleInput struct{ Name string }

// Target is what a schedule invokes.
type Target struct{ Input string }
