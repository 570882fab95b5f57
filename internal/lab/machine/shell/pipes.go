package shell

import (
	"io"
	"os"
	"slices"
	"sync"

	"provenendpoints/internal/lab/clock"
)

// standardInput is what a command reads from. If the shell has no input, it is
// empty. The shell's pipes are the real machine's, so the lab's clock must know
// of reads and writes: it would skip ahead while data is on its way.
func standardInput(in io.Reader) io.Reader {
	switch in := in.(type) {
	case nil:
		return emptyInput{}
	case *os.File:
		if in == nil { // a nil *os.File in an interface is not nil
			return emptyInput{}
		}
		return clock.Pipe{File: in}
	}
	return in
}

// standardOutput is what a command writes to.
func standardOutput(out io.Writer) io.Writer {
	if f, ok := out.(*os.File); ok {
		return clock.Pipe{File: f}
	}
	return out
}

// emptyInput is at its end.
type emptyInput struct{}

// Read implements io.Reader.
func (emptyInput) Read([]byte) (int, error) { return 0, io.EOF }

// inputBuiltins are the builtins that read their standard input.
var inputBuiltins = []string{"read", "mapfile", "readarray"}

// builtinReads reports to the lab's clock the reads of those builtins, which the
// interpreter makes itself. The interpreter calls back when a read begins but
// not when it ends: it has ended when the next command with the same input
// begins, or when the input is closed.
type builtinReads struct {
	mu   sync.Mutex
	done map[*os.File]func()
}

// begin notes that a command begins.
func (r *builtinReads) begin(name string, in io.Reader) {
	f, ok := in.(*os.File)
	if !ok || f == nil {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if done := r.done[f]; done != nil {
		done()
		delete(r.done, f)
	}
	if slices.Contains(inputBuiltins, name) {
		if r.done == nil {
			r.done = map[*os.File]func(){}
		}
		r.done[f] = clock.ExpectRead(f)
	}
}

// end notes that the script has ended.
func (r *builtinReads) end() {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, done := range r.done {
		done()
	}
	r.done = nil
}
