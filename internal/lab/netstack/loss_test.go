package netstack

import (
	"bytes"
	"io"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"provenendpoints/internal/lab/clock"
)

// What is sent over a wire that loses packets arrives, in a time that the clock has, where the
// wire takes no time at all: nothing is sent again and again in the same instant.
func TestLossOnAWireWithoutDelay(t *testing.T) {
	sent := bytes.Repeat([]byte("0123456789abcdef"), 8<<10)
	for seed := range uint64(30) {
		w := newWire(t, clock.NewStepping())
		var lock sync.Mutex
		random, packets := rand.New(rand.NewPCG(seed, 1)), 0
		w.loses = func() bool {
			lock.Lock()
			defer lock.Unlock()
			packets++
			return random.Float64() < 0.1
		}
		one, two := w.pair()
		l, err := two.Listen(80)
		w.must(err)
		go func() {
			if c, err := l.Accept(); err == nil {
				_, _ = c.Write(sent)
				_ = c.Close()
			}
		}()
		ctx, cancel := w.clock.WithTimeout(t.Context(), 10*time.Minute)
		c, err := one.Dial(ctx, "tcp", two.Addr().String()+":80")
		w.must(err)
		stop := time.AfterFunc(20*time.Second, func() {
			lock.Lock()
			defer lock.Unlock()
			panic("the transfer does not end")
		})
		got, err := io.ReadAll(c)
		stop.Stop()
		if err != nil || !bytes.Equal(got, sent) {
			t.Errorf("seed %d: %d of %d bytes, %v", seed, len(got), len(sent), err)
		}
		if packets > 20000 {
			t.Errorf("seed %d: %d packets", seed, packets)
		}
		cancel()
		_ = c.Close()
		one.Close()
		two.Close()
	}
}
