package functions

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/aws/aws-lambda-go/lambdacontext"

	"provenendpoints/internal/lab/sandbox"
)

// instance is one process of an external function. It takes events from the runtime
// API, one at a time
// (docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html).
type instance struct {
	process *sandbox.Process
	relay   *relay
	server  *http.Server
	memory  int64 // the limit, in bytes

	// events hands an event to the process; asked is closed when it has asked for its first.
	events chan invocation
	asked  chan struct{}
	first  sync.Once
	broken chan error // an error of its initialisation

	mu      sync.Mutex
	current *invocation
	dead    bool
}

// invocation is an event on its way through a process.
type invocation struct {
	request, arn string
	deadline     time.Time // on the wall's clock
	event        []byte
	answer       chan outcome
}

type outcome struct {
	payload []byte
	err     error
}

// start starts a process and waits until it asks for an event.
func (h *external) start(ctx context.Context, held *hold) (*instance, error) {
	environment, err := h.environment(ctx)
	if err != nil {
		return nil, err
	}
	path, args := h.command()
	p, err := sandbox.Start(sandbox.Options{Path: path, Args: args, Dir: h.Root, Opt: h.Layers, Output: h.e.Output, Environment: environment})
	if err != nil {
		return nil, failedAs("Runtime.InvalidEntrypoint", "%v", err)
	}
	i := &instance{
		process: p, memory: int64(h.Memory) << 20,
		events: make(chan invocation), asked: make(chan struct{}), broken: make(chan error, 1),
	}
	i.server = &http.Server{Handler: http.HandlerFunc(i.serve), ErrorLog: log.New(io.Discard, "", 0)}
	go func() { _ = i.server.Serve(p.API) }() // ends with the process
	i.relay = newRelay(h.e, p, held)
	limit, stop := context.WithTimeout(ctx, initLimit)
	defer stop()
	select {
	case <-i.asked:
		return i, nil
	case err = <-i.broken:
	case <-p.Done():
		err = i.exit()
	case <-limit.Done():
		err = failedAs("Sandbox.Timedout", "the function's process did not ask for an event within %v", initLimit)
	}
	// Its own words may have come just before its end.
	select {
	case err = <-i.broken:
	default:
	}
	i.kill()
	return nil, err
}

// invoke hands over an event and waits for the answer.
func (i *instance) invoke(ctx context.Context, event []byte, held *hold) ([]byte, error) {
	i.relay.use(held)
	lc, _ := lambdacontext.FromContext(ctx)
	if lc == nil {
		lc = &lambdacontext.LambdaContext{}
	}
	v := invocation{request: lc.AwsRequestID, arn: lc.InvokedFunctionArn, event: event, answer: make(chan outcome, 1), deadline: time.Now().Add(remaining(ctx))}
	if len(v.event) == 0 {
		v.event = []byte("{}")
	}
	watch, stop := context.WithCancel(ctx)
	defer stop()
	select {
	case i.events <- v:
	case <-i.process.Done():
		return nil, i.exit()
	case <-ctx.Done():
		i.kill()
		return nil, ctx.Err()
	}
	tooMuch := i.watchMemory(watch)
	select {
	case o := <-v.answer:
		return o.payload, o.err
	case used := <-tooMuch:
		i.kill()
		return nil, failedAs("Runtime.OutOfMemory", "RequestId: %s Error: Runtime exited: it used %d MB of %d MB", v.request, used>>20, i.memory>>20)
	case <-i.process.Done():
		select {
		case o := <-v.answer:
			return o.payload, o.err
		default:
		}
		i.kill()
		return nil, i.exit()
	case <-ctx.Done():
		i.kill()
		return nil, ctx.Err()
	}
}

// overhead is what an interpreter itself has resident, in bytes, which Lambda's
// runtimes share: the limit is about what the function adds.
const overhead = 96 << 20

// watchMemory tells when the process uses more than its limit.
func (i *instance) watchMemory(ctx context.Context) <-chan int64 {
	out := make(chan int64, 1)
	go func() {
		tick := time.NewTicker(50 * time.Millisecond)
		defer tick.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
				if used := i.process.Memory(); used > i.memory+overhead {
					out <- used
					return
				}
			}
		}
	}()
	return out
}

