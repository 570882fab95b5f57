package functions

import (
	"context"
	"errors"
	"net/http"
	"time"

	"provenendpoints/internal/lab/awserr"
)

// Lambda's own queue of events (docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html):
// an event whose function failed is run again after one minute, then after two;
// a throttled one, or one for a function that is still pending, after 1 s, doubling up to 5 minutes. Six hours is the longest.
const (
	defaultRetries  = 2
	defaultAge      = 6 * time.Hour
	longestThrottle = 5 * time.Minute
)

// InvokeEvent puts an event into the function's queue and returns at once
// (InvocationType Event). The error is an *[awserr.Error] if there is no such function.
func (s *Service) InvokeEvent(nameOrARN string, payload []byte) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	f, err := s.find(nameOrARN)
	if err != nil {
		return err
	}
	if s.closed {
		return awserr.WithStatus(http.StatusServiceUnavailable, "ServiceException", "the service is closed")
	}
	arn := s.qualifiedARN(nameOrARN)
	s.work.Add(1)
	go func() {
		defer s.work.Done()
		s.drain(f, arn, payload)
	}()
	return nil
}

// drain runs one event until the function succeeds, it has failed too often, it
// is too old, or the service closes. An update of the function takes effect at
// the next attempt; its deletion drops the event. The ARN is that of the function, the version
// or the alias that is invoked.
func (s *Service) drain(f *function, arn string, payload []byte) {
	arrived := s.Clock.Now()
	throttled := time.Second
	for failures := 0; ; {
		answer, err := s.invoke(s.ctx, f.Name, payload, failures+1)
		var wait time.Duration
		var api *awserr.Error
		switch {
		case err == nil && answer.FunctionError == "":
			return
		case err == nil:
			failures++
			if failures > s.retries(arn) {
				return
			}
			wait = time.Duration(failures) * time.Minute
		case errors.As(err, &api) && (api.Status == http.StatusTooManyRequests || api.Code == pendingCode):
			wait = throttled
			throttled = min(2*throttled, longestThrottle)
		default:
			return
		}
		if s.Clock.Now().Add(wait).Sub(arrived) > s.age(arn) {
			return
		}
		if s.pause(f, wait) != nil {
			return
		}
	}
}

// pause waits on the lab's clock, or until the function is deleted.
func (s *Service) pause(f *function, wait time.Duration) error {
	ctx, cancel := context.WithCancel(s.ctx)
	defer cancel()
	stop := context.AfterFunc(f.ctx, cancel)
	defer stop()
	return s.Clock.Sleep(ctx, wait)
}

func (s *Service) retries(arn string) int {
	if c := s.eventConfig(arn); c.Retries != nil {
		return *c.Retries
	}
	return defaultRetries
}

func (s *Service) age(arn string) time.Duration {
	if c := s.eventConfig(arn); c.Age > 0 {
		return c.Age
	}
	return defaultAge
}

func (s *Service) eventConfig(arn string) EventConfig {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.events[arn]
}
