package lambdatest

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

// Flags are those with which the app compiles the functions.
var Flags = []string{"-tags=lambda.norpc", "-trimpath", "-buildvcs=false", "-ldflags=-s -w -buildid="}

// Build compiles a main package into a directory of the test's as bootstrap, for
// this machine, or for Linux on goarch if that is set, and returns its path.
func Build(t testing.TB, main, goarch string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "bootstrap")
	build := exec.Command("go", append(append([]string{"build"}, Flags...), "-o", path, main)...)
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if goarch != "" {
		build.Env = append(build.Env, "GOOS=linux", "GOARCH="+goarch)
	}
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("build %s: %v\n%s", main, err, out)
	}
	return path
}

// Function is a compiled bootstrap that runs as Lambda runs it.
type Function struct {
	// Started is the time from starting the process to its first request for an
	// invocation.
	Started time.Duration

	t       testing.TB
	command *exec.Cmd
	output  bytes.Buffer // written by the process; read it after Stop
	next    chan invocation
	results chan Result
	ready   chan struct{}
	exited  chan struct{}
	count   int
}

type invocation struct {
	id       string
	payload  []byte
	deadline time.Time
}

// Result is how an invocation ended: with Body, or with Error, the body of an
// error report.
type Result struct{ Body, Error []byte }

// Start starts a bootstrap with a runtime API
// (docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html) and these environment
// variables, and waits until it asks for its first invocation. It ends with the test.
func Start(t testing.TB, bootstrap string, env ...string) *Function {
	t.Helper()
	f := &Function{
		t: t, next: make(chan invocation), results: make(chan Result, 1), ready: make(chan struct{}, 1024), exited: make(chan struct{}),
	}
	api := httptest.NewServer(http.HandlerFunc(f.serve))
	t.Cleanup(api.Close)
	f.command = exec.Command(bootstrap)
	f.command.Env = append([]string{
		"AWS_LAMBDA_RUNTIME_API=" + strings.TrimPrefix(api.URL, "http://"),
		"AWS_LAMBDA_FUNCTION_NAME=function", "AWS_LAMBDA_LOG_GROUP_NAME=/aws/lambda/function", "AWS_LAMBDA_LOG_STREAM_NAME=2026/01/01/[$LATEST]0",
		"AWS_REGION=" + Region, "AWS_ACCESS_KEY_ID=AKIAEXAMPLE", "AWS_SECRET_ACCESS_KEY=secret", "AWS_SESSION_TOKEN=token",
	}, env...)
	f.command.Stdout, f.command.Stderr = &f.output, &f.output
	began := time.Now()
	if err := f.command.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		_ = f.command.Wait()
		close(f.exited)
	}()
	t.Cleanup(func() {
		_ = f.command.Process.Kill()
		<-f.exited
	})
	select {
	case <-f.ready:
		f.Started = time.Since(began)
	case <-f.exited:
		t.Fatalf("bootstrap ended at once: %s", f.output.String())
	}
	return f
}

// serve is the runtime API.
func (f *Function) serve(w http.ResponseWriter, r *http.Request) {
	switch {
	case strings.HasSuffix(r.URL.Path, "/invocation/next"):
		f.ready <- struct{}{}
		select {
		case i := <-f.next:
			w.Header().Set("Lambda-Runtime-Aws-Request-Id", i.id)
			w.Header().Set("Lambda-Runtime-Deadline-Ms", strconv.FormatInt(i.deadline.UnixMilli(), 10))
			w.Header().Set("Lambda-Runtime-Invoked-Function-Arn", "arn:aws:lambda:"+Region+":111122223333:function:function")
			_, _ = w.Write(i.payload)
		case <-r.Context().Done():
		}
	case strings.HasSuffix(r.URL.Path, "/response"), strings.HasSuffix(r.URL.Path, "/error"):
		body, _ := io.ReadAll(r.Body)
		w.WriteHeader(http.StatusAccepted)
		if strings.HasSuffix(r.URL.Path, "/error") {
			f.results <- Result{Error: body}
		} else {
			f.results <- Result{Body: body}
		}
	default:
		http.NotFound(w, r)
	}
}

// Invoke runs one invocation that must end within limit, and returns its result.
func (f *Function) Invoke(payload []byte, limit time.Duration) Result {
	f.t.Helper()
	f.count++
	deadline := time.Now().Add(limit)
	i := invocation{id: fmt.Sprint("invocation-", f.count), payload: payload, deadline: deadline}
	timer := time.NewTimer(limit)
	defer timer.Stop()
	select {
	case f.next <- i:
	case <-timer.C:
		f.t.Fatal("the function did not ask for the invocation")
	}
	select {
	case result := <-f.results:
		return result
	case <-timer.C:
		f.t.Fatal("the function timed out")
	}
	return Result{}
}

// Stop ends the process and returns what it wrote and its peak memory in bytes, 0
// where the operating system does not report it.
func (f *Function) Stop() (output string, peak int64) {
	f.t.Helper()
	peak = peakOf(f.command.Process.Pid)
	_ = f.command.Process.Kill()
	<-f.exited
	return f.output.String(), peak
}

// peakOf reads the peak of a running process's resident memory. Its resource
// usage after its end is of no use: on Linux it is never below the memory of the
// process that started it, which is the test.
func peakOf(pid int) int64 {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0
	}
	_, rest, _ := strings.Cut(string(status), "VmHWM:")
	var kilobytes int64
	_, _ = fmt.Sscan(rest, &kilobytes)
	return kilobytes * 1024
}
