package main

import (
	"fmt"
	"io"
	"os"
	"sync"

	"golang.org/x/term"
)

// progress tells a person at a terminal what is going on, on one line that is
// written over and in the end cleared. Elsewhere it prints each step once.
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

// say names a step.
func (p *progress) say(step string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.terminal {
		fmt.Fprintf(p.out, "lab: %s\n", step)
		return
	}
	fmt.Fprintf(p.out, "\r\x1b[2K%s …", step)
	p.shown = true
}

// tick shows a passing detail, at a terminal only.
func (p *progress) tick(detail string) {
	if p.terminal {
		p.say(detail)
	}
}

// clear takes the line away.
func (p *progress) clear() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.shown {
		fmt.Fprint(p.out, "\r\x1b[2K")
		p.shown = false
	}
}
