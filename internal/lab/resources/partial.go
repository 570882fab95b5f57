package resources

import (
	"context"
	"maps"

	"provenendpoints/internal/lab/cfn"
	"provenendpoints/internal/lab/cloudwatch"
	"provenendpoints/internal/lab/dynamodb"
	"provenendpoints/internal/lab/eventbridge"
	"provenendpoints/internal/lab/sns"
	"provenendpoints/internal/lab/sqs"
	"provenendpoints/internal/lab/states"
)

// Observation are the services that watch, tell and follow. They are part of a
// Region; without them their types are inert.
type Observation struct {
	Metrics   *cloudwatch.Service
	Bus       *eventbridge.Bus
	Schedules *eventbridge.Schedules
	Topics    *sns.Topics
	Queues    *sqs.Queues
	Tables    *dynamodb.Tables
	Machines  *states.Machines
}

// A partial type is one that the lab has as far as it needs to: it moves no packet, and a
// template may ask for anything of it. What the lab does not have makes the resource
// inert, and the deployment lists it with the reason; the rest is made.
type partial struct {
	// lacks says what of the properties the lab does not have, or "". What depends on other
	// resources is a [cfn.Unknown] value.
	lacks func(r *Resources, properties map[string]any) string
	// put makes or changes it. The result is that of the inert type; attributes may be
	// corrected.
	put func(r *Resources, q cfn.Request, out cfn.Result) error
	// remove removes it, by the physical id.
	remove func(r *Resources, q cfn.Request)
}

// partials are the partial types by name. The files beside the types fill it.
var partials = map[string]partial{}

// partialType is a partial type in one Region, on top of the inert one.
type partialType struct {
	cfn.ResourceType
	partial
	r *Resources
}

var _ interface {
	cfn.ResourceType
	cfn.Attributed
	cfn.Inert
} = partialType{}

// partly returns the type with what the lab has of it, if it has any.
func (r *Resources) partly(name string, inert cfn.ResourceType) cfn.ResourceType {
	p, ok := partials[name]
	if !ok || r.Observation.Metrics == nil {
		return inert
	}
	return partialType{inert, p, r}
}

// Attributes implements [cfn.Attributed].
func (t partialType) Attributes() []string { return t.ResourceType.(cfn.Attributed).Attributes() }

// Inert implements [cfn.Inert].
func (t partialType) Inert(properties map[string]any, _ map[string]string) string {
	return t.lacks(t.r, properties)
}

// Create implements [cfn.ResourceType].
func (t partialType) Create(ctx context.Context, q cfn.Request) (cfn.Result, error) {
	out, err := t.ResourceType.Create(ctx, q)
	if err == nil && t.lacks(t.r, q.Properties) == "" {
		q.PhysicalID = out.PhysicalID
		err = t.put(t.r, q, out)
	}
	return out, err
}

// Update implements [cfn.ResourceType].
func (t partialType) Update(ctx context.Context, q cfn.Request) (cfn.Result, error) {
	out, err := t.ResourceType.Update(ctx, q)
	switch {
	case err != nil:
	case t.lacks(t.r, q.Properties) != "":
		t.remove(t.r, q)
	default:
		if out.PhysicalID == "" {
			out.PhysicalID = q.PhysicalID
		}
		err = t.put(t.r, q, out)
	}
	return out, err
}

// Delete implements [cfn.ResourceType].
func (t partialType) Delete(ctx context.Context, q cfn.Request) error {
	t.remove(t.r, q)
	return t.ResourceType.Delete(ctx, q)
}

// textOf is a property's value as text; "" if there is none, or it is not known yet.
func textOf(v any) string {
	text, _ := cfn.Literal(v)
	return text
}

// only is what of the properties is not among the named ones.
func only(properties map[string]any, names ...string) string {
	rest := maps.Clone(properties)
	for _, name := range names {
		delete(rest, name)
	}
	for name := range rest {
		return name
	}
	return ""
}
