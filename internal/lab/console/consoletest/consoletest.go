// Package consoletest gives tests a console of a Region of their own. Its clock skips what
// nobody waits for while stacks are deployed, and stands still otherwise.
package consoletest

import (
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"provenendpoints/internal/lab/cfn"
	"provenendpoints/internal/lab/clock"
	"provenendpoints/internal/lab/console"
	"provenendpoints/internal/lab/picture"
	"provenendpoints/internal/lab/region"
	"provenendpoints/internal/lab/topology"
)

// Console is a Region with pages about it.
type Console struct {
	*region.Region
	// URL is where the pages are, without a slash at the end.
	URL       string
	clock     *clock.Clock
	snapshots topology.Snapshots
	changed   chan struct{}
}

// New makes a console, which ends with the test.
func New(t testing.TB) *Console {
	t.Helper()
	c := &Console{clock: clock.NewStepping(), changed: make(chan struct{}), snapshots: topology.Snapshots{Options: console.Pictures()}}
	var err error
	c.clock.Pause()
	t.Cleanup(c.clock.Stop)
	c.Region, err = region.New(region.Options{Clock: c.clock, Traces: true, OnEvent: func(e cfn.Event) { c.snapshots.OnEvent(c.Region, e) }})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(console.New(source{c}))
	c.URL = server.URL
	t.Cleanup(func() {
		server.CloseClientConnections()
		server.Close()
		if err := c.Close(); err != nil {
			t.Error(err)
		}
	})
	return c
}

// Answer sends a request and returns the body of the answer, and the answer.
func Answer(t testing.TB, r *http.Request) (string, *http.Response) {
	t.Helper()
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(body), answer
}

// Deployed deploys stacks, which may fail.
func (c *Console) Deployed(t testing.TB, stacks ...cfn.Stack) {
	t.Helper()
	c.clock.Resume()
	defer c.clock.Pause()
	for _, s := range stacks {
		if _, err := c.Deploy(t.Context(), s); err != nil {
			t.Logf("%s: %v", s.Name, err)
		}
	}
}

// Live lets time pass.
func (c *Console) Live(t testing.TB, d time.Duration) {
	t.Helper()
	c.clock.Resume()
	defer c.clock.Pause()
	if err := c.clock.Sleep(t.Context(), d); err != nil {
		t.Fatal(err)
	}
}

// source implements [console.Source].
type source struct{ c *Console }

func (s source) Regions() []string {
	name, _ := s.c.Place()
	return []string{name}
}

func (s source) Region(name string) *region.Region {
	if own, _ := s.c.Place(); name != own {
		return nil
	}
	return s.c.Region
}

func (s source) Environment() string                       { return "export AWS_REGION=ap-northeast-2" }
func (s source) Failed(stack string) (picture.Model, bool) { return s.c.snapshots.Of(stack) }
func (s source) Changed() <-chan struct{}                  { return s.c.changed }
