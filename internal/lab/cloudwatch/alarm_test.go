package cloudwatch

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"provenendpoints/internal/lab/clock"
)

var metric = Metric{"N", "Refuted", "Stack=S"}

// watch makes a service with an alarm, writes values at minutes after the beginning of an
// hour, and returns the changes of the alarm until the end, as minute and state.
func watch(t *testing.T, a Alarm, values map[int]float64, end int) (got []string) {
	t.Helper()
	c := clock.NewStepping()
	defer c.Stop()
	// At the beginning of an hour.
	now := c.Now()
	begin := now.Truncate(time.Hour).Add(time.Hour)
	var mu sync.Mutex
	s := New(Options{Clock: c, OnChange: func(change Change) {
		mu.Lock()
		defer mu.Unlock()
		got = append(got, fmt.Sprintf("%d %s", int(change.Time.Sub(begin).Minutes()), change.To))
	}})
	defer s.Close()
	if err := c.Sleep(t.Context(), begin.Sub(now)); err != nil {
		t.Fatal(err)
	}
	a.Name, a.Metric = "a", metric
	for minute := range end {
		if minute == 1 {
			s.PutAlarm(a)
		}
		if v, ok := values[minute]; ok {
			s.Line(fmt.Sprintf(`{"Stack":"S","Refuted":%v,"_aws":{"Timestamp":%d,"CloudWatchMetrics":[{"Namespace":"N","Dimensions":[["Stack"]],"Metrics":[{"Name":"Refuted"}]}]}}`, v, c.Now().UnixMilli()))
		}
		if err := c.Sleep(t.Context(), time.Minute); err != nil {
			t.Fatal(err)
		}
	}
	mu.Lock()
	defer mu.Unlock()
	return got
}

func TestAlarms(t *testing.T) {
	refuted := Alarm{Statistic: "Maximum", Period: time.Minute, Periods: 1, Datapoints: 1, Operator: ">=", Threshold: 1, Missing: "ignore"}
	silence := Alarm{Statistic: "Minimum", Period: 5 * time.Minute, Periods: 3, Datapoints: 3, Operator: ">=", Threshold: 1, Missing: "breaching"}
	missing, lenient := refuted, refuted
	missing.Missing, lenient.Missing = "missing", "notBreaching"
	for name, test := range map[string]struct {
		alarm  Alarm
		values map[int]float64
		want   string
	}{
		"raised by a value and cleared by the next": {refuted, map[int]float64{0: 0, 10: 2, 25: 0, 40: 1}, "[1 OK 11 ALARM 26 OK 41 ALARM]"},
		"no news is none":       {refuted, map[int]float64{10: 1}, "[11 ALARM]"},
		"no news is none known": {missing, map[int]float64{10: 1}, "[11 ALARM 12 INSUFFICIENT_DATA]"},
		"no news is good":       {lenient, map[int]float64{10: 1}, "[2 OK 11 ALARM 12 OK]"},
		// The value of minute 10 leaves the window of three times five minutes at 26.
		"silence":                     {silence, map[int]float64{0: 0, 10: 0, 40: 0}, "[1 OK 26 ALARM 41 OK 56 ALARM]"},
		"silence by what is unproven": {silence, map[int]float64{0: 0, 5: 1, 10: 1, 15: 1, 20: 0, 30: 0, 40: 0, 50: 0}, "[1 OK 16 ALARM 21 OK 66 ALARM]"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := fmt.Sprint(watch(t, test.alarm, test.values, 70)); got != test.want {
				t.Errorf("got %s, want %s", got, test.want)
			}
		})
	}
}

// Lines that do not keep to the format have no metrics.
func TestLines(t *testing.T) {
	t.Parallel()
	s := New(Options{Clock: clock.New(1)})
	for _, line := range []string{
		`no JSON "_aws"`, `{"_aws":1}`, `{"_aws":{"CloudWatchMetrics":[{"Namespace":"N","Dimensions":[["Stack"]],"Metrics":[{"Name":"Refuted"}]}]},"Refuted":1}`,
		`{"Stack":"S","_aws":{"CloudWatchMetrics":[{"Namespace":"N","Dimensions":[["Stack"]],"Metrics":[{"Name":"Refuted"}]}]},"Refuted":"many"}`,
	} {
		s.Line(line)
	}
	if got := s.Metrics(); len(got) > 0 {
		t.Errorf("got %v", got)
	}
	s.Line(`{"Stack":"S","Zone":"z","_aws":{"Timestamp":1000,"CloudWatchMetrics":[{"Namespace":"N","Dimensions":[["Zone","Stack"],[]],"Metrics":[{"Name":"Refuted"}]}]},"Refuted":2.5}`)
	for _, dimensions := range []string{"Stack=S,Zone=z", ""} {
		if got := s.Data(Metric{"N", "Refuted", dimensions}); len(got) != 1 || got[0].Value != 2.5 || got[0].Time.Unix() != 1 {
			t.Errorf("%q: got %v", dimensions, got)
		}
	}
}
