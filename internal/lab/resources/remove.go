package resources

import (
	"context"
	"time"

	"provenendpoints/internal/lab/awserr"
)

// How long CloudFormation's handlers try again when EC2 says that something is
// still in use: what uses it is often about to go, in the same stack and
// without a dependency in the template (an instance's public address and the
// internet gateway, an interface and its security group).
const (
	inUsePatience = 5 * time.Minute
	inUseInterval = 5 * time.Second
)

// remove deletes a thing by its id. What is gone already is deleted; what is in
// use is tried again for a while.
func (r *Resources) remove(ctx context.Context, id string, remove func(string) error) error {
	return r.removing(ctx, func() error { return remove(id) })
}

func (r *Resources) removing(ctx context.Context, remove func() error) error {
	deadline := r.Clock.Now().Add(inUsePatience)
	for {
		err := remove()
		switch {
		case err == nil || awserr.IsNotFound(err):
			return nil
		case !awserr.IsInUse(err) || r.Clock.Now().After(deadline):
			return err
		}
		if r.Clock.Sleep(ctx, inUseInterval) != nil {
			return err
		}
	}
}

// ignoreGone is err, unless it says that the thing is gone already.
func ignoreGone(err error) error {
	if awserr.IsNotFound(err) {
		return nil
	}
	return err
}
