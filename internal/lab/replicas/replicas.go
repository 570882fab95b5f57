// Package replicas is what read calls of AWS's APIs see: not what there is, but what has
// reached the replica that answers. EC2 calls it eventual consistency: what was just made may
// not be found, what was just changed may look as before, and what was just deleted may still
// be there (docs.aws.amazon.com/ec2/latest/devguide/eventual-consistency.html).
//
//	change ──▶ Changed: each object that differs gets a version, half a second later at the latest
//	call ────▶ Seen: the versions that have reached the replica that answers it
//
// An API's services say what there is ([Reads.Track]) and answer with what is seen. What they
// change, they change in what there is: only reads are late. Package latency has how late.
package replicas

import (
	"reflect"
	"slices"
	"strconv"
	"sync"
	"time"

	"gvisor.dev/gvisor/pkg/tcpip"

	"provenendpoints/internal/lab/latency"
)

// count is how many replicas each API has. Two calls of one client, one after the other, may
// be answered by two of them: the second then sees less than the first.
const count = 3

// window is how long changes are gathered that count as one, made when the first of them was:
// to note one means to look at every object of a Region, and with many stacks at once there are
// hundreds in a second. It is short beside how late replicas are.
const window = 500 * time.Millisecond

// Clock is what replicas need of the lab's.
type Clock interface {
	Now() time.Time
	AfterFunc(time.Duration, func()) tcpip.Timer
}

// Object is something that an API describes.
type Object struct {
	// ID is its own among those of its kind.
	ID string
	// Value is what the API says of it: a copy, that nothing changes.
	Value any
	// Equal is what tells one version of it from another, by [reflect.DeepEqual].
	Equal any
}

// Options say how late replicas are.
type Options struct {
	// Clock is the lab's. Required.
	Clock Clock
	// Late draws how late each version reaches each replica, and the replica that answers a
	// call. Default: nothing is late.
	Late *latency.Late
	// Always is how late every version reaches every replica. Default: as Late says.
	Always time.Duration
}

// Reads are the replicas of the APIs of one Region. A nil Reads has none: what is there is
// seen.
type Reads struct {
	Options
	start time.Time

	mu      sync.Mutex
	kinds   map[string]*kind
	changed time.Time // when the first of the changes was made that are not noted yet; zero: all are
	round   uint64    // how often changes were noted
}

// kind is all objects of one kind.
type kind struct {
	current func() []Object
	// order are the ids in the order in which the API has them.
	order []string
	byID  map[string]*history
	// aging are the histories of which something can be forgotten: what is told of every
	// object at each change costs as much as there are objects.
	aging map[string]*history
	round uint64 // how often the objects were recorded
}

// history is all of an object that somebody may still see: its versions, the last one last.
// There is always one.
type history struct {
	versions []version
	there    uint64 // the last round in which it was there
}

// last is the last version.
func (h *history) last() version { return h.versions[len(h.versions)-1] }

// version is an object from a time on; gone, if there is none any more.
type version struct {
	since  time.Time
	object Object
	gone   bool
}

// New returns replicas of nothing yet.
func New(o Options) *Reads {
	return &Reads{Options: o, start: o.Clock.Now(), kinds: map[string]*kind{}}
}

// Track makes a kind of object known. current returns those that there are. It is called with
// the lock of the reads held.
func (r *Reads) Track(name string, current func() []Object) {
	if r == nil {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	k := &kind{current: current, byID: map[string]*history{}, aging: map[string]*history{}}
	k.record(time.Time{}) // what is there from the start is seen everywhere
	r.kinds[name] = k
}

// Changed tells that something may have changed just now. Whoever may have done it calls it
// afterwards.
func (r *Reads) Changed() {
	if r == nil {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if !r.changed.IsZero() {
		return
	}
	r.changed = r.Clock.Now()
	round := r.round
	r.Clock.AfterFunc(window, func() {
		r.mu.Lock()
		defer r.mu.Unlock()
		if r.round == round {
			r.note()
		}
	})
}

// note gives what has changed its versions, and reports whether there was anything to
// note. The caller holds the lock.
func (r *Reads) note() bool {
	if r.changed.IsZero() {
		return false
	}
	everywhere := r.changed.Add(-r.longest())
	for _, k := range r.kinds {
		k.record(r.changed)
		k.forget(everywhere)
	}
	r.changed = time.Time{}
	r.round++
	return true
}

// Seen returns the objects of a kind as a call of a client sees them now. What has changed
// without [Reads.Changed] is new now.
func (r *Reads) Seen(name, client string) []Object {
	r.mu.Lock()
	defer r.mu.Unlock()
	noted := r.note()
	now := r.Clock.Now()
	k := r.kinds[name]
	if !noted {
		k.record(now)
	}
	replica := r.Late.Choice(count, name, client, now.Sub(r.start).String())
	var out []Object
	for _, id := range k.order {
		for _, v := range slices.Backward(k.byID[id].versions) {
			if r.arrives(v, name, id, replica).After(now) {
				continue
			}
			if !v.gone {
				out = append(out, v.object)
			}
			break
		}
	}
	return out
}

// arrives is when a version reaches a replica.
func (r *Reads) arrives(v version, kind, id string, replica int) time.Time {
	if v.since.IsZero() {
		return v.since
	}
	late := r.Always
	if late == 0 {
		late = r.Late.Of(latency.ReadShows, kind, id, v.since.Sub(r.start).String(), strconv.Itoa(replica))
	}
	return v.since.Add(late)
}

// longest is after how long every replica shows a change.
func (r *Reads) longest() time.Duration { return max(r.Always, latency.Longest(latency.ReadShows)) }

// record adds a version of each object that differs from its last one.
func (k *kind) record(now time.Time) {
	there := k.current()
	k.round++
	for _, o := range there {
		h, known := k.byID[o.ID]
		switch {
		case !known:
			k.order = append(k.order, o.ID)
			h = &history{versions: []version{{since: now, object: o}}}
			k.byID[o.ID] = h
		case h.last().gone || !reflect.DeepEqual(h.last().object.Equal, o.Equal):
			k.add(o.ID, version{since: now, object: o})
		}
		h.there = k.round
	}
	if len(there) < len(k.byID) {
		for id, h := range k.byID {
			if h.there != k.round && !h.last().gone {
				k.add(id, version{since: now, gone: true})
			}
		}
	}
	if len(there) == len(k.order) {
		for i, o := range there { // in the order that the API has
			k.order[i] = o.ID
		}
	}
}

// add adds a version of an object that has some.
func (k *kind) add(id string, v version) {
	h := k.byID[id]
	h.versions = append(h.versions, v)
	k.aging[id] = h
}

// forget drops the versions that every replica has left behind: what has been everywhere
// since a time.
func (k *kind) forget(everywhere time.Time) {
	gone := false
	for id, h := range k.aging {
		for len(h.versions) > 1 && !h.versions[1].since.After(everywhere) {
			h.versions = h.versions[1:]
		}
		if len(h.versions) > 1 {
			continue
		}
		switch v := h.versions[0]; {
		case !v.gone:
			delete(k.aging, id)
		case !v.since.After(everywhere):
			delete(k.aging, id)
			delete(k.byID, id)
			gone = true
		}
	}
	if gone {
		k.order = slices.DeleteFunc(k.order, func(id string) bool { return k.byID[id] == nil })
	}
}
