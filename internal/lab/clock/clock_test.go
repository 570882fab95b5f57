package clock_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"gvisor.dev/gvisor/pkg/tcpip"

	"provenendpoints/internal/lab/clock"
	"provenendpoints/proof"
)

var (
	_ proof.Clock = (*clock.Clock)(nil)
	_ tcpip.Clock = (*clock.Clock)(nil)
)

func TestSpeed(t *testing.T) {
	t.Parallel()
	c := clock.New(1000)
	start, wall := c.Now(), time.Now()
	if err := c.Sleep(t.Context(), 20*time.Second); err != nil {
		t.Fatal(err)
	}
	lab, took := c.Since(start), time.Since(wall)
	if lab < 20*time.Second {
		t.Errorf("slept for %v of the clock's time, want at least 20s", lab)
	}
	if took < 20*time.Millisecond {
		t.Errorf("20s at speed 1000 took %v of the wall's time, want at least 20ms", took)
	}
}

func TestSkippingWaitsForNothing(t *testing.T) {
	t.Parallel()
	c := clock.NewSkipping()
	wall := time.Now()
	start := c.Now()
	for range 24 {
		if err := c.Sleep(t.Context(), time.Hour); err != nil {
			t.Fatal(err)
		}
	}
	if lab := c.Since(start); lab < 24*time.Hour || lab > 24*time.Hour+time.Minute {
		t.Errorf("%v passed, want a day", lab)
	}
	if took := time.Since(wall); took > time.Minute {
		t.Errorf("a day took %v", took)
	}
}

// While something works, a skipping clock must not skip, however slow the work:
// a time-out that is longer than the work never fires.
func TestSkippingLetsWorkFinish(t *testing.T) {
	t.Parallel()
	c := clock.NewSkipping()
	ctx, cancel := c.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	for until := time.Now().Add(50 * time.Millisecond); time.Now().Before(until); {
	}
	if ctx.Err() != nil {
		t.Errorf("a time-out of 30s ended 50ms of work: %v", ctx.Err())
	}
	<-ctx.Done()
}

// Work that passes from goroutine to goroutine leaves no moment in which all
// wait: nothing may be skipped then.
func TestSkippingSeesWorkBetweenGoroutines(t *testing.T) {
	t.Parallel()
	c := clock.NewSkipping()
	start := c.Now()
	late := c.AfterFunc(time.Hour, func() {})
	defer late.Stop()
	var all sync.WaitGroup
	for range 3 {
		ping, pong := make(chan []byte), make(chan []byte)
		all.Go(func() {
			for b := range ping {
				pong <- append([]byte(nil), b...) // some garbage to collect as well
			}
		})
		all.Go(func() {
			for range 20_000 {
				ping <- make([]byte, 512)
				<-pong
			}
			close(ping)
		})
	}
	all.Wait()
	if passed := c.Since(start); passed > 10*time.Minute {
		t.Errorf("%v passed during work", passed)
	}
}

func TestTimersFireInOrder(t *testing.T) {
	t.Parallel()
	c := clock.NewSkipping()
	var mu sync.Mutex
	var fired []time.Duration
	var all sync.WaitGroup
	start := c.Now()
	for _, d := range []time.Duration{3 * time.Hour, time.Hour, 2 * time.Hour} {
		all.Add(1)
		c.AfterFunc(d, func() {
			defer all.Done()
			mu.Lock()
			defer mu.Unlock()
			fired = append(fired, d)
			if late := c.Since(start) - d; late < 0 || late > time.Minute {
				t.Errorf("timer of %v fired %v late", d, late)
			}
		})
	}
	all.Wait()
	for i, d := range fired {
		if d != time.Duration(i+1)*time.Hour {
			t.Errorf("fired in the order %v", fired)
		}
	}
}

func TestStopAndReset(t *testing.T) {
	t.Parallel()
	c := clock.NewSkipping()
	fired := make(chan struct{}, 2)
	timer := c.AfterFunc(time.Hour, func() { fired <- struct{}{} })
	if !timer.Stop() {
		t.Error("Stop of a waiting timer: false")
	}
	if timer.Stop() {
		t.Error("Stop of a stopped timer: true")
	}
	if err := c.Sleep(t.Context(), 2*time.Hour); err != nil {
		t.Fatal(err)
	}
	if len(fired) != 0 {
		t.Error("a stopped timer fired")
	}
	timer.Reset(time.Hour)
	<-fired
	if timer.Stop() {
		t.Error("Stop of a timer that has fired: true")
	}
}

func TestSleepEndsWithContext(t *testing.T) {
	t.Parallel()
	c := clock.New(1)
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(time.Millisecond, cancel)
	if err := c.Sleep(ctx, time.Hour); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want %v", err, context.Canceled)
	}
	if err := c.Sleep(ctx, 0); !errors.Is(err, context.Canceled) {
		t.Errorf("no sleep in an ended context: got %v, want %v", err, context.Canceled)
	}
	if err := c.Sleep(t.Context(), -time.Second); err != nil {
		t.Error(err)
	}
}

func TestStoppedClockFiresNothing(t *testing.T) {
	t.Parallel()
	c := clock.NewSkipping()
	c.AfterFunc(time.Hour, func() { t.Error("fired") })
	c.Stop()
	c.Stop()
	c.AfterFunc(0, func() { t.Error("fired") })
	other := clock.NewSkipping()
	if err := other.Sleep(t.Context(), 2*time.Hour); err != nil {
		t.Fatal(err)
	}
}

func BenchmarkTimer(b *testing.B) {
	c := clock.New(1)
	b.ReportAllocs()
	for b.Loop() {
		c.AfterFunc(time.Hour, func() {}).Stop()
	}
}

// How much wall time one skipped wait costs.
func BenchmarkSkip(b *testing.B) {
	c := clock.NewSkipping()
	for b.Loop() {
		c.Sleep(b.Context(), time.Hour)
	}
}
