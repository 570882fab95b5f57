package proof

import (
	"context"
	"errors"
	"fmt"
	"slices"
)

// Lookup is a question that AWS's own APIs answer: given a K, they say V. Each
// has a file of its own, lookup_NAME.go, with its result and its IAM actions.
// The function that answers it comes from outside, see [Lookup.By].
type Lookup[K, V any] struct {
	name    string
	on      Resource
	actions []string
}

// Resource says on what IAM must allow the actions of a look-up.
type Resource string

// The resources.
const (
	// AnyResource is for actions that IAM cannot narrow to a resource, as most
	// describe calls (Resource: "*").
	AnyResource Resource = "*"
	// NamedServices are the endpoint services that the claims name
	// (docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2.html,
	// resource type vpc-endpoint-service).
	NamedServices Resource = "named endpoint services"
	// OwnStack is the stack that the verification belongs to.
	OwnStack Resource = "own stack"
	// ProberFunctions are the Lambda functions of the probers, ProberRole is the role
	// that they share.
	ProberFunctions Resource = "prober functions"
	ProberRole      Resource = "prober role"
	// VerifierRole is the role that the verifier runs as.
	VerifierRole Resource = "verifier role"
)

// newLookup makes a look-up. Its name goes on after "the look-up".
func newLookup[K, V any](name string, on Resource, actions ...string) *Lookup[K, V] {
	lookupActions[on] = append(lookupActions[on], actions...)
	return &Lookup[K, V]{name, on, actions}
}

// lookupActions are the IAM actions of all look-ups, by what they are on.
var lookupActions = map[Resource][]string{}

// Actions are the IAM actions that the look-up needs.
func (l *Lookup[K, V]) Actions() []string { return slices.Clone(l.actions) }

// source is a look-up of any type.
type source interface{ actionsOn(on Resource) []string }

// actionsOn returns the look-up's IAM actions if they are needed on the resource.
func (l *Lookup[K, V]) actionsOn(on Resource) []string {
	if l.on != on {
		return nil
	}
	return l.actions
}

// Lookups answers look-ups, each by one [Answer].
type Lookups []Answer

// Answer is a look-up with the function that answers it.
type Answer struct {
	lookup source
	ask    any // func(context.Context, K) (V, error)
}

// ErrDenied is what a look-up's error is, by errors.Is, where AWS denied it. What could
// not be looked up for any other reason is no matter of permissions.
var ErrDenied = errors.New("access denied")

// By makes the answer to the look-up. The function returns an error if it could
// not find out, never an empty result instead.
func (l *Lookup[K, V]) By(ask func(context.Context, K) (V, error)) Answer { return Answer{l, ask} }

// Ask makes the look-up once.
func (l *Lookup[K, V]) Ask(ctx context.Context, from Lookups, key K) (V, error) {
	for _, answer := range from {
		if answer.lookup == source(l) {
			return answer.ask.(func(context.Context, K) (V, error))(ctx, key)
		}
	}
	var none V
	return none, fmt.Errorf("nothing answers the look-up %s", l.name)
}

// Actions are the IAM actions that the verifier needs on the resource to judge
// the claims, sorted. They follow from the look-ups that the kinds declare.
func Actions(claims []Claim, on Resource) []string {
	var actions []string
	for _, claim := range claims {
		for _, lookup := range claim.lookups() {
			actions = append(actions, lookup.actionsOn(on)...)
		}
	}
	slices.Sort(actions)
	return slices.Compact(actions)
}

// lookups are those that the claim's facts need.
func (c Claim) lookups() []source {
	entry, known := kindEntries[c.Kind]
	if !known {
		return nil
	}
	return entry.lookups(c)
}

// always is for kinds whose look-ups do not depend on the claim.
func always(lookups ...source) func(Claim) []source {
	return func(Claim) []source { return lookups }
}
