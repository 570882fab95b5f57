package cfn

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"
)

// waits are the mailboxes of all wait condition handles, by URL.
type waits struct {
	mu    sync.Mutex
	boxes map[string]*mailbox
}

// mailbox gathers the signals that arrive at one handle. It does so from the
// handle's creation on: an instance may signal before the wait condition that
// waits for it has begun.
type mailbox struct {
	handle string // the handle's physical place: STACK-ARN/LOGICAL-ID
	cancel func()
	stop   chan struct{}

	mu      sync.Mutex
	signals map[string]signal // by UniqueId
	failed  error             // the first failure
	changed chan struct{}     // closed and renewed with every signal
}

// signal is what is PUT to a handle:
// docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-waitcondition.html
type signal struct {
	Status, Reason, UniqueId string
	Data                     any
}

type waitHandleProps struct{}

func (e *Engine) waitHandleType() ResourceType {
	return Define(Definition[waitHandleProps]{
		Create: func(_ context.Context, c TypedRequest[waitHandleProps]) (Result, error) {
			if e.opts.Signals == nil {
				return Result{}, errors.New("there is nothing to receive signals with")
			}
			url, bodies, cancel := e.opts.Signals.Presign(PresignedURL{Purpose: WaitConditionSignal, StackID: c.StackID, LogicalID: c.LogicalID})
			b := &mailbox{
				handle: c.StackID + "/" + c.LogicalID, cancel: cancel, stop: make(chan struct{}),
				signals: map[string]signal{}, changed: make(chan struct{}),
			}
			e.waits.mu.Lock()
			e.waits.boxes[url] = b
			e.waits.mu.Unlock()
			go b.collect(bodies)
			return Result{PhysicalID: url}, nil
		},
		Delete: func(_ context.Context, c TypedRequest[waitHandleProps]) error {
			e.waits.mu.Lock()
			defer e.waits.mu.Unlock()
			if b := e.waits.boxes[c.PhysicalID]; b != nil {
				b.close()
				delete(e.waits.boxes, c.PhysicalID)
			}
			return nil
		},
	})
}

// Close lets go of the presigned URLs of wait condition handles that were not
// deleted. Stacks stay as they are.
func (e *Engine) Close() {
	e.waits.mu.Lock()
	defer e.waits.mu.Unlock()
	for url, b := range e.waits.boxes {
		b.close()
		delete(e.waits.boxes, url)
	}
}

func (b *mailbox) close() {
	b.cancel()
	close(b.stop)
}

func (b *mailbox) collect(bodies <-chan []byte) {
	for {
		select {
		case body := <-bodies:
			b.add(body)
		case <-b.stop:
			return
		}
	}
}

// add takes one signal. Another one with the same UniqueId is a repetition.
func (b *mailbox) add(body []byte) {
	var s signal
	err := decodeJSON(body, &s)
	b.mu.Lock()
	defer b.mu.Unlock()
	if err != nil || s.UniqueId == "" || s.Status != "SUCCESS" && s.Status != "FAILURE" {
		b.fail(errors.New("Unparsable WaitCondition data"))
	} else if _, seen := b.signals[s.UniqueId]; !seen {
		b.signals[s.UniqueId] = s
		if s.Status == "FAILURE" {
			b.fail(fmt.Errorf("WaitCondition received failed message: '%s' for uniqueId: %s", s.Reason, s.UniqueId))
		}
	}
	close(b.changed)
	b.changed = make(chan struct{})
}

func (b *mailbox) fail(err error) {
	if b.failed == nil {
		b.failed = err
	}
}

// waitProps are the properties of AWS::CloudFormation::WaitCondition. Timeout is
// in seconds, at most 12 hours. Without a handle the condition would need a
// CreationPolicy, which is not supported.
type waitProps struct {
	Handle  string `cfn:"required"`
	Timeout int    `cfn:"required"`
	Count   *int
}

const maxWait = 43200 // seconds

func (e *Engine) waitConditionType() ResourceType {
	return Define(Definition[waitProps]{
		Attributes: []string{"Data"},
		Validate: func(p map[string]any) Findings {
			var f Findings
			for name, max := range map[string]int{"Timeout": maxWait, "Count": 1 << 30} {
				if s, ok := Literal(p[name]); ok {
					if n, err := parseCount(s); err == nil && (n < 1 || n > max) {
						f = append(f, fmt.Sprintf("property %s must be 1 to %d, not %d", name, max, n))
					}
				}
			}
			return f
		},
		Create: e.wait,
		Update: func(context.Context, TypedRequest[waitProps]) (Result, error) {
			return Result{}, Unchanged(errors.New("Update to resource type AWS::CloudFormation::WaitCondition is not supported."))
		},
	})
}

func parseCount(s string) (int, error) {
	var n int
	_, err := fmt.Sscanf(s, "%d", &n)
	return n, err
}

// wait holds the creation of a wait condition until enough signals have arrived.
func (e *Engine) wait(ctx context.Context, c TypedRequest[waitProps]) (Result, error) {
	e.waits.mu.Lock()
	b := e.waits.boxes[c.Props.Handle]
	e.waits.mu.Unlock()
	if b == nil {
		return Result{}, fmt.Errorf("%s is not the URL of a wait condition handle", c.Props.Handle)
	}
	count := 1
	if c.Props.Count != nil {
		count = *c.Props.Count
	}
	res := Result{PhysicalID: b.handle}
	limit, stop := e.opts.Clock.WithTimeout(ctx, time.Duration(c.Props.Timeout)*time.Second)
	defer stop()
	for {
		b.mu.Lock()
		got, failed, changed, data := len(b.signals), b.failed, b.changed, map[string]any{}
		for id, s := range b.signals {
			data[id] = s.Data
		}
		b.mu.Unlock()
		if failed != nil {
			return res, failed
		}
		if got >= count {
			res.Attributes = map[string]any{"Data": encodeJSON(data)}
			return res, nil
		}
		select {
		case <-changed:
		case <-limit.Done():
			if err := ctx.Err(); err != nil {
				return res, err
			}
			return res, fmt.Errorf("WaitCondition timed out. Received %d conditions when expecting %d", got, count)
		}
	}
}
