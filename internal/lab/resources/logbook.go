package resources

import (
	"context"
	"maps"
	"slices"
	"strings"
	"sync"

	"provenendpoints/internal/lab/functions"
)

// Log is the text of a function's log group or of an instance's console.
type Log struct{ Name, Text string }

// logbook keeps the logs of each stack, also those of deleted resources: after a
// rollback nothing else is left.
type logbook struct {
	mu    sync.Mutex
	pages map[string]*page // by stack
}

type page struct {
	groups   map[string]*strings.Builder // by log group
	consoles map[string]console          // by instance
}

// console is an instance with what it prints; a [machine.Machine] is one.
type console interface {
	Console() string
	// Wait waits for the end of the user data and returns its failure.
	Wait(ctx context.Context) error
}

func (b *logbook) page(stack string) *page {
	p, ok := b.pages[stack]
	if !ok {
		p = &page{groups: map[string]*strings.Builder{}, consoles: map[string]console{}}
		b.pages[stack] = p
	}
	return p
}

// line adds a line of a function's log.
func (b *logbook) line(stack, group string, l functions.Line) {
	b.mu.Lock()
	defer b.mu.Unlock()
	p := b.page(stack)
	text, ok := p.groups[group]
	if !ok {
		text = new(strings.Builder)
		p.groups[group] = text
	}
	text.WriteString(l.Time.UTC().Format("15:04:05.000 ") + l.Text + "\n")
}

// console adds an instance's console, which may still be written.
func (b *logbook) console(stack, instance string, c console) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.page(stack).consoles[instance] = c
}

// Logs returns the logs of a stack, those of deleted resources included, by name.
func (r *Resources) Logs(stack string) []Log {
	b := &r.logbook
	b.mu.Lock()
	defer b.mu.Unlock()
	p, ok := b.pages[stack]
	if !ok {
		return nil
	}
	var out []Log
	for name, text := range p.groups {
		out = append(out, Log{name, text.String()})
	}
	for name, c := range p.consoles {
		out = append(out, Log{name, c.Console()})
	}
	slices.SortFunc(out, func(a, b Log) int { return strings.Compare(a.Name, b.Name) })
	return out
}

// Boot is the first start of an instance.
type Boot struct {
	// Name is the logical id with the instance's id, as that of its [Log].
	Name string
	// Console is what it has printed.
	Console string
	// Err is the failure of its user data; that of the context if it still ran.
	Err error
}

// Boots waits until the user data of a stack's instances has ended or ctx has, and
// returns how, by name. Instances that were deleted are among them.
func (r *Resources) Boots(ctx context.Context, stack string) []Boot {
	b := &r.logbook
	b.mu.Lock()
	var consoles map[string]console
	if p, ok := b.pages[stack]; ok {
		consoles = maps.Clone(p.consoles)
	}
	b.mu.Unlock()
	var out []Boot
	for _, name := range slices.Sorted(maps.Keys(consoles)) {
		c := consoles[name]
		err := c.Wait(ctx)
		out = append(out, Boot{name, c.Console(), err})
	}
	return out
}

// OnLog adds a line to a function's log. It is for [functions.Options].
func (r *Resources) OnLog(c functions.Config, line functions.Line) {
	r.logbook.line(c.Owner, c.LogGroup, line)
}
