package clock_test

import (
	"errors"
	"io"
	"os"
	"os/signal"
	"runtime"
	"sync"
	"syscall"
	"testing"
	"time"

	"provenendpoints/internal/lab/clock"
)

// hops sends a byte there and back through two pipes, n times.
func hops(t *testing.T, all *sync.WaitGroup, n int) {
	t.Helper()
	thereR, thereW, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	backR, backW, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	read := func(f *os.File, b []byte) error {
		_, err := clock.Pipe{File: f}.Read(b)
		return err
	}
	write := func(f *os.File, b []byte) {
		if _, err := (clock.Pipe{File: f}).Write(b); err != nil {
			t.Error(err)
		}
	}
	all.Go(func() {
		defer backW.Close()
		b := make([]byte, 1)
		for read(thereR, b) == nil {
			write(backW, b)
		}
	})
	all.Go(func() {
		defer thereW.Close()
		b := make([]byte, 1)
		for range n {
			write(thereW, b)
			if err := read(backR, b); err != nil {
				t.Error(err)
			}
		}
	})
}

// A goroutine that waits for a pipe of the machine is at work once the pipe has
// something for it.
func TestSkippingSeesPipes(t *testing.T) {
	c := clock.NewSkipping()
	start := c.Now()
	late := c.AfterFunc(time.Hour, func() {})
	defer late.Stop()
	var all sync.WaitGroup
	for range 2 {
		hops(t, &all, 1000)
	}
	all.Wait()
	if passed := c.Since(start); passed > 10*time.Minute {
		t.Errorf("%v passed while pipes were busy", passed)
	}
}

// A writer that waited for room is at work once there is some.
func TestSkippingSeesFullPipes(t *testing.T) {
	c := clock.NewSkipping()
	start := c.Now()
	late := c.AfterFunc(time.Hour, func() {})
	defer late.Stop()
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	const size = 64 << 20 // many times what a pipe holds
	var all sync.WaitGroup
	all.Go(func() {
		defer w.Close()
		if _, err := (clock.Pipe{File: w}).Write(make([]byte, size)); err != nil {
			t.Error(err)
		}
	})
	n, err := io.Copy(io.Discard, clock.Pipe{File: r})
	all.Wait()
	if n != size || err != nil {
		t.Errorf("read %d bytes, %v", n, err)
	}
	if passed := c.Since(start); passed > 10*time.Minute {
		t.Errorf("%v passed while pipes were busy", passed)
	}
}

// Who waits for an empty pipe waits: the clock goes on to what will fill it.
func TestSkippingPastEmptyPipes(t *testing.T) {
	c := clock.NewSkipping()
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	c.AfterFunc(24*time.Hour, func() { w.Close() })
	wall := time.Now()
	done := clock.ExpectRead(r)
	if _, err := r.Read(make([]byte, 1)); !errors.Is(err, io.EOF) {
		t.Errorf("read: %v, want the end", err)
	}
	done()
	if took := time.Since(wall); took > time.Minute {
		t.Errorf("a day took %v", took)
	}
}

// A wait that nobody ends is over when its file is closed.
func TestSkippingForgetsClosedPipes(t *testing.T) {
	c := clock.NewSkipping()
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	clock.ExpectRead(r)
	w.Close()
	r.Close()
	wall := time.Now()
	if err := c.Sleep(t.Context(), 24*time.Hour); err != nil {
		t.Fatal(err)
	}
	if took := time.Since(wall); took > time.Minute {
		t.Errorf("a day took %v", took)
	}
}

// A slow system call is work: on a loaded machine any can take long.
func TestSkippingSeesSlowSystemCalls(t *testing.T) {
	c := clock.NewSkipping()
	ctx, cancel := c.WithTimeout(t.Context(), time.Hour)
	defer cancel()
	slow := syscall.NsecToTimespec((200 * time.Millisecond).Nanoseconds())
	if err := syscall.Nanosleep(&slow, nil); err != nil {
		t.Fatal(err)
	}
	if ctx.Err() != nil {
		t.Errorf("a time-out of an hour ended a system call of 200ms: %v", ctx.Err())
	}
}

// Who waits for a signal stays in a system call and must not stop the clock.
func TestSkippingPastLongSystemCalls(t *testing.T) {
	t.Parallel()
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, syscall.SIGUSR2)
	defer signal.Stop(signals)
	c := clock.NewSkipping()
	wall := time.Now()
	for range 100 {
		if err := c.Sleep(t.Context(), time.Hour); err != nil {
			t.Fatal(err)
		}
	}
	if took := time.Since(wall); took > 30*time.Second {
		t.Errorf("100 hours took %v", took)
	}
}

// Work takes none of a stepping clock's time, however long it takes.
func TestSteppingStandsStillDuringWork(t *testing.T) {
	t.Parallel()
	c := clock.NewStepping()
	start := c.Now()
	for until := time.Now().Add(20 * time.Millisecond); time.Now().Before(until); {
	}
	if passed := c.Since(start); passed != 0 {
		t.Errorf("%v passed during work, want none", passed)
	}
	if err := c.Sleep(t.Context(), 24*time.Hour+time.Nanosecond); err != nil {
		t.Fatal(err)
	}
	if passed := c.Since(start); passed != 24*time.Hour+time.Nanosecond {
		t.Errorf("%v passed, want exactly a day and a nanosecond", passed)
	}
}

// Timers that are due together fire one after the other, each when the work that
// the one before has started is done.
func TestSteppingFiresOneAtATime(t *testing.T) {
	t.Parallel()
	c := clock.NewStepping()
	const n = 50
	var mu sync.Mutex
	var order []int
	var all sync.WaitGroup
	all.Add(n)
	for i := range n {
		c.AfterFunc(time.Hour, func() {
			step := make(chan struct{})
			go func() { // as a handler's goroutines would
				for range 100 {
					runtime.Gosched()
				}
				mu.Lock()
				order = append(order, i)
				mu.Unlock()
				close(step)
				all.Done()
			}()
			<-step
		})
	}
	all.Wait()
	for i, got := range order {
		if got != i {
			t.Fatalf("fired in the order %v", order)
		}
	}
}
