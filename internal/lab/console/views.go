package console

import (
	"net/http"
	"slices"
	"strings"

	"provenendpoints/internal/lab/cfn"
	"provenendpoints/internal/lab/verdict"
	"provenendpoints/proof"
)

// The limits of what a page shows at first: the newest of them.
const (
	firstEvents = 500
	firstLines  = 2000
)

// reportView is a verification.
type reportView struct {
	verdict.Report
	// Broken are the verdicts that do not hold.
	Broken []verdict.Verdict
}

func (s *stackPage) report(w http.ResponseWriter, _ string) {
	var out []reportView
	traces := s.region.Traces(s.info.ID)
	current, former := s.region.Reports(s.info)
	for _, r := range traces.Explain(current) {
		v := reportView{Report: r}
		for i, x := range r.Verdicts {
			named := slices.Clone(x.Traces)
			for j, e := range named {
				named[j] = e.Named(traces.Naming())
			}
			v.Verdicts[i].Traces = named
		}
		for _, x := range r.Verdicts {
			if x.State != proof.Holds {
				v.Broken = append(v.Broken, x)
			}
		}
		out = append(out, v)
	}
	view := struct {
		Reports []reportView
		// Former are proofs that were taken out of the template.
		Former   []verdict.Report
		Failures []eventRow
		// Network is the address of the picture, Picture that of the image; empty without
		// a proof.
		Network, Picture string
	}{out, former, s.failures(), s.url("network"), ""}
	if len(out) > 0 {
		view.Picture = s.url("network", pictureFile) + "?bare"
	}
	s.write(w, "report", view)
}

// failures are the events of what failed in the last operation, the cause first. What was
// only cancelled is not among them.
func (s *stackPage) failures() []eventRow {
	var out []eventRow
	for _, e := range s.rows() {
		switch {
		case e.URL == "" && (e.Status == string(cfn.CreateInProgress) || e.Status == string(cfn.UpdateInProgress) || e.Status == string(cfn.DeleteInProgress)):
			return out
		case e.URL != "" && cfn.Status(e.Status).Failed() && !strings.HasSuffix(e.Reason, "cancelled"):
			out = slices.Insert(out, 0, e)
		}
	}
	return out
}

// eventRow is an event.
type eventRow struct {
	Time, Status, Detail, Type, LogicalID, PhysicalID, Reason string
	// URL is the resource's page; empty for the stack's own events.
	URL string
}

// rows are the stack's events, newest first.
func (s *stackPage) rows() []eventRow {
	var out []eventRow
	for _, e := range slices.Backward(s.region.Events(s.info.ID)) {
		row := eventRow{clock(e.Time), string(e.Status), string(e.Detailed), e.Type, e.LogicalID, e.PhysicalID, e.Reason, ""}
		if !e.OfStack() {
			row.URL = s.url("resources", e.LogicalID)
		}
		out = append(out, row)
	}
	return out
}

func (s *stackPage) events(w http.ResponseWriter, _ string) {
	all := s.rows()
	shown := all
	if !s.all && len(all) > firstEvents {
		shown = all[:firstEvents]
	}
	s.write(w, "events", struct {
		Events []eventRow
		Total  int
		Cut    bool
	}{shown, len(all), len(shown) < len(all)})
}

func (s *stackPage) resources(w http.ResponseWriter, item string) {
	type row struct {
		link
		PhysicalID, Type, Status, Reason, Updated string
	}
	list := s.region.Resources(s.info.ID)
	if item == "" {
		var out []row
		for _, r := range list {
			out = append(out, row{link{r.LogicalID, s.url("resources", r.LogicalID)}, r.PhysicalID, r.Type, string(r.Status), r.Reason, clock(r.Updated)})
		}
		s.write(w, "resources", out)
		return
	}
	var events []eventRow
	for _, e := range s.rows() {
		if e.LogicalID == item && e.URL != "" {
			events = append(events, e)
		}
	}
	i := slices.IndexFunc(list, func(r cfn.ResourceInfo) bool { return r.LogicalID == item })
	if i < 0 && len(events) == 0 {
		s.missing(w)
		return
	}
	view := struct {
		Name, PhysicalID, Type, Status string
		Properties, Attributes         string
		Shell                          string // an address; empty: it is no instance
		Events                         []eventRow
	}{Name: item, Events: events}
	if i >= 0 {
		r := list[i]
		view.PhysicalID, view.Type, view.Status = r.PhysicalID, r.Type, string(r.Status)
		view.Properties, view.Attributes = text(r.Properties), text(r.Attributes)
		view.Shell = s.shellURL(r.PhysicalID)
	} else {
		view.PhysicalID, view.Type, view.Status = events[0].PhysicalID, events[0].Type, events[0].Status
	}
	s.Title, s.Path = item+" of "+s.info.Name, append(s.Path, link{s.info.Name, s.base})
	s.write(w, "resource", view)
}

func (s *stackPage) outputs(w http.ResponseWriter, _ string) { s.write(w, "outputs", s.info.Outputs) }

func (s *stackPage) parameters(w http.ResponseWriter, _ string) {
	s.write(w, "parameters", struct{ Parameters, Tags []pair }{pairs(s.info.Parameters), pairs(s.info.Tags)})
}

func (s *stackPage) template(w http.ResponseWriter, _ string) {
	s.write(w, "template", string(s.region.Template(s.info.ID)))
}

// logs lists the logs of functions and the consoles of instances, or shows one.
func (s *stackPage) logs(w http.ResponseWriter, item string) {
	type row struct {
		link
		Lines int
		Last  string
	}
	list := s.region.Logs(s.info.Name)
	if item == "" {
		var out []row
		for _, l := range list {
			lines := strings.Split(strings.TrimRight(l.Text, "\n"), "\n")
			n := len(lines)
			if l.Text == "" {
				n = 0
			}
			out = append(out, row{link{l.Name, s.url("logs", l.Name)}, n, lines[len(lines)-1]})
		}
		s.write(w, "logs", out)
		return
	}
	for _, l := range list {
		if l.Name != item {
			continue
		}
		lines := strings.SplitAfter(l.Text, "\n")
		cut := !s.all && len(lines) > firstLines
		if cut {
			lines = lines[len(lines)-firstLines:]
		}
		s.Title, s.Path = "Log "+l.Name, append(s.Path, link{s.info.Name, s.base})
		s.write(w, "log", struct {
			Name, Text string
			Cut        bool
			Shell      string
		}{l.Name, strings.Join(lines, ""), cut, s.shellURL(instanceOf(l.Name))})
		return
	}
	s.missing(w)
}
