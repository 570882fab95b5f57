package region

import (
	"provenendpoints/internal/lab/cfn"
	"provenendpoints/internal/lab/cloud"
)

// stacks tell the CloudFormation API of the engine's stacks.
type stacks struct{ engine *cfn.Engine }

// Stack implements [cloud.StackSource].
func (s stacks) Stack(nameOrID string) (cloud.Stack, bool) {
	info, ok := s.engine.Stack(nameOrID)
	return described(info), ok
}

// Stacks implements [cloud.StackSource].
func (s stacks) Stacks() []cloud.Stack {
	var out []cloud.Stack
	for _, info := range s.engine.Stacks() {
		out = append(out, described(info))
	}
	return out
}

func described(i cfn.StackInfo) cloud.Stack {
	out := cloud.Stack{
		ID: i.ID, Name: i.Name, Description: i.Description,
		Status: string(i.Status), StatusReason: i.Reason, Created: i.Created, Updated: i.Updated,
	}
	if i.Status == cfn.DeleteComplete {
		out.Deleted = i.Updated
	}
	for _, o := range i.Outputs {
		out.Outputs = append(out.Outputs, cloud.Output{Key: o.Key, Value: o.Value, Description: o.Description, ExportName: o.Export})
	}
	return out
}
