package functions

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"reflect"
	"time"

	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-lambda-go/lambdacontext"

	"provenendpoints/internal/lab/awserr"
	"provenendpoints/internal/lab/awsid"
)

// Answer is what an invocation returns.
type Answer struct {
	// Payload is the function's answer, or the JSON object that describes its
	// error (errorType, errorMessage).
	Payload []byte
	// FunctionError is Unhandled if the function failed, else empty (the header
	// X-Amz-Function-Error; docs.aws.amazon.com/lambda/latest/api/API_Invoke.html).
	FunctionError string
}

// pendingCode is the error of calls that come before a function is active
// (docs.aws.amazon.com/lambda/latest/dg/troubleshooting-invocation.html).
const pendingCode = "ResourceConflictException"

// unhandled is the only value that custom runtimes give to FunctionError.
const unhandled = "Unhandled"

// Invoke runs a function and waits for its answer (InvocationType
// RequestResponse). The error is an *[awserr.Error] of the API or that of ctx; what
// goes wrong inside the function is in the answer.
func (s *Service) Invoke(ctx context.Context, nameOrARN string, payload []byte) (Answer, error) {
	return s.invoke(ctx, nameOrARN, payload, 1)
}

func (s *Service) invoke(ctx context.Context, nameOrARN string, payload []byte, attempt int) (Answer, error) {
	s.mu.Lock()
	f, err := s.find(nameOrARN)
	if err == nil && s.closed {
		err = awserr.WithStatus(http.StatusServiceUnavailable, "ServiceException", "the service is closed")
	}
	if err == nil && s.Clock.Now().Before(f.Active) {
		err = awserr.WithStatus(http.StatusConflict, pendingCode, "The operation cannot be performed at this time. The function is currently in the following state: Pending")
	}
	if err != nil {
		s.mu.Unlock()
		return Answer{}, err
	}
	s.mu.Unlock()

	fault := Fault{}
	if s.Fault != nil {
		fault = s.Fault(Invocation{Function: f.Name, Payload: payload, Attempt: attempt})
	}

	s.mu.Lock()
	if s.closed || fault.Throttle || s.running >= s.Concurrency || f.Reserved != nil && f.running >= *f.Reserved {
		s.mu.Unlock()
		return Answer{}, awserr.WithStatus(http.StatusTooManyRequests, "TooManyRequestsException", "Rate Exceeded.")
	}
	f.running++
	s.running++
	f.next++
	handler := f.handlers[f.next%len(f.handlers)]
	s.requests++
	request := awsid.UUID("invocation", fmt.Sprint(s.requests))
	s.work.Add(1)
	s.mu.Unlock()

	run := &run{service: s, f: f, handler: handler, request: request, fault: fault}
	return run.do(ctx, payload)
}

// run is one invocation.
type run struct {
	service *Service
	f       *function
	handler lambda.Handler
	request string
	fault   Fault
}

// do runs the handler until it answers, its timeout is over, the function is
// deleted, or the caller goes away. On AWS the process is frozen then; here the
// handler's context ends and its answer is dropped.
func (r *run) do(ctx context.Context, payload []byte) (Answer, error) {
	s, f := r.service, r.f
	started := s.Clock.Now()
	f.sink.printf("START RequestId: %s Version: $LATEST", r.request)

	inside := lambdacontext.NewContext(f.ctx, &lambdacontext.LambdaContext{
		AwsRequestID: r.request, InvokedFunctionArn: f.arn,
	})
	deadline := started.Add(f.Timeout)
	inside = context.WithValue(inside, deadlineKey{}, deadline)
	inside = context.WithValue(inside, leftKey{}, func() time.Duration { return deadline.Sub(s.Clock.Now()) })
	inside, cancel := s.Clock.WithTimeout(inside, f.Timeout)
	done := make(chan Answer, 1)
	go func() {
		defer s.work.Done()
		defer r.release()
		defer cancel()
		done <- r.answer(inside, payload)
	}()

	select {
	case a := <-done:
		if !r.timedOut(inside) {
			r.report(started, "")
			return a, nil
		}
	case <-inside.Done():
		// The function may have answered in the same moment as it ended.
		select {
		case a := <-done:
			if !r.timedOut(inside) {
				r.report(started, "")
				return a, nil
			}
		default:
		}
	case <-ctx.Done():
		// The function goes on without its caller.
		return Answer{}, ctx.Err()
	}
	if f.ctx.Err() != nil {
		r.report(started, "error")
		return failure("Runtime.ExitError", fmt.Sprintf("RequestId: %s Error: the function was deleted", r.request)), nil
	}
	r.report(started, "timeout")
	return failure("Sandbox.Timedout", fmt.Sprintf("RequestId: %s Error: Task timed out after %.2f seconds", r.request, f.Timeout.Seconds())), nil
}

