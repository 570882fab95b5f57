package console

import (
	"encoding/json"
	"fmt"
	"math"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"provenendpoints/internal/lab/cloudwatch"
	"provenendpoints/internal/lab/region"
)

// firstEntries is how many lines a list of what happened shows, the newest first.
const firstEntries = 200

// monitoringURL is the address of what watches a Region.
func monitoringURL(regionName string, parts ...string) string {
	at := "/console/monitoring/" + regionName
	for _, p := range parts {
		at += "/" + url.PathEscape(p)
	}
	return at
}

// monitoringView is what watches a Region: alarms, metrics, schedules, rules, dashboards.
type monitoringView struct {
	Region     string
	Alarms     []alarmRow
	History    []changeRow
	Metrics    []metricRow
	Schedules  []scheduleRow
	Rules      []ruleRow
	Failures   []failureRow
	Messages   []messageRow
	Dashboards []link
	// Everything is the address of all metrics and messages, if there are more.
	Everything string
}

type (
	alarmRow struct {
		Name, State, Metric, Condition string
	}
	changeRow   struct{ Time, Alarm, From, To, Reason string }
	scheduleRow struct{ Name, Expression, Zone, Target, State string }
	ruleRow     struct{ Name, Expression, Pattern, Targets, State string }
	failureRow  struct{ Time, By, Reason string }
	messageRow  struct{ Time, Topic, Subject, Text string }
	metricRow   struct {
		Namespace, Name, Dimensions string
		Count                       int
		Latest, Time                string
		// Points are the latest values as the points of a line, in 120 by 24.
		Points string
	}
)

// monitoring shows what watches a Region.
func (c *console) monitoring(w http.ResponseWriter, r *http.Request) {
	name := r.PathValue("region")
	at := c.source.Region(name)
	if at == nil {
		c.notFound(w, r)
		return
	}
	all := r.URL.Query().Has("all")
	view := monitoringView{Region: name}
	for _, a := range at.Metrics.Alarms() {
		view.Alarms = append(view.Alarms, alarmRow{a.Name, string(at.Metrics.State(a.Name)), metricName(a.Metric), condition(a)})
	}
	for _, h := range slices.Backward(at.Metrics.History()) {
		view.History = append(view.History, changeRow{clock(h.Time), h.Alarm.Name, string(h.From), string(h.To), h.Reason})
	}
	view.Metrics, view.Messages = metricRows(at), messageRows(at)
	view.scheduled(at)
	for _, d := range at.Metrics.Dashboards() {
		view.Dashboards = append(view.Dashboards, link{d, monitoringURL(name, "dashboards", d)})
	}
	if !all {
		n := len(view.History) + len(view.Metrics) + len(view.Messages) + len(view.Failures)
		view.History, view.Metrics, view.Messages, view.Failures = first(view.History), first(view.Metrics), first(view.Messages), first(view.Failures)
		if n > len(view.History)+len(view.Metrics)+len(view.Messages)+len(view.Failures) {
			view.Everything = "?all"
		}
	}
	c.show(w, http.StatusOK, "monitoring", page{Title: "Monitoring of " + name, Path: []link{{"Stacks", "/console/"}}, Now: clock(at.Now()), Body: view})
}

func first[T any](rows []T) []T { return rows[:min(len(rows), firstEntries)] }

// scheduled adds what invokes functions by time and by events.
func (v *monitoringView) scheduled(at *region.Region) {
	for _, name := range at.Schedules.Names() {
		s, err := at.Schedules.Get(name)
		if err != nil {
			continue // it was deleted meanwhile
		}
		row := scheduleRow{name, s.Expression, "UTC", functionOf(s.Target), enabled(s.Disabled)}
		if s.Zone != nil {
			row.Zone = s.Zone.String()
		}
		v.Schedules = append(v.Schedules, row)
	}
	for _, r := range at.Bus.All() {
		row := ruleRow{Name: r.Name, Expression: r.Expression, State: enabled(r.Disabled)}
		if r.Pattern != nil {
			row.Pattern = text(r.Pattern)
		}
		for i, t := range r.Targets {
			if i > 0 {
				row.Targets += ", "
			}
			row.Targets += functionOf(t.Function)
		}
		v.Rules = append(v.Rules, row)
	}
	for _, f := range slices.Backward(append(at.Schedules.Failed(), at.Bus.Failed()...)) {
		v.Failures = append(v.Failures, failureRow{clock(f.Time), f.By, f.Err.Error()})
	}
	slices.SortStableFunc(v.Failures, func(a, b failureRow) int { return strings.Compare(b.Time, a.Time) })
}

