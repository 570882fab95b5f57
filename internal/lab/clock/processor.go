package clock

import "runtime"

// processors are how many processors Go ran goroutines on before it was told to use one.
type processors int

// one makes Go run goroutines on one processor, until restore. A process that is
// watched is idle after every few goroutines. With several processors a thread looks
// for work on each of them whenever something became ready, and is counted as running
// for as long as the operating system keeps it waiting. System calls and other
// processes go on beside the one.
func (p *processors) one() {
	*p = processors(runtime.GOMAXPROCS(1))
}

// restore undoes one, unless somebody else has changed the number meanwhile.
func (p *processors) restore() {
	if runtime.GOMAXPROCS(0) == 1 {
		runtime.GOMAXPROCS(int(*p))
	}
}
