package resources

import (
	"context"
	"errors"
	"maps"
	"slices"

	"provenendpoints/internal/lab/api/ec2"
	"provenendpoints/internal/lab/awserr"
	"provenendpoints/internal/lab/cfn"
)

// Make makes an object as a resource type does, for a call of an API. It returns when EC2
// would answer, which for many types is before the object can be used. It implements
// [ec2.Objects].
func (r *Resources) Make(ctx context.Context, typ string, properties map[string]any) (id string, attributes map[string]any, err error) {
	t, q, err := r.called(typ, properties)
	if err != nil {
		return "", nil, err
	}
	if err := t.Check(properties); err != nil {
		return "", nil, refusal(err)
	}
	made, err := t.Create(ctx, q)
	if err != nil {
		return "", nil, refusal(err)
	}
	return made.PhysicalID, maps.Clone(made.Attributes), nil
}

// Unmake deletes an object, whoever made it. It implements [ec2.Objects].
func (r *Resources) Unmake(ctx context.Context, typ, id string, properties map[string]any) error {
	t, q, err := r.called(typ, properties)
	if err != nil {
		return err
	}
	q.PhysicalID = id
	if err := t.Delete(ctx, q); err != nil {
		return refusal(err)
	}
	return nil
}

// called is the request of a call for a resource type. Its ids follow from how often there
// was one.
func (r *Resources) called(typ string, properties map[string]any) (cfn.ResourceType, cfn.Request, error) {
	t, ok := r.Type(typ)
	if !ok {
		return nil, cfn.Request{}, awserr.New("UnsupportedOperation", "the lab has no %s", typ)
	}
	return t, cfn.Request{
		Stack: "ByHand", StackID: "by hand", LogicalID: typ, Type: typ, Properties: properties, Region: r.Scope.Region, Account: r.Scope.Account,
	}, nil
}

// refusal is an error as EC2 answers it.
func refusal(err error) error {
	if e := new(awserr.Error); errors.As(err, &e) {
		return err
	}
	return awserr.New("InvalidParameterValue", "%v", err)
}

// Addresses returns the elastic addresses. It implements [ec2.Objects].
func (r *Resources) Addresses() []ec2.Address {
	r.mu.Lock()
	defer r.mu.Unlock()
	var out []ec2.Address
	for _, id := range slices.Sorted(maps.Keys(r.addresses)) {
		e := r.addresses[id]
		out = append(out, ec2.Address{Allocation: id, Public: e.address, Interface: e.at})
	}
	return out
}
