package console

import (
	"bytes"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"sync"

	"provenendpoints/internal/lab/region"
)

// The limits of a command and of what is shown of its output, in bytes.
const (
	maxCommand = 16 << 10
	maxOutput  = 256 << 10
)

// instanceLog is the end of the name of an instance's console.
var instanceLog = regexp.MustCompile(`\((i-[0-9a-f]+)\)$`)

// instanceOf is the id of the instance that a log is the console of; empty: it is none.
func instanceOf(log string) string {
	if m := instanceLog.FindStringSubmatch(log); m != nil {
		return m[1]
	}
	return ""
}

// shellURL is the address of the shell on an instance; empty if there is no such instance.
func (s *stackPage) shellURL(id string) string {
	if !runs(s.region, id) {
		return ""
	}
	return "/console/instances/" + regionOf(s.info.ID) + "/" + url.PathEscape(id)
}

// runs reports whether an instance runs.
func runs(at *region.Region, id string) bool {
	return id != "" && slices.Contains(at.Instances(), id)
}

// shellView is a command with what came of it.
type shellView struct {
	ID, Command, Output, Status string
	Ran, Cut                    bool
}

// shell runs a command on an instance and shows its output, or asks for one.
func (c *console) shell(w http.ResponseWriter, r *http.Request) {
	name, id := r.PathValue("region"), r.PathValue("id")
	at := c.source.Region(name)
	if at == nil || !runs(at, id) {
		c.notFound(w, r)
		return
	}
	view := shellView{ID: id}
	status := http.StatusOK
	if r.Method == http.MethodPost {
		r.Body = http.MaxBytesReader(w, r.Body, maxCommand)
		if err := r.ParseForm(); err != nil {
			view.Status, status = fmt.Sprintf("The command is refused: %v.", err), http.StatusBadRequest
			if _, large := errors.AsType[*http.MaxBytesError](err); large {
				view.Status, status = fmt.Sprintf("The command is refused: it has more than %d bytes.", maxCommand), http.StatusRequestEntityTooLarge
			}
		} else {
			view.run(at, r)
		}
	}
	c.show(w, status, "shell", page{
		Title: "Shell on " + id, Path: []link{{"Stacks", "/console/"}}, Now: clock(at.Now()), Still: r.Method == http.MethodPost, Body: view,
	})
}

// run runs the command of a form.
func (v *shellView) run(at *region.Region, r *http.Request) {
	v.Ran, v.Command = true, r.PostForm.Get("command")
	var out limited
	exit, err := at.Exec(r.Context(), v.ID, v.Command, &out)
	v.Output, v.Cut = out.kept.String(), out.cut
	switch {
	case errors.Is(err, r.Context().Err()) && r.Context().Err() != nil:
		v.Status = "Nobody waits for it any more."
	case err != nil:
		v.Status = fmt.Sprintf("It was ended after %s: %v.", region.ShellTime, err)
	case exit != 0:
		v.Status = fmt.Sprintf("Exit status %d.", exit)
	}
}

// limited keeps the beginning of what is written to it.
type limited struct {
	mu   sync.Mutex // a pipe's commands write at the same time
	kept bytes.Buffer
	cut  bool
}

// Write implements io.Writer.
func (l *limited) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	kept := p[:min(len(p), maxOutput-l.kept.Len())]
	l.cut = l.cut || len(kept) < len(p)
	l.kept.Write(kept)
	return len(p), nil
}
