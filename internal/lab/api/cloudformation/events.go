package cloudformation

import (
	"slices"
	"strconv"

	"provenendpoints/internal/lab/api"
	"provenendpoints/internal/lab/awserr"
	"provenendpoints/internal/lab/awsid"
	"provenendpoints/internal/lab/cfn"
	"provenendpoints/internal/lab/changeset"
)

// docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DescribeStackEvents.html,
// …/API_DescribeEvents.html
func init() {
	controls("DescribeStackEvents", []string{"StackName", "NextToken"}, named(describeStackEvents))
	controls("DescribeEvents", []string{"StackName", "ChangeSetName", "OperationId", "Filters.FailedEvents", "NextToken"}, describeEvents)
}

// eventsPage is how many events a page holds.
const eventsPage = 100

type eventXML struct {
	StackId, EventId, StackName string
	LogicalResourceId           string
	PhysicalResourceId          string `xml:",omitempty"`
	ResourceType                string
	Timestamp                   string
	ResourceStatus              string
	ResourceStatusReason        string `xml:",omitempty"`
	DetailedStatus              string `xml:",omitempty"`
}

// describeStackEvents returns them newest first.
func describeStackEvents(m *changeset.Manager, r *api.Request) (any, error) {
	name := r.Form.Get("StackName")
	if _, ok := m.Engine.Stack(name); !ok {
		return nil, awserr.New("ValidationError", "Stack [%s] does not exist", name)
	}
	events := m.Engine.Events(name)
	from, to, next, err := page(r, len(events), eventsPage)
	if err != nil {
		return nil, err
	}
	var out struct {
		Events    []eventXML `xml:"StackEvents>member"`
		NextToken string     `xml:",omitempty"`
	}
	for i := from; i < to; i++ {
		at := len(events) - 1 - i
		out.Events = append(out.Events, describeEvent(events[at], at))
	}
	out.NextToken = next
	return out, nil
}

// describeEvent is the event of this number of its stack.
func describeEvent(e cfn.Event, number int) eventXML {
	return eventXML{
		StackId: e.StackID, EventId: awsid.UUID("event", e.StackID, strconv.Itoa(number)), StackName: e.Stack,
		LogicalResourceId: e.LogicalID, PhysicalResourceId: e.PhysicalID, ResourceType: e.Type, Timestamp: api.Timestamp(e.Time),
		ResourceStatus: string(e.Status), ResourceStatusReason: e.Reason, DetailedStatus: string(e.Detailed),
	}
}

type operationEventXML struct {
	EventId, EventType     string
	StackId                string
	LogicalResourceId      string `xml:",omitempty"`
	PhysicalResourceId     string `xml:",omitempty"`
	ResourceType           string `xml:",omitempty"`
	ResourceStatus         string `xml:",omitempty"`
	ResourceStatusReason   string `xml:",omitempty"`
	Timestamp              string
	ValidationName         string `xml:",omitempty"`
	ValidationStatus       string `xml:",omitempty"`
	ValidationStatusReason string `xml:",omitempty"`
	ValidationPath         string `xml:",omitempty"`
}

// describeEvents returns the events of a stack, or what was found wrong with the template of
// a change set.
func describeEvents(m *changeset.Manager, r *api.Request) (any, error) {
	failed, err := boolean(r, "Filters.FailedEvents")
	if err != nil {
		return nil, err
	}
	var all []operationEventXML
	if set := r.Form.Get("ChangeSetName"); set != "" {
		c, err := m.ChangeSet(r.Form.Get("StackName"), set)
		if err != nil {
			return nil, err
		}
		for i, finding := range c.Findings {
			all = append(all, operationEventXML{
				EventId: awsid.UUID("finding", c.ID, strconv.Itoa(i)), EventType: "VALIDATION_ERROR", StackId: c.StackID, Timestamp: api.Timestamp(c.Created),
				ValidationName: "TEMPLATE", ValidationStatus: "FAILED", ValidationStatusReason: finding, ValidationPath: "/Resources",
			})
		}
	} else {
		name := r.Form.Get("StackName")
		if _, ok := m.Engine.Stack(name); !ok {
			return nil, awserr.New("ValidationError", "Stack [%s] does not exist", name)
		}
		for i, e := range slices.Backward(m.Engine.Events(name)) {
			if x := describeEvent(e, i); !failed || e.Status.Failed() {
				all = append(all, operationEventXML{
					EventId: x.EventId, EventType: "STACK_EVENT", StackId: x.StackId, LogicalResourceId: x.LogicalResourceId, PhysicalResourceId: x.PhysicalResourceId,
					ResourceType: x.ResourceType, ResourceStatus: x.ResourceStatus, ResourceStatusReason: x.ResourceStatusReason, Timestamp: x.Timestamp,
				})
			}
		}
	}
	from, to, next, err := page(r, len(all), eventsPage)
	if err != nil {
		return nil, err
	}
	return struct {
		OperationEvents []operationEventXML `xml:"OperationEvents>member"`
		NextToken       string              `xml:",omitempty"`
	}{all[from:to], next}, nil
}
