package cfn

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// world is an in-memory cloud with one type of resource, Test::Thing. Its
// properties are free; Fixed needs replacement; Bad is not supported.
type world struct {
	mu     sync.Mutex
	made   int
	things map[string]map[string]any // properties by physical id
	calls  []string                  // "create A", in their order
	faults map[string]error          // by call; see partial
	holds  map[string]chan struct{}  // by call: waits until closed, or for the context
	begun  chan string               // if set, receives each call
	lax    bool                      // things can be deleted while others mention them
}

// partial is a failed creation that leaves something behind.
type partial struct{ error }

func newWorld() *world {
	return &world{things: map[string]map[string]any{}, faults: map[string]error{}, holds: map[string]chan struct{}{}}
}

func (w *world) types(name string) (ResourceType, bool) { return thing{w}, name == "Test::Thing" }

func (w *world) call(ctx context.Context, verb, id string) error {
	name := verb + " " + id
	w.mu.Lock()
	w.calls = append(w.calls, name)
	err, hold := w.faults[name], w.holds[name]
	w.mu.Unlock()
	if w.begun != nil {
		w.begun <- name
	}
	if hold != nil {
		select {
		case <-hold:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return err
}

// ids are the physical ids that exist, without their numbers.
func (w *world) ids() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Sorted(maps.Keys(w.things))
}

type thing struct{ w *world }

func (t thing) Attributes() []string { return []string{"Name", "Value", "List", "Deep.Name"} }

func (t thing) Check(p map[string]any) error {
	if _, ok := p["Bad"]; ok {
		return Findings{"property Bad is not supported"}
	}
	return nil
}

func (t thing) Replaces(old, new map[string]any) bool { return !equal(old["Fixed"], new["Fixed"]) }

func (t thing) Create(ctx context.Context, r Request) (Result, error) {
	err := t.w.call(ctx, "create", r.LogicalID)
	var p partial
	if err != nil && !errors.As(err, &p) {
		return Result{}, err
	}
	t.w.mu.Lock()
	defer t.w.mu.Unlock()
	t.w.made++
	id := fmt.Sprintf("%s-%d", r.LogicalID, t.w.made)
	t.w.things[id] = r.Properties
	return t.result(id, r), err
}

func (t thing) result(id string, r Request) Result {
	return Result{PhysicalID: id, Attributes: map[string]any{
		"Name": id + ".name", "Value": r.Properties["Value"], "List": []any{"x", "y"}, "Deep.Name": "deep",
	}}
}

func (t thing) Update(ctx context.Context, r Request) (Result, error) {
	if err := t.w.call(ctx, "update", r.LogicalID); err != nil {
		return Result{}, err
	}
	t.w.mu.Lock()
	defer t.w.mu.Unlock()
	// A failed update has changed nothing here, which its caller cannot know.
	if now := t.w.things[r.PhysicalID]; !equal(now, r.OldProperties) && !equal(now, r.Properties) {
		return Result{}, fmt.Errorf("old properties of %s are not those of the thing", r.LogicalID)
	}
	t.w.things[r.PhysicalID] = r.Properties
	return t.result(r.PhysicalID, r), nil
}

// Delete fails, like a real service, while another thing mentions this one.
func (t thing) Delete(ctx context.Context, r Request) error {
	if err := t.w.call(ctx, "delete", r.LogicalID); err != nil {
		return err
	}
	t.w.mu.Lock()
	defer t.w.mu.Unlock()
	if t.w.things[r.PhysicalID] == nil {
		return fmt.Errorf("%s is deleted twice", r.PhysicalID)
	}
	delete(t.w.things, r.PhysicalID)
	for id, p := range t.w.things {
		if !t.w.lax && strings.Contains(encodeJSON(p), `"`+r.PhysicalID+`"`) {
			return fmt.Errorf("%s is in use by %s", r.PhysicalID, id)
		}
	}
	return nil
}

// fakeClock is a proof.Clock that stands still until it is advanced.
type fakeClock struct {
	mu     sync.Mutex
	now    time.Time
	timers map[*fakeTimer]bool
	armed  chan time.Duration // if set, receives each new time-out
}

type fakeTimer struct {
	at   time.Time
	fire func()
}

func newFakeClock() *fakeClock {
	return &fakeClock{now: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC), timers: map[*fakeTimer]bool{}}
}

func (c *fakeClock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *fakeClock) Sleep(ctx context.Context, d time.Duration) error {
	ctx, cancel := c.WithTimeout(ctx, d)
	defer cancel()
	<-ctx.Done()
	return nil
}

