package cloudformation

import (
	"context"
	"encoding/json"
	"slices"
	"strconv"
	"sync"
	"time"

	"provenendpoints/internal/lab/api"
	"provenendpoints/internal/lab/awserr"
	"provenendpoints/internal/lab/awsid"
	"provenendpoints/internal/lab/cfn"
)

// Drift detection (docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DetectStackDrift.html,
// …/API_DetectStackResourceDrift.html, …/API_DescribeStackDriftDetectionStatus.html,
// …/API_DescribeStackResourceDrifts.html). A detection is complete when its call returns.
func init() {
	detects := func(name string, more ...string) api.QueryOperation[account] {
		return api.QueryOperation[account]{Name: name, Resource: stackResource, Parameters: append([]string{"StackName"}, more...)}
	}
	op := detects("DetectStackDrift", "LogicalResourceIds.member.")
	op.Run = func(ctx context.Context, a account, r *api.Request) (any, error) {
		s, err := a.stack(r.Form.Get("StackName"))
		if err != nil {
			return nil, err
		}
		found, err := a.detect(ctx, s, r.List("LogicalResourceIds.member"))
		return struct{ StackDriftDetectionId string }{found.id}, err
	}
	cloudformation.Register(op)

	op = detects("DetectStackResourceDrift", "LogicalResourceId")
	op.Run = func(ctx context.Context, a account, r *api.Request) (any, error) {
		s, err := a.stack(r.Form.Get("StackName"))
		if err != nil {
			return nil, err
		}
		id := r.Form.Get("LogicalResourceId")
		found, err := a.detect(ctx, s, []string{id})
		if err != nil {
			return nil, err
		}
		if len(found.drifts) == 0 {
			return nil, awserr.New("ValidationError", "Resource %s does not exist for stack %s", id, s.Name)
		}
		return struct{ StackResourceDrift resourceDrift }{driftOf(s.ID, found.drifts[0], found.at)}, nil
	}
	cloudformation.Register(op)

	cloudformation.Register(api.QueryOperation[account]{
		Name: "DescribeStackDriftDetectionStatus", Parameters: []string{"StackDriftDetectionId"},
		Run: func(_ context.Context, a account, r *api.Request) (any, error) {
			found, ok := a.drifts.byID(r.Form.Get("StackDriftDetectionId"))
			if !ok {
				return nil, awserr.New("ValidationError", "Stack drift detection %s does not exist", r.Form.Get("StackDriftDetectionId"))
			}
			return struct {
				StackId, StackDriftDetectionId, StackDriftStatus, DetectionStatus string
				DriftedStackResourceCount                                         int
				Timestamp                                                         string
			}{found.stack, found.id, found.status(), "DETECTION_COMPLETE", found.drifted(), api.Timestamp(found.at)}, nil
		},
	})

	op = detects("DescribeStackResourceDrifts", "StackResourceDriftStatusFilters.member.", "MaxResults", "NextToken")
	op.Run = func(_ context.Context, a account, r *api.Request) (any, error) {
		s, err := a.stack(r.Form.Get("StackName"))
		if err != nil {
			return nil, err
		}
		found, _ := a.drifts.of(s.ID)
		wanted := r.List("StackResourceDriftStatusFilters.member")
		drifts := slices.DeleteFunc(slices.Clone(found.drifts), func(d cfn.Drift) bool {
			return d.Status == cfn.NotChecked && len(wanted) == 0 || len(wanted) > 0 && !slices.Contains(wanted, string(d.Status))
		})
		from, to, next, err := page(r, len(drifts), resourcesPage)
		if err != nil {
			return nil, err
		}
		var result struct {
			Drifts    []resourceDrift `xml:"StackResourceDrifts>member"`
			NextToken string          `xml:",omitempty"`
		}
		for _, d := range drifts[from:to] {
			result.Drifts = append(result.Drifts, driftOf(s.ID, d, found.at))
		}
		result.NextToken = next
		return result, nil
	}
	cloudformation.Register(op)
}

