package deployment

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"provenendpoints/internal/lab/cloudwatch"
	"provenendpoints/internal/lab/region"
)

// Drift is a change by hand, behind CloudFormation's back, to a stack that lives.
type Drift struct {
	// Stack is the stack's id or name. Default: the only one.
	Stack string
	// At is how long after the deployment it is made, For how long after that it is taken
	// back, such as 3d2h. Default of For: never.
	At, For Span
	// By is the ARN of whoever does it, as CloudTrail tells it. Default: there is no trail.
	By string
	// Add are resources that are made, as in a template; Change are properties of the
	// stack's resources, by their logical ids; Remove are logical ids.
	Add    map[string]any
	Change map[string]map[string]any
	Remove []string
}

// Span is a time, in JSON as text: Go's form with days, such as 30d or 3d2h30m.
type Span time.Duration

// ParseSpan reads a span.
func ParseSpan(text string) (time.Duration, error) {
	days, rest, found := strings.Cut(text, "d")
	n, err := strconv.Atoi(days)
	if !found || err != nil {
		n, rest = 0, text
	}
	var d time.Duration
	if rest != "" || !found {
		if d, err = time.ParseDuration(rest); err != nil {
			return 0, fmt.Errorf("want a time such as 30d, 3d2h or 15m, got %q", text)
		}
	}
	return time.Duration(n)*24*time.Hour + d, nil
}

// UnmarshalText implements [encoding.TextUnmarshaler].
func (s *Span) UnmarshalText(text []byte) error {
	d, err := ParseSpan(string(text))
	*s = Span(d)
	return err
}

// ReadDrifts reads a file with a list of changes.
func ReadDrifts(file string) ([]Drift, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	var out []Drift
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(&out); err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	return out, nil
}

// Moment is something that happened while stacks lived.
type Moment struct {
	Time  time.Time
	Stack string
	// Kind is drift, mended, alarm, verdict or refused; Text says what happened, for people.
	Kind, Text string
}

// Live lets the stacks live for a time and makes the changes in it. It returns what
// happened, in its order.
func (l *Lab) Live(ctx context.Context, span time.Duration, drifts []Drift) ([]Moment, error) {
	start := l.clock.Now()
	var out []Moment
	from := map[*region.Region]int{}
	for _, r := range l.regions.open {
		from[r] = len(r.Bus.Events())
	}
	acts, err := l.acts(drifts, &out)
	if err != nil {
		return nil, err
	}
	for _, a := range acts {
		if a.at > span {
			break
		}
		if err := l.clock.Sleep(ctx, start.Add(a.at).Sub(l.clock.Now())); err != nil {
			return out, err
		}
		if err := a.do(ctx); err != nil {
			return out, err
		}
	}
	err = l.clock.Sleep(ctx, start.Add(span).Sub(l.clock.Now()))
	for at, r := range l.regions.open {
		out = append(out, told(r, at.region, from[r], start)...)
	}
	slices.SortStableFunc(out, func(a, b Moment) int { return a.Time.Compare(b.Time) })
	return out, err
}

// act is something that is done at a time after the beginning.
type act struct {
	at time.Duration
	do func(context.Context) error
}

// acts are what the changes do, in the order of their times.
func (l *Lab) acts(drifts []Drift, out *[]Moment) ([]act, error) {
	var acts []act
	for i, d := range drifts {
		if d.Stack == "" && len(l.stacks) == 1 {
			d.Stack = l.stacks[0].ID
		}
		r, s, ok := l.Region(d.Stack)
		if !ok {
			return nil, fmt.Errorf("change %d: Stack: must be one that is deployed, got %q", i+1, d.Stack)
		}
		template, err := d.template(r.Template(s.Name))
		if err != nil {
			return nil, fmt.Errorf("change %d: %w", i+1, err)
		}
		var mend func(context.Context) error
		acts = append(acts, act{time.Duration(d.At), func(ctx context.Context) (err error) {
			*out = append(*out, Moment{l.clock.Now(), s.ID, "drift", d.String()})
			mend, err = r.Apply(ctx, region.Drift{Stack: s.Name, Template: template, By: d.By})
			return err
		}})
		if d.For > 0 {
			acts = append(acts, act{time.Duration(d.At + d.For), func(ctx context.Context) error {
				*out = append(*out, Moment{l.clock.Now(), s.ID, "mended", d.String()})
				return mend(ctx)
			}})
		}
	}
	slices.SortStableFunc(acts, func(a, b act) int { return cmp.Compare(a.at, b.at) })
	return acts, nil
}

