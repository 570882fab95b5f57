package resources

import (
	"context"

	"provenendpoints/internal/lab/cfn"
)

// seenType is a resource type whose changes are noted, so that calls that describe see them
// late: see package replicas.
type seenType struct {
	cfn.ResourceType
	resources *Resources
}

var _ interface {
	cfn.Attributed
	cfn.Inert
} = seenType{}

// Attributes implements [cfn.Attributed].
func (t seenType) Attributes() []string { return t.ResourceType.(cfn.Attributed).Attributes() }

// Inert implements [cfn.Inert].
func (t seenType) Inert(properties map[string]any, assets map[string]string) string {
	return t.ResourceType.(cfn.Inert).Inert(properties, assets)
}

// Read implements [cfn.Reader].
func (t seenType) Read(ctx context.Context, q cfn.Request) (expected, actual map[string]any, err error) {
	return cfn.Read(ctx, t.ResourceType, q)
}

// Create implements [cfn.ResourceType].
func (t seenType) Create(ctx context.Context, q cfn.Request) (cfn.Result, error) {
	defer t.resources.Reads.Changed()
	return t.ResourceType.Create(ctx, q)
}

// Update implements [cfn.ResourceType].
func (t seenType) Update(ctx context.Context, q cfn.Request) (cfn.Result, error) {
	defer t.resources.Reads.Changed()
	return t.ResourceType.Update(ctx, q)
}

// Delete implements [cfn.ResourceType].
func (t seenType) Delete(ctx context.Context, q cfn.Request) error {
	defer t.resources.Reads.Changed()
	return t.ResourceType.Delete(ctx, q)
}
