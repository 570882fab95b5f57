package labtest_test

import (
	"context"
	"fmt"
	"runtime"
	"strings"
	"testing"
)

// recorder is a test that only notes what a test would print, to look at failures.
type recorder struct {
	testing.TB
	text    strings.Builder
	failed  bool
	cleanup []func()
}

func (r *recorder) Helper()                           {}
func (r *recorder) Context() context.Context          { return context.Background() }
func (r *recorder) Cleanup(f func())                  { r.cleanup = append(r.cleanup, f) }
func (r *recorder) Logf(format string, args ...any)   { fmt.Fprintf(&r.text, format+"\n", args...) }
func (r *recorder) Error(args ...any)                 { r.failed = true; fmt.Fprintln(&r.text, args...) }
func (r *recorder) Errorf(format string, args ...any) { r.failed = true; r.Logf(format, args...) }
func (r *recorder) Fatal(args ...any)                 { r.Error(args...); runtime.Goexit() }
func (r *recorder) Fatalf(format string, args ...any) { r.Errorf(format, args...); runtime.Goexit() }

// record runs a test to its end, with its clean-up, and returns what it printed and
// whether it failed.
func record(test func(t testing.TB)) (text string, failed bool) {
	r := &recorder{}
	done := make(chan struct{})
	go func() {
		defer close(done)
		defer func() {
			for i := len(r.cleanup) - 1; i >= 0; i-- {
				r.cleanup[i]()
			}
		}()
		test(r)
	}()
	<-done
	return r.text.String(), r.failed
}
