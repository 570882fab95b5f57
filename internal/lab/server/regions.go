package server

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	"provenendpoints/internal/lab/cfn"
	"provenendpoints/internal/lab/latency"
	"provenendpoints/internal/lab/region"
)

// maxRegions is more than AWS has.
const maxRegions = 50

// regions are the Regions that somebody has asked for.
type regions struct {
	server *Server
	mu     sync.Mutex
	byName map[string]*region.Region
	closed bool
}

// policyDelay is how late policies take effect.
func policyDelay(seed uint64) time.Duration { return latency.New(seed).Of(latency.PolicyEffect) }

// of returns a Region, which it makes if there is none of the name.
func (rs *regions) of(name string) (*region.Region, error) {
	rs.mu.Lock()
	defer rs.mu.Unlock()
	if r := rs.byName[name]; r != nil {
		return r, nil
	}
	s := rs.server
	if err := cfn.CheckEnvironment(s.options.Account, name); err != nil {
		return nil, err
	}
	if rs.closed || len(rs.byName) >= maxRegions {
		return nil, fmt.Errorf("there are no more Regions than %d", maxRegions)
	}
	var r *region.Region
	var err error
	r, err = region.New(region.Options{
		Name: name, Account: s.options.Account, Roles: s.roles, Clock: s.clock, Seed: s.options.Seed, Traces: true, Trail: rs.known, Stubs: s.options.Stubs, Accept: s.options.Accept,
		OnEvent: func(e cfn.Event) {
			s.snapshots.OnEvent(r, e)
			s.onEvent(e)
		},
		Elsewhere: rs.output,
	})
	if err != nil {
		return nil, err
	}
	for _, o := range rs.byName {
		if err := errors.Join(r.Cloud.Neighbour(o.Cloud), o.Cloud.Neighbour(r.Cloud)); err != nil {
			return nil, errors.Join(err, r.Close())
		}
	}
	if rs.byName == nil {
		rs.byName = map[string]*region.Region{}
	}
	rs.byName[name] = r
	s.changes.announce()
	return r, nil
}

// known returns a Region that somebody has asked for, or nil.
func (rs *regions) known(name string) *region.Region {
	rs.mu.Lock()
	defer rs.mu.Unlock()
	return rs.byName[name]
}

// output finds an output of a stack of any Region.
func (rs *regions) output(of cfn.StackOutput) (string, bool) {
	r := rs.known(of.Region)
	if r == nil || of.Account != rs.server.options.Account {
		return "", false
	}
	return r.Output(of.Stack, of.Output)
}

// names are the names of the Regions, sorted.
func (rs *regions) names() []string {
	rs.mu.Lock()
	defer rs.mu.Unlock()
	return slices.Sorted(maps.Keys(rs.byName))
}

func (rs *regions) close() error {
	rs.mu.Lock()
	open := rs.byName
	rs.byName, rs.closed = nil, true
	rs.mu.Unlock()
	var errs []error
	for _, name := range slices.Sorted(maps.Keys(open)) {
		errs = append(errs, open[name].Close())
	}
	return errors.Join(errs...)
}
