package console

import (
	"embed"
	"net/http"
	"strings"

	"provenendpoints/internal/lab/picture"
	"provenendpoints/internal/lab/region"
)

// Source is what the pages are about.
type Source interface {
	// Regions returns the names of the Regions, sorted.
	Regions() []string
	// Region returns a Region by its name, or nil.
	Region(name string) *region.Region
	// Environment is the lines of a shell that make its programs clients.
	Environment() string
	// Failed returns the network of a stack, by its ARN, as it was when something in it
	// failed in its last operation; false if nothing has.
	Failed(stack string) (picture.Model, bool)
	// Changed returns a channel that is closed when something changes next.
	Changed() <-chan struct{}
}

//go:embed static
var static embed.FS

// New returns the console. Its addresses begin with /console/.
func New(s Source) http.Handler {
	c := &console{source: s}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /console/{$}", c.overview)
	mux.Handle("GET /console/static/", http.StripPrefix("/console/", http.FileServerFS(static)))
	mux.HandleFunc("GET /console/changes", c.changes)
	mux.HandleFunc("GET /console/monitoring/{region}", c.monitoring)
	mux.HandleFunc("GET /console/monitoring/{region}/dashboards/{name}", c.dashboard)
	mux.HandleFunc("GET /console/instances/{region}/{id}", c.shell)
	mux.HandleFunc("POST /console/instances/{region}/{id}", c.shell)
	mux.HandleFunc("GET /console/stacks/{region}/{stack}", c.newest)
	mux.HandleFunc("GET /console/stacks/{region}/{stack}/{id}", c.stack)
	mux.HandleFunc("GET /console/stacks/{region}/{stack}/{id}/{view}", c.stack)
	mux.HandleFunc("GET /console/stacks/{region}/{stack}/{id}/{view}/{item...}", c.stack)
	mux.HandleFunc("/console/", c.notFound)
	return secured(mux)
}

type console struct{ source Source }

// secured sets the headers of all pages: nothing comes from elsewhere, and nobody frames
// them.
func secured(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", "default-src 'none'; style-src 'self' "+picture.StyleHash()+"; script-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cache-Control", "no-store")
		if strings.HasPrefix(r.URL.Path, "/console/static/") {
			h.Set("Cache-Control", "max-age=300")
		}
		next.ServeHTTP(w, r)
	})
}

// changes tells a page's script when something has changed, as server-sent events
// (html.spec.whatwg.org/multipage/server-sent-events.html), until the page is left.
func (c *console) changes(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "text/event-stream")
	out := http.NewResponseController(w)
	for {
		changed := c.source.Changed()
		if _, err := w.Write([]byte("data: changed\n\n")); err != nil || out.Flush() != nil {
			return
		}
		select {
		case <-changed:
		case <-r.Context().Done():
			return
		}
	}
}
