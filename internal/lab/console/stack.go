package console

import (
	"encoding/json"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"provenendpoints/internal/lab/cfn"
	"provenendpoints/internal/lab/region"
)

// stackURL is the address of a stack: its ARN ends in NAME/ID.
func stackURL(regionName string, s cfn.StackInfo) string {
	return "/console/stacks/" + regionName + "/" + s.Name + "/" + s.ID[strings.LastIndex(s.ID, "/")+1:]
}

// views are the views of a stack, in the order of their tabs. The first is the stack's own
// page.
var views = []struct {
	name, title string
	show        func(*stackPage, http.ResponseWriter, string)
}{
	{"", "Report", (*stackPage).report},
	{"network", "Network", (*stackPage).network},
	{"events", "Events", (*stackPage).events},
	{"resources", "Resources", (*stackPage).resources},
	{"outputs", "Outputs", (*stackPage).outputs},
	{"parameters", "Parameters", (*stackPage).parameters},
	{"template", "Template", (*stackPage).template},
	{"logs", "Logs", (*stackPage).logs},
}

// stackPage is a request for a view of a stack.
type stackPage struct {
	page
	console *console
	region  *region.Region
	info    cfn.StackInfo
	// base is the stack's address.
	base string
	all  bool // of long lists
	// claim is the id of the claim whose path is shown; empty: all.
	claim string
	bare  bool // without the list of the claims
}

// newest leads to the stack that has a name, or that had it last.
func (c *console) newest(w http.ResponseWriter, r *http.Request) {
	name, stack := r.PathValue("region"), r.PathValue("stack")
	at := c.source.Region(name)
	if at == nil {
		c.notFound(w, r)
		return
	}
	info, ok := at.Stack(stack)
	for _, s := range at.Deleted() {
		if !ok && s.Name == stack {
			info = s // the last of them
		}
	}
	if info.ID == "" {
		c.notFound(w, r)
		return
	}
	http.Redirect(w, r, stackURL(name, info), http.StatusFound)
}

// stack shows a view of a stack.
func (c *console) stack(w http.ResponseWriter, r *http.Request) {
	name := r.PathValue("region")
	at := c.source.Region(name)
	if at == nil {
		c.notFound(w, r)
		return
	}
	_, account := at.Place()
	info, ok := at.Stack("arn:aws:cloudformation:" + name + ":" + account + ":stack/" + r.PathValue("stack") + "/" + r.PathValue("id"))
	if !ok {
		c.notFound(w, r)
		return
	}
	s := &stackPage{console: c, region: at, info: info, base: stackURL(name, info), all: r.URL.Query().Has("all"), claim: r.URL.Query().Get("claim"), bare: r.URL.Query().Has("bare")}
	s.Now, s.Path = clock(at.Now()), []link{{"Stacks", "/console/"}}
	var show func(*stackPage, http.ResponseWriter, string)
	for _, v := range views {
		t := tab{link{v.title, s.url(v.name)}, v.name == r.PathValue("view")}
		if t.Current {
			show, s.Title = v.show, v.title+" of "+info.Name
		}
		s.Tabs = append(s.Tabs, t)
	}
	if show == nil {
		c.notFound(w, r)
		return
	}
	show(s, w, r.PathValue("item"))
}

// url is the address of a view, or of something in it.
func (s *stackPage) url(parts ...string) string {
	at := s.base
	for _, p := range parts {
		if p != "" {
			at += "/" + url.PathEscape(p)
		}
	}
	return at
}

// write writes the page with the stack's own facts around the body.
func (s *stackPage) write(w http.ResponseWriter, name string, body any) {
	s.Body = struct {
		Stack      cfn.StackInfo
		Status     string
		Created    string
		Updated    string
		Region     string
		View       any
		Everything string
	}{s.info, string(s.info.Status), clock(s.info.Created), clock(s.info.Updated), regionOf(s.info.ID), body, "?all"}
	s.console.show(w, http.StatusOK, name, s.page)
}

func regionOf(arn string) string { return strings.Split(arn, ":")[3] }

func (s *stackPage) missing(w http.ResponseWriter) {
	s.console.show(w, http.StatusNotFound, "missing", page{Title: "Not here", Path: append(s.Path, link{s.info.Name, s.base}), Now: s.Now})
}

func (c *console) notFound(w http.ResponseWriter, _ *http.Request) {
	c.show(w, http.StatusNotFound, "missing", page{Title: "Not here", Path: []link{{"Stacks", "/console/"}}})
}

// text is a value as JSON, for people.
func text(v any) string {
	out, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		return err.Error()
	}
	return string(out)
}

// pair is a name with its value.
type pair struct{ Name, Value string }

func pairs(m map[string]string) []pair {
	var out []pair
	for _, name := range slices.Sorted(maps.Keys(m)) {
		out = append(out, pair{name, m[name]})
	}
	return out
}
