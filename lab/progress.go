package main

import (
	"fmt"
	"io"
	"os"
	"sync"

	"golang.org/x/term"
)

// progress shows the current step: at a terminal on one line that is overwritten
// and cleared at the end, elsewhere one line per step.
type progress struct {
	mu       sync.Mutex
	out      io.Writer
	terminal bool
	shown    bool
}

func newProgress(out io.Writer) *progress {
	return &progress{out: out, terminal: isTerminal(out)}
}

func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

// step shows a step.
func (p *progress) step(name string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.terminal {
		fmt.Fprintf(p.out, "lab: %s\n", name)
		return
	}
	fmt.Fprintf(p.out, "\r\x1b[2K%s …", name)
	p.shown = true
}

// detail shows what a step is doing, at a terminal only.
func (p *progress) detail(text string) {
	if p.terminal {
		p.step(text)
	}
}

// clear removes the line.
func (p *progress) clear() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.shown {
		fmt.Fprint(p.out, "\r\x1b[2K")
		p.shown = false
	}
}
