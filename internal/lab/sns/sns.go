// Package sns has the topics of one account in one Region, what was published to them, and the
// functions that are subscribed. Whatever else can be subscribed on AWS (addresses, queues) is
// not here: the messages can be looked at.
package sns

import (
	"encoding/json"
	"maps"
	"slices"
	"sync"
	"time"

	"provenendpoints/internal/lab/awserr"
	"provenendpoints/internal/lab/awsid"
)

// Principal is the service's name in the policies of functions.
const Principal = "sns.amazonaws.com"

// Message is what was published to a topic.
type Message struct {
	Time          time.Time
	Subject, Text string
}

// Topics are the topics by their ARNs. They are safe for concurrent use.
type Topics struct {
	invoke func(topic, function string, payload []byte) error

	mu    sync.Mutex
	byARN map[string]*topic
}

// topic is a topic with its messages, oldest first, and the functions that are subscribed, by
// the ARNs of their subscriptions.
type topic struct {
	messages    []Message
	subscribers map[string]string
}

// New makes no topics. invoke delivers a message to a function; it must not wait for it.
func New(invoke func(topic, function string, payload []byte) error) *Topics {
	return &Topics{invoke: invoke, byARN: map[string]*topic{}}
}

// Create makes a topic.
func (t *Topics) Create(arn string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if _, ok := t.byARN[arn]; !ok {
		t.byARN[arn] = &topic{subscribers: map[string]string{}}
	}
}

// Delete removes a topic with its messages and subscriptions.
func (t *Topics) Delete(arn string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.byARN, arn)
}

// Subscribe has a function get what is published from now on, by a subscription's ARN.
func (t *Topics) Subscribe(arn, subscription, function string) error {
	return t.with(arn, func(at *topic) { at.subscribers[subscription] = function })
}

// Unsubscribe ends a subscription. It does nothing if there is none.
func (t *Topics) Unsubscribe(subscription string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, at := range t.byARN {
		delete(at.subscribers, subscription)
	}
}

// Publish publishes a message. A function that cannot be invoked does not get it, as on AWS.
func (t *Topics) Publish(arn string, m Message) error {
	var subscribers map[string]string
	err := t.with(arn, func(at *topic) {
		at.messages = append(at.messages, m)
		subscribers = maps.Clone(at.subscribers)
	})
	for _, subscription := range slices.Sorted(maps.Keys(subscribers)) {
		_ = t.invoke(arn, subscribers[subscription], event(arn, subscription, m))
	}
	return err
}

// event is what a function gets (docs.aws.amazon.com/lambda/latest/dg/with-sns.html).
func event(arn, subscription string, m Message) []byte {
	record := map[string]any{
		"EventVersion": "1.0", "EventSource": "aws:sns", "EventSubscriptionArn": subscription,
		"Sns": map[string]any{
			"Type": "Notification", "TopicArn": arn, "Subject": m.Subject, "Message": m.Text, "Timestamp": m.Time.UTC().Format("2006-01-02T15:04:05.000Z"),
			"MessageId": awsid.UUID(arn, m.Time.String(), m.Subject), "SignatureVersion": "1", "MessageAttributes": map[string]any{},
		},
	}
	text, err := json.Marshal(map[string]any{"Records": []any{record}})
	if err != nil { // it is made of texts
		panic(err)
	}
	return text
}

// with does something with a topic.
func (t *Topics) with(arn string, do func(*topic)) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	at, ok := t.byARN[arn]
	if !ok {
		return awserr.New("NotFound", "Topic does not exist: %s", arn)
	}
	do(at)
	return nil
}

// Messages returns what was published to a topic, oldest first.
func (t *Topics) Messages(arn string) (out []Message) {
	_ = t.with(arn, func(at *topic) { out = slices.Clone(at.messages) }) // a topic that is gone has none
	return out
}

// ARNs returns the ARNs of all topics, sorted.
func (t *Topics) ARNs() []string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return slices.Sorted(maps.Keys(t.byARN))
}