func (i *instance) exit() error {
	what := "exit status 0"
	if err := i.process.Err(); err != nil {
		what = err.Error()
	}
	return failedAs("Runtime.ExitError", "Error: Runtime exited: %s", what)
}

func (i *instance) alive() bool {
	select {
	case <-i.process.Done():
		return false
	default:
	}
	i.mu.Lock()
	defer i.mu.Unlock()
	return !i.dead
}

// kill ends the process with everything of it.
func (i *instance) kill() {
	i.mu.Lock()
	i.dead = true
	i.mu.Unlock()
	i.process.Kill()
	_ = i.server.Close()
	i.relay.close()
}

// serve is the runtime API.
func (i *instance) serve(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(io.LimitReader(r.Body, maxAnswer+1))
	part, ok := strings.CutPrefix(r.URL.Path, "/2018-06-01/runtime/")
	if err != nil || !ok {
		http.NotFound(w, r)
		return
	}
	switch id, what, _ := strings.Cut(strings.TrimPrefix(part, "invocation/"), "/"); {
	case part == "invocation/next":
		i.next(w, r)
	case part == "init/error":
		select {
		case i.broken <- failed{reported(body)}:
		default:
		}
		w.WriteHeader(http.StatusAccepted)
	case what == "response" && len(body) > maxAnswer:
		i.end(w, id, outcome{err: failedAs("Function.ResponseSizeTooLarge", "Response payload size exceeded maximum allowed payload size (%d bytes).", maxAnswer)})
	case what == "response":
		i.end(w, id, outcome{payload: body})
	case what == "error":
		i.end(w, id, outcome{err: failed{reported(body)}})
	default:
		http.NotFound(w, r)
	}
}

// maxAnswer is the size limit of an answer, in bytes
// (docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html).
const maxAnswer = 6 << 20

// reported is an error as the process reported it.
func reported(body []byte) []byte {
	if json.Valid(body) && len(body) > 0 {
		return body
	}
	payload, _ := json.Marshal(map[string]string{"errorType": "Unhandled", "errorMessage": string(body)})
	return payload
}

// next answers with the next event, when there is one.
func (i *instance) next(w http.ResponseWriter, r *http.Request) {
	i.first.Do(func() { close(i.asked) })
	select {
	case v := <-i.events:
		i.mu.Lock()
		i.current = &v
		i.mu.Unlock()
		h := w.Header()
		h.Set("Lambda-Runtime-Aws-Request-Id", v.request)
		h.Set("Lambda-Runtime-Invoked-Function-Arn", v.arn)
		h.Set("Lambda-Runtime-Deadline-Ms", strconv.FormatInt(v.deadline.UnixMilli(), 10))
		h.Set("Content-Type", "application/json")
		_, _ = w.Write(v.event) // a process that is gone needs no event
	case <-i.process.Done():
	case <-r.Context().Done():
	}
}

// end takes the answer to the current event.
func (i *instance) end(w http.ResponseWriter, id string, o outcome) {
	i.mu.Lock()
	v := i.current
	if v != nil && v.request == id {
		i.current = nil
	}
	i.mu.Unlock()
	if v == nil || v.request != id {
		http.Error(w, fmt.Sprintf(`{"errorType":"InvalidRequestID","errorMessage":%q}`, id), http.StatusBadRequest)
		return
	}
	w.WriteHeader(http.StatusAccepted)
	v.answer <- o
}

// remaining is how long an invocation may still take.
func remaining(ctx context.Context) time.Duration {
	left, ok := ctx.Value(leftKey{}).(func() time.Duration)
	if !ok {
		return time.Minute
	}
	return left()
}

// leftKey is where an invocation keeps how much of its time is left.
type leftKey struct{}

// payloadOf is the object that describes an error, if the error has one of its own.
func payloadOf(err error) ([]byte, bool) {
	f, ok := errors.AsType[failed](err)
	return f.payload, ok
}
