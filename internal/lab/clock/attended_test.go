package clock_test

import (
	"context"
	"testing"
	"time"

	"provenendpoints/internal/lab/clock"
)

// While there is work an attended clock skips what only the lab waits for, and nothing
// else. Between, it neither skips nor goes back.
func TestAttendedSkipsDuringWorkAlone(t *testing.T) {
	c := clock.NewAttended()
	defer c.Stop()
	wall, start := time.Now(), c.Now()
	fired := make(chan struct{})
	c.AfterFunc(100*time.Hour, func() { close(fired) })
	for range 3 {
		done := c.Work()
		before := c.Now()
		if err := c.Sleep(context.Background(), time.Hour); err != nil {
			t.Fatal(err)
		}
		if passed := c.Since(before); passed != time.Hour {
			t.Errorf("an hour's sleep took %v: a clock at work stands still but for its timers", passed)
		}
		done()
		done()
		if rest, after := c.Now(), c.Now(); after.Before(rest) {
			t.Error("the clock went back")
		}
	}
	// The clock's own three hours, and what the wall's took.
	if passed, slept := c.Since(start), 3*time.Hour; passed < slept || passed > slept+time.Since(wall) {
		t.Errorf("%v passed, want three hours and less than %v", passed, time.Since(wall))
	}
	// A short sleep without work takes the wall's time.
	before := time.Now()
	if err := c.Sleep(context.Background(), 20*time.Millisecond); err != nil {
		t.Fatal(err)
	}
	if took := time.Since(before); took < 20*time.Millisecond {
		t.Errorf("a sleep of 20 ms without work took %v", took)
	}
	select {
	case <-fired:
		t.Error("the clock skipped a hundred hours")
	default:
	}
}

// Works may overlap: the clock steps until the last is done.
func TestAttendedWorksOverlap(t *testing.T) {
	c := clock.NewAttended()
	defer c.Stop()
	first, second := c.Work(), c.Work()
	first()
	before := c.Now()
	if err := c.Sleep(context.Background(), time.Hour); err != nil {
		t.Fatal(err)
	}
	if passed := c.Since(before); passed != time.Hour {
		t.Errorf("%v passed, want an hour", passed)
	}
	second()
}