func enabled(disabled bool) string {
	if disabled {
		return "disabled"
	}
	return "enabled"
}

// functionOf is a function's name by its ARN; another ARN as it is.
func functionOf(arn string) string {
	if _, name, ok := strings.Cut(arn, ":function:"); ok {
		return name
	}
	return arn
}

func metricName(m cloudwatch.Metric) string {
	out := m.Namespace + " " + m.Name
	if m.Dimensions != "" {
		out += " (" + m.Dimensions + ")"
	}
	return out
}

// condition says when an alarm is raised.
func condition(a cloudwatch.Alarm) string {
	return fmt.Sprintf("%s %s %g in %d of %d periods of %s; missing data: %s", a.Statistic, a.Operator, a.Threshold, a.Datapoints, a.Periods, a.Period, a.Missing)
}

// shownPoints is how many values a metric's line has.
const shownPoints = 120

func metricRows(at *region.Region) []metricRow {
	var out []metricRow
	for _, m := range at.Metrics.Metrics() {
		data := at.Metrics.Data(m)
		if len(data) == 0 {
			continue
		}
		latest := data[len(data)-1]
		row := metricRow{Namespace: m.Namespace, Name: m.Name, Dimensions: m.Dimensions, Count: len(data), Latest: fmt.Sprintf("%g", latest.Value), Time: clock(latest.Time)}
		data = data[max(0, len(data)-shownPoints):]
		least, most := math.Inf(1), math.Inf(-1)
		for _, d := range data {
			least, most = min(least, d.Value), max(most, d.Value)
		}
		for i, d := range data {
			x, y := 60.0, 12.0
			if len(data) > 1 {
				x = 2 + 116*float64(i)/float64(len(data)-1)
			}
			if most > least {
				y = 22 - 20*(d.Value-least)/(most-least)
			}
			row.Points += fmt.Sprintf("%.1f,%.1f ", x, y)
		}
		out = append(out, row)
	}
	return out
}

func messageRows(at *region.Region) []messageRow {
	var out []messageRow
	for _, arn := range at.Topics.ARNs() {
		for _, m := range at.Topics.Messages(arn) {
			out = append(out, messageRow{clock(m.Time), arn[strings.LastIndex(arn, ":")+1:], m.Subject, m.Text})
		}
	}
	slices.SortStableFunc(out, func(a, b messageRow) int { return strings.Compare(b.Time, a.Time) })
	return out
}

// dashboard shows what is in a dashboard.
func (c *console) dashboard(w http.ResponseWriter, r *http.Request) {
	name := r.PathValue("region")
	at := c.source.Region(name)
	if at == nil {
		c.notFound(w, r)
		return
	}
	body, err := at.Metrics.Dashboard(r.PathValue("name"))
	if err != nil {
		c.notFound(w, r)
		return
	}
	view := struct {
		Name, Body string
		Widgets    []string
	}{Name: r.PathValue("name"), Body: body}
	var parsed struct {
		Widgets []struct {
			Type       string
			Properties struct{ Title string }
		}
	}
	if json.Unmarshal([]byte(body), &parsed) == nil {
		for _, x := range parsed.Widgets {
			view.Widgets = append(view.Widgets, strings.TrimSpace(x.Type+" "+x.Properties.Title))
		}
		var indented any
		if json.Unmarshal([]byte(body), &indented) == nil {
			view.Body = text(indented)
		}
	}
	c.show(w, http.StatusOK, "dashboard", page{
		Title: "Dashboard " + view.Name, Path: []link{{"Stacks", "/console/"}, {"Monitoring", monitoringURL(name)}}, Now: clock(at.Now()), Body: view,
	})
}
