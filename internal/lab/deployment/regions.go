package deployment

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"provenendpoints/internal/lab/cfn"
	"provenendpoints/internal/lab/clock"
	"provenendpoints/internal/lab/region"
	"provenendpoints/internal/lab/roles"
	"provenendpoints/internal/lab/topology"
)

// The defaults of [Options].
const (
	defaultRegion  = "ap-northeast-2"
	defaultAccount = "123456789012"
)

// place is a Region of an account.
type place struct{ account, region string }

// regions are the Regions that the stacks are deployed into. They have one clock.
type regions struct {
	options Options
	clock   *clock.Clock
	open    map[place]*region.Region
	// snapshots are the pictures of what failed.
	snapshots topology.Snapshots
}

// placeOf returns where a stack goes.
func (rs *regions) placeOf(s cfn.Stack) place {
	return place{
		cmp.Or(s.Account, rs.options.Account, defaultAccount),
		cmp.Or(s.Region, rs.options.Region, defaultRegion),
	}
}

// publish puts the stacks' assets into the buckets of the bootstrapped accounts, as
// `cdk deploy` does before it deploys
// (docs.aws.amazon.com/cdk/v2/guide/assets.html).
func (rs *regions) publish(stacks []cfn.Stack) error {
	for _, s := range stacks {
		at := rs.placeOf(s)
		names := strings.NewReplacer("${AWS::AccountId}", at.account, "${AWS::Region}", at.region, "${AWS::Partition}", "aws")
		for _, a := range s.Published {
			if err := rs.open[at].Buckets.Publish(names.Replace(a.Bucket), a.Key, a.Path); err != nil {
				return fmt.Errorf("stack %s: asset %s: %w", s.ID, a.Key, err)
			}
		}
	}
	return nil
}

// start makes the Regions of the stacks.
func (rs *regions) start(stacks []cfn.Stack) error {
	for _, s := range stacks {
		at := rs.placeOf(s)
		if rs.open[at] != nil {
			continue
		}
		var r *region.Region
		onEvent := rs.options.OnEvent
		if rs.options.Pictures {
			onEvent = func(e cfn.Event) {
				rs.snapshots.OnEvent(r, e)
				if rs.options.OnEvent != nil {
					rs.options.OnEvent(e)
				}
			}
		}
		var err error
		r, err = region.New(region.Options{
			Name: at.region, Account: at.account, Roles: rs.roles(at.account), Clock: rs.clock, Seed: rs.options.Seed, Traces: rs.options.Traces,
			Captures: rs.captures(at, stacks),
			OnEvent:  onEvent, Elsewhere: rs.output, Stubs: rs.options.Stubs, Accept: rs.options.Accept,
		})
		if err != nil {
			return err
		}
		for other, o := range rs.open {
			if other.account != at.account {
				continue
			}
			if err := errors.Join(r.Cloud.Neighbour(o.Cloud), o.Cloud.Neighbour(r.Cloud)); err != nil {
				return errors.Join(err, r.Close())
			}
		}
		rs.open[at] = r
	}
	for _, s := range stacks {
		for _, v := range s.Existing {
			if err := rs.of(s).Adopt(v); err != nil {
				return fmt.Errorf("stack %s: %w", s.ID, err)
			}
		}
	}
	return nil
}

// roles are the roles of an account, which all its Regions have; nil if it has no Region yet.
func (rs *regions) roles(account string) *roles.Store {
	for at, r := range rs.open {
		if at.account == account {
			return r.Cloud.Roles
		}
	}
	return nil
}

// captures is the folder for the captures of a Region.
func (rs *regions) captures(at place, stacks []cfn.Stack) string {
	folder := rs.options.Captures
	several := slices.ContainsFunc(stacks, func(s cfn.Stack) bool { return rs.placeOf(s) != at })
	if folder == "" || !several {
		return folder
	}
	return filepath.Join(folder, at.account+"-"+at.region)
}

// of returns the Region of a stack.
func (rs *regions) of(s cfn.Stack) *region.Region { return rs.open[rs.placeOf(s)] }

// output finds an output of a stack of any Region.
func (rs *regions) output(of cfn.StackOutput) (string, bool) {
	r := rs.open[place{of.Account, of.Region}]
	if r == nil {
		return "", false
	}
	return r.Output(of.Stack, of.Output)
}

// left is an error that names what the stacks left behind and were not to retain.
func (rs *regions) left() error {
	var errs []error
	for r := range maps.Values(rs.open) {
		errs = append(errs, r.Left())
	}
	return errors.Join(errs...)
}

func (rs *regions) close() error {
	var errs []error
	for r := range maps.Values(rs.open) {
		errs = append(errs, r.Close())
	}
	return errors.Join(errs...)
}
