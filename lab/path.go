package main

import (
	"time"

	"provenendpoints/internal/lab/cfn"
)

// path prints a critical path: what a creation or deletion waited for to its end, with
// how long it waited for each.
func (s *screen) path(title string, spans []cfn.Span) {
	if len(spans) == 0 {
		return
	}
	s.title(title + ", by the lab's clock")
	var rows []row
	before := time.Duration(0)
	for _, span := range spans {
		rows = append(rows, row{cells: []cell{
			{"at " + round(span.Begin).String(), s.subtle}, {"+" + round(span.Until-before).String(), nil}, {span.Type, nil}, {span.LogicalID, nil},
		}})
		before = span.Until
	}
	s.table(4, rows)
}

// jsonSpan is a resource on a critical path. The seconds are since the beginning of the
// creation or deletion; until is when the next one could begin.
type jsonSpan struct {
	LogicalID string  `json:"logicalId"`
	Type      string  `json:"type"`
	Begin     float64 `json:"begin"`
	Until     float64 `json:"until"`
	End       float64 `json:"end"`
}

func jsonSpans(spans []cfn.Span) []jsonSpan {
	var out []jsonSpan
	for _, s := range spans {
		out = append(out, jsonSpan{s.LogicalID, s.Type, s.Begin.Seconds(), s.Until.Seconds(), s.End.Seconds()})
	}
	return out
}
