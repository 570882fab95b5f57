// Package sns has the topics of one account in one Region, and what was published to
// them. Nobody is subscribed: whoever wants to know asks for the messages.
package sns

import (
	"maps"
	"slices"
	"sync"
	"time"

	"provenendpoints/internal/lab/awserr"
)

// Message is what was published to a topic.
type Message struct {
	Time          time.Time
	Subject, Text string
}

// Topics are the topics by their ARNs. They are safe for concurrent use.
type Topics struct {
	mu    sync.Mutex
	byARN map[string][]Message
}

// New makes no topics.
func New() *Topics { return &Topics{byARN: map[string][]Message{}} }

// Create makes a topic.
func (t *Topics) Create(arn string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if _, ok := t.byARN[arn]; !ok {
		t.byARN[arn] = nil
	}
}

// Delete removes a topic with its messages.
func (t *Topics) Delete(arn string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.byARN, arn)
}

// Publish publishes a message.
func (t *Topics) Publish(arn string, m Message) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if _, ok := t.byARN[arn]; !ok {
		return awserr.New("NotFound", "Topic does not exist: %s", arn)
	}
	t.byARN[arn] = append(t.byARN[arn], m)
	return nil
}

// Messages returns what was published to a topic, oldest first.
func (t *Topics) Messages(arn string) []Message {
	t.mu.Lock()
	defer t.mu.Unlock()
	return slices.Clone(t.byARN[arn])
}

// ARNs returns the ARNs of all topics, sorted.
func (t *Topics) ARNs() []string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return slices.Sorted(maps.Keys(t.byARN))
}
