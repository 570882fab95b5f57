package console

import (
	"net/http"
	"slices"
	"strings"

	"provenendpoints/internal/lab/cfn"
	"provenendpoints/internal/lab/cloudwatch"
	"provenendpoints/internal/lab/region"
)

// regionView is a Region on the first page.
type regionView struct {
	Name            string
	Monitoring      string // an address
	Raised          []string
	Stacks, Deleted []stackRow
}

// stackRow is a stack in a list.
type stackRow struct {
	link
	Status, Updated, Description, Proof string
	Resources                           int
	// Nested are the stacks that are resources of this one.
	Nested []stackRow
}

func (c *console) overview(w http.ResponseWriter, _ *http.Request) {
	body := struct {
		Regions     []regionView
		Environment string
	}{Environment: c.source.Environment()}
	p := page{Title: "Stacks"}
	for _, name := range c.source.Regions() {
		r := c.source.Region(name)
		if r == nil {
			continue
		}
		p.Now = clock(r.Now())
		view := regionView{Name: name, Monitoring: monitoringURL(name)}
		for _, a := range r.Metrics.Alarms() {
			if r.Metrics.State(a.Name) == cloudwatch.InAlarm {
				view.Raised = append(view.Raised, a.Name)
			}
		}
		view.Stacks = rows(r, name)
		for _, s := range slices.Backward(r.Deleted()) {
			view.Deleted = append(view.Deleted, row(r, name, s))
		}
		body.Regions = append(body.Regions, view)
	}
	p.Body = body
	c.show(w, http.StatusOK, "overview", p)
}

// rows are the stacks of a Region, each with those that are nested in it.
func rows(r *region.Region, name string) []stackRow {
	stacks := r.Stacks()
	inside := map[string][]cfn.ResourceInfo{} // nested stacks as resources, by the id of the stack that they are in
	nested := map[string]bool{}
	for _, s := range stacks {
		for _, x := range r.Resources(s.ID) {
			if x.Type == "AWS::CloudFormation::Stack" && x.PhysicalID != "" {
				inside[s.ID] = append(inside[s.ID], x)
				nested[x.PhysicalID] = true
			}
		}
	}
	var of func(s cfn.StackInfo) stackRow
	of = func(s cfn.StackInfo) stackRow {
		out := row(r, name, s)
		for _, x := range inside[s.ID] {
			if child, ok := r.Stack(x.PhysicalID); ok {
				one := of(child)
				one.Text = x.LogicalID
				out.Nested = append(out.Nested, one)
			}
		}
		return out
	}
	var out []stackRow
	for _, s := range stacks {
		if !nested[s.ID] {
			out = append(out, of(s))
		}
	}
	return out
}

func row(r *region.Region, name string, s cfn.StackInfo) stackRow {
	at := s.Updated
	if at.IsZero() {
		at = s.Created
	}
	out := stackRow{link: link{s.Name, stackURL(name, s)}, Status: string(s.Status), Updated: clock(at), Description: s.Description, Resources: len(r.Resources(s.ID))}
	if s.Status != cfn.DeleteComplete {
		out.Proof = summary(r, s)
	}
	return out
}

// summary is the verification of a stack in a few words; empty if it never had one.
func summary(r *region.Region, stack cfn.StackInfo) string {
	var texts []string
	current, former := r.Reports(stack)
	for _, report := range current {
		texts = append(texts, report.Summary())
	}
	for _, report := range former {
		texts = append(texts, "no proof: "+report.Resource+" was taken out of the template")
	}
	return strings.Join(texts, "; ")
}
