package cfn

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"sync"
)

// waitHandles are all wait condition handles, by URL.
type waitHandles struct {
	mu    sync.Mutex
	byURL map[string]*waitHandle
}

// get returns the handle with this URL, or nil.
func (w *waitHandles) get(url string) *waitHandle {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.byURL[url]
}

func (w *waitHandles) add(url string, h *waitHandle) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.byURL[url] = h
}

func (w *waitHandles) remove(url string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if h := w.byURL[url]; h != nil {
		h.close()
		delete(w.byURL, url)
	}
}

// Close revokes the presigned URLs of wait condition handles that were not
// deleted. Stacks stay as they are.
func (e *Engine) Close() {
	w := &e.waitHandles
	w.mu.Lock()
	defer w.mu.Unlock()
	for url, h := range w.byURL {
		h.close()
		delete(w.byURL, url)
	}
}

// waitHandle collects the signals that arrive at one handle, from the handle's
// creation on: an instance may signal before the creation of the wait condition
// begins.
type waitHandle struct {
	id     string // STACK-ARN/LOGICAL-ID of the handle
	cancel func()
	stop   chan struct{}

	mu      sync.Mutex
	signals map[string]waitSignal // by UniqueId
	failed  error                 // the first failure
	changed chan struct{}         // closed and renewed with every signal
}

// waitSignal is what is PUT to a handle:
// docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-waitcondition.html
type waitSignal struct {
	Status, Reason, UniqueId string
	Data                     any
}

type waitHandleProps struct{}

// waitHandleType is AWS::CloudFormation::WaitConditionHandle.
func (e *Engine) waitHandleType() ResourceType {
	return Define(Definition[waitHandleProps]{
		Create: func(_ context.Context, r TypedRequest[waitHandleProps]) (Result, error) {
			if e.opts.Signals == nil {
				return Result{}, errors.New("there is nothing to receive signals with")
			}
			url, bodies, cancel := e.opts.Signals.Presign(PresignedURL{Purpose: WaitConditionSignal, StackID: r.StackID, LogicalID: r.LogicalID})
			h := &waitHandle{
				id: r.StackID + "/" + r.LogicalID, cancel: cancel, stop: make(chan struct{}),
				signals: map[string]waitSignal{}, changed: make(chan struct{}),
			}
			e.waitHandles.add(url, h)
			go h.collect(bodies)
			return Result{PhysicalID: url}, nil
		},
		Delete: func(_ context.Context, r TypedRequest[waitHandleProps]) error {
			e.waitHandles.remove(r.PhysicalID)
			return nil
		},
	})
}

func (h *waitHandle) close() {
	h.cancel()
	close(h.stop)
}

func (h *waitHandle) collect(bodies <-chan []byte) {
	for {
		select {
		case body := <-bodies:
			h.add(body)
		case <-h.stop:
			return
		}
	}
}

// add counts one signal. Another one with the same UniqueId is a repetition.
func (h *waitHandle) add(body []byte) {
	var s waitSignal
	err := decodeJSON(body, &s)
	h.mu.Lock()
	defer h.mu.Unlock()
	if err != nil || s.UniqueId == "" || s.Status != "SUCCESS" && s.Status != "FAILURE" {
		h.fail(errors.New("Unparsable WaitCondition data"))
	} else if _, seen := h.signals[s.UniqueId]; !seen {
		h.signals[s.UniqueId] = s
		if s.Status == "FAILURE" {
			h.fail(fmt.Errorf("WaitCondition received failed message: '%s' for uniqueId: %s", s.Reason, s.UniqueId))
		}
	}
	close(h.changed)
	h.changed = make(chan struct{})
}

func (h *waitHandle) fail(err error) {
	if h.failed == nil {
		h.failed = err
	}
}

// received returns the signals so far, the first failure, and a channel that is
// closed when either changes.
func (h *waitHandle) received() (signals map[string]waitSignal, failed error, changed <-chan struct{}) {
	h.mu.Lock()
	defer h.mu.Unlock()
	return maps.Clone(h.signals), h.failed, h.changed
}
