package main

import (
	"fmt"
	"io"
	"os"
	"sync"
	"time"

	"golang.org/x/term"
)

// progress shows the current step: at a terminal on one line that is overwritten
// and cleared at the end, elsewhere one line per step. A step that takes longer than a
// second says so.
type progress struct {
	mu       sync.Mutex
	out      io.Writer
	terminal bool
	shown    bool
	current  string
	began    time.Time
	ticking  chan struct{} // closed when nothing is shown any more; nil: nothing is
	tick     time.Duration // how often a long step tells how long it has taken
}

func newProgress(out io.Writer) *progress {
	return &progress{out: out, terminal: isTerminal(out), tick: time.Second}
}

func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

// The width of what is no terminal, and of a terminal that does not tell its own.
const (
	defaultWidth = 100
	oldWidth     = 80
)

// widthOf is how many characters a line of out may have.
func widthOf(out io.Writer) int {
	f, ok := out.(*os.File)
	if !ok || !term.IsTerminal(int(f.Fd())) {
		return defaultWidth
	}
	if width, _, err := term.GetSize(int(f.Fd())); err == nil && width > 0 {
		return width
	}
	return oldWidth
}

// step shows a step.
func (p *progress) step(name string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.terminal {
		fmt.Fprintf(p.out, "lab: %s\n", name)
		return
	}
	p.current, p.began = name, time.Now()
	p.draw()
	if p.ticking == nil {
		p.ticking = make(chan struct{})
		go p.keepTicking(p.ticking)
	}
}

// keepTicking draws the line again with every tick, until done is closed.
func (p *progress) keepTicking(done chan struct{}) {
	t := time.NewTicker(p.tick)
	defer t.Stop()
	for {
		select {
		case <-done:
			return
		case <-t.C:
			p.mu.Lock()
			if p.ticking == done {
				p.draw()
			}
			p.mu.Unlock()
		}
	}
}

// draw overwrites the line. A line that is too long for the terminal is cut: it would
// take two, of which only one could be overwritten. The caller holds the lock.
func (p *progress) draw() {
	text := p.current + " …"
	if took := time.Since(p.began).Truncate(p.tick); took > 0 {
		text = fmt.Sprintf("%s … %s", p.current, took)
	}
	if runes, width := []rune(text), widthOf(p.out)-1; len(runes) > width && width > 0 {
		text = string(runes[:width-1]) + "…"
	}
	fmt.Fprintf(p.out, "\r\x1b[2K%s", text)
	p.shown = true
}

// detail shows what a step is doing, at a terminal only.
func (p *progress) detail(text string) {
	if p.terminal {
		p.step(text)
	}
}

// note tells how far the current step is, at a terminal only.
func (p *progress) note(text string) {
	if !p.terminal {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.current = text
	p.draw()
}

// clear removes the line.
func (p *progress) clear() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.ticking != nil {
		close(p.ticking)
		p.ticking = nil
	}
	if p.shown {
		fmt.Fprint(p.out, "\r\x1b[2K")
		p.shown = false
	}
}
