package main

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"provenendpoints/internal/lab/deployment"
	"provenendpoints/internal/lab/reach"
)

// consoleLines is how much of a console is shown without -logs.
const consoleLines = 6

// instances prints how the instances started, with the ends of their consoles.
func (s *screen) instances(st deployment.Stack, o options) {
	if len(st.Boots) == 0 {
		return
	}
	s.title("Instances")
	for _, boot := range st.Boots {
		state, paint := "user data ended", s.good
		switch {
		case deployment.StillRuns(boot):
			state, paint = "user data still runs", s.subtle
		case boot.Err != nil:
			state, paint = "user data failed: "+boot.Err.Error(), s.bad
		}
		s.table(4, []row{{cells: []cell{{boot.Name, nil}, {state, paint}}}})
		if o.Logs {
			continue // the whole consoles follow
		}
		lines, before := lastLines(boot.Console, consoleLines)
		if before > 0 {
			s.block(6, fmt.Sprintf("(%d before: -logs)", before))
		}
		if len(lines) > 0 {
			s.block(6, strings.Join(lines, "\n"))
		}
	}
}

// reachability prints the probes and the matrix.
func (s *screen) reachability(r outcome, o options) {
	if len(r.Probed) > 0 {
		s.printf("%s\n", s.head.Sprint("Probes"))
		var rows []row
		for _, p := range r.Probed {
			state, paint := "ok", s.good
			if !p.OK() {
				state, paint = "missed", s.bad
			}
			rows = append(rows, row{cells: []cell{{state, paint}, {p.String(), nil}}})
			if o.Trace {
				s.table(2, rows)
				for _, e := range p.Ways("") {
					s.exchange(6, e)
				}
				rows = nil
			}
		}
		s.table(2, rows)
		s.printf("\n")
	}
	if r.Matrix != nil && o.Matrix {
		s.matrix(*r.Matrix)
	}
}

// matrix prints who can reach whom.
func (s *screen) matrix(m reach.Matrix) {
	s.printf("%s\n", s.head.Sprint("Who can reach whom"))
	s.block(2, "A subnet is a host there whose security group admits everything. Refused: the packets get there and nothing listens.")
	var rows []row
	who := ""
	for i, l := range m.Lines {
		if l.Who != who {
			who = l.Who
			rows = nil
		}
		if len(l.Can) > 0 {
			rows = append(rows, row{cells: []cell{{l.What, nil}, {condensed(l.Can), nil}}})
		}
		if i+1 < len(m.Lines) && m.Lines[i+1].Who == who {
			continue
		}
		s.printf("\n")
		home := m.Homes[who]
		if home != "" {
			home = "in " + home
		}
		s.table(2, []row{{cells: []cell{{who, s.head}, {home, s.subtle}}}})
		if len(rows) == 0 {
			s.block(4, "reaches nothing")
		}
		s.table(4, rows)
	}
	s.printf("\n")
}

// condensed are the ways of a line, with the ports in their order behind one "tcp".
func condensed(ways []string) string {
	var ports []int
	var out []string
	for _, way := range ways {
		if port, err := strconv.Atoi(strings.TrimPrefix(way, "tcp ")); err == nil && strings.HasPrefix(way, "tcp ") {
			ports = append(ports, port)
		} else {
			out = append(out, way)
		}
	}
	slices.Sort(ports)
	if len(ports) > 0 {
		texts := make([]string, len(ports))
		for i, port := range ports {
			texts[i] = strconv.Itoa(port)
		}
		out = append(out, "tcp "+strings.Join(texts, " "))
	}
	slices.Sort(out)
	return strings.Join(out, ", ")
}
