package resources

import (
	"context"
	"time"

	"provenendpoints/internal/lab/awserr"
)

// CloudFormation's handlers try again for this long when EC2 says that something
// is still in use. Its user is often about to be deleted, in the same stack and
// without a dependency in the template: an instance's public address and the
// internet gateway, an interface and its security group.
//
// The time is long enough for the interfaces of functions (github.com/aws/aws-cdk/issues/6701);
// how long CloudFormation really goes on is not documented.
const (
	inUseTimeout  = time.Hour
	inUseInterval = 10 * time.Second
)

// remove deletes an object by its id. It succeeds if the object does not exist,
// and tries again for a while if it is in use.
func (r *Resources) remove(ctx context.Context, id string, remove func(string) error) error {
	return r.removing(ctx, func() error { return remove(id) })
}

func (r *Resources) removing(ctx context.Context, remove func() error) error {
	deadline := r.Clock.Now().Add(inUseTimeout)
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

// ignoreGone returns err, unless it says that the object does not exist.
func ignoreGone(err error) error {
	if awserr.IsNotFound(err) {
		return nil
	}
	return err
}
