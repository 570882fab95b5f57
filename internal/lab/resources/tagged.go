package resources

import (
	"context"
	"maps"
	"strings"

	"provenendpoints/internal/lab/cfn"
	"provenendpoints/internal/lab/registry"
	"provenendpoints/internal/lab/tags"
)

// taggedType is a resource type whose resources have tags: the template's, the stack's, and
// those that CloudFormation gives itself
// (docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-resource-tags.html).
// They are kept in one place for all types, so that calls can ask for them.
type taggedType struct {
	cfn.ResourceType
	resources *Resources
}

var _ interface {
	cfn.Attributed
	cfn.Inert
} = taggedType{}

// tagged gives a type's resources tags, if CloudFormation gives them any.
func (r *Resources) tagged(name string, t cfn.ResourceType) cfn.ResourceType {
	if known, ok := registry.Lookup(name); ok && known.Has("Tags") {
		return taggedType{t, r}
	}
	return t
}

// Tags are the tags of what is in the Region. It implements [ec2.Objects].
func (r *Resources) Tags() *tags.Store { return &r.tags }

// Attributes implements [cfn.Attributed].
func (t taggedType) Attributes() []string { return t.ResourceType.(cfn.Attributed).Attributes() }

// Inert implements [cfn.Inert].
func (t taggedType) Inert(properties map[string]any, assets map[string]string) string {
	return t.ResourceType.(cfn.Inert).Inert(properties, assets)
}

// Read implements [cfn.Reader].
func (t taggedType) Read(ctx context.Context, q cfn.Request) (expected, actual map[string]any, err error) {
	return cfn.Read(ctx, t.ResourceType, q)
}

// Create implements [cfn.ResourceType].
func (t taggedType) Create(ctx context.Context, q cfn.Request) (cfn.Result, error) {
	out, err := t.ResourceType.Create(ctx, q)
	for _, id := range tagIDs(out.PhysicalID, out.Attributes) {
		t.resources.tags.Set(id, tagsOf(q, q.Properties))
	}
	return out, err
}

// Update implements [cfn.ResourceType].
func (t taggedType) Update(ctx context.Context, q cfn.Request) (cfn.Result, error) {
	out, err := t.ResourceType.Update(ctx, q)
	if err == nil {
		wanted := tagsOf(q, q.Properties)
		id := q.PhysicalID
		if out.PhysicalID != "" {
			id = out.PhysicalID
		}
		for _, id := range tagIDs(id, out.Attributes) {
			for key := range tagsOf(q, q.OldProperties) {
				if _, stays := wanted[key]; !stays {
					t.resources.tags.Unset(id, key)
				}
			}
			t.resources.tags.Set(id, wanted)
		}
	}
	return out, err
}

// Delete implements [cfn.ResourceType].
func (t taggedType) Delete(ctx context.Context, q cfn.Request) error {
	err := t.ResourceType.Delete(ctx, q)
	if err == nil {
		t.resources.tags.Forget(q.PhysicalID)
	}
	return err
}

// tagIDs are the ids that calls know a resource by. That of an elastic address is not the one
// that Ref returns.
func tagIDs(physical string, attributes map[string]any) []string {
	ids := []string{physical}
	if id, ok := attributes["AllocationId"].(string); ok {
		ids = append(ids, id)
	}
	return ids
}

// tagsOf are the tags that a resource of a template has.
func tagsOf(q cfn.Request, properties map[string]any) map[string]string {
	out := map[string]string{}
	if strings.HasPrefix(q.StackID, "arn:") {
		maps.Copy(out, q.StackTags)
		out["aws:cloudformation:stack-name"], out["aws:cloudformation:stack-id"], out["aws:cloudformation:logical-id"] = q.Stack, q.StackID, q.LogicalID
	}
	switch given := properties["Tags"].(type) {
	case []any:
		for _, t := range given {
			if t, ok := t.(map[string]any); ok {
				key, _ := cfn.Literal(t["Key"])
				out[key], _ = cfn.Literal(t["Value"])
			}
		}
	case map[string]any: // some types have them so
		for key, v := range given {
			out[key], _ = cfn.Literal(v)
		}
	}
	return out
}
