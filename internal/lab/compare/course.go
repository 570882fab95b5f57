package compare

import (
	"cmp"
	"regexp"
	"slices"
	"strings"
	"time"

	"provenendpoints/internal/lab/cfn"
	"provenendpoints/internal/lab/verdict"
)

// Course is what a stack's latest creation did, in one place. Durations are in seconds.
type Course struct {
	// Place is where: AWS with its Region, or the lab with its seed.
	Place string
	// Status is the stack's status after it.
	Status string
	// Seconds is how long it took, to the end of a rollback.
	Seconds float64
	// Resources are in the order in which they were begun.
	Resources []Resource
	// Claims are those of all proofs, by proof and in their order.
	Claims []Claim
}

// Resource is the course of one resource. Its durations count from its own beginning.
type Resource struct {
	LogicalID, Type string
	// Status is the last one of its creation.
	Status string
	// Begun is when it was begun, since the stack's beginning.
	Begun float64
	// Configured is the time until CONFIGURATION_COMPLETE; 0: there was none.
	Configured float64 `json:",omitempty"`
	// Ended is the time until its creation had succeeded or failed; 0: it had not.
	Ended float64 `json:",omitempty"`
}

// Claim is what became of a claim.
type Claim struct {
	// Proof is the logical id of the custom resource.
	Proof, ID, Kind string
	From            string `json:",omitempty"`
	State           string
	// Rounds is how often it was measured or looked up.
	Rounds int
	// Seen is what was seen, without ids.
	Seen string
}

// event is an event of CloudFormation.
type event struct {
	Timestamp                       time.Time
	LogicalResourceId, ResourceType string
	PhysicalResourceId, StackId     string
	ResourceStatus, DetailedStatus  string
	ResourceStatusReason            string
}

// ofStack reports whether an event is about the stack itself.
func (e event) ofStack() bool { return e.PhysicalResourceId == e.StackId }

// courseOf reads the latest creation out of a stack's events, oldest first, and the
// verdicts out of its verifier's log.
func courseOf(place string, events []event, log string) Course {
	c := Course{Place: place}
	first := 0
	for i, e := range events {
		if e.ofStack() && e.ResourceStatus == string(cfn.CreateInProgress) {
			first = i
		}
	}
	index := map[string]int{}
	for _, e := range events[min(first, len(events)):] {
		since := e.Timestamp.Sub(events[first].Timestamp).Seconds()
		if e.ofStack() {
			c.Status, c.Seconds = e.ResourceStatus, since
			if isEnd(e.ResourceStatus) {
				break
			}
			continue
		}
		at, known := index[e.LogicalResourceId]
		if !known {
			if e.ResourceStatus != string(cfn.CreateInProgress) {
				continue
			}
			at = len(c.Resources)
			index[e.LogicalResourceId] = at
			c.Resources = append(c.Resources, Resource{LogicalID: e.LogicalResourceId, Type: e.ResourceType, Begun: since})
		}
		c.Resources[at].take(e, since)
	}
	for _, report := range verdict.Read(log) {
		for _, v := range report.Verdicts {
			c.Claims = append(c.Claims, Claim{
				Proof: report.Resource, ID: v.Claim, Kind: v.Kind, From: v.From, State: string(v.State), Rounds: v.Rounds, Seen: withoutIDs(v.Seen),
			})
		}
	}
	return c
}

// take adds an event of the resource's creation.
func (r *Resource) take(e event, since float64) {
	if !strings.HasPrefix(e.ResourceStatus, "CREATE_") || r.Ended > 0 {
		return
	}
	r.Status = e.ResourceStatus
	switch {
	case e.ResourceStatus != string(cfn.CreateInProgress):
		r.Ended = since - r.Begun
	case e.DetailedStatus == string(cfn.ConfigurationComplete) && r.Configured == 0:
		r.Configured = since - r.Begun
	}
}

// isEnd reports whether a stack's status ends its creation.
func isEnd(status string) bool {
	return slices.Contains([]string{"CREATE_COMPLETE", "CREATE_FAILED", "ROLLBACK_COMPLETE", "ROLLBACK_FAILED"}, status)
}

// fromLab turns the lab's events into those of the API.
func fromLab(events []cfn.Event) []event {
	var out []event
	for _, e := range events {
		out = append(out, event{
			Timestamp: e.Time, LogicalResourceId: e.LogicalID, ResourceType: e.Type, PhysicalResourceId: e.PhysicalID, StackId: e.StackID,
			ResourceStatus: string(e.Status), DetailedStatus: string(e.Detailed), ResourceStatusReason: e.Reason,
		})
	}
	return out
}

// ids are what AWS makes up, or what tells whose stack it is: ids of resources, account
// numbers, and the random ends of names.
var ids = regexp.MustCompile(`\b([a-z]+(?:-[a-z]+)*)-[0-9a-f]{8,17}\b|\b[0-9]{12}\b|-[A-Za-z0-9]{12}\b`)

// withoutIDs puts … in the place of ids.
func withoutIDs(text string) string {
	return ids.ReplaceAllStringFunc(text, func(id string) string {
		if kind := ids.FindStringSubmatch(id)[1]; kind != "" {
			return kind + "-…"
		}
		if strings.HasPrefix(id, "-") {
			return "-…"
		}
		return "…"
	})
}

// byTime sorts events, which come newest first, oldest first. Those of one moment keep
// their order.
func byTime(events []event) {
	slices.Reverse(events)
	slices.SortStableFunc(events, func(a, b event) int { return cmp.Compare(a.Timestamp.UnixNano(), b.Timestamp.UnixNano()) })
}
