package clock

import (
	"container/heap"
	"time"
)

// timer is one entry of a clock's schedule. It implements tcpip.Timer.
type timer struct {
	clock *Clock
	f     func()
	when  time.Duration // since the clock's origin
	seq   uint64        // keeps timers that are due together in their order
	index int           // in the heap; -1 when not scheduled
}

// Stop implements tcpip.Timer.
func (t *timer) Stop() bool {
	c := t.clock
	c.mu.Lock()
	defer c.mu.Unlock()
	if t.index < 0 {
		return false
	}
	heap.Remove(&c.timers, t.index)
	// The alarm stays: it finds nothing due and is set anew then, which is
	// cheaper than setting it at each of TCP's many cancelled timers.
	return true
}

// Reset implements tcpip.Timer.
func (t *timer) Reset(d time.Duration) {
	c := t.clock
	c.mu.Lock()
	defer c.mu.Unlock()
	select {
	case <-c.stopped:
		return
	default:
	}
	if t.index >= 0 {
		heap.Remove(&c.timers, t.index)
	}
	now := c.elapsed()
	c.seq++
	t.when, t.seq = now+max(d, 0), c.seq
	heap.Push(&c.timers, t)
	if t.index == 0 {
		c.setAlarm(now)
	}
}

// timers is a heap of timers, the next one first.
type timers []*timer

func (h timers) Len() int { return len(h) }

func (h timers) Less(i, j int) bool {
	if h[i].when != h[j].when {
		return h[i].when < h[j].when
	}
	return h[i].seq < h[j].seq
}

func (h timers) Swap(i, j int) {
	h[i], h[j] = h[j], h[i]
	h[i].index, h[j].index = i, j
}

func (h *timers) Push(x any) {
	t := x.(*timer)
	t.index = len(*h)
	*h = append(*h, t)
}

func (h *timers) Pop() any {
	old := *h
	t := old[len(old)-1]
	old[len(old)-1] = nil
	*h = old[:len(old)-1]
	t.index = -1
	return t
}
