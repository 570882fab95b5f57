package region

import (
	"context"
	"encoding/json"
	"time"

	"provenendpoints/internal/lab/api/cloudformation"
	"provenendpoints/internal/lab/cfn"
	"provenendpoints/internal/lab/changeset"
	"provenendpoints/internal/lab/clock"
)

// stacks are the engine's stacks for the CloudFormation API.
type stacks struct {
	engine  *cfn.Engine
	changes *changeset.Manager
	clock   *clock.Clock
}

// Stack implements [cloudformation.Stacks].
func (s stacks) Stack(nameOrID string) (cloudformation.Stack, bool) {
	info, ok := s.engine.Stack(nameOrID)
	return s.described(info), ok
}

// Stacks implements [cloudformation.Stacks].
func (s stacks) Stacks() []cloudformation.Stack {
	var out []cloudformation.Stack
	for _, info := range s.engine.Stacks() {
		out = append(out, s.described(info))
	}
	return out
}

// Template implements [cloudformation.Stacks].
func (s stacks) Template(nameOrID string) []byte { return s.engine.Template(nameOrID) }

// Resources implements [cloudformation.Stacks].
func (s stacks) Resources(nameOrID string) []cloudformation.Resource {
	var out []cloudformation.Resource
	for _, r := range s.engine.Resources(nameOrID) {
		out = append(out, cloudformation.Resource{LogicalID: r.LogicalID, PhysicalID: r.PhysicalID, Type: r.Type, Status: string(r.Status), Reason: r.Reason, Updated: r.Updated})
	}
	return out
}

// Metadata implements [cloudformation.Stacks].
func (s stacks) Metadata(nameOrID, logicalID string) (string, error) {
	metadata, err := s.engine.Metadata(nameOrID, logicalID)
	if err != nil || len(metadata) == 0 {
		return "", err
	}
	text, err := json.Marshal(metadata)
	return string(text), err
}

// Drift implements [cloudformation.Stacks].
func (s stacks) Drift(ctx context.Context, nameOrID string, logicalIDs ...string) ([]cfn.Drift, time.Time, error) {
	found, err := s.engine.Drift(ctx, nameOrID, logicalIDs...)
	return found, s.clock.Now(), err
}

// Signal implements [cloudformation.Stacks].
func (s stacks) Signal(nameOrID, logicalID, uniqueID string, success bool) error {
	return s.engine.Signal(nameOrID, logicalID, uniqueID, success)
}

func (s stacks) described(i cfn.StackInfo) cloudformation.Stack {
	out := cloudformation.Stack{
		ID: i.ID, Name: i.Name, Description: i.Description,
		Status: string(i.Status), StatusReason: i.Reason, Created: i.Created, Updated: i.Updated,
		Parameters: i.Parameters, Tags: i.Tags, RoleARN: i.Role, DisableRollback: i.NoRollback,
		TerminationProtection: s.changes.Protected(i.ID),
	}
	if i.Status == cfn.DeleteComplete {
		out.Deleted = i.Updated
	}
	for _, o := range i.Outputs {
		out.Outputs = append(out.Outputs, cloudformation.Output{Key: o.Key, Value: o.Value, Description: o.Description, ExportName: o.Export})
	}
	return out
}
