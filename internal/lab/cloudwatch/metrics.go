package cloudwatch

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"time"
)

// Metric names a metric.
type Metric struct {
	Namespace, Name string
	// Dimensions are written as name=value, sorted, with commas; see [Dimensions].
	Dimensions string
}

// Dimensions writes dimensions as [Metric] has them.
func Dimensions(values map[string]string) string {
	var parts []string
	for _, name := range slices.Sorted(maps.Keys(values)) {
		parts = append(parts, name+"="+values[name])
	}
	return strings.Join(parts, ",")
}

// Datum is one value of a metric.
type Datum struct {
	Time  time.Time
	Value float64
}

// embedded is the part of a log line that describes metrics.
type embedded struct {
	Timestamp  int64
	Directives []struct {
		Namespace  string
		Dimensions [][]string
		Metrics    []struct{ Name, Unit string }
	} `json:"CloudWatchMetrics"`
}

// Line takes the metrics out of a log line, if it has any. Lines that do not keep to the
// format have none, as on AWS.
func (s *Service) Line(text string) {
	if !strings.HasPrefix(text, "{") || !strings.Contains(text, `"_aws"`) {
		return
	}
	var line map[string]json.RawMessage
	var described embedded
	if json.Unmarshal([]byte(text), &line) != nil || json.Unmarshal(line["_aws"], &described) != nil {
		return
	}
	at := time.UnixMilli(described.Timestamp).UTC()
	for _, d := range described.Directives {
		for _, names := range d.Dimensions {
			dimensions, ok := dimensionsOf(line, names)
			if !ok {
				continue
			}
			for _, m := range d.Metrics {
				var value float64
				if raw, ok := line[m.Name]; ok && json.Unmarshal(raw, &value) == nil {
					s.put(Metric{d.Namespace, m.Name, dimensions}, Datum{at, value})
				}
			}
		}
	}
}

func dimensionsOf(line map[string]json.RawMessage, names []string) (string, bool) {
	values := map[string]string{}
	for _, name := range names {
		var value string
		if json.Unmarshal(line[name], &value) != nil || value == "" {
			return "", false
		}
		values[name] = value
	}
	return Dimensions(values), true
}

// Data returns the values of a metric, in the order of their arrival.
func (s *Service) Data(m Metric) []Datum {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.data[m])
}

// Metrics returns all metrics that have a value.
func (s *Service) Metrics() []Metric {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.SortedFunc(maps.Keys(s.data), func(a, b Metric) int {
		return strings.Compare(a.Namespace+"\n"+a.Name+"\n"+a.Dimensions, b.Namespace+"\n"+b.Name+"\n"+b.Dimensions)
	})
}