// String says what is changed.
func (d Drift) String() string {
	var parts []string
	for _, id := range slices.Sorted(maps.Keys(d.Add)) {
		resource, _ := d.Add[id].(map[string]any)
		parts = append(parts, fmt.Sprintf("%s is added (%v)", id, resource["Type"]))
	}
	for _, id := range slices.Sorted(maps.Keys(d.Change)) {
		parts = append(parts, id+" is changed")
	}
	for _, id := range d.Remove {
		parts = append(parts, id+" is removed")
	}
	return strings.Join(parts, ", ")
}

// template is the stack's template with the change in it.
func (d Drift) template(of []byte) ([]byte, error) {
	var t map[string]any
	if err := json.Unmarshal(of, &t); err != nil {
		return nil, fmt.Errorf("the stack's template is not JSON: %w", err)
	}
	resources, _ := t["Resources"].(map[string]any)
	var errs []error
	known := func(field, id string) map[string]any {
		resource, ok := resources[id].(map[string]any)
		if !ok {
			errs = append(errs, fmt.Errorf("%s: must be logical ids of the stack, got %q", field, id))
		}
		return resource
	}
	for id, resource := range d.Add {
		if _, taken := resources[id]; taken {
			errs = append(errs, fmt.Errorf("Add: must be logical ids that the stack does not have, got %q", id))
		}
		resources[id] = resource
	}
	for id, properties := range d.Change {
		if resource := known("Change", id); resource != nil {
			before, _ := resource["Properties"].(map[string]any)
			after := maps.Clone(before)
			if after == nil {
				after = map[string]any{}
			}
			maps.Copy(after, properties)
			resource["Properties"] = after
		}
	}
	for _, id := range d.Remove {
		known("Remove", id)
		delete(resources, id)
	}
	if len(d.Add)+len(d.Change)+len(d.Remove) == 0 {
		errs = append(errs, errors.New("Add, Change, Remove: must have one of them, got none"))
	}
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	return json.Marshal(t)
}

// told is what the Region's alarms and its bus say of a time.
func told(r *region.Region, name string, from int, since time.Time) []Moment {
	var out []Moment
	for _, c := range r.Metrics.History() {
		// That an alarm begins is no news.
		if c.Time.After(since) && c.From != cloudwatch.Insufficient {
			out = append(out, Moment{c.Time, c.Alarm.Owner, "alarm", fmt.Sprintf("%s is %s: %s", c.Alarm.Metric.Name, c.To, c.Reason)})
		}
	}
	for _, e := range r.Bus.Events()[from:] {
		if strings.HasPrefix(e.Source, "aws.") {
			continue
		}
		var detail struct {
			Stack, Claim, Previous, State, Reason string
			Changes                               []struct{ Call, By string }
		}
		if json.Unmarshal(e.Detail, &detail) != nil {
			continue
		}
		text := fmt.Sprintf("%s %s: %s", e.Source, e.DetailType, e.Detail)
		if detail.Claim != "" {
			text = strings.TrimSpace(fmt.Sprintf("%s: %s, was %s. %s", detail.Claim, detail.State, detail.Previous, detail.Reason))
		}
		for i, c := range detail.Changes {
			before := ", "
			if i == 0 {
				before = " Before it: "
			}
			text += before + c.Call + " by " + c.By
		}
		stack := name
		if parts := strings.Split(detail.Stack, "/"); len(parts) == 3 {
			stack = parts[1]
		}
		out = append(out, Moment{e.Time, stack, "verdict", text})
	}
	for _, f := range append(r.Bus.Failed(), r.Schedules.Failed()...) {
		if f.Time.After(since) {
			out = append(out, Moment{f.Time, name, "refused", fmt.Sprintf("%s: %v", f.By, f.Err)})
		}
	}
	return out
}

// Runs are the number of values that a metric of the Regions got since a time.
func (l *Lab) Runs(namespace, metric string, since time.Time) (count int) {
	for _, r := range l.regions.open {
		for _, m := range r.Metrics.Metrics() {
			if m.Namespace == namespace && m.Name == metric {
				for _, d := range r.Metrics.Data(m) {
					if d.Time.After(since) {
						count++
					}
				}
			}
		}
	}
	return count
}
