package cfn

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"sync"
	"time"
)

// A resource with a CreationPolicy is created when it has received the signals that the
// policy asks for, or fails
// (docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-creationpolicy.html).

// signalPolicy is a CreationPolicy's ResourceSignal.
type signalPolicy struct {
	count   int
	timeout time.Duration
	percent int // of the signals must be successes: MinSuccessfulInstancesPercent
}

// defaultSignals is a ResourceSignal without values.
var defaultSignals = signalPolicy{1, 5 * time.Minute, 100}

// needed is how many signals must be successes.
func (p signalPolicy) needed() int { return (p.count*p.percent + 99) / 100 }

// duration is ISO 8601's, as policies write it: PT#H#M#S.
var duration = regexp.MustCompile(`^PT(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?$`)

func parseDuration(text string) (time.Duration, error) {
	m := duration.FindStringSubmatch(text)
	if m == nil || text == "PT" {
		return 0, fmt.Errorf("%q is not a duration in the form PT#H#M#S", text)
	}
	var out time.Duration
	for i, unit := range []time.Duration{time.Hour, time.Minute, time.Second} {
		if m[i+1] != "" {
			n, err := strconv.Atoi(m[i+1])
			if err != nil {
				return 0, err
			}
			out += time.Duration(n) * unit
		}
	}
	return out, nil
}

// creationPolicy evaluates a CreationPolicy; nil asks for no signals.
func (e *evaluator) creationPolicy(v any) *signalPolicy {
	if v == nil {
		return nil
	}
	policy, _ := e.in("CreationPolicy", v).(map[string]any)
	signal, ok := policy["ResourceSignal"].(map[string]any)
	if !ok {
		return nil
	}
	out := defaultSignals
	if text, ok := scalarText(signal["Count"]); ok {
		n, err := strconv.Atoi(text)
		if err != nil || n < 0 {
			e.fail("CreationPolicy: Count %q is no number of signals", text)
		}
		out.count = n
	}
	if text, ok := scalarText(signal["Timeout"]); ok {
		var err error
		if out.timeout, err = parseDuration(text); err != nil {
			e.fail("CreationPolicy: Timeout: %v", err)
		}
	}
	group, _ := policy["AutoScalingCreationPolicy"].(map[string]any)
	if text, ok := scalarText(group["MinSuccessfulInstancesPercent"]); ok {
		n, err := strconv.Atoi(text)
		if err != nil || n < 0 || n > 100 {
			e.fail("CreationPolicy: MinSuccessfulInstancesPercent %q is not between 0 and 100", text)
		}
		out.percent = n
	}
	return &out
}

// signalBoxes hold the signals to resources.
type signalBoxes struct {
	mu   sync.Mutex
	open map[string]*signalBox // by stack and logical id
}

// signalBox holds the signals to one resource whose creation waits for them.
type signalBox struct {
	succeeded map[string]bool
	failed    map[string]bool
	changed   chan struct{} // closed at the next signal
}

func (s *signalBoxes) await(key string) (*signalBox, func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.open == nil {
		s.open = map[string]*signalBox{}
	}
	b := &signalBox{map[string]bool{}, map[string]bool{}, make(chan struct{})}
	s.open[key] = b
	return b, func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		delete(s.open, key)
	}
}

// Signal is SignalResource: it tells a resource whose creation waits for signals that a
// part of it succeeded or failed. A second signal of the same id does not count
// (docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_SignalResource.html).
func (e *Engine) Signal(stackName, logicalID, uniqueID string, success bool) error {
	e.mu.Lock()
	s, ok := e.findStack(stackName)
	if !ok {
		e.mu.Unlock()
		return fmt.Errorf("Stack with id %s does not exist", stackName)
	}
	r := s.resources[logicalID]
	if r == nil {
		e.mu.Unlock()
		return fmt.Errorf("Resource %s does not exist for stack %s", logicalID, s.name)
	}
	ev := Event{LogicalID: r.id, PhysicalID: r.physical, Type: r.typ, Status: r.status, Reason: "Received SUCCESS signal with UniqueId " + uniqueID}
	if !success {
		ev.Reason = "Received FAILURE signal with UniqueId " + uniqueID
	}
	e.mu.Unlock()
	if err := e.signals.put(s.name+"/"+logicalID, uniqueID, success); err != nil {
		return fmt.Errorf("Resource %s %w", logicalID, err)
	}
	e.emit(s, ev)
	return nil
}

// put counts a signal.
func (s *signalBoxes) put(key, uniqueID string, success bool) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	b := s.open[key]
	switch {
	case b == nil:
		return errors.New("is in no state in which it takes signals")
	case b.failed[uniqueID], b.succeeded[uniqueID] && success:
		return nil // counted before
	}
	delete(b.succeeded, uniqueID)
	if success {
		b.succeeded[uniqueID] = true
	} else {
		b.failed[uniqueID] = true
	}
	close(b.changed)
	b.changed = make(chan struct{})
	return nil
}

// signalled runs create and waits until its resource has received its signals. It listens
// before the resource exists.
func (o *operation) signalled(ctx context.Context, n *node, create func() (Result, error)) (Result, error) {
	if n.signals == nil || n.signals.count == 0 {
		return create()
	}
	box, done := o.engine.signals.await(o.stack.name + "/" + n.id)
	defer done()
	res, err := create()
	if err != nil {
		return res, err
	}
	limit, stop := o.engine.opts.Clock.WithTimeout(ctx, n.signals.timeout)
	defer stop()
	for {
		o.engine.signals.mu.Lock()
		succeeded, failed, changed := len(box.succeeded), len(box.failed), box.changed
		o.engine.signals.mu.Unlock()
		switch {
		case failed > n.signals.count-n.signals.needed():
			return res, fmt.Errorf("Received %d FAILURE signal(s) out of %d. Unable to satisfy %d%% MinSuccessfulInstancesPercent requirement", failed, n.signals.count, n.signals.percent)
		case succeeded+failed >= n.signals.count && succeeded >= n.signals.needed():
			return res, nil
		}
		select {
		case <-changed:
		case <-limit.Done():
			if err := ctx.Err(); err != nil {
				return res, err
			}
			return res, fmt.Errorf("Failed to receive %d resource signal(s) within the specified duration", n.signals.count-succeeded-failed)
		}
	}
}
