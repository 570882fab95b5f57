package main

import (
	"strings"
	"sync"
	"testing"
	"time"
	"unicode/utf8"
)

// drawn collects what is drawn, and tells of each time.
type drawn struct {
	mu    sync.Mutex
	texts []string
	again chan struct{}
}

func (d *drawn) Write(p []byte) (int, error) {
	d.mu.Lock()
	d.texts = append(d.texts, strings.TrimPrefix(string(p), "\r\x1b[2K"))
	d.mu.Unlock()
	select {
	case d.again <- struct{}{}:
	default:
	}
	return len(p), nil
}

func (d *drawn) last() string {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.texts[len(d.texts)-1]
}

// A step that takes long tells at a terminal how long it has taken, in a line that fits.
// At the end the line is gone.
func TestProgressTicks(t *testing.T) {
	t.Parallel()
	for name, step := range map[string]string{"short": "compiling", "long": "compiling " + strings.Repeat("and so on ", 30)} {
		out := &drawn{again: make(chan struct{}, 1)}
		p := &progress{out: out, terminal: true, tick: time.Millisecond}
		p.step(step)
		if first := out.last(); !strings.HasPrefix(first, "compiling") || !strings.HasSuffix(first, "…") {
			t.Errorf("%s: at first %q", name, first)
		}
		for range 3 {
			<-out.again // by the ticks alone
		}
		text := out.last()
		if n := utf8.RuneCountInString(text); n >= defaultWidth {
			t.Errorf("%s: %d characters: %q", name, n, text)
		}
		if name == "short" && (!strings.HasPrefix(text, "compiling … ") || !strings.HasSuffix(text, "ms")) {
			t.Errorf("after a while %q", text)
		}
		p.clear()
		if last := out.last(); last != "" || p.shown || p.ticking != nil {
			t.Errorf("%s: at the end %q", name, last)
		}
	}
}

// Elsewhere each step is a line, and details are none.
func TestProgressWithoutATerminal(t *testing.T) {
	t.Parallel()
	var out strings.Builder
	p := newProgress(&out)
	p.step("one")
	p.detail("detail")
	p.step("two")
	p.clear()
	if got := out.String(); got != "lab: one\nlab: two\n" {
		t.Errorf("got %q", got)
	}
}
