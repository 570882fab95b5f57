package cfn

import (
	"slices"
	"time"
)

// Span is a resource on the critical path of a deployment or a deletion.
type Span struct {
	LogicalID, Type string
	// Begin and End are when its creation or deletion began and ended. Until is when the
	// next span could begin: at the end, or earlier where that waits for the
	// configuration alone. All are since the deployment or deletion began.
	Begin, Until, End time.Duration
}

// CriticalPath returns what a creation or deletion waited for to its end: the resource
// that ended last, what that had waited for longest, and so on, the first one first.
// To make anything else faster would not end it earlier. The events are those of one
// creation or deletion of a stack, the edges those of its template ([Engine.Edges]).
func CriticalPath(events []Event, edges []Edge, deletion bool) []Span {
	type times struct {
		kind                   string
		begin, configured, end time.Time
	}
	done := CreateComplete
	if deletion {
		done = DeleteComplete
	}
	seen := map[string]*times{}
	var start time.Time
	for _, e := range events {
		if start.IsZero() {
			start = e.Time
		}
		if e.OfStack() {
			continue
		}
		t := seen[e.LogicalID]
		if t == nil {
			t = &times{kind: e.Type, begin: e.Time}
			seen[e.LogicalID] = t
		}
		if e.Detailed == ConfigurationComplete && t.configured.IsZero() {
			t.configured = e.Time
		}
		if e.Status == done {
			t.end = e.Time
		}
	}
	var last string
	for id, t := range seen {
		if !t.end.IsZero() && (last == "" || t.end.After(seen[last].end) || t.end.Equal(seen[last].end) && id < last) {
			last = id
		}
	}
	var path []Span
	until := time.Time{}
	for id := last; id != ""; {
		t := seen[id]
		if until.IsZero() {
			until = t.end
		}
		path = append(path, Span{id, t.kind, t.begin.Sub(start), until.Sub(start), t.end.Sub(start)})
		next, released := "", time.Time{}
		for _, edge := range edges {
			from, to := edge.From, edge.To
			if deletion {
				from, to = to, from
			}
			other := seen[to]
			if from != id || other == nil || other.end.IsZero() {
				continue
			}
			at := other.end
			if !deletion && !edge.Explicit && !other.configured.IsZero() {
				at = other.configured
			}
			if !at.After(t.begin) && (next == "" || at.After(released)) {
				next, released = to, at
			}
		}
		id, until = next, released
	}
	slices.Reverse(path)
	return path
}
