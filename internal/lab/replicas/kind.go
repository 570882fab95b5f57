package replicas

import "provenendpoints/internal/lab/api"

// Kind is objects of one type, as a service keeps them. S is where they are.
type Kind[S, T any] struct {
	// Name differs from those of other kinds. Required.
	Name string
	// There returns copies of those that there are. Required.
	There func(S) []T
	// ID is an object's own. Required.
	ID func(T) string
}

// Track makes the kind known to the replicas.
func (k Kind[S, T]) Track(s S, r *Reads) {
	r.Track(k.Name, func() []Object {
		there := k.There(s)
		out := make([]Object, len(there))
		for i, o := range there {
			out[i] = Object{ID: k.ID(o), Value: o, Equal: o}
		}
		return out
	})
}

// Seen are the objects that a caller sees: those that there are, if r is nil or the caller is
// outside of the lab.
func (k Kind[S, T]) Seen(s S, r *Reads, caller api.Caller) []T {
	if r == nil || caller.Outside {
		return k.There(s)
	}
	var out []T
	for _, o := range r.Seen(k.Name, caller.ARN) {
		out = append(out, o.Value.(T))
	}
	return out
}
