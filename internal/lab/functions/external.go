package functions

import (
	"context"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/aws/aws-lambda-go/lambda"

	"provenendpoints/internal/lab/clock"
	"provenendpoints/internal/lab/sandbox"
)

// External is a function whose code is not known to the lab. It runs as a process of
// its own, with the interpreter of this machine, in a sandbox: it takes events from
// Lambda's runtime API and has no network but the function's own, in the lab.
type External struct {
	// Command is the program with its arguments; the bootstrap of a runtime is
	// named by [bootstrapIn].
	Command []string
	// Root is the folder of the code, Handler the function in it.
	Root, Handler string
	// Layers is the folder that is /opt to the process. Default: the machine's own.
	Layers string
	// Runtime is Lambda's name of the runtime, such as nodejs22.x, which decides what it
	// brings along. Default: none.
	Runtime string
	// Memory is the limit of its resident memory, in MB.
	Memory int
}

// The runtimes' own files: they take events from the runtime API and call the handler.
//
//go:embed all:runtime
var runtimeFiles embed.FS

// initLimit is how long a process may take until it asks for its first event
// (docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html).
const initLimit = 10 * time.Second

// Program makes the handler.
func (x External) Program() Program {
	return func(e Environment) (lambda.Handler, error) {
		if err := sandbox.Probe(); err != nil {
			return nil, err
		}
		h := &external{External: x, e: e}
		context.AfterFunc(e.Context, h.close)
		return h, nil
	}
}

// external is the handler of an external function: as many processes as there are
// invocations at the same time.
type external struct {
	External
	e Environment

	mu     sync.Mutex
	idle   []*instance
	all    map[*instance]bool
	work   string // the folder of the runtime's files
	closed bool
}

// failed is an error of the function, in its own words.
type failed struct{ payload []byte }

func (f failed) Error() string { return string(f.payload) }

// failedAs is an error of the process.
func failedAs(kind, format string, args ...any) error {
	payload, _ := json.Marshal(map[string]string{"errorType": kind, "errorMessage": fmt.Sprintf(format, args...)})
	return failed{payload}
}

// Invoke hands the event to a process that waits for one; it starts one if there is
// none. The process is killed if it does not answer in time, as Lambda does it.
func (h *external) Invoke(ctx context.Context, event []byte) ([]byte, error) {
	held := newHold()
	defer held.end()
	p, err := h.take(ctx, held)
	if err != nil {
		return nil, err
	}
	answer, err := p.invoke(ctx, event, held)
	if p.alive() {
		h.give(p)
	} else {
		h.drop(p)
	}
	return answer, err
}

// take returns an instance that has asked for an event.
func (h *external) take(ctx context.Context, held *hold) (*instance, error) {
	h.mu.Lock()
	if h.closed {
		h.mu.Unlock()
		return nil, errors.New("the function was deleted")
	}
	if n := len(h.idle); n > 0 {
		p := h.idle[n-1]
		h.idle = h.idle[:n-1]
		h.mu.Unlock()
		return p, nil
	}
	err := h.prepare()
	h.mu.Unlock()
	if err != nil {
		return nil, err
	}
	p, err := h.start(ctx, held)
	if err != nil {
		fmt.Fprintf(h.e.Output, "INIT failed: %v\n", err)
		return nil, err
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.closed {
		p.kill()
		return nil, errors.New("the function was deleted")
	}
	h.all[p] = true
	return p, nil
}

func (h *external) give(p *instance) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.idle = append(h.idle, p)
}

func (h *external) drop(p *instance) {
	p.kill()
	h.mu.Lock()
	defer h.mu.Unlock()
	delete(h.all, p)
}

// prepare writes the runtime's files. The caller holds the lock.
func (h *external) prepare() error {
	if h.work != "" {
		return nil
	}
	work, err := os.MkdirTemp("", "lab-function-")
	if err != nil {
		return err
	}
	h.work, h.all = work, map[*instance]bool{}
	files, err := fs.Sub(runtimeFiles, "runtime")
	if err == nil {
		err = os.CopyFS(filepath.Join(work, "runtime"), files)
	}
	return errors.Join(err,
		os.WriteFile(filepath.Join(work, "roots.pem"), h.e.RootsPEM, 0o644),
		os.WriteFile(filepath.Join(work, "runtime", "sdk.json"), sdkTable(), 0o644),
		os.Mkdir(filepath.Join(work, "tmp"), 0o755))
}

// close kills the processes and removes the files.
func (h *external) close() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.closed = true
	for p := range h.all {
		p.kill()
	}
	if h.work != "" {
		_ = os.RemoveAll(h.work) // temporary files
	}
}