func (c *fakeClock) WithTimeout(ctx context.Context, d time.Duration) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancelCause(ctx)
	c.mu.Lock()
	t := &fakeTimer{at: c.now.Add(d), fire: func() { cancel(context.DeadlineExceeded) }}
	c.timers[t] = true
	c.mu.Unlock()
	if c.armed != nil {
		c.armed <- d
	}
	return ctx, func() {
		c.mu.Lock()
		delete(c.timers, t)
		c.mu.Unlock()
		cancel(context.Canceled)
	}
}

func (c *fakeClock) Advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
	for t := range c.timers {
		if !t.at.After(c.now) {
			t.fire()
			delete(c.timers, t)
		}
	}
}

// fakeSignals runs functions in goroutines and hands bodies over in memory.
type fakeSignals struct {
	mu        sync.Mutex
	functions map[string]func(customRequest, func(body string))
	boxes     map[string]chan []byte
	count     int
}

func newFakeSignals() *fakeSignals {
	return &fakeSignals{functions: map[string]func(customRequest, func(string)){}, boxes: map[string]chan []byte{}}
}

func (f *fakeSignals) Invoke(_ context.Context, arn string, payload []byte) error {
	f.mu.Lock()
	fn := f.functions[arn]
	f.mu.Unlock()
	if fn == nil {
		return fmt.Errorf("Function not found: %s", arn)
	}
	var ev customRequest
	if err := json.Unmarshal(payload, &ev); err != nil {
		return err
	}
	go fn(ev, func(body string) { f.put(ev.ResponseURL, body) })
	return nil
}

func (f *fakeSignals) Presign(m PresignedURL) (string, <-chan []byte, func()) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.count++
	url := fmt.Sprintf("mem://%s/%d", m.LogicalID, f.count)
	f.boxes[url] = make(chan []byte, 16)
	return url, f.boxes[url], func() {
		f.mu.Lock()
		defer f.mu.Unlock()
		delete(f.boxes, url)
	}
}

func (f *fakeSignals) put(url, body string) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	box, ok := f.boxes[url]
	if ok {
		box <- []byte(body)
	}
	return ok
}

// harness is an engine with its surroundings.
type harness struct {
	*Engine
	t       testing.TB
	world   *world
	clock   *fakeClock
	signals *fakeSignals
	emitted []Event // not guarded: events are emitted one at a time
}

func newHarness(t testing.TB) *harness {
	b := &harness{t: t, world: newWorld(), clock: newFakeClock(), signals: newFakeSignals()}
	ids := 0
	var mu sync.Mutex
	b.Engine = New(Options{
		Types: b.world.types, Region: "ap-northeast-2", Clock: b.clock, Signals: b.signals,
		Parameters: func(typ, name string) (any, error) {
			if name != "/known" {
				return nil, fmt.Errorf("not found")
			}
			return "ssm:" + typ, nil
		},
		OnEvent: func(e Event) { b.emitted = append(b.emitted, e) },
		NewID: func() string {
			mu.Lock()
			defer mu.Unlock()
			ids++
			return fmt.Sprintf("00000000-0000-4000-8000-%012d", ids)
		},
	})
	t.Cleanup(b.Close)
	return b
}

// deploy deploys a template as the stack S.
func (b *harness) deploy(template string) (Outcome, error) {
	b.t.Helper()
	return b.Deploy(context.Background(), Stack{Name: "S", Template: []byte(template)})
}

// must deploys and expects success.
func (b *harness) must(template string) Outcome {
	b.t.Helper()
	out, err := b.deploy(template)
	if err != nil {
		b.t.Fatal(err)
	}
	return out
}

// lines are the events since the last call, without those of the stack's own
// that have no reason unless they are final.
func (b *harness) lines() []string {
	var out []string
	for _, e := range b.emitted {
		out = append(out, strings.ReplaceAll(e.String(), " | Test::Thing | ", " "))
	}
	b.emitted = nil
	return out
}

// things makes a template of Test::Things from their properties as JSON.
func things(resources ...string) string {
	return `{"Resources":{` + strings.Join(resources, ",") + `}}`
}

// aThing is one resource of a template; more are attributes beside its properties.
func aThing(id, properties string, more ...string) string {
	return fmt.Sprintf(`%q:{"Type":"Test::Thing","Properties":%s%s}`, id, properties, strings.Join(append([]string{""}, more...), ","))
}
