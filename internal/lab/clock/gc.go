package clock

import (
	"runtime"
	"runtime/metrics"
)

// collector observes the garbage collector. A goroutine that waits for a
// collection has work to do, but the scheduler counts it as waiting.
//
// A collection stops the world when it begins and when it ends, and is counted
// as completed before the world goes on. It is therefore in progress while there
// have been more stops than two for each completed one. Its end can take more
// than one stop (go.dev/issue/27993); extra is how many more there have been.
type collector struct {
	samples []metrics.Sample
	cycles  int64 // collections completed
	stops   int64 // of the world, for collections
	extra   int64
	pending int // times in a row that settle found a collection in progress
}

// stuckAfter is how often in a row a collection must be found in progress, with
// pauses between and nothing running, until it is taken for one that has ended.
const stuckAfter = 20

func newCollector() *collector {
	return &collector{samples: []metrics.Sample{
		// A collection that ends between these two looks unfinished. In the
		// opposite order one that begins would look finished.
		{Name: "/gc/cycles/total:gc-cycles"},
		{Name: "/sched/pauses/stopping/gc:seconds"},
	}}
}

// rested reports whether no collection has been in progress since the last call.
func (c *collector) rested() bool {
	metrics.Read(c.samples)
	cycles, stops := int64(c.samples[0].Value.Uint64()), int64(0)
	for _, n := range c.samples[1].Value.Float64Histogram().Counts {
		stops += int64(n)
	}
	same := cycles == c.cycles && stops == c.stops
	c.cycles, c.stops = cycles, stops
	if c.inProgress() {
		return false
	}
	c.pending = 0
	return same
}

func (c *collector) inProgress() bool { return c.stops > 2*c.cycles+c.extra }

// settle finds out whether a collection that remains in progress although
// nothing runs has ended with an extra stop. When a collection asked for has
// returned, that one and all before it have ended.
func (c *collector) settle() {
	if !c.inProgress() {
		return
	}
	if c.pending++; c.pending < stuckAfter {
		return
	}
	runtime.GC()
	c.pending = 0
	c.rested()
	c.extra = c.stops - 2*c.cycles
}