// environment returns all variables of a process
// (docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html).
func (h *external) environment(ctx context.Context) (func(api, relay string) []string, error) {
	e := h.e
	credentials, err := e.Credentials.Retrieve(ctx)
	if err != nil {
		return nil, fmt.Errorf("credentials of the function's role: %w", err)
	}
	work := h.work
	return func(api, relay string) []string {
		roots := filepath.Join(work, "roots.pem")
		out := []string{
			"PATH=/usr/local/bin:/usr/bin:/bin:/opt/bin", "LANG=en_US.UTF-8", "TZ=:UTC",
			"HOME=" + filepath.Join(work, "tmp"), "TMPDIR=" + filepath.Join(work, "tmp"),
			"LAMBDA_TASK_ROOT=" + h.Root, "LAMBDA_RUNTIME_DIR=" + filepath.Join(work, "runtime"), "_HANDLER=" + h.Handler,
			"AWS_LAMBDA_RUNTIME_API=" + api, "AWS_LAMBDA_FUNCTION_NAME=" + e.Name, "AWS_LAMBDA_FUNCTION_VERSION=$LATEST",
			fmt.Sprintf("AWS_LAMBDA_FUNCTION_MEMORY_SIZE=%d", h.Memory), "AWS_LAMBDA_INITIALIZATION_TYPE=on-demand",
			"AWS_LAMBDA_LOG_GROUP_NAME=" + e.LogGroup, "AWS_LAMBDA_LOG_STREAM_NAME=" + e.LogStream,
			"AWS_EXECUTION_ENV=AWS_Lambda_" + h.Runtime,
			"AWS_REGION=" + e.Region, "AWS_DEFAULT_REGION=" + e.Region,
			"AWS_ACCESS_KEY_ID=" + credentials.AccessKeyID, "AWS_SECRET_ACCESS_KEY=" + credentials.SecretAccessKey, "AWS_SESSION_TOKEN=" + credentials.SessionToken,
			// The lab's certificates, in the ways in which Node.js, Python, the SDKs and Go are told.
			"NODE_EXTRA_CA_CERTS=" + roots, "SSL_CERT_FILE=" + roots, "AWS_CA_BUNDLE=" + roots, "REQUESTS_CA_BUNDLE=" + roots,
			"NODE_OPTIONS=--max-old-space-size=" + fmt.Sprint(max(64, h.Memory*9/10)), "PYTHONDONTWRITEBYTECODE=1", "PYTHONUNBUFFERED=1",
			"LAB_RELAY=" + relay,
			// Where layers lie (docs.aws.amazon.com/lambda/latest/dg/packaging-layers.html).
			"NODE_PATH=/opt/nodejs/node_modules:/opt/nodejs/node20/node_modules:/opt/nodejs/node22/node_modules", "PYTHONPATH=/opt/python", "LD_LIBRARY_PATH=/opt/lib",
			// Programs that know neither bootstrap reach the network through a proxy.
			"HTTP_PROXY=http://" + relay, "HTTPS_PROXY=http://" + relay, "http_proxy=http://" + relay, "https_proxy=http://" + relay,
			"NO_PROXY=127.0.0.1,localhost", "no_proxy=127.0.0.1,localhost",
			// What is not there stays so: CDK's handlers install the newest SDK, or go on without.
			"NPM_CONFIG_FETCH_RETRIES=0", "PIP_RETRIES=0",
		}
		for name, value := range e.Variables {
			out = append(out, name+"="+value)
		}
		return out
	}, nil
}

// command is the program with its arguments; RUNTIME/ in an argument is the folder of
// the runtime's files.
func (h *external) command() (string, []string) {
	args := make([]string, len(h.Command)-1)
	for i, a := range h.Command[1:] {
		args[i] = a
		if rest, ok := strings.CutPrefix(a, runtimeFolder); ok {
			args[i] = filepath.Join(h.work, "runtime", rest)
		}
	}
	return h.Command[0], args
}

const runtimeFolder = "RUNTIME/"

// hold keeps the lab's clock from skipping while a process works. While the process
// waits for the lab, which may wait for its clock, it does not.
type hold struct {
	mu      sync.Mutex
	waits   int
	ended   bool
	release func()
}

func newHold() *hold { return &hold{release: clock.Hold()} }

// wait runs something of the lab that the process waits for.
func (h *hold) wait(do func()) {
	h.mu.Lock()
	if h.waits++; h.waits == 1 {
		h.release()
	}
	h.mu.Unlock()
	defer func() {
		h.mu.Lock()
		defer h.mu.Unlock()
		if h.waits--; h.waits == 0 && !h.ended {
			h.release = clock.Hold()
		}
	}()
	do()
}

func (h *hold) end() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.ended = true
	h.release()
}
