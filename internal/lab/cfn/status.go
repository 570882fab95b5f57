package cfn

import (
	"errors"
	"fmt"
	"strings"
	"time"
)

// Status is the status of a stack or of a resource, as CloudFormation names it:
// docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/view-stack-events.html
type Status string

// The statuses of stacks; resources use some of them as well.
const (
	ReviewInProgress                Status = "REVIEW_IN_PROGRESS"
	CreateInProgress                Status = "CREATE_IN_PROGRESS"
	CreateComplete                  Status = "CREATE_COMPLETE"
	CreateFailed                    Status = "CREATE_FAILED"
	UpdateInProgress                Status = "UPDATE_IN_PROGRESS"
	UpdateComplete                  Status = "UPDATE_COMPLETE"
	UpdateFailed                    Status = "UPDATE_FAILED"
	UpdateCleanup                   Status = "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS"
	DeleteInProgress                Status = "DELETE_IN_PROGRESS"
	DeleteComplete                  Status = "DELETE_COMPLETE"
	DeleteFailed                    Status = "DELETE_FAILED"
	DeleteSkipped                   Status = "DELETE_SKIPPED"
	RollbackInProgress              Status = "ROLLBACK_IN_PROGRESS"
	RollbackComplete                Status = "ROLLBACK_COMPLETE"
	RollbackFailed                  Status = "ROLLBACK_FAILED"
	UpdateRollbackInProgress        Status = "UPDATE_ROLLBACK_IN_PROGRESS"
	UpdateRollbackCleanupInProgress Status = "UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS"
	UpdateRollbackComplete          Status = "UPDATE_ROLLBACK_COMPLETE"
	UpdateRollbackFailed            Status = "UPDATE_ROLLBACK_FAILED"
)

// InProgress reports whether an operation is under way.
func (s Status) InProgress() bool {
	return strings.HasSuffix(string(s), "_IN_PROGRESS") && s != ReviewInProgress
}

// Failed reports whether the status is one of *_FAILED.
func (s Status) Failed() bool { return strings.HasSuffix(string(s), "_FAILED") }

// stackType is the resource type that a stack's own events bear.
const stackType = "AWS::CloudFormation::Stack"

// Event is one line of the console's Events tab.
type Event struct {
	Time           time.Time
	Stack, StackID string
	// LogicalID is the resource's, or the stack's name for its own events.
	LogicalID  string
	PhysicalID string
	Type       string
	Status     Status
	// Detailed is the detailed status, CONFIGURATION_COMPLETE or nothing.
	Detailed DetailedStatus
	Reason   string
}

// DetailedStatus says more than a status:
// docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_StackEvent.html
type DetailedStatus string

// ConfigurationComplete is the detailed status of a resource that is configured and
// not yet stable.
const ConfigurationComplete DetailedStatus = "CONFIGURATION_COMPLETE"

// OfStack reports whether the event is about the stack itself; a nested stack is a
// resource.
func (e Event) OfStack() bool { return e.Type == stackType && e.PhysicalID == e.StackID }

// String is the event as one line without its time.
func (e Event) String() string {
	status := string(e.Status)
	if e.Detailed != "" {
		status += " (" + string(e.Detailed) + ")"
	}
	s := fmt.Sprintf("%s | %s | %s", status, e.Type, e.LogicalID)
	if e.Reason != "" {
		s += " | " + e.Reason
	}
	return s
}

// Output is an output of a stack.
type Output struct {
	Key, Value, Description string
	// Export is the name that the output is exported under, if it is.
	Export string
}

// Export is an output that other stacks may import.
type Export struct{ StackID, Name, Value string }

// StackInfo describes a stack.
type StackInfo struct {
	Name, ID, Description string
	Status                Status
	Reason                string
	Created, Updated      time.Time
	Outputs               []Output
	// Parameters are the values that the template's parameters were given, or their
	// defaults; those with NoEcho are masked. Tags and Role are the stack's, and
	// NoRollback says that what fails stays ([Stack.NoRollback]).
	Parameters map[string]string
	Tags       map[string]string
	Role       string
	NoRollback bool
}

// ResourceInfo describes a resource of a stack.
type ResourceInfo struct {
	LogicalID, PhysicalID, Type string
	Status                      Status
	Reason                      string
	// Updated is when its status changed last.
	Updated time.Time
	// Attributes are the values of Fn::GetAtt, Properties the resolved ones.
	Attributes, Properties map[string]any
}

// Outcome is how an operation on a stack ended.
type Outcome struct {
	StackInfo
	// Failures are the events of the resources that failed, in their order. Those
	// that were only cancelled are not among them. The first is the cause.
	Failures []Event
	// Inert are the custom resources that turned out to be inert ([Options.Limits]).
	Inert []InertResource
}

// Failure is the error of an operation that was carried out and failed. Its
// status is the one that the stack has now.
type Failure struct{ Outcome }

// Error names the stack, its status and what failed, the cause first.
func (f *Failure) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "stack %s is in %s", f.Name, f.Status)
	for _, e := range f.Failures {
		fmt.Fprintf(&b, "\n  %s (%s): %s", e.LogicalID, e.Type, e.Reason)
	}
	if len(f.Failures) == 0 && f.Reason != "" {
		b.WriteString(": " + f.Reason)
	}
	return b.String()
}

// ErrNoUpdates is what Deploy returns when the stack is already as the template
// says. The text is CloudFormation's.
var ErrNoUpdates = errors.New("No updates are to be performed.")

// Unchanged marks the error of an update that changed nothing. A rollback does
// not undo it.
func Unchanged(err error) error { return unchanged{err} }

type unchanged struct{ error }

func (u unchanged) Unwrap() error { return u.error }
