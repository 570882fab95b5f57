package verifier

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"provenendpoints/internal/lambda/lambdatest"
)

// status answers the first n attempts with a status and a body.
func status(code, n int, body string) func(int, http.ResponseWriter, *http.Request) bool {
	return func(attempt int, w http.ResponseWriter, _ *http.Request) bool {
		if attempt > n {
			return false
		}
		w.WriteHeader(code)
		_, _ = w.Write([]byte(body))
		return true
	}
}

const forever = 1 << 30

// TestDelivery is the table of what the response URL does × what the verifier does
// then, on virtual time.
func TestDelivery(t *testing.T) {
	t.Parallel()
	hang := func(attempt int, _ http.ResponseWriter, r *http.Request) bool {
		if attempt == 1 {
			<-r.Context().Done()
		}
		return attempt == 1
	}
	cut := func(attempt int, _ http.ResponseWriter, _ *http.Request) bool {
		if attempt <= 3 {
			panic(http.ErrAbortHandler)
		}
		return false
	}
	tests := []struct {
		name     string
		fault    func(int, http.ResponseWriter, *http.Request) bool
		deadline time.Duration // 0: none
		attempts int           // 0: several
		err      string        // empty: delivered
		within   time.Duration
	}{
		{"at once", nil, 0, 1, "", 0},
		{"two server errors", status(500, 2, ""), 0, 3, "", time.Second},
		{"slow down", status(503, 4, "<Error><Code>SlowDown</Code></Error>"), 0, 5, "", 5 * time.Second},
		{"too many requests", status(429, 1, ""), 0, 2, "", time.Second},
		{"request timeout", status(400, 1, "<Error><Code>RequestTimeout</Code></Error>"), 0, 2, "", time.Second},
		{"connection cut", cut, 0, 4, "", 3 * time.Second},
		{"first attempt hangs", hang, 0, 2, "", 11 * time.Second},
		{"expired", status(403, forever, "<Error><Code>AccessDenied</Code><Message>Request has expired "+lambdatest.Secret+"</Message></Error>"), 0, 1, "answer CloudFormation: status 403 Forbidden (AccessDenied)", 0},
		{"bad request", status(400, forever, "no xml"), 0, 1, "answer CloudFormation: status 400 Bad Request", 0},
		{"down for good, no deadline", status(500, forever, ""), 0, 0, "no time for attempt", 2 * time.Minute},
		{"down for good, deadline", status(500, forever, ""), 20 * time.Second, 0, "no time for attempt", 20 * time.Second},
		{"back just in time", status(500, 5, ""), 20 * time.Second, 6, "", 20 * time.Second},
		{"deadline passed", nil, -time.Second, 1, "", 0},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				w := newFixture()
				w.url.Fault = test.fault
				ctx := t.Context()
				if test.deadline != 0 {
					var cancel context.CancelFunc
					ctx, cancel = context.WithTimeout(ctx, test.deadline)
					defer cancel()
				}
				began := time.Now()
				err := New(w.options()).Handle(ctx, newEvent("Delete", nil))
				took := time.Since(began)
				if test.err == "" {
					if err != nil {
						t.Fatal(err)
					}
					w.answer(t)
				} else if err == nil || !strings.Contains(err.Error(), test.err) {
					t.Errorf("error %v, want %q", err, test.err)
				}
				if _, _, attempts := w.url.Answers(); test.attempts > 0 && attempts != test.attempts || attempts < 1 {
					t.Errorf("%d attempts, want %d", attempts, test.attempts)
				}
				if took > test.within {
					t.Errorf("took %v, want at most %v", took, test.within)
				}
				if text := w.log.String(); strings.Contains(text, lambdatest.Secret) || err != nil && strings.Contains(err.Error(), lambdatest.Secret) {
					t.Errorf("the signature got out: error %v, log\n%s", err, text)
				}
			})
		})
	}
}

// TestDeliveryOnSockets delivers over real connections: the first is refused, the
// second cut, the third accepted.
func TestDeliveryOnSockets(t *testing.T) {
	t.Parallel()
	w := newFixture()
	w.url.Fault = func(attempt int, _ http.ResponseWriter, _ *http.Request) bool {
		if attempt == 1 {
			panic(http.ErrAbortHandler)
		}
		return false
	}
	server := httptest.NewServer(&w.url)
	defer server.Close()
	options := w.options()
	dials := 0
	options.HTTP = &http.Client{Transport: &http.Transport{DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
		if dials++; dials == 1 {
			return nil, errors.New("connection refused")
		}
		return new(net.Dialer).DialContext(ctx, network, address)
	}}}
	event := newEvent("Delete", nil)
	event.ResponseURL = server.URL + "/answer" + lambdatest.Query
	if err := New(options).Handle(t.Context(), event); err != nil {
		t.Fatal(err)
	}
	w.answer(t)
	if _, _, attempts := w.url.Answers(); attempts != 2 || dials != 3 {
		t.Errorf("%d attempts arrived, %d dials, want 2 and 3", attempts, dials)
	}
}

func TestUnusableURL(t *testing.T) {
	t.Parallel()
	for _, target := range []string{"x" + lambdatest.Query, "http://%zz/" + lambdatest.Query, "ftp://host/" + lambdatest.Query} {
		w := newFixture()
		options := w.options()
		options.HTTP = nil
		event := newEvent("Delete", nil)
		event.ResponseURL = target
		ctx, cancel := context.WithTimeout(t.Context(), 0)
		err := New(options).Handle(ctx, event)
		cancel()
		if err == nil || strings.Contains(err.Error(), lambdatest.Secret) || strings.Contains(w.log.String(), lambdatest.Secret) {
			t.Errorf("%s: error %v, log %s", target, err, w.log.String())
		}
	}
}