type deadlineKey struct{}

// Deadline returns the time, on the lab's clock, at which an invocation is cut
// off; ok is false outside an invocation. The context's own Deadline is on the
// wall's clock and therefore not set.
func Deadline(ctx context.Context) (deadline time.Time, ok bool) {
	deadline, ok = ctx.Value(deadlineKey{}).(time.Time)
	return deadline, ok
}

// timedOut reports whether the context ended by the function's own timeout. The
// clock's deadline is the cause; an ordinary end of the run is Canceled.
func (r *run) timedOut(ctx context.Context) bool {
	return errors.Is(context.Cause(ctx), context.DeadlineExceeded) || r.f.ctx.Err() != nil
}

// release frees the concurrency that the run took.
func (r *run) release() {
	r.service.mu.Lock()
	defer r.service.mu.Unlock()
	r.f.running--
	if r.f.retired && r.f.running == 0 {
		r.f.leave()
	}
	r.service.running--
}

// answer runs the handler, or the fault in its place, and turns errors and
// panics into the objects that aws-lambda-go sends to the runtime API.
func (r *run) answer(ctx context.Context, payload []byte) (a Answer) {
	if r.fault.Delay > 0 {
		if err := r.service.Clock.Sleep(ctx, r.fault.Delay); err != nil {
			return failure("Runtime.ExitError", err.Error())
		}
	}
	switch {
	case r.fault.Crash:
		return failure("Runtime.ExitError", fmt.Sprintf("RequestId: %s Error: Runtime exited with error: exit status 2", r.request))
	case r.fault.Hang:
		<-ctx.Done()
		return failure("Runtime.ExitError", ctx.Err().Error())
	case r.fault.Answer != nil:
		return Answer{Payload: r.fault.Answer}
	}
	defer func() {
		if value := recover(); value != nil {
			a = failure(typeName(value), fmt.Sprint(value))
		}
	}()
	out, err := r.handler.Invoke(ctx, payload)
	if payload, ok := payloadOf(err); ok {
		return Answer{Payload: payload, FunctionError: unhandled}
	}
	if err != nil {
		return failure(typeName(err), err.Error())
	}
	return Answer{Payload: out}
}

// report writes the lines that end an invocation in the log.
func (r *run) report(started time.Time, status string) {
	took := r.service.Clock.Now().Sub(started)
	if status != "" {
		status = " Status: " + status
	}
	r.f.sink.printf("END RequestId: %s", r.request)
	r.f.sink.printf("REPORT RequestId: %s Duration: %.2f ms%s", r.request, float64(took.Microseconds())/1000, status)
}

// failure is the answer of a function that failed.
func failure(kind, message string) Answer {
	payload, err := json.Marshal(map[string]string{"errorType": kind, "errorMessage": message})
	if err != nil { // two strings always encode
		panic(err)
	}
	return Answer{Payload: payload, FunctionError: unhandled}
}

// typeName names a type as aws-lambda-go does: without its package.
func typeName(value any) string {
	t := reflect.TypeOf(value)
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	return t.Name()
}
