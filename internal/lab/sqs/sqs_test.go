package sqs

import (
	"context"
	"testing"
	"time"

	"provenendpoints/internal/lab/clock"
)

func TestQueues(t *testing.T) {
	t.Parallel()
	c := clock.NewSkipping()
	t.Cleanup(c.Stop)
	q := New(c)
	q.Put(Queue{URL: "main", ARN: "arn:main", Visibility: time.Minute, DeadLetter: "arn:dead", MaxReceives: 2})
	q.Put(Queue{URL: "dead", ARN: "arn:dead"})
	receive := func(url string, wait time.Duration) []Message {
		t.Helper()
		got, err := q.Receive(t.Context(), url, 10, wait, -1)
		if err != nil {
			t.Fatal(err)
		}
		return got
	}
	if _, err := q.Send("main", "hello", map[string]any{"a": 1}, -1); err != nil {
		t.Fatal(err)
	}
	first := receive("main", 0)
	if len(first) != 1 || first[0].Body != "hello" || first[0].MD5 != "5d41402abc4b2a76b9719d911017c592" || first[0].Receives != 1 {
		t.Fatalf("%+v", first)
	}
	if hidden := receive("main", 0); len(hidden) != 0 {
		t.Errorf("it is not hidden: %+v", hidden)
	}
	before := c.Now()
	again := receive("main", 2*time.Minute) // visible again after a minute
	if took := c.Now().Sub(before).Round(time.Second); len(again) != 1 || again[0].Receives != 2 || took < 59*time.Second || took > 62*time.Second {
		t.Errorf("%+v after %s", again, took)
	}
	if over := receive("main", 2*time.Minute); len(over) != 0 {
		t.Errorf("it was received too often: %+v", over)
	}
	dead := receive("dead", 0)
	if len(dead) != 1 || dead[0].Body != "hello" {
		t.Fatalf("dead letters: %+v", dead)
	}
	if err := q.Remove("dead", first[0].Receipt); err != nil { // an old receipt removes nothing
		t.Error(err)
	}
	if _, n, err := q.Queue("dead"); n != 1 || err != nil {
		t.Error(n, err)
	}
	if err := q.Remove("dead", dead[0].Receipt); err != nil {
		t.Error(err)
	}
	if _, n, err := q.Queue("dead"); n != 0 || err != nil {
		t.Error(n, err)
	}
	q.Delete("dead")
	if _, err := q.Send("dead", "x", nil, -1); err == nil {
		t.Error("a queue that is gone takes messages")
	}
}

// A receiver that waits gets a message that is sent meanwhile; a delayed one comes later.
func TestReceiversWait(t *testing.T) {
	t.Parallel()
	c := clock.NewSkipping()
	t.Cleanup(c.Stop)
	q := New(c)
	q.Put(Queue{URL: "q", Wait: 20 * time.Second})
	if got, err := q.Receive(context.Background(), "q", 1, -1, -1); err != nil || len(got) != 0 {
		t.Errorf("%v %v", got, err)
	}
	if _, err := q.Send("q", "late", nil, 10*time.Second); err != nil {
		t.Fatal(err)
	}
	if got, err := q.Receive(context.Background(), "q", 1, 0, -1); err != nil || len(got) != 0 {
		t.Errorf("before its time: %v %v", got, err)
	}
	if got, err := q.Receive(context.Background(), "q", 1, -1, -1); err != nil || len(got) != 1 {
		t.Errorf("%v %v", got, err)
	}
}
