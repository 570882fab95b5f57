package proof

import (
	"context"
	"net/netip"
	"strings"
	"sync"
)

// memory makes each look-up once: claims of one round often ask for the same
// endpoint, and AWS limits the rate of calls.
type memory struct {
	ctx  context.Context
	from Lookups
	lock sync.Mutex
	made map[string]*memo
}

// memo is one look-up, under way or done.
type memo struct {
	done  chan struct{}
	value any
	err   error
}

// remember wraps the look-ups for one round. Calls run under the round's
// context, not under that of the first asker; each asker waits under its own.
func remember(ctx context.Context, from Lookups) Lookups {
	if from == nil {
		return nil
	}
	return &memory{ctx: ctx, from: from, made: map[string]*memo{}}
}

// once makes the look-up if it is the first of its key, and waits for it.
func once[T any](ctx context.Context, m *memory, key string, look func(context.Context) (T, error)) (T, error) {
	m.lock.Lock()
	made, known := m.made[key]
	if !known {
		made = &memo{done: make(chan struct{})}
		m.made[key] = made
		go func() {
			defer close(made.done)
			value, err := guard(m.ctx, func() (T, error) { return look(m.ctx) })
			made.value, made.err = value, err
		}()
	}
	m.lock.Unlock()
	select {
	case <-made.done:
		return made.value.(T), made.err
	case <-ctx.Done():
		var none T
		return none, stopped(ctx)
	}
}

func (m *memory) Endpoint(ctx context.Context, id string) (Endpoint, error) {
	return once(ctx, m, "endpoint "+id, func(ctx context.Context) (Endpoint, error) { return m.from.Endpoint(ctx, id) })
}

func (m *memory) VPC(ctx context.Context, id string) ([]netip.Prefix, error) {
	return once(ctx, m, "vpc "+id, func(ctx context.Context) ([]netip.Prefix, error) { return m.from.VPC(ctx, id) })
}

func (m *memory) PrefixList(ctx context.Context, name string) (PrefixList, error) {
	return once(ctx, m, "prefix list "+name, func(ctx context.Context) (PrefixList, error) { return m.from.PrefixList(ctx, name) })
}

func (m *memory) RouteTables(ctx context.Context, vpc string, ids []string) ([]RouteTable, error) {
	return once(ctx, m, "route tables "+vpc+" "+strings.Join(ids, " "), func(ctx context.Context) ([]RouteTable, error) {
		return m.from.RouteTables(ctx, vpc, ids)
	})
}

func (m *memory) SecurityGroups(ctx context.Context, ids []string) ([]SecurityGroup, error) {
	return once(ctx, m, "security groups "+strings.Join(ids, " "), func(ctx context.Context) ([]SecurityGroup, error) {
		return m.from.SecurityGroups(ctx, ids)
	})
}

func (m *memory) Connection(ctx context.Context, service, endpoint string) (string, error) {
	return once(ctx, m, "connection "+service+" "+endpoint, func(ctx context.Context) (string, error) {
		return m.from.Connection(ctx, service, endpoint)
	})
}

func (m *memory) Principals(ctx context.Context, service string) ([]string, error) {
	return once(ctx, m, "principals "+service, func(ctx context.Context) ([]string, error) { return m.from.Principals(ctx, service) })
}

func (m *memory) Targets(ctx context.Context, targetGroup string) ([]Target, error) {
	return once(ctx, m, "targets "+targetGroup, func(ctx context.Context) ([]Target, error) { return m.from.Targets(ctx, targetGroup) })
}

func (m *memory) Function(ctx context.Context, vantagePoint string) (Function, error) {
	return once(ctx, m, "function "+vantagePoint, func(ctx context.Context) (Function, error) { return m.from.Function(ctx, vantagePoint) })
}
