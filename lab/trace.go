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
				s.trace("", e.There, name)
				if e.Back != nil {
					s.trace("answer ", *e.Back, name)
				}
			}
		}
	}
}

// trace prints the way of a packet.
func (s *screen) trace(before string, t trace.Trace, name func(id string) string) {
	s.block(6, before+t.Head())
	var rows []row
	for _, h := range t.Hops {
		paint := s.subtle
		switch h.Action {
		case trace.Delivered:
			paint = s.good
		case trace.Dropped, trace.Refused:
			paint = s.bad
		}
		rows = append(rows, row{cells: []cell{{fmt.Sprintf("%-*s", trace.Width, h.Action), paint}, {h.Words(name), nil}}})
	}
	s.table(8, rows)
}
