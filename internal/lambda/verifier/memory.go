package verifier

import (
	"context"
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"strconv"
	"time"

	"provenendpoints/internal/contract"
	"provenendpoints/internal/lambda/verifier/api"
)

// memory is what a set's runs remember from one to the next. It is one parameter of
// Systems Manager, as JSON.
type memory struct {
	// Owner is the run that is under way, by what started it; it is so until Until at the
	// latest.
	Owner string    `json:",omitzero"`
	Until time.Time `json:",omitzero"`
	// Ended is when the last run ended that told something.
	Ended time.Time `json:",omitzero"`
	// Open are the claims that did not hold then: state by name.
	Open map[string]openState `json:",omitempty"`
	// Due is when the run begins that a change has asked for. Changes are what was
	// changed since the last run, oldest first.
	Due     time.Time `json:",omitzero"`
	Changes []change  `json:",omitempty"`
}

// openState is the state of a claim that does not hold.
type openState string

// A claim that could not be judged once is not told yet: an API that throttles is no
// news. In the second run in a row it is.
const (
	openRefuted      openState = "refuted"
	openUnproven     openState = "unproven"
	openUnprovenOnce openState = "unproven once"
)

// change is a call that changed something, or a status of the stack.
type change struct {
	Call string
	By   string `json:",omitempty"`
	At   string `json:",omitempty"`
}

// maxChanges is how many changes are remembered. The first are the likely cause.
const maxChanges = 5

// encode writes the memory with at most [contract.MaxMemory] bytes. Of claims that do
// not fit, the next run tells again.
func (m memory) encode() string {
	m.Open = maps.Clone(m.Open)
	for {
		text, err := json.Marshal(m)
		if err != nil {
			return "{}" // it holds times, strings and nothing else
		}
		if len(text) <= contract.MaxMemory {
			return string(text)
		}
		switch {
		case len(m.Changes) > 0:
			m.Changes = m.Changes[:len(m.Changes)-1]
		default:
			names := slices.Sorted(maps.Keys(m.Open))
			delete(m.Open, names[len(names)-1])
		}
	}
}

// errBusy says that another run is under way, errTold that this one has been.
var errBusy = errors.New("another run of the set is under way")

// parameter is where a memory is kept. It needs ssm:GetParameter and ssm:PutParameter.
type parameter struct {
	handler *Handler
	name    string
}

// read reads a version of the memory; 0 is the last one.
func (p parameter) read(ctx context.Context, version int) (m memory, got int, err error) {
	name := p.name
	if version > 0 {
		name += ":" + strconv.Itoa(version)
	}
	out, err := call(ctx, p.handler, api.GetParameter, api.GetParameterInput{Name: name})
	if err != nil {
		return m, 0, err
	}
	// What cannot be read is as good as none: the next version is well-formed.
	if json.Unmarshal([]byte(out.Parameter.Value), &m) != nil {
		m = memory{}
	}
	return m, out.Parameter.Version, nil
}

func (p parameter) write(ctx context.Context, m memory) (version int, err error) {
	out, err := call(ctx, p.handler, api.PutParameter, api.PutParameterInput{Name: p.name, Value: m.encode(), Overwrite: true})
	return out.Version, err
}

// change applies an edit to the memory, and returns the memory before and after it.
// The edit may refuse; then nothing is written.
//
// A parameter cannot be written on condition. But each version has its own number
// (docs.aws.amazon.com/systems-manager/latest/userguide/sysman-paramstore-versions.html):
// if it is not the one after what was read, another run has written meanwhile, and
// the edit is made again on what that one wrote. So no edit is lost, and of two runs
// that begin at the same moment one sees the other.
func (p parameter) change(ctx context.Context, edit func(*memory) error) (before, after memory, err error) {
	before, version, err := p.read(ctx, 0)
	for err == nil {
		after = before
		after.Open, after.Changes = maps.Clone(before.Open), slices.Clone(before.Changes)
		if err = edit(&after); err != nil {
			break
		}
		var written int
		if written, err = p.write(ctx, after); err != nil || written == version+1 {
			break
		}
		// The version before ours is the other run's last word.
		version = written
		before, _, err = p.read(ctx, written-1)
	}
	return before, after, err
}

// begin marks a run as under way, until a time. It returns what was remembered of
// the last one. A run that Lambda begins again takes its own place.
func (p parameter) begin(ctx context.Context, owner string, until time.Time) (before memory, err error) {
	now := p.handler.clock.Now()
	before, _, err = p.change(ctx, func(m *memory) error {
		if m.Owner != "" && m.Owner != owner && now.Before(m.Until) {
			return errBusy
		}
		m.Owner, m.Until = owner, until
		return nil
	})
	return before, err
}

// end records what a run has found.
func (p parameter) end(ctx context.Context, owner string, known memory, record func(*memory)) error {
	_, _, err := p.change(ctx, func(m *memory) error {
		if m.Owner == owner {
			m.Owner, m.Until = "", time.Time{}
		}
		if record != nil {
			record(m)
			// What was changed while it ran, the next one tells of.
			m.Changes = m.Changes[min(len(known.Changes), len(m.Changes)):]
		}
		return nil
	})
	return err
}
