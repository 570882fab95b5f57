// Package sqs has the queues of one account in one Region. A message that was received and
// not deleted comes again after the visibility timeout, and after too many times it goes to
// the dead-letter queue
// (docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-visibility-timeout.html).
// Of FIFO queues the order within the queue is kept, and nothing is left out as a duplicate.
package sqs

import (
	"context"
	"crypto/md5"
	"encoding/hex"
	"strconv"
	"sync"
	"time"

	"provenendpoints/internal/lab/awserr"
	"provenendpoints/internal/lab/awsid"
	"provenendpoints/proof"
)

// Queue is a queue. The zero value of the limits is AWS's default.
type Queue struct {
	// URL is its id. Required.
	URL, ARN string
	// Visibility is how long a received message is hidden. Default: 30 s. Delay is how long
	// a new message is. Wait is how long a receiver waits. Defaults: 0.
	Visibility, Delay, Wait time.Duration
	// DeadLetter is the ARN of the queue for messages that were received MaxReceives times.
	// Default: there is none.
	DeadLetter  string
	MaxReceives int
}

// Message is a message as a receiver has it.
type Message struct {
	ID, Body, MD5, Receipt string
	Attributes             map[string]any // as they were sent
	Sent                   time.Time
	Receives               int
}

// Queues are the queues by URL. They are safe for concurrent use.
type Queues struct {
	clock proof.Clock

	mu      sync.Mutex
	byURL   map[string]*queue
	changed chan struct{} // closed at the next message
	sent    int
}

type queue struct {
	Queue
	messages []*message
}

type message struct {
	Message
	visible time.Time
}

// New makes no queues.
func New(clock proof.Clock) *Queues {
	return &Queues{clock: clock, byURL: map[string]*queue{}, changed: make(chan struct{})}
}

// Put makes a queue or changes it.
func (q *Queues) Put(c Queue) {
	if c.Visibility == 0 {
		c.Visibility = 30 * time.Second
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	if old := q.byURL[c.URL]; old != nil {
		old.Queue = c
		return
	}
	q.byURL[c.URL] = &queue{Queue: c}
}

// Delete removes a queue with its messages.
func (q *Queues) Delete(url string) {
	q.mu.Lock()
	defer q.mu.Unlock()
	delete(q.byURL, url)
}

// Queue returns a queue and how many messages it has.
func (q *Queues) Queue(url string) (Queue, int, error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	one, err := q.get(url)
	if err != nil {
		return Queue{}, 0, err
	}
	return one.Queue, len(one.messages), nil
}

func (q *Queues) get(url string) (*queue, error) {
	if one := q.byURL[url]; one != nil {
		return one, nil
	}
	return nil, awserr.New("AWS.SimpleQueueService.NonExistentQueue", "The specified queue does not exist.")
}

// Send puts a message into a queue. A negative delay is the queue's own.
func (q *Queues) Send(url, body string, attributes map[string]any, delay time.Duration) (Message, error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	one, err := q.get(url)
	if err != nil {
		return Message{}, err
	}
	if delay < 0 {
		delay = one.Delay
	}
	q.sent++
	now, sum := q.clock.Now(), md5.Sum([]byte(body)) // SQS gives MD5 sums
	m := &message{Message{ID: awsid.UUID("message", url, strconv.Itoa(q.sent)), Body: body, MD5: hex.EncodeToString(sum[:]), Attributes: attributes, Sent: now}, now.Add(delay)}
	one.messages = append(one.messages, m)
	q.tell()
	return m.Message, nil
}

// tell wakes the receivers that wait. The caller holds the lock.
func (q *Queues) tell() {
	close(q.changed)
	q.changed = make(chan struct{})
}

// Receive takes up to most messages and waits for one. Negative durations are the queue's
// own.
func (q *Queues) Receive(ctx context.Context, url string, most int, wait, visibility time.Duration) ([]Message, error) {
	q.mu.Lock()
	one, err := q.get(url)
	if err == nil && wait < 0 {
		wait = one.Wait
	}
	q.mu.Unlock()
	if err != nil {
		return nil, err
	}
	limited, stop := q.clock.WithTimeout(ctx, max(wait, time.Nanosecond))
	defer stop()
	for {
		got, changed, err := q.take(url, most, visibility)
		if err != nil || len(got) > 0 || wait == 0 {
			return got, err
		}
		// A hidden message becomes visible without being sent: look once a second.
		tick, stopTick := q.clock.WithTimeout(limited, time.Second)
		select {
		case <-changed:
		case <-tick.Done():
		}
		stopTick()
		if limited.Err() != nil {
			got, _, err := q.take(url, most, visibility)
			return got, err
		}
	}
}

// take takes what is visible.
func (q *Queues) take(url string, most int, visibility time.Duration) ([]Message, <-chan struct{}, error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	one, err := q.get(url)
	if err != nil {
		return nil, nil, err
	}
	if visibility < 0 {
		visibility = one.Visibility
	}
	now := q.clock.Now()
	var got []Message
	kept := one.messages[:0:0]
	for _, m := range one.messages {
		if len(got) == most || now.Before(m.visible) {
			kept = append(kept, m)
			continue
		}
		if dead := q.byARN(one.DeadLetter); dead != nil && one.MaxReceives > 0 && m.Receives >= one.MaxReceives {
			dead.messages = append(dead.messages, m)
			continue
		}
		m.Receives++
		m.visible = now.Add(visibility)
		m.Receipt = m.ID + "#" + strconv.Itoa(m.Receives)
		got, kept = append(got, m.Message), append(kept, m)
	}
	one.messages = kept
	return got, q.changed, nil
}

func (q *Queues) byARN(arn string) *queue {
	for _, one := range q.byURL {
		if one.ARN == arn && arn != "" {
			return one
		}
	}
	return nil
}

// Remove deletes a received message. One that is gone is no error.
func (q *Queues) Remove(url, receipt string) error {
	return q.received(url, receipt, func(one *queue, i int) { one.messages = append(one.messages[:i], one.messages[i+1:]...) })
}

// Hide changes for how long a received message stays hidden.
func (q *Queues) Hide(url, receipt string, visibility time.Duration) error {
	return q.received(url, receipt, func(one *queue, i int) { one.messages[i].visible = q.clock.Now().Add(visibility) })
}

func (q *Queues) received(url, receipt string, do func(*queue, int)) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	one, err := q.get(url)
	if err != nil {
		return err
	}
	for i, m := range one.messages {
		if m.Receipt == receipt {
			do(one, i)
			break
		}
	}
	return nil
}

// Purge removes all messages.
func (q *Queues) Purge(url string) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	one, err := q.get(url)
	if err == nil {
		one.messages = nil
	}
	return err
}
