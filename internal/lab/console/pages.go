package console

import (
	"bytes"
	"embed"
	"html/template"
	"net/http"
	"strings"
	"time"
)

//go:embed pages
var pages embed.FS

// page is what all pages have.
type page struct {
	// Title is the page's, before the lab's name.
	Title string
	// Path are the pages above this one.
	Path []link
	// Tabs are the views of a stack.
	Tabs []tab
	// Now is the lab's time.
	Now string
	// Still pages are not fetched anew by the script: they show what was done once.
	Still bool
	// Body is what the page itself shows.
	Body any
}

type link struct{ Text, URL string }

type tab struct {
	link
	Current bool
}

// templates are the pages by their file's name, each inside of the layout.
var templates = func() map[string]*template.Template {
	out := map[string]*template.Template{}
	files, err := pages.ReadDir("pages")
	if err != nil {
		panic(err) // they are part of the program
	}
	for _, f := range files {
		if f.Name() == "layout.html" {
			continue
		}
		t := template.New("layout.html").Funcs(template.FuncMap{"kind": kind, "mark": mark, "words": words})
		out[strings.TrimSuffix(f.Name(), ".html")] = template.Must(t.ParseFS(pages, "pages/layout.html", "pages/"+f.Name()))
	}
	return out
}()

// show writes a page.
func (c *console) show(w http.ResponseWriter, status int, name string, p page) {
	var b bytes.Buffer
	if err := templates[name].Execute(&b, p); err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	_, _ = w.Write(b.Bytes()) // a client that is gone needs no page
}

// kind is how good a status or a verdict is: good, bad, busy or plain. It chooses a colour,
// never the only sign.
func kind(status string) string {
	switch {
	case status == "holds", status == "OK":
		return "good"
	case status == "refuted", status == "unproven", status == "ALARM", strings.Contains(status, "FAILED"), strings.Contains(status, "ROLLBACK"):
		return "bad"
	case strings.HasSuffix(status, "_IN_PROGRESS"):
		return "busy"
	case strings.HasSuffix(status, "_COMPLETE"):
		return "good"
	}
	return "plain"
}

// mark is a sign for those who do not see colours.
func mark(status string) string {
	return map[string]string{"good": "✓", "bad": "✗", "busy": "…"}[kind(status)]
}

// words is a status in small letters with spaces.
func words(status string) string { return strings.ToLower(strings.ReplaceAll(status, "_", " ")) }

// clock is a time of the lab as the pages write it.
func clock(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format("2006-01-02 15:04:05")
}