// detection is what was found once.
type detection struct {
	id, stack string
	at        time.Time
	drifts    []cfn.Drift
}

func (d detection) drifted() int {
	n := 0
	for _, r := range d.drifts {
		if r.Status == cfn.Modified || r.Status == cfn.Deleted {
			n++
		}
	}
	return n
}

// status is the stack's.
func (d detection) status() string {
	if d.drifted() > 0 {
		return "DRIFTED"
	}
	return string(cfn.InSync)
}

// detections are the latest of each stack.
type detections struct {
	mu     sync.Mutex
	latest map[string]detection // by the stacks' ids
	made   int
}

func (d *detections) of(stack string) (detection, bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	found, ok := d.latest[stack]
	return found, ok
}

// information is what descriptions of a stack say of its drift.
func (d *detections) information(stack string) driftXML {
	if found, ok := d.of(stack); ok {
		return driftXML{found.status(), api.Timestamp(found.at)}
	}
	return driftXML{StackDriftStatus: string(cfn.NotChecked)}
}

// resource is what descriptions of a resource say of its drift.
func (d *detections) resource(stack, logicalID string) resourceDriftXML {
	found, _ := d.of(stack)
	for _, x := range found.drifts {
		if x.LogicalID == logicalID {
			return resourceDriftXML{string(x.Status), api.Timestamp(found.at)}
		}
	}
	return resourceDriftXML{StackResourceDriftStatus: string(cfn.NotChecked)}
}

func (d *detections) byID(id string) (detection, bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, found := range d.latest {
		if found.id == id {
			return found, true
		}
	}
	return detection{}, false
}

// detect compares a stack with what there is, and keeps what it finds. Resources that it was
// not asked about stay as they were found.
func (a account) detect(ctx context.Context, s Stack, ids []string) (detection, error) {
	drifts, at, err := a.stacks.Drift(ctx, s.ID, ids...)
	if err != nil {
		return detection{}, err
	}
	d := a.drifts
	d.mu.Lock()
	defer d.mu.Unlock()
	d.made++
	found := detection{awsid.UUID("drift", s.ID, strconv.Itoa(d.made)), s.ID, at, drifts}
	kept := found
	if len(ids) > 0 {
		for _, old := range d.latest[s.ID].drifts {
			if !slices.Contains(ids, old.LogicalID) {
				kept.drifts = append(slices.Clip(kept.drifts), old)
			}
		}
	}
	d.latest[s.ID] = kept
	return found, nil
}

type (
	resourceDrift struct {
		StackId, LogicalResourceId, PhysicalResourceId, ResourceType string
		ExpectedProperties                                           string       `xml:",omitempty"`
		ActualProperties                                             string       `xml:",omitempty"`
		PropertyDifferences                                          []difference `xml:"PropertyDifferences>member"`
		StackResourceDriftStatus, Timestamp                          string
	}
	difference struct{ PropertyPath, ExpectedValue, ActualValue, DifferenceType string }
)

func driftOf(stack string, d cfn.Drift, at time.Time) resourceDrift {
	x := resourceDrift{
		StackId: stack, LogicalResourceId: d.LogicalID, PhysicalResourceId: d.PhysicalID, ResourceType: d.Type,
		StackResourceDriftStatus: string(d.Status), Timestamp: api.Timestamp(at),
	}
	if d.Status != cfn.NotChecked {
		x.ExpectedProperties = text(d.Expected)
	}
	if d.Actual != nil {
		x.ActualProperties = text(d.Actual)
	}
	for _, p := range d.Differences {
		x.PropertyDifferences = append(x.PropertyDifferences, difference{p.Path, text(p.Expected), text(p.Actual), p.Kind})
	}
	return x
}

// text is a value as the API writes it: JSON, and "null" where there is none; a string has no
// quotation marks.
func text(v any) string {
	if s, ok := v.(string); ok {
		return s
	}
	out, _ := json.Marshal(v) // it comes from JSON
	return string(out)
}
