package cfn

import (
	"errors"
	"fmt"
	"maps"
	"strings"
)

// instanceMetadata are the metadata of a resource that its instances read
// (docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-init.html,
// aws-resource-authentication.html). Their expressions are dependencies like those of
// properties. All other metadata are for people and tools.
var instanceMetadata = []string{"AWS::CloudFormation::Init", "AWS::CloudFormation::Authentication"}

// forInstances evaluates the metadata that instances read.
func (e *evaluator) forInstances(metadata map[string]any) map[string]any {
	out := map[string]any{}
	for _, key := range instanceMetadata {
		if v, ok := metadata[key]; ok {
			out[key] = e.in("Metadata."+key, v)
		}
	}
	return out
}

// Metadata returns the metadata of a resource, as DescribeStackResource does: what instances
// read with its expressions' values, all else as it is in the template.
func (e *Engine) Metadata(stackName, logicalID string) (map[string]any, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	s, ok := e.findStack(stackName)
	if !ok {
		return nil, fmt.Errorf("Stack with id %s does not exist", stackName)
	}
	p := s.plan
	if s.deploying != nil {
		p = s.deploying
	}
	if p == nil || p.nodes[logicalID] == nil {
		return nil, nil
	}
	given := p.nodes[logicalID].metadata
	ev := &evaluator{scope: p.scope, resource: s.lookup}
	values := ev.forInstances(given)
	if len(ev.errs) > 0 {
		return nil, errors.New(strings.Join(ev.errs, "; "))
	}
	out := maps.Clone(given)
	maps.Copy(out, values)
	return out, nil
}
