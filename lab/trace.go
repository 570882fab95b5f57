package main

import (
	"fmt"

	"provenendpoints/internal/lab/verdict"
	"provenendpoints/internal/trace"
	"provenendpoints/proof"
)

// traces prints for each claim that was measured the ways of its packets.
func (s *screen) traces(reports []verdict.Report, name func(id string) string) {
	for _, r := range reports {
		s.title("Traces")
		for _, v := range r.Verdicts {
			if len(v.Traces) == 0 {
				continue
			}
			paint := s.bad
			if v.State == proof.Holds {
				paint = s.good
			}
			s.table(4, []row{{cells: []cell{{string(v.State), paint}, {v.Claim, nil}, {v.What, nil}}}})
			for _, e := range v.Traces {
				s.exchange(6, e.Named(name))
			}
		}
	}
}

// exchange prints the way of a packet, and that of its answer.
func (s *screen) exchange(indent int, e trace.Exchange) {
	s.trace(indent, "", e.There)
	if e.Back != nil {
		s.trace(indent, "answer ", *e.Back)
	}
}

// trace prints the way of a packet.
func (s *screen) trace(indent int, before string, t trace.Trace) {
	s.block(indent, before+t.Head())
	var rows []row
	for _, h := range t.Hops {
		paint := s.subtle
		switch h.Action {
		case trace.Delivered:
			paint = s.good
		case trace.Dropped, trace.Refused:
			paint = s.bad
		}
		rows = append(rows, row{cells: []cell{{fmt.Sprintf("%-*s", trace.Width, h.Action), paint}, {h.Words(), nil}}})
	}
	s.table(indent+2, rows)
}
