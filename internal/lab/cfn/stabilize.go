package cfn

import (
	"context"
	"slices"

	"provenendpoints/internal/lab/dag"
)

// A resource is created in two phases. It is configured when the service has made
// it as the template says; it is stable when the service says that it is ready for
// use. Both are nodes of the graph that an operation walks:
//
//	A configured ──▶ A stable      B refers to A:      A configured ──▶ B configured
//	                               B DependsOn A:      A stable     ──▶ B configured
//
// CloudFormation has begun dependents at CONFIGURATION_COMPLETE since March 2024
// (aws.amazon.com/about-aws/whats-new/2024/03/aws-cloudformation-40-percent-faster-stack-creation,
// docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/stack-resource-configuration-complete.html).
// That an explicit DependsOn waits for CREATE_COMPLETE, and a reference does not, is reported in
// github.com/aws-cloudformation/cloudformation-coverage-roadmap/issues/1951. The
// pages do not say which resource types have the first phase; here all that have
// something to wait for. They speak of creations; here it holds for those of an
// update too, and an update in place waits for the end.

// phase is one half of the work on a resource.
type phase struct {
	id     string
	stable bool
}

// phases makes the graph that an operation walks. In explicit are the
// dependencies by DependsOn.
func phases(g *dag.Graph[string], explicit map[string][]string) *dag.Graph[phase] {
	var nodes []phase
	deps := map[phase][]phase{}
	for _, id := range g.Order() {
		configured, stable := phase{id, false}, phase{id, true}
		nodes = append(nodes, configured, stable)
		for _, d := range g.Dependencies(id) {
			deps[configured] = append(deps[configured], phase{d, slices.Contains(explicit[id], d)})
		}
		deps[stable] = []phase{configured}
	}
	out, err := dag.New(nodes, deps)
	if err != nil {
		panic("cfn: " + err.Error()) // a graph without cycles has none with twice the nodes
	}
	return out
}

// step does one phase of one resource.
func (o *operation) step(ctx context.Context, p phase) error {
	if p.stable {
		return o.settle(ctx, p.id)
	}
	return o.apply(ctx, p.id)
}

// unstable is a resource that is configured and not stable yet.
type unstable struct {
	resource     *resource
	wait         func(context.Context) error
	done, failed Status // what it becomes
}

// configured ends the first phase of a resource. Without anything to wait for it is
// complete.
func (o *operation) configured(u unstable) {
	if u.wait == nil {
		o.engine.setResource(o.stack, u.resource, u.done, "")
		return
	}
	o.engine.detail(o.stack, u.resource, ConfigurationComplete, "Eventual consistency check initiated")
	o.mu.Lock()
	defer o.mu.Unlock()
	o.unstable[u.resource.id] = u
}

// settle waits until a resource is stable.
func (o *operation) settle(ctx context.Context, id string) error {
	o.mu.Lock()
	u, ok := o.unstable[id]
	o.mu.Unlock()
	if !ok {
		return nil
	}
	err := u.wait(ctx)
	o.mu.Lock()
	delete(o.unstable, id)
	o.mu.Unlock()
	if err != nil {
		return o.fail(ctx, u.resource, u.failed, err)
	}
	o.engine.setResource(o.stack, u.resource, u.done, "")
	return nil
}

// cancelUnstable gives up what was configured when another resource failed.
func (o *operation) cancelUnstable(ctx context.Context) {
	cancelled, cancel := context.WithCancelCause(ctx)
	cancel(dag.ErrCancelled)
	for _, id := range sortedKeys(o.unstable) {
		u := o.unstable[id]
		_ = o.fail(cancelled, u.resource, u.failed, dag.ErrCancelled)
	}
	clear(o.unstable)
}
