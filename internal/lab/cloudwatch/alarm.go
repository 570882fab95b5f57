package cloudwatch

import (
	"fmt"
	"maps"
	"slices"
	"time"

	"gvisor.dev/gvisor/pkg/tcpip"
)

// State is that of an alarm.
type State string

// The states
// (docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-evaluation.html).
const (
	OK           State = "OK"
	InAlarm      State = "ALARM"
	Insufficient State = "INSUFFICIENT_DATA"
)

// Alarm is an alarm on one metric.
type Alarm struct {
	// Name is unique in the Region, ARN is its ARN. Required.
	Name, ARN string
	// Owner is a text by which whoever made it recognises it.
	Owner string
	// Metric is what it watches. Required.
	Metric Metric
	// Statistic is Maximum, Minimum, Sum, Average or SampleCount of a period's values.
	Statistic string
	// Period is that of its datapoints, Periods how many it looks at, Datapoints how many of them
	// have to breach. Required.
	Period              time.Duration
	Periods, Datapoints int
	// Operator compares a datapoint with the threshold: >=, >, < or <=.
	Operator  string
	Threshold float64
	// Missing is what a period without a value is: breaching, notBreaching, ignore or
	// missing.
	Missing string
	// Actions are the ARNs of topics by the state that sets them off.
	Actions map[State][]string
}

// Change is a change of an alarm's state.
type Change struct {
	Time     time.Time
	Alarm    Alarm
	From, To State
	// Reason is what the change follows from.
	Reason string
}

// alarm is an alarm with its state.
type alarm struct {
	Alarm
	state State
	// due are the times at which it is evaluated.
	due map[time.Time]tcpip.Timer
}

func (a *alarm) stop() {
	for at, timer := range a.due {
		timer.Stop()
		delete(a.due, at)
	}
}

// PutAlarm makes an alarm, or changes it and keeps its state.
func (s *Service) PutAlarm(given Alarm) {
	s.mu.Lock()
	defer s.mu.Unlock()
	a := &alarm{Alarm: given, state: Insufficient, due: map[time.Time]tcpip.Timer{}}
	if old, ok := s.alarms[given.Name]; ok {
		a.state = old.state
		old.stop()
	}
	s.alarms[given.Name] = a
	s.evaluateAt(a, minuteAfter(s.Clock.Now()))
	for _, d := range s.data[given.Metric] {
		s.evaluateFor(a, d)
	}
}

// DeleteAlarm removes an alarm.
func (s *Service) DeleteAlarm(name string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if a, ok := s.alarms[name]; ok {
		a.stop()
		delete(s.alarms, name)
	}
}

// Alarms returns all alarms by their names, State their states.
func (s *Service) Alarms() []Alarm {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []Alarm
	for _, name := range slices.Sorted(maps.Keys(s.alarms)) {
		out = append(out, s.alarms[name].Alarm)
	}
	return out
}

// State returns the state of an alarm; empty: there is none.
func (s *Service) State(name string) State {
	s.mu.Lock()
	defer s.mu.Unlock()
	if a, ok := s.alarms[name]; ok {
		return a.state
	}
	return ""
}

// History returns all changes of states, oldest first, those of deleted alarms included.
func (s *Service) History() []Change {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.history)
}

// minuteAfter is the minute that begins after a time.
func minuteAfter(t time.Time) time.Time { return t.Truncate(time.Minute).Add(time.Minute) }

// evaluateFor arranges for the evaluations that a value can change: in the minute after it,
// and when it leaves the window. CloudWatch evaluates every minute, and finds the same in
// between. The caller holds the lock.
func (s *Service) evaluateFor(a *alarm, d Datum) {
	first := minuteAfter(d.Time)
	s.evaluateAt(a, first)
	s.evaluateAt(a, first.Add(time.Duration(a.Periods)*a.Period))
}

// evaluateAt arranges for an evaluation, once for a time. The caller holds the lock.
func (s *Service) evaluateAt(a *alarm, at time.Time) {
	if _, known := a.due[at]; known || s.closed || at.Before(s.Clock.Now()) {
		return
	}
	a.due[at] = s.Clock.AfterFunc(at.Sub(s.Clock.Now()), func() { s.evaluate(a, at) })
}

func (s *Service) evaluate(a *alarm, at time.Time) {
	s.mu.Lock()
	delete(a.due, at)
	if s.closed || s.alarms[a.Name] != a {
		s.mu.Unlock()
		return
	}
	state, reason := a.judge(s.points(a, at))
	var change *Change
	if state != a.state {
		change = &Change{s.Clock.Now(), a.Alarm, a.state, state, reason}
		a.state = state
		s.history = append(s.history, *change)
	}
	s.mu.Unlock()
	if change != nil && s.OnChange != nil {
		s.OnChange(*change)
	}
}

// points are the datapoints of the periods before end, the oldest first; nil: missing.
func (s *Service) points(a *alarm, end time.Time) []*float64 {
	out := make([]*float64, a.Periods)
	start := end.Add(-time.Duration(a.Periods) * a.Period)
	values := map[int][]float64{}
	data := s.data[a.Metric]
	for i := len(data) - 1; i >= 0 && !data[i].Time.Before(start.Add(-time.Hour)); i-- {
		d := data[i]
		if !d.Time.Before(start) && d.Time.Before(end) {
			n := int(d.Time.Sub(start) / a.Period)
			values[n] = append(values[n], d.Value)
		}
	}
	for n, v := range values {
		point := Statistic(a.Statistic, v)
		out[n] = &point
	}
	return out
}

func Statistic(name string, values []float64) float64 {
	sum := 0.0
	for _, v := range values {
		sum += v
	}
	switch name {
	case "Minimum":
		return slices.Min(values)
	case "Sum":
		return sum
	case "Average":
		return sum / float64(len(values))
	case "SampleCount":
		return float64(len(values))
	}
	return slices.Max(values)
}

// judge is the state that the datapoints make
// (docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html).
func (a *alarm) judge(points []*float64) (State, string) {
	breaching, present := 0, 0
	for _, p := range points {
		switch {
		case p != nil:
			present++
			if a.breaches(*p) {
				breaching++
			}
		case a.Missing == "breaching":
			breaching++
		}
	}
	reason := fmt.Sprintf("%d of %d datapoints breach %s %s %v, %d of them have values", breaching, len(points), a.Metric.Name, a.Operator, a.Threshold, present)
	switch {
	case present == 0 && a.Missing == "ignore":
		return a.state, reason
	case present == 0 && (a.Missing == "missing" || a.Missing == ""):
		return Insufficient, reason
	case breaching >= a.Datapoints:
		return InAlarm, reason
	}
	return OK, reason
}

func (a *alarm) breaches(value float64) bool {
	switch a.Operator {
	case ">=":
		return value >= a.Threshold
	case ">":
		return value > a.Threshold
	case "<":
		return value < a.Threshold
	}
	return value <= a.Threshold
}
