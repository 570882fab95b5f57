// Package browser holds the tests of the lab's console in a real browser. They need Chromium,
// and axe-core, which `npm ci` installs:
//
//	go test ./test/browser -axe node_modules/axe-core/axe.min.js
//
// Continuous integration calls them so, where it finds or can install a browser. Without the
// flag they are skipped; the tests of internal/lab/console and internal/lab/server hold the
// pages to their structure in any case. -screenshots DIR keeps what the pages look like.
package browser

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
)

// devtools is a browser, spoken to over its pipe (--remote-debugging-pipe): messages of the
// Chrome DevTools Protocol as JSON, each ended by a zero byte
// (chromedevtools.github.io/devtools-protocol).
type devtools struct {
	t       testing.TB
	in      io.Writer
	session string

	mu     sync.Mutex
	next   int
	answer map[int]chan message
	// events are those that arrived since they were taken last.
	events []message
	woken  chan struct{}
}

// message is a command, its answer, or an event.
type message struct {
	ID        int             `json:"id,omitempty"`
	SessionID string          `json:"sessionId,omitempty"`
	Method    string          `json:"method,omitempty"`
	Params    any             `json:"params,omitempty"`
	Result    json.RawMessage `json:"result,omitempty"`
	Error     *struct {
		Message string `json:"message"`
	} `json:"error,omitempty"`
}

// open starts a browser with one page. It ends with the test.
func open(t testing.TB, binary string) *devtools {
	t.Helper()
	theirIn, ourOut, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	ourIn, theirOut, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	// The sandbox of the browser needs rights that root in a container does not have; it
	// loads nothing but our own pages.
	c := exec.Command(binary, "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars",
		"--no-first-run", "--disable-extensions", "--disable-background-networking", "--user-data-dir="+t.TempDir(), "--remote-debugging-pipe", "about:blank")
	c.ExtraFiles = []*os.File{theirIn, theirOut}
	var said strings.Builder
	c.Stderr = &said
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	theirIn.Close()
	theirOut.Close()
	d := &devtools{t: t, in: ourOut, answer: map[int]chan message{}, woken: make(chan struct{}, 1)}
	done := make(chan struct{})
	go func() {
		defer close(done)
		d.read(ourIn)
	}()
	t.Cleanup(func() {
		_ = d.send(message{ID: 1 << 30, Method: "Browser.close"}) // it may have ended
		ourOut.Close()
		<-done
		ourIn.Close()
		if err := c.Wait(); err != nil && t.Failed() {
			t.Logf("the browser: %v\n%.2000s", err, said.String())
		}
	})
	var target struct{ TargetID string }
	d.do("Target.createTarget", map[string]any{"url": "about:blank"}, &target)
	var attached struct{ SessionID string }
	d.do("Target.attachToTarget", map[string]any{"targetId": target.TargetID, "flatten": true}, &attached)
	d.session = attached.SessionID
	for _, domain := range []string{"Page", "Runtime", "Log"} {
		d.do(domain+".enable", nil, nil)
	}
	return d
}

// read takes answers and events until the browser ends.
func (d *devtools) read(from io.Reader) {
	lines := bufio.NewReader(from)
	for {
		line, err := lines.ReadBytes(0)
		if err != nil {
			break
		}
		var m message
		if json.Unmarshal(line[:len(line)-1], &m) != nil {
			continue
		}
		d.mu.Lock()
		if waiting := d.answer[m.ID]; m.ID != 0 && waiting != nil {
			delete(d.answer, m.ID)
			waiting <- m
		} else if m.Method != "" {
			d.events = append(d.events, m)
			select {
			case d.woken <- struct{}{}:
			default:
			}
		}
		d.mu.Unlock()
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, waiting := range d.answer {
		close(waiting)
	}
	close(d.woken)
	d.answer = nil
}

func (d *devtools) send(m message) error {
	data, err := json.Marshal(m)
	if err != nil {
		return err
	}
	_, err = d.in.Write(append(data, 0))
	return err
}

// do gives a command and waits for its answer.
func (d *devtools) do(method string, params, result any) {
	d.t.Helper()
	d.mu.Lock()
	if d.answer == nil {
		d.mu.Unlock()
		d.t.Fatalf("%s: the browser has ended", method)
	}
	d.next++
	id, waiting := d.next, make(chan message, 1)
	d.answer[id] = waiting
	d.mu.Unlock()
	if err := d.send(message{ID: id, SessionID: d.session, Method: method, Params: params}); err != nil {
		d.t.Fatalf("%s: %v", method, err)
	}
	m, ok := <-waiting
	switch {
	case !ok:
		d.t.Fatalf("%s: the browser has ended", method)
	case m.Error != nil:
		d.t.Fatalf("%s: %s", method, m.Error.Message)
	case result != nil:
		if err := json.Unmarshal(m.Result, result); err != nil {
			d.t.Fatalf("%s: %v", method, err)
		}
	}
}

// wait waits for an event, and returns it with those before it.
func (d *devtools) wait(method string) []message {
	d.t.Helper()
	var out []message
	for {
		d.mu.Lock()
		for i, m := range d.events {
			if m.Method == method {
				out = append(out, d.events[:i+1]...)
				d.events = d.events[i+1:]
				d.mu.Unlock()
				return out
			}
		}
		out, d.events = append(out, d.events...), nil
		d.mu.Unlock()
		if _, ok := <-d.woken; !ok {
			d.t.Fatalf("the browser has ended before %s", method)
		}
	}
}

// visit loads a page, and returns what the browser complains of: errors of scripts and of
// the content security policy, and dialogues that a page opens.
func (d *devtools) visit(url string) (complaints []string) {
	d.t.Helper()
	d.do("Page.navigate", map[string]any{"url": url}, nil)
	for _, m := range d.wait("Page.loadEventFired") {
		switch m.Method {
		case "Log.entryAdded", "Runtime.exceptionThrown", "Page.javascriptDialogOpening":
			complaints = append(complaints, fmt.Sprintf("%s %v", m.Method, m.Params))
		}
	}
	return complaints
}

// evaluate runs an expression in the page, waits for its promise, and reads its value.
func (d *devtools) evaluate(expression string, result any) {
	d.t.Helper()
	var out struct {
		Result           struct{ Value json.RawMessage }
		ExceptionDetails *struct {
			Text      string
			Exception struct{ Description string }
		}
	}
	d.do("Runtime.evaluate", map[string]any{"expression": expression, "awaitPromise": true, "returnByValue": true}, &out)
	if e := out.ExceptionDetails; e != nil {
		d.t.Fatalf("%.80s: %s %s", expression, e.Text, e.Exception.Description)
	}
	if result != nil {
		if err := json.Unmarshal(out.Result.Value, result); err != nil {
			d.t.Fatalf("%.80s: %v", expression, err)
		}
	}
}
