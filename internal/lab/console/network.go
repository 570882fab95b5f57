package console

import (
	"html/template"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"provenendpoints/internal/lab/picture"
	"provenendpoints/internal/lab/topology"
	"provenendpoints/internal/trace"
)

// Pictures are the options of the models that the pages draw: each thing leads to its page,
// each claim to the picture with its path.
func Pictures() topology.Options {
	return topology.Options{
		Link: func(stack, logicalID string) string {
			return pageOf(stack) + "/resources/" + url.PathEscape(logicalID)
		},
		ClaimLink: func(stack, claim string) string {
			return pageOf(stack) + "/network?claim=" + url.QueryEscape(claim)
		},
	}
}

// pageOf is the address of a stack by its ARN, which ends in NAME/ID.
func pageOf(stack string) string {
	parts := strings.Split(stack, "/")
	if len(parts) < 3 {
		return "/console/"
	}
	return "/console/stacks/" + regionOf(stack) + "/" + parts[1] + "/" + parts[2]
}

// pictureFile is the picture as a file of its own.
const pictureFile = "picture.svg"

// network shows the picture of the stack: as it is, or as it was when the stack failed.
func (s *stackPage) network(w http.ResponseWriter, item string) {
	m, failed := s.console.source.Failed(s.info.ID)
	if !failed {
		m = topology.Of(s.region, s.info.ID, Pictures())
	}
	switch item {
	case "":
	case pictureFile:
		w.Header().Set("Content-Type", "image/svg+xml")
		_, _ = w.Write(picture.Draw(m, picture.Options{Bare: s.bare})) // a client that is gone needs no picture
		return
	default:
		s.missing(w)
		return
	}
	view := struct {
		Picture template.HTML
		File    string
		Failed  bool
		Chosen  string // the name of the claim whose path is shown
		Trace   string // the way of its packets, as it was recorded
		All     string
	}{File: s.url("network", pictureFile), Failed: failed, All: s.url("network")}
	if i := slices.IndexFunc(m.Claims, func(c picture.Claim) bool { return c.ID == s.claim }); i >= 0 {
		view.Chosen, view.Trace = m.Claims[i].Name, s.trace()
	}
	if len(m.VPCs) > 0 || len(m.Claims) > 0 {
		view.Picture = template.HTML(picture.Draw(m, picture.Options{Inline: true, Claim: s.claim})) // which writes all text as text
	}
	s.write(w, "network", view)
}

// trace is the way of the packets that the verdict on the claim rests on, in lines; empty if
// none was recorded. Each thing is named with its id at first.
func (s *stackPage) trace() string {
	traces := s.region.Traces(s.info.Name)
	named := trace.Once(func(id string) (brief, full string) {
		if name := traces.Names[id]; name != "" {
			return name, name + " (" + id + ")"
		}
		return id, id
	})
	var lines []string
	current, _ := s.region.Reports(s.info)
	for _, r := range traces.Explain(current) {
		for _, v := range r.Verdicts {
			if topology.ClaimID(r.Resource, v.Claim) != s.claim {
				continue
			}
			for _, e := range v.Traces {
				lines = append(lines, e.Named(named).Lines()...)
			}
		}
	}
	return strings.Join(lines, "\n")
}
