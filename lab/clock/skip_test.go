package clock_test

import (
	"os"
	"os/signal"
	"sync"
	"syscall"
	"testing"
	"time"

	"provenendpoints/lab/clock"
)

// A goroutine that waits for a pipe of the machine is at work once the pipe has
// something for it.
func TestSkippingSeesPipes(t *testing.T) {
	t.Skip("known fault: it failed in 44 of 200 runs on an idle machine; see the limit in the comment of NewSkipping")
	c := clock.NewSkipping()
	start := c.Now()
	late := c.AfterFunc(time.Hour, func() {})
	defer late.Stop()
	var all sync.WaitGroup
	for range 2 {
		thereR, thereW, err := os.Pipe()
		if err != nil {
			t.Fatal(err)
		}
		backR, backW, err := os.Pipe()
		if err != nil {
			t.Fatal(err)
		}
		all.Go(func() {
			defer backW.Close()
			b := make([]byte, 1)
			for {
				if _, err := thereR.Read(b); err != nil {
					return
				}
				backW.Write(b)
			}
		})
		all.Go(func() {
			defer thereW.Close()
			b := make([]byte, 1)
			for range 100 {
				thereW.Write(b)
				backR.Read(b)
			}
		})
	}
	all.Wait()
	if passed := c.Since(start); passed > 10*time.Minute {
		t.Errorf("%v passed while pipes were busy", passed)
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
