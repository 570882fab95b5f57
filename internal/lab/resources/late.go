package resources

import (
	"context"
	"time"

	"provenendpoints/internal/lab/cfn"
	"provenendpoints/internal/lab/latency"
	"provenendpoints/internal/lab/privatelink"
)

// lateType is a resource type whose resources are stable some time after they are
// configured, if package latency has a row for it.
//
// An instance has none. It is stable when it runs, and a target group that refers to it
// without DependsOn would refuse it before (InvalidTarget). Such templates are common and
// nobody reports that they fail since CONFIGURATION_COMPLETE, so that CloudFormation
// seems to wait for an instance's second phase: its creation returns when it runs.
type lateType struct {
	cfn.ResourceType
	resources *Resources
}

// Attributes implements [cfn.Attributed].
func (t lateType) Attributes() []string { return t.ResourceType.(cfn.Attributed).Attributes() }

// Inert implements [cfn.Inert].
func (t lateType) Inert(properties map[string]any, assets map[string]string) string {
	return t.ResourceType.(cfn.Inert).Inert(properties, assets)
}

// Read implements [cfn.Reader].
func (t lateType) Read(ctx context.Context, q cfn.Request) (expected, actual map[string]any, err error) {
	return cfn.Read(ctx, t.ResourceType, q)
}

// Create implements [cfn.ResourceType].
func (t lateType) Create(ctx context.Context, q cfn.Request) (cfn.Result, error) {
	at := t.resources.stableAt(q)
	out, err := t.ResourceType.Create(ctx, q)
	if err == nil {
		out.Stabilize = func(ctx context.Context) error {
			return t.resources.Clock.Sleep(ctx, at.Sub(t.resources.Clock.Now()))
		}
	}
	return out, err
}

// stableAt is when a resource that is made now is stable.
func (r *Resources) stableAt(q cfn.Request) time.Time {
	what := latency.Stable(q.Type)
	if q.Type == "AWS::EC2::VPCEndpoint" && q.Properties["VpcEndpointType"] != privatelink.InterfaceType {
		what = latency.GatewayEndpointStable
	}
	return r.Clock.Now().Add(r.Late.Of(what, q.Stack, q.LogicalID))
}
